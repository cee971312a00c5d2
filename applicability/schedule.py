"""Which edition of the tables decides on which day, as far as was known on a given day, and the answers then.

Pure. An edition is known from the day of its designation. Of those known, the one in force that day decides
for it and for every day before; each one still to come decides from its effective date. So what is designated
later changes no answer as known before, and a deadline that the next edition moves is told as soon as that is
designated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from applicability.answers import Answer, EntryFacts, may_be_installed, may_be_maintained, must_be_updated_by
from applicability.tables import Actor, Tables

EARLIEST, LATEST = dt.date(2012, 1, 1), dt.date(2100, 12, 31)


@dataclass(frozen=True)
class Issue:
    """The days that count of one designated edition; `key` is whatever finds its rows."""

    key: int
    number: int
    effective_from: dt.date
    known_from: dt.date


def deciding(issues: Iterable[Issue], known: dt.date) -> list[Issue]:
    """The edition in force on that day, if any, then those known and still to come, in order.

    Where two take effect on one day the later number decides.
    """
    ordered = sorted(issues, key=lambda issue: (issue.effective_from, issue.number))
    by_day = {issue.effective_from: issue for issue in ordered if issue.known_from <= known}
    past = [issue for day, issue in by_day.items() if day <= known]
    return past[-1:] + [issue for day, issue in by_day.items() if day > known]


@dataclass(frozen=True)
class Part:
    """Tables and the first day on which they decide."""

    start: dt.date
    tables: Tables


@dataclass(frozen=True)
class Schedule:
    """Tables one after another; the first decide for every earlier day too. Never empty."""

    parts: tuple[Part, ...]

    @classmethod
    def only(cls, tables: Tables) -> Schedule:
        """One edition for every day, as in the question what a draft would change."""
        return cls((Part(dt.date.min, tables),))

    @property
    def first(self) -> Tables:
        """The tables in force on the day from which this is known."""
        return self.parts[0].tables

    @property
    def to_come(self) -> tuple[Part, ...]:
        return self.parts[1:]

    def on(self, day: dt.date) -> Tables:
        begun = [part.tables for part in self.parts if part.start <= day]
        return begun[-1] if begun else self.first

    def may_be_installed(self, entry: EntryFacts, on: dt.date) -> Answer:
        return may_be_installed(self.on(on), entry, on)

    def may_be_maintained(self, entry: EntryFacts, on: dt.date) -> Answer:
        return may_be_maintained(self.on(on), entry, on)

    def must_be_updated_by(self, entry: EntryFacts) -> Answer:
        """What the first edition says, unless the next takes effect before the day that it names."""
        return next(
            answer
            for answer, until in self._deadlines(entry)
            if until is None or (answer.by and answer.by.date and answer.by.date < until)
        )

    def _deadlines(self, entry: EntryFacts) -> Iterator[tuple[Answer, dt.date | None]]:
        """Each edition's own answer, with the day on which the next one takes its place."""
        ends: list[dt.date | None] = [*(part.start for part in self.to_come), None]
        for part, until in zip(self.parts, ends, strict=True):
            yield must_be_updated_by(part.tables, entry), until

    def actor(self, entry: EntryFacts) -> Actor:
        return self.first.actor(entry.device)
