"""The TS Applicability Tables, edition by edition. Drafts are nobody's but the Panel's."""

import datetime
from collections.abc import Mapping

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.errors import HttpError

from applicability.editions import edition_in_force, tables_from
from applicability.models import Edition
from applicability.models.editions import EditionSet
from applicability.models.specifications import Series
from applicability.tables import Tables
from cpl.api.asked import Asked, Day
from cpl.api.words import PREVAIL, OpenDate, Prevail

router = Router(tags=["TS Applicability Tables"])


class EditionSummary(Schema):
    """One designated edition. `series` is `statutory`, or `example` for the guidance's invented one."""

    series: str
    number: int
    title: str
    effective_from: datetime.date
    source_kind: str
    source: str


class ValidityOut(Schema):
    """Installation and Maintenance Validity Period of a TS version for a device type."""

    device_type: str
    ts: str
    ivp_from: OpenDate
    ivp_to: OpenDate
    mvp_from: OpenDate
    mvp_to: OpenDate


class PeriodOut(Schema):
    """Applicability Period of a GBCS version with a TS version."""

    ts: str
    gbcs: str
    applies_from: OpenDate
    applies_to: OpenDate


class CombinationOut(Schema):
    """Versions that a new entry of a device type may name together."""

    device_type: str
    ts: str
    gbcs: str


class TieOut(Schema):
    """A version of another document that goes with a GBCS version."""

    gbcs: str
    version: str


class EditionOut(EditionSummary):
    """An edition with all its rows."""

    validities: list[ValidityOut]
    periods: list[PeriodOut]
    combinations: list[CombinationOut]
    security_characteristics: list[TieOut]
    companions: list[TieOut]
    prevail: Prevail = PREVAIL


class EditionsOut(Schema):
    """The edition in force on a day, with its rows, and every designated edition, the latest first."""

    on: datetime.date
    in_force: EditionOut | None
    editions: list[EditionSummary]
    prevail: Prevail = PREVAIL


class AskedOn(Asked):
    on: Day | None = None


@router.get("/", response=EditionsOut, summary="The edition in force, and all editions")
def editions(request: HttpRequest, asked: Query[AskedOn]) -> dict[str, object]:
    """The statutory edition in force today, or on the day asked for. Eight queries."""
    on = asked.on or timezone.localdate()
    now = edition_in_force(Series.STATUTORY, on)
    return {
        "on": on,
        "in_force": _with_rows(now) if now else None,
        "editions": _designated().order_by("-series", "-effective_from", "-number"),
    }


@router.get("/{series}/{number}/", response=EditionOut, summary="One edition with its rows")
def edition(request: HttpRequest, series: Series, number: int) -> dict[str, object]:
    """A designated edition, past, present or still to come."""
    # No database knows a larger number.
    found = _designated().filter(series=series, number=number).first() if 0 < number < 2**31 else None
    if found is None:
        raise HttpError(404, f"There is no designated edition {number} of the series {series}.")
    return _with_rows(found)


def _designated() -> EditionSet:
    return Edition.objects.filter(status=Edition.Status.DESIGNATED)


def _with_rows(found: Edition) -> dict[str, object]:
    tables = tables_from(found)
    summary = {name: getattr(found, name) for name in EditionSummary.model_fields}
    return {**summary, **_rows(tables)}


def _rows(tables: Tables) -> dict[str, object]:
    return {
        "validities": list(tables.validities.values()),
        "periods": [
            {"ts": row.ts, "gbcs": row.gbcs, "applies_from": row.start, "applies_to": row.end}
            for row in tables.periods.values()
        ],
        "combinations": [
            dict(zip(CombinationOut.model_fields, row, strict=True)) for row in sorted(tables.combinations)
        ],
        "security_characteristics": _ties(tables.security_ties),
        "companions": _ties(tables.companions),
    }


def _ties(ties: Mapping[str, frozenset[str]]) -> list[dict[str, str]]:
    return [{"gbcs": gbcs, "version": one} for gbcs in sorted(ties) for one in sorted(ties[gbcs])]
