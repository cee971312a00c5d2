"""A date in the TS Applicability Tables: dated, none (the tables say that there is no end) or unknown.

Unknown is not the same as none: an answer that rests on an unknown date says so. Pure: no clock, no database.
Periods are whole calendar days in Europe/London, both ends inclusive.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["dated", "none", "unknown"]
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
FORMS = "a date as 2018-12-05, or the word none (there is no end) or unknown"


@dataclass(frozen=True)
class Day:
    """`str()` gives the stored text (`2018-12-05`, `none`, `unknown`), `parse` reads it back."""

    kind: Kind
    date: dt.date | None = None

    def __post_init__(self) -> None:
        if (self.kind == "dated") != (self.date is not None):
            raise ValueError("a dated Day has a date, and no other Day has one")

    @classmethod
    def on(cls, date: dt.date) -> Day:
        return cls("dated", date)

    @classmethod
    def parse(cls, text: str) -> Day:
        """Read the stored text, forgiving outer spaces only. Raises ValueError, saying the form expected."""
        word = text.strip()
        if word in ("none", "unknown"):
            return NONE if word == "none" else UNKNOWN
        if not ISO.fullmatch(word):
            raise ValueError(f"expected {FORMS}")
        try:
            return cls.on(dt.date.fromisoformat(word))
        except ValueError:
            raise ValueError(f"there is no such day; expected {FORMS}") from None

    def __str__(self) -> str:
        return self.date.isoformat() if self.date else self.kind

    @property
    def words(self) -> str:
        """For people, as an end: `5 December 2018`, `no end`, `unknown`."""
        return say(self.date) if self.date else {"none": "no end"}.get(self.kind, self.kind)


NONE = Day("none")
UNKNOWN = Day("unknown")


def say(date: dt.date) -> str:
    """A date as the portal writes it: 5 December 2018."""
    return f"{date.day} {date:%B %Y}"


def begun(start: Day, on: dt.date) -> bool | None:
    """Whether a period with this start has begun on that day; None: not known. No start means always."""
    if start.date:
        return start.date <= on
    return True if start == NONE else None


def running(end: Day, on: dt.date) -> bool | None:
    """Whether a period with this end has not ended on that day (last day included); None: not known."""
    if end.date:
        return on <= end.date
    return True if end == NONE else None


def within(start: Day, end: Day, on: dt.date) -> bool | None:
    """Whether the day is inside the period, both ends included; None where an unknown date leaves it open."""
    sides = (begun(start, on), running(end, on))
    if False in sides:
        return False
    return None if None in sides else True


def earliest(*ends: Day) -> tuple[Day, bool]:
    """The earliest of some ends, and whether that is certain.

    With an unknown end among them a dated one is only the latest day possible: (that day, False).
    """
    unknown = UNKNOWN in ends
    dates = [end.date for end in ends if end.date]
    if dates:
        return Day.on(min(dates)), not unknown
    return (UNKNOWN, False) if unknown else (NONE, True)
