"""The days that a page is asked about: on which, over which period, and as the tables were known when."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from applicability.openness import say
from applicability.schedule import EARLIEST, LATEST


@dataclass(frozen=True)
class Days:
    """`refused` says, a sentence for each, what could not be taken, and by what it was replaced."""

    on: datetime.date
    known: datetime.date
    first: datetime.date
    last: datetime.date
    today: datetime.date
    refused: list[str] = field(default_factory=list)

    @property
    def parameters(self) -> dict[str, str]:
        """For an address that asks for the same days."""
        asked = {"on": (self.on, self.today), "known": (self.known, self.today)}
        asked |= {"from": (self.first, EARLIEST), "to": (self.last, LATEST)}
        return {name: day.isoformat() for name, (day, default) in asked.items() if day != default}


def read_days(query: Mapping[str, str], today: datetime.date) -> Days:
    """`on`, `known`, `from` and `to` out of an address; what is no day there counts as not asked."""
    refused: list[str] = []
    first = _day(query, "from", EARLIEST, refused)
    last = _day(query, "to", LATEST, refused)
    if last < first:
        refused.append(f"The period ends on {say(last)}, before it begins on {say(first)}: all days follow.")
        first, last = EARLIEST, LATEST
    on, known = _day(query, "on", today, refused), _day(query, "known", today, refused)
    if known > today:
        refused.append(
            f"Nobody knows today what will be known on {say(known)}: what follows is as known today."
        )
        known = today
    return Days(on, known, first, last, today, refused)


def _day(query: Mapping[str, str], name: str, default: datetime.date, refused: list[str]) -> datetime.date:
    asked = query.get(name, "").strip()
    if not asked:
        return default
    try:
        day = datetime.date.fromisoformat(asked)
    except ValueError:
        refused.append(f"“{asked[:40]}” is not a day. Write it as 2026-03-01. It was left out.")
        return default
    if EARLIEST <= day <= LATEST:
        return day
    refused.append(f"{say(day)} is outside {EARLIEST.year} to {LATEST.year}, for which there are answers.")
    return default
