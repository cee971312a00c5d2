"""Making an edition final: it and its rows freeze, and the journal keeps a digest of them all."""

import datetime as dt

from django.db import transaction

from applicability.editions import tables_from
from applicability.gaps import gaps
from applicability.models import Designation, Edition
from applicability.models.designation import digest_of, draft_digest, rows_of
from ledger.journal import Act, append


class DesignationRefused(Exception):
    """Why an edition cannot be designated, in words for the person who tried."""


def designate(edition: Edition, *, by: int | None, at: dt.datetime, seen: str | None = None) -> Designation:
    """Freeze a draft for ever. `by` is the second person's key; None for the founding load alone.

    `seen` is the `draft_digest` of what that person looked at; a draft that has changed since is refused.

    The draft is locked first, so that no row can slip in between looking and freezing. Raises
    DesignationRefused where somebody was faster, where four eyes are two, where there is nothing to designate
    or where a row names what no other row binds.
    """
    with transaction.atomic():
        edition.refresh_from_db(from_queryset=Edition.objects.select_for_update())
        _refuse(edition, by)
        _refuse_changed(edition, seen)
        _refuse_gaps(edition)
        _freeze(edition, by, at)
        rows = rows_of(edition)
        count = sum(len(kind) for kind in rows.values())
        if not count:
            raise DesignationRefused(f"{edition} has no rows: there is nothing to designate.")
        act = Designation(edition=edition, rows=count, rows_digest=digest_of(edition, rows))
        append([Act("edition.designated", str(edition), row=act)], actor=by, at=at)
    return act


def _refuse(edition: Edition, by: int | None) -> None:
    """The same things as the constraints say, in words."""
    founding = edition.source_kind == Edition.SourceKind.FOUNDING
    if founding and by is None and edition.prepared_by_id is None:
        return
    if founding or by is None or edition.prepared_by_id is None:
        raise DesignationRefused(f"{edition} needs two persons: who prepared it and who designates it.")
    if by == edition.prepared_by_id:
        raise DesignationRefused(f"Who prepared {edition} cannot designate it: a second person must.")


def _refuse_changed(edition: Edition, seen: str | None) -> None:
    if seen is not None and seen != draft_digest(edition):
        raise DesignationRefused(f"{edition} has changed since you looked at it: look at it again.")


def _refuse_gaps(edition: Edition) -> None:
    """In words what the edition's constraints refuse as well."""
    found = gaps(tables_from(edition))
    if found:
        raise DesignationRefused(f"{edition} is not complete. " + " ".join(gap.words for gap in found))


def _freeze(edition: Edition, by: int | None, at: dt.datetime) -> None:
    changed = Edition.objects.filter(pk=edition.pk, status=Edition.Status.DRAFT).update(
        status=Edition.Status.DESIGNATED, designated_by_id=by, designated_at=at
    )
    if not changed:
        raise DesignationRefused(f"{edition} is designated already.")
    edition.refresh_from_db()
