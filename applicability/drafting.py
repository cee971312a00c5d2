"""Preparing the next edition: a draft is copied from one and worked on by whoever is named in it."""

from __future__ import annotations

import datetime as dt

from django.db import models, transaction

from applicability.models import Combination, Companion, Edition, Period, SecurityTie, Validity

KINDS: tuple[type[models.Model], ...] = (Validity, Period, Combination, SecurityTie, Companion)


class DraftRefused(Exception):
    """Why a draft cannot be made or worked on, in words for the person who tried."""


def copy_edition(
    source: Edition,
    *,
    title: str,
    effective_from: dt.date,
    source_kind: str,
    source_reference: str,
    by: int,
) -> Edition:
    """A new draft with the next number of the series and every row of `source`; `by` has prepared it.

    Raises DraftRefused while another draft of the same series is open: two would forget each other's rows.
    """
    with transaction.atomic():
        number = _next_number(source.series)
        draft = Edition.objects.create(
            series=source.series,
            number=number,
            title=title,
            effective_from=effective_from,
            source_kind=source_kind,
            source=source_reference,
            prepared_by_id=by,
        )
        for kind in KINDS:
            _copy_rows(kind, source, draft)
    return draft


def work_on(edition: Edition, *, by: int) -> None:
    """Names who works on a draft, before each change to it and in the same transaction.

    The row stays locked until then, so that nobody designates it halfway. Raises DraftRefused where it is no
    draft any more.
    """
    drafts = Edition.objects.filter(pk=edition.pk, status=Edition.Status.DRAFT)
    if not drafts.update(prepared_by_id=by):
        raise DraftRefused(f"{edition} is designated: it never changes. Copy it into a new draft.")


def _next_number(series: str) -> int:
    editions = Edition.objects.select_for_update().filter(series=series)
    statuses = dict(editions.values_list("number", "status"))
    for number, status in statuses.items():
        if status == Edition.Status.DRAFT:
            raise DraftRefused(f"Edition {number} is still a draft: work on that one.")
    return max(statuses, default=0) + 1


def _copy_rows(kind: type[models.Model], source: Edition, draft: Edition) -> None:
    rows = list(kind._default_manager.filter(edition=source).order_by("pk"))
    for row in rows:
        row.pk, row.edition = None, draft  # type: ignore[attr-defined]
        row._state.adding = True
    kind._default_manager.bulk_create(rows)
