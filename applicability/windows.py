"""Sub-versions: the chain of predecessors, and the time in which installed devices must be updated. Pure.

A principal version leaves installed devices alone until their own Maintenance Validity Period ends. A
sub-version may be retroactive: devices of the version before must be updated between the start of the new
version's Installation Validity Period and the end of the old one's Maintenance Validity Period (guidance 3,
3.5.2).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from applicability.openness import Day, begun, running
from applicability.schedule import Schedule
from applicability.tables import ANYBODY, Actor, Tables, ValidityRow

SUB = "sub"


@dataclass(frozen=True)
class Version:
    """One version of a specification: its label, `principal`, `sub` or `unknown`, and what it follows."""

    label: str
    kind: str
    predecessor: str = ""


@dataclass(frozen=True)
class Window:
    """Devices of this type and of `old` must be updated from `opens` to `closes`, both days included."""

    device_type: str
    old: str
    new: str
    opens: Day
    closes: Day
    actor: Actor
    edition: str

    @property
    def is_reversed(self) -> bool:
        """The old version ends before the new one may be installed: there is no day on which to update."""
        return bool(self.opens.date and self.closes.date and self.closes.date < self.opens.date)

    def state(self, on: dt.date) -> str:
        """`to come`, `open`, `closed`, or `unknown` where a date that decides is."""
        if running(self.closes, on) is False:
            return "closed"
        if begun(self.opens, on) is False:
            return "to come"
        return "unknown" if None in (begun(self.opens, on), running(self.closes, on)) else "open"


def windows(tables: Tables, versions: Iterable[Version]) -> list[Window]:
    """One for each device type with a row for a sub-version and one for what it follows."""
    by_label = {version.label: version for version in versions}
    found = []
    for row in tables.validities.values():
        version = by_label.get(row.ts)
        if version is None or version.kind != SUB:
            continue
        old = tables.validities.get((row.device_type, version.predecessor))
        if old:
            found.append(_window(tables, old, row))
    return found


def windows_known(schedule: Schedule, versions: Collection[Version]) -> list[Window]:
    """Those of the edition in force and of the ones to come, which have the last word on a window of both."""
    found = {
        (one.device_type, one.old, one.new): one
        for part in schedule.parts
        for one in windows(part.tables, versions)
    }
    return list(found.values())


def _window(tables: Tables, old: ValidityRow, new: ValidityRow) -> Window:
    actor = tables.actors.get(new.device_type, ANYBODY)
    return Window(new.device_type, old.ts, new.ts, new.ivp_from, old.mvp_to, actor, tables.edition)


def chains(versions: Iterable[Version]) -> list[tuple[Version, ...]]:
    """Versions that follow one another, the oldest first; those that neither follow nor are followed are left
    out.

    A version that two others follow stands in both chains.
    """
    by_label = {version.label: version for version in versions}
    followed = {version.predecessor for version in by_label.values()}
    lasts = [version for version in by_label.values() if version.label not in followed]
    found = [chain(last, by_label) for last in lasts]
    return [links for links in found if len(links) > 1]


def chain(last: Version, by_label: Mapping[str, Version]) -> tuple[Version, ...]:
    """The version and all that it follows, the oldest first; a circle ends where it would close."""
    links = [last]
    while (before := by_label.get(links[-1].predecessor)) and before not in links:
        links.append(before)
    return tuple(reversed(links))
