"""An edition laid out as people know the TS Applicability Tables: device type, TS versions, GBCS versions.

Lapsed rows are kept and say why: a period that has ended, or a row that only an earlier edition holds
(guidance 3.4: older versions leave the tables and remain for reference). Pure: rows and a day in, rows for a
page out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from applicability.openness import UNKNOWN, Day, begun, running
from applicability.tables import PeriodRow, Tables, ValidityRow

Pair = tuple[str, str]
Row = TypeVar("Row", ValidityRow, PeriodRow)


class State(StrEnum):
    """What a period that is certainly not running is."""

    ENDED = "ended"
    TO_COME = "to come"
    OPEN = ""


@dataclass(frozen=True)
class Span:
    """A period as two cells; `has_row` is False where the tables bind versions but have no row of dates."""

    start: Day
    end: Day
    state: State
    has_row: bool = True


@dataclass(frozen=True)
class GbcsLine:
    """A GBCS version under a TS version: its Applicability Period and what goes with it."""

    label: str
    applies: Span
    security: tuple[str, ...]
    companions: tuple[str, ...]
    lapsed: str
    may_be_named: bool


@dataclass(frozen=True)
class VersionBlock:
    """A TS version for one device type, with at least one line, so that a page has a row for it."""

    label: str
    ivp: Span
    mvp: Span
    lapsed: str
    lines: tuple[GbcsLine | None, ...]


@dataclass(frozen=True)
class TypeBlock:
    """One device type; `rows` is how many lines of a page it takes."""

    name: str
    versions: tuple[VersionBlock, ...]

    @property
    def rows(self) -> int:
        return sum(len(version.lines) for version in self.versions)


def laid_out(tables: Tables, earlier: Sequence[Tables], on: dt.date) -> tuple[TypeBlock, ...]:
    """One edition as it stood on a day; `earlier` editions, the latest first, keep what has left."""
    sheets = [_Sheet(tables), *(_Sheet(one) for one in earlier)]
    pairs = {pair for sheet in sheets for pair in sheet.pairs}
    return tuple(
        TypeBlock(kind, tuple(_version(sheets, (kind, ts), on) for ts in _in_order(pairs, kind)))
        for kind in _types(tables, pairs)
    )


class _Sheet:
    """An edition with the GBCS versions that it binds to each device type and TS version."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.bound: dict[Pair, set[str]] = {pair: set() for pair in tables.validities}
        for kind, ts, gbcs in tables.combinations:
            self.bound.setdefault((kind, ts), set()).add(gbcs)
        held = {(ts, gbcs) for _, ts, gbcs in tables.combinations}
        for ts, gbcs in tables.periods.keys() - held:
            # Bound by an Applicability Period alone, which speaks of no device type: it is for all.
            for pair in self.bound:
                if pair[1] == ts:
                    self.bound[pair].add(gbcs)

    @property
    def pairs(self) -> Iterable[Pair]:
        return self.bound.keys()


def _types(tables: Tables, pairs: set[Pair]) -> list[str]:
    """Device types in the form's order, which `actors` keeps, then any that it does not know."""
    named = {kind for kind, _ in pairs}
    return [
        *(kind for kind in tables.actors if kind in named),
        *sorted(named - tables.actors.keys()),
    ]


def _in_order(pairs: set[Pair], kind: str) -> list[str]:
    return sorted((ts for named, ts in pairs if named == kind), key=rising)


def rising(label: str) -> tuple[str | int, ...]:
    """Sorts `SMETS V10.0` after `SMETS V9.1`, in every database the same."""
    parts = re.split(r"(\d+)", label)
    return tuple(int(part) if place % 2 else part for place, part in enumerate(parts))


def _version(sheets: list[_Sheet], pair: Pair, on: dt.date) -> VersionBlock:
    row = _latest((sheet.tables.validities for sheet in sheets), pair)
    ivp = _span(row.ivp_from, row.ivp_to, on) if row else NO_ROW
    mvp = _span(row.mvp_from, row.mvp_to, on) if row else NO_ROW
    ended = ivp.state == mvp.state == State.ENDED
    lapsed = _left(sheets, lambda sheet: pair in sheet.bound) or ("lapsed" if ended else "")
    return VersionBlock(pair[1], ivp, mvp, lapsed, _lines(sheets, pair, on) or (None,))


def _lines(sheets: list[_Sheet], pair: Pair, on: dt.date) -> tuple[GbcsLine, ...]:
    labels = {label for sheet in sheets for label in sheet.bound.get(pair, ())}
    return tuple(_line(sheets, pair, label, on) for label in sorted(labels, key=rising))


def _line(sheets: list[_Sheet], pair: Pair, gbcs: str, on: dt.date) -> GbcsLine:
    row = _latest((sheet.tables.periods for sheet in sheets), (pair[1], gbcs))
    applies = _span(row.start, row.end, on) if row else NO_ROW
    ended = applies.state == State.ENDED
    holder = next(sheet for sheet in sheets if gbcs in sheet.bound.get(pair, ())).tables
    return GbcsLine(
        gbcs,
        applies,
        security=tuple(sorted(holder.security_characteristics(gbcs), key=rising)),
        companions=tuple(sorted(holder.companion_versions(gbcs), key=rising)),
        lapsed=_left(sheets, lambda sheet: gbcs in sheet.bound.get(pair, ())) or ("lapsed" if ended else ""),
        may_be_named=(*pair, gbcs) in sheets[0].tables.combinations,
    )


def _latest(editions: Iterable[Mapping[Pair, Row]], key: Pair) -> Row | None:
    """The row of the first of these editions that has one."""
    return next((rows[key] for rows in editions if key in rows), None)


def _left(sheets: list[_Sheet], holds: Callable[[_Sheet], bool]) -> str:
    """Nothing while the edition itself holds it, else which earlier one was the last to."""
    if holds(sheets[0]):
        return ""
    return f"lapsed, last in {next(sheet.tables.edition for sheet in sheets if holds(sheet))}"


def _span(start: Day, end: Day, on: dt.date) -> Span:
    if running(end, on) is False:
        return Span(start, end, State.ENDED)
    return Span(start, end, State.TO_COME if begun(start, on) is False else State.OPEN)


NO_ROW = Span(UNKNOWN, UNKNOWN, State.OPEN, has_row=False)
