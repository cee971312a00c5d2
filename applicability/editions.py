"""Reading editions: which is in force on a day, and its rows as plain values for `answers`."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db import models
from django.utils import timezone

from applicability.models import (
    Combination,
    Companion,
    DeviceType,
    Edition,
    Period,
    SecurityTie,
    Validity,
)
from applicability.schedule import Issue, Part, Schedule, deciding
from applicability.tables import Actor, PeriodRow, Tables, ValidityRow


def edition_in_force(series: str, on: dt.date) -> Edition | None:
    """The designated edition in force that day (series `statutory` or `example`), or None. One query."""
    return Edition.objects.in_force(series, on)


def edition_before(edition: Edition) -> Edition | None:
    """The designated edition of its series that is in force until this one is; None for the first."""
    earlier = Edition.objects.filter(
        series=edition.series,
        status=Edition.Status.DESIGNATED,
        effective_from__lte=edition.effective_from,
    )
    return earlier.exclude(pk=edition.pk).order_by("-effective_from", "-number").first()


def tables_in_force(series: str, on: dt.date) -> Tables:
    """The tables of the edition in force that day; before the first, tables that say that there are none.

    Give today to learn what is known today of any other day: the day of the question is the answers' own
    argument. Seven queries, whatever the number of editions.
    """
    edition = edition_in_force(series, on)
    return tables_from(edition) if edition else Tables.none_in_force()


def schedule_as_known(series: str, known: dt.date, *, draft: Edition | None = None) -> Schedule:
    """The tables that decide, as known at the end of that day: those in force, and those still to come.

    An edition is known from the day of its designation (in London); the founding load, which brings what was
    law before this register, from its effective date. A `draft` is taken as if it were designated that day.
    Seven queries, whatever the number of editions.
    """
    designated = Edition.objects.filter(series=series, status=Edition.Status.DESIGNATED)
    editions = {edition.pk: edition for edition in designated}
    issues = [_issue(edition) for edition in editions.values()]
    if draft is not None:
        editions[draft.pk] = draft
        issues.append(Issue(draft.pk, draft.number, draft.effective_from, known))
    chosen = deciding(issues, known)
    tables = tables_of([editions[issue.key] for issue in chosen])
    parts = [Part(issue.effective_from, one) for issue, one in zip(chosen, tables, strict=True)]
    if not parts or parts[0].start > known:
        parts.insert(0, Part(dt.date.min, replace(Tables.none_in_force(), actors=_actors())))
    return Schedule(tuple(parts))


def _issue(edition: Edition) -> Issue:
    founding = edition.source_kind == Edition.SourceKind.FOUNDING
    if founding or edition.designated_at is None:
        return Issue(edition.pk, edition.number, edition.effective_from, edition.effective_from)
    known = timezone.localdate(edition.designated_at)
    return Issue(edition.pk, edition.number, edition.effective_from, known)


def tables_from(edition: Edition) -> Tables:
    """An edition's rows, drafts too, as plain values. Six queries."""
    return tables_of([edition])[0]


def tables_of(editions: Sequence[Edition]) -> list[Tables]:
    """Each edition's rows as plain values, in the order given. Six queries, however many editions."""
    validities = _rows(
        Validity, editions, "device_type__name", "ts__label", "ivp_from", "ivp_to", "mvp_from", "mvp_to"
    )
    periods = _rows(Period, editions, "ts__label", "gbcs__label", "applies_from", "applies_to")
    combinations = _rows(Combination, editions, "device_type__name", "ts__label", "gbcs__label")
    ties = _rows(SecurityTie, editions, "gbcs__label", "security_characteristics__label")
    companions = _rows(Companion, editions, "gbcs__label", "version__label")
    actors = _actors()
    return [
        Tables.of(
            str(edition),
            validities=(ValidityRow(*row) for row in validities[edition.pk]),
            periods=(PeriodRow(*row) for row in periods[edition.pk]),
            combinations=combinations[edition.pk],
            security_ties=_by_gbcs(ties[edition.pk]),
            actors=actors,
            companions=_by_gbcs(companions[edition.pk]),
        )
        for edition in editions
    ]


def _rows(
    model: type[models.Model], editions: Iterable[Edition], *columns: str
) -> defaultdict[int, list[tuple[Any, ...]]]:
    """The rows of these editions by the edition's key, in the tables' order."""
    rows: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    found = model._default_manager.filter(edition__in=editions)
    for edition, *row in found.values_list("edition_id", *columns):
        rows[edition].append(tuple(row))
    return rows


def _by_gbcs(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """From a GBCS version to every version that goes with it."""
    found: dict[str, set[str]] = {}
    for gbcs, version in pairs:
        found.setdefault(gbcs, set()).add(version)
    return {gbcs: frozenset(versions) for gbcs, versions in found.items()}


def _actors() -> dict[str, Actor]:
    return {
        name: Actor(DeviceType.Actor(acts).label, licence)
        for name, acts, licence in DeviceType.objects.values_list("name", "acts", "licence")
    }
