"""What each row of the tables, or its absence, says of one entry: clauses in plain English, each with its
row.

Pure. `answers` weighs these findings; nothing else needs to read them, though a page may list them all.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum

from applicability.openness import NONE, UNKNOWN, Day, begun, running, within
from applicability.tables import Device, PeriodRow, Tables, ValidityRow

LISTING, REMOVAL = "the entry's listing", "the entry's removal"


@dataclass(frozen=True)
class EntryFacts:
    """An entry as the list knows it.

    `listed`: its first day on the list. `removed`: the effective date of its removal, NONE while it has none,
    UNKNOWN where it is removed and nobody says when. `seen_on`: a day on which the list showed the entry as
    these facts say (the issue date of an imported list); it settles an unknown day for every later one.
    """

    device: Device
    listed: Day = UNKNOWN
    removed: Day = NONE
    seen_on: dt.date | None = None


class Weight(IntEnum):
    """The lowest decides: what is certain outweighs a missing row, and that an unknown date."""

    REFUSED = 0
    NO_ROW = 1
    UNKNOWN_DATE = 2
    NOT_HELD = 3
    FINE = 4


@dataclass(frozen=True)
class Finding:
    """What one row says of a day: a clause, and the row in words."""

    weight: Weight
    words: str
    row: str


@dataclass(frozen=True)
class End:
    """When a period ends: its name, the day, the row in words."""

    name: str
    day: Day
    row: str
    has_row: bool


def current(entry: EntryFacts, on: dt.date) -> Finding:
    """Current from the day of listing to the day before the removal takes effect."""
    listed = _settled(begun(entry.listed, on), entry, on)
    removed = False if entry.removed == NONE else _settled(begun(entry.removed, on), entry, on)
    if listed is False:
        return Finding(Weight.REFUSED, f"the entry was listed only on {entry.listed.words}", LISTING)
    if removed:
        when = (
            f"with effect from {entry.removed.words}" if entry.removed.date else "on a day that is not stated"
        )
        return Finding(Weight.REFUSED, f"the entry was removed {when}", REMOVAL)
    if listed is None:
        return Finding(Weight.UNKNOWN_DATE, "it is not known when the entry was listed", LISTING)
    if removed is None:
        return Finding(Weight.UNKNOWN_DATE, "it is not known when the entry was removed", REMOVAL)
    return Finding(Weight.FINE, "the entry is Current", LISTING)


def _settled(known: bool | None, entry: EntryFacts, on: dt.date) -> bool | None:
    """What was seen on a day holds on every later one, even where the day of the change itself is unknown."""
    return True if known is None and entry.seen_on and on >= entry.seen_on else known


def ivp(tables: Tables, device: Device, on: dt.date) -> Finding:
    """Whether the TS version may be installed that day (guidance 3.1)."""
    row = tables.validity(device)
    name = f"the Installation Validity Period of {device.ts.strip()} for {device.device_type.strip()}"
    return _period(tables, name, row, row.ivp_from if row else UNKNOWN, row.ivp_to if row else UNKNOWN, on)


def mvp(tables: Tables, device: Device, on: dt.date) -> Finding:
    """Whether the TS version may be maintained that day (guidance 3.2)."""
    row = tables.validity(device)
    return _period(
        tables, _mvp_name(device), row, row.mvp_from if row else UNKNOWN, row.mvp_to if row else UNKNOWN, on
    )


def applicability(tables: Tables, device: Device, on: dt.date) -> Finding:
    """Whether the GBCS version applies with the TS version that day (guidance 3.3)."""
    row = tables.period(device)
    name = _applicability_name(device)
    return _period(tables, name, row, row.start if row else UNKNOWN, row.end if row else UNKNOWN, on)


def held(tables: Tables, device: Device) -> Finding:
    """Periods that happen to fit do not make a combination that the tables do not hold."""
    name = f"{device.device_type.strip()} with {device.ts.strip()} and {device.gbcs.strip()}"
    if tables.holds(device):
        return Finding(Weight.FINE, f"{tables.edition} holds {name}", f"{tables.edition}, {name}")
    return Finding(Weight.NOT_HELD, f"{tables.edition} does not hold {name}", f"no row in {tables.edition}")


def mvp_end(tables: Tables, device: Device) -> End:
    """The last day on which the TS version may be maintained."""
    row = tables.validity(device)
    return _end(tables, _mvp_name(device), row, row.mvp_to if row else UNKNOWN)


def applicability_end(tables: Tables, device: Device) -> End:
    """The last day on which the GBCS version applies with the TS version."""
    row = tables.period(device)
    return _end(tables, _applicability_name(device), row, row.end if row else UNKNOWN)


def _mvp_name(device: Device) -> str:
    return f"the Maintenance Validity Period of {device.ts.strip()} for {device.device_type.strip()}"


def _applicability_name(device: Device) -> str:
    return f"the Applicability Period of {device.gbcs.strip()} with {device.ts.strip()}"


def _end(tables: Tables, name: str, row: ValidityRow | PeriodRow | None, day: Day) -> End:
    return End(
        name, day, f"{tables.edition}, {row}" if row else f"no row in {tables.edition}", row is not None
    )


def _period(
    tables: Tables, name: str, row: ValidityRow | PeriodRow | None, start: Day, end: Day, on: dt.date
) -> Finding:
    if row is None:
        words = f"{tables.edition} has no row for {name}"
        return Finding(Weight.NO_ROW, words, f"no row in {tables.edition}")
    inside = within(start, end, on)
    place = f"{tables.edition}, {row}"
    if inside is None:
        return Finding(
            Weight.UNKNOWN_DATE, f"{tables.edition} does not date {_open(start, end)} of {name}", place
        )
    if inside:
        return Finding(Weight.FINE, f"{name} {'lasts to ' if end.date else 'has '}{end.words}", place)
    ended = running(end, on) is False
    words = f"{name} {f'ended on {end.words}' if ended else f'begins on {start.words}'}"
    return Finding(Weight.REFUSED, words, place)


def _open(start: Day, end: Day) -> str:
    """Which of the two dates is not known."""
    return " and ".join(word for word, day in (("the start", start), ("the end", end)) if day == UNKNOWN)
