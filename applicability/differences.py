"""What one edition of the tables says and another does not: row by row, date by date.

Pure: two editions' rows go in, differences come out in the tables' own order: periods of validity,
Applicability Periods, combinations, Security Characteristics, then DUIS and MMC versions. A row is known by
what it may stand for only once (device type and TS version, TS and GBCS version, ...), never by its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from applicability.openness import Day
from applicability.tables import PeriodRow, Tables, ValidityRow

Key = tuple[str, ...]
Dates = Mapping[str, Day]


class Kind(StrEnum):
    """The parts of an edition, in words."""

    VALIDITY = "Installation and Maintenance Validity Periods"
    PERIOD = "Applicability Periods"
    COMBINATION = "Combinations"
    SECURITY = "Security Characteristics"
    COMPANION = "DUIS and MMC versions"


class What(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True)
class DateChange:
    """One date of a row, by its name in the tables; None on the side on which there is no such row."""

    name: str
    before: Day | None
    after: Day | None

    @property
    def words(self) -> str:
        """`MVP end: unknown, then 31 December 2027`."""
        sides = [day.words for day in (self.before, self.after) if day is not None]
        return f"{self.name}: {', then '.join(sides)}"


@dataclass(frozen=True)
class Difference:
    """One row that differs. `dates` holds those that differ, or all of them where the row is new or gone."""

    kind: Kind
    what: What
    key: Key
    dates: tuple[DateChange, ...] = ()

    @property
    def row(self) -> str:
        """Which row, in the tables' own words."""
        return ", ".join(self.key)

    @property
    def words(self) -> str:
        dates = "; ".join(date.words for date in self.dates)
        return f"{self.row}: {self.what}{f' ({dates})' if dates else ''}"


def differences(before: Tables, after: Tables) -> tuple[Difference, ...]:
    """Everything that `after` says otherwise than `before`; empty where both say the same."""
    old, new = dict(_parts(before)), dict(_parts(after))
    return tuple(found for kind in Kind for found in _compared(kind, old[kind], new[kind]))


def both(before: Tables, after: Tables, one: Difference) -> tuple[DateChange, ...]:
    """Every date of a row that differs, those on which both editions agree too."""
    old, new = (dict(_parts(tables))[one.kind].get(one.key, {}) for tables in (before, after))
    return tuple(DateChange(name, old.get(name), new.get(name)) for name in {**old, **new})


def _compared(kind: Kind, old: Mapping[Key, Dates], new: Mapping[Key, Dates]) -> Iterator[Difference]:
    for key in _in_order(old, new):
        if key not in new:
            dates = tuple(DateChange(name, day, None) for name, day in old[key].items())
            yield Difference(kind, What.GONE, key, dates)
        elif key not in old:
            dates = tuple(DateChange(name, None, day) for name, day in new[key].items())
            yield Difference(kind, What.ADDED, key, dates)
        elif old[key] != new[key]:
            dates = tuple(
                DateChange(name, old[key][name], day)
                for name, day in new[key].items()
                if day != old[key][name]
            )
            yield Difference(kind, What.CHANGED, key, dates)


def _in_order(*sides: Iterable[Key]) -> list[Key]:
    return sorted({key for side in sides for key in side})


def _parts(tables: Tables) -> Iterator[tuple[Kind, dict[Key, Dates]]]:
    """An edition's rows by what each may stand for only once, with the dates that each gives."""
    yield Kind.VALIDITY, {key: _validity(row) for key, row in tables.validities.items()}
    yield Kind.PERIOD, {key: _period(row) for key, row in tables.periods.items()}
    yield Kind.COMBINATION, {key: {} for key in tables.combinations}
    yield Kind.SECURITY, {key: {} for key in _pairs(tables.security_ties)}
    yield Kind.COMPANION, {key: {} for key in _pairs(tables.companions)}


def _validity(row: ValidityRow) -> Dates:
    return {
        "IVP start": row.ivp_from,
        "IVP end": row.ivp_to,
        "MVP start": row.mvp_from,
        "MVP end": row.mvp_to,
    }


def _period(row: PeriodRow) -> Dates:
    return {"Applicability start": row.start, "Applicability end": row.end}


def _pairs(ties: Mapping[str, frozenset[str]]) -> Iterator[Key]:
    return ((gbcs, version) for gbcs, versions in ties.items() for version in versions)
