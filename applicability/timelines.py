"""What a timeline shows: lanes of periods from the tables, for a device type, a specification or an entry.

Pure: an edition's rows and the day called today go in, a `Chart` comes out. `pictures` draws it, and a page
writes the same rows as a table. Sources: guidance 3 and its figures 1 and 2; SEC Schedule 11.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from applicability.findings import EntryFacts
from applicability.openness import NONE, UNKNOWN, Day, say
from applicability.schedule import Schedule
from applicability.tables import PeriodRow, Tables, ValidityRow
from applicability.windows import Version, Window, windows


class Kind(StrEnum):
    """What a bar stands for; the picture's class for it."""

    IVP = "ivp"
    MVP = "mvp"
    APPLICABILITY = "applies"
    WINDOW = "window"
    LISTED = "listed"


@dataclass(frozen=True)
class Bar:
    """One period, both days inclusive."""

    kind: Kind
    name: str
    start: Day
    end: Day

    @property
    def words(self) -> str:
        """`1 January 2024 to 31 December 2025`, `from 1 January 2024, no end`, `start and end unknown`."""
        return period_words(self.start, self.end)


@dataclass(frozen=True)
class Lane:
    """The periods of one thing: a version, or a device type."""

    name: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Mark:
    """A single day that matters, drawn as a line from top to bottom."""

    name: str
    date: dt.date


@dataclass(frozen=True)
class Chart:
    """`today` is drawn as a line; `source` names the edition that the lanes come from."""

    title: str
    source: str
    lanes: tuple[Lane, ...]
    today: dt.date
    marks: tuple[Mark, ...] = ()

    @property
    def summary(self) -> str:
        """What somebody who cannot see the picture should know of it before reading its table."""
        bars = [bar for lane in self.lanes for bar in lane.bars]
        marks = "".join(f" {mark.name}: {say(mark.date)}." for mark in self.marks)
        return (
            f"Periods drawn as bars along the years, from {self.source}: {_count(bars, 'period')} of "
            f"{_count(self.lanes, 'row')}. Today, {say(self.today)}, is a line across."
            f"{marks}{_openness(bars)}"
        )

    @property
    def in_full(self) -> str:
        """Every bar in words, for a picture that stands without its table."""
        lanes = (
            f"{lane.name}: {'; '.join(f'{bar.name} {bar.words}' for bar in lane.bars)}."
            for lane in self.lanes
        )
        return " ".join([self.summary, *lanes])


def period_words(start: Day, end: Day) -> str:
    """A period in words in which what is open and what is not known can be heard."""
    if start.date and end.date:
        return f"{start.words} to {end.words}"
    if start == end == UNKNOWN:
        return "start and end unknown"
    begins = f"from {start.words}" if start.date else {NONE: "no start", UNKNOWN: "start unknown"}[start]
    ends = f"to {end.words}" if end.date else {NONE: "no end", UNKNOWN: "end unknown"}[end]
    return f"{begins}, {ends}"


def of_device_type(
    tables: Tables,
    device_type: str,
    *,
    today: dt.date,
    versions: Iterable[Version] = (),
    marks: tuple[Mark, ...] = (),
    title: str = "",
    with_gbcs: bool = True,
) -> Chart:
    """A lane for each TS version of a device type, with the days in which to update to a sub-version."""
    opening = windows(tables, versions)
    rows = [row for row in tables.validities.values() if row.device_type == device_type]
    lanes = (
        Lane(
            row.ts,
            (
                *_validity_bars(row),
                *_updates(opening, row),
                *(_gbcs_bars(tables, device_type, row.ts) if with_gbcs else ()),
            ),
        )
        for row in sorted(rows, key=lambda row: natural(row.ts))
    )
    return Chart(title or device_type, tables.edition, tuple(lanes), today, marks)


def of_version(
    tables: Tables,
    label: str,
    *,
    today: dt.date,
    versions: Iterable[Version] = (),
    marks: tuple[Mark, ...] = (),
) -> Chart:
    """A TS version: a lane for each device type, one for its GBCS versions. A GBCS version: its TS."""
    opening = windows(tables, versions)
    lanes = [
        Lane(row.device_type, (*_validity_bars(row), *_updates(opening, row)))
        for row in tables.validities.values()
        if row.ts == label
    ]
    bound = [row for row in _periods(tables) if row.ts == label]
    if bound:
        lanes.append(Lane("Applicability Periods", tuple(_period_bar(row, row.gbcs) for row in bound)))
    lanes += [Lane(row.ts, (_period_bar(row),)) for row in _periods(tables) if row.gbcs == label]
    return Chart(label, tables.edition, tuple(lanes), today, marks)


def of_document(
    tables: Tables, name: str, labels: Iterable[str], *, today: dt.date, marks: tuple[Mark, ...] = ()
) -> Chart:
    """All versions of a document (SMETS, CHTS, GBCS), a lane each; like periods are drawn once."""
    lanes = (Lane(label, tuple(_version_bars(tables, label))) for label in sorted(labels, key=natural))
    drawn = tuple(lane for lane in lanes if lane.bars)
    return Chart(f"All versions of {name}", tables.edition, drawn, today, marks)


def of_entry(schedule: Schedule, entry: EntryFacts, name: str, *, today: dt.date) -> Chart:
    """An entry on the list, the periods that decide what may be done with it, and the day it must go by."""
    tables, device = schedule.first, entry.device
    validity, period = tables.validity(device), tables.period(device)
    lanes = [Lane(name, (Bar(Kind.LISTED, "On the list", entry.listed, _last_day_on(entry.removed)),))]
    if validity:
        lanes.append(Lane(validity.ts, _validity_bars(validity)))
    if period:
        lanes.append(Lane(period.gbcs, (_period_bar(period),)))
    due = schedule.must_be_updated_by(entry)
    marks = [*changes_to_come(schedule)]
    if due.by and due.by.date:
        marks.append(Mark(_due(due.at_the_latest), due.by.date))
    return Chart(name, tables.edition, tuple(lanes), today, tuple(marks))


def changes_to_come(schedule: Schedule) -> tuple[Mark, ...]:
    """The days on which editions that are designated already take the place of the one in force."""
    return tuple(
        Mark(f"{part.tables.edition.capitalize()} takes effect", part.start) for part in schedule.to_come
    )


def natural(label: str) -> list[tuple[int, str]]:
    """Sorts `CHTS V1.10` after `CHTS V1.9`."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"([0-9]+)", label)]


def _validity_bars(row: ValidityRow) -> tuple[Bar, Bar]:
    return Bar(Kind.IVP, "IVP", row.ivp_from, row.ivp_to), Bar(Kind.MVP, "MVP", row.mvp_from, row.mvp_to)


def _updates(opening: Iterable[Window], row: ValidityRow) -> Iterator[Bar]:
    """Drawn with the predecessor, whose devices are the ones to update; without its MVP end none need be."""
    for window in opening:
        from_here = (window.device_type, window.old) == (row.device_type, row.ts)
        if from_here and window.closes != NONE and not window.is_reversed:
            yield Bar(Kind.WINDOW, f"Update to {window.new}", window.opens, window.closes)


def _gbcs_bars(tables: Tables, device_type: str, ts: str) -> Iterator[Bar]:
    """The GBCS versions that the tables hold for this type, and those that they hold for none any more."""
    held = {gbcs: False for _, version, gbcs in tables.combinations if version == ts}
    held |= {
        gbcs: True for kind, version, gbcs in tables.combinations if (kind, version) == (device_type, ts)
    }
    for row in _periods(tables):
        if row.ts == ts and held.get(row.gbcs, True):
            yield _period_bar(row, row.gbcs)


def _version_bars(tables: Tables, label: str) -> Iterator[Bar]:
    rows = [row for row in tables.validities.values() if row.ts == label]
    types: dict[Bar, list[str]] = {}
    for row in rows:
        for bar in _validity_bars(row):
            types.setdefault(bar, []).append(row.device_type)
    for bar, names in sorted(types.items(), key=lambda item: item[0].kind):
        everywhere = len(names) == len(rows)
        name = bar.name if everywhere else f"{bar.name} ({'; '.join(names)})"
        yield Bar(bar.kind, name, bar.start, bar.end)
    for period in _periods(tables):
        if label in (period.ts, period.gbcs):
            yield _period_bar(period, period.gbcs if period.ts == label else period.ts)


def _periods(tables: Tables) -> list[PeriodRow]:
    return sorted(tables.periods.values(), key=lambda row: (natural(row.ts), natural(row.gbcs)))


def _period_bar(row: PeriodRow, of: str = "") -> Bar:
    name = f"Applicability Period, {of}" if of else "Applicability Period"
    return Bar(Kind.APPLICABILITY, name, row.start, row.end)


def _last_day_on(removed: Day) -> Day:
    """A removal's effective date is the first day on which the entry is not Current."""
    return Day.on(removed.date - dt.timedelta(days=1)) if removed.date else removed


def _due(at_the_latest: bool) -> str:
    return f"Update or replace by{', at the latest' if at_the_latest else ''}"


def _openness(bars: list[Bar]) -> str:
    days = [day for bar in bars for day in (bar.start, bar.end)]
    unknown = " A hatched bar with a question mark has a date that is not known." if UNKNOWN in days else ""
    return f"{unknown}{' An arrow means that no end is set.' if NONE in days else ''}"


def _count(things: Iterable[object], name: str) -> str:
    number = len(list(things))
    return f"{number} {name}{'' if number == 1 else 's'}"
