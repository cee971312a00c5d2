"""What becomes of one device if the tables, or the facts about its entry, were others. Pure.

Two courses of events are compared from a day on: as things stand, and as they would be. An answer can only
differ from a day that one of them names, so these days alone are tried.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from applicability.answers import Answer, EntryFacts, Verdict
from applicability.changes_of_answers import A_DAY, Question, named_days
from applicability.schedule import LATEST, Schedule


@dataclass(frozen=True)
class Course:
    """Tables and the facts about an entry, which answer together."""

    schedule: Schedule
    facts: EntryFacts

    def answer(self, question: Question, on: dt.date) -> Answer:
        if question == "install":
            return self.schedule.may_be_installed(self.facts, on)
        return self.schedule.may_be_maintained(self.facts, on)

    def deadline(self) -> Answer:
        return self.schedule.must_be_updated_by(self.facts)

    def days(self) -> set[dt.date]:
        return named_days(self.schedule, self.facts)


@dataclass(frozen=True)
class Stretch:
    """Days, both included, on which an answer has another verdict; no last day: for good."""

    first: dt.date
    last: dt.date | None
    before: Answer
    after: Answer


@dataclass(frozen=True)
class Consequence:
    """What differs for one entry: stretches of days a question, and the day to update by, if it differs."""

    install: tuple[Stretch, ...] = ()
    maintain: tuple[Stretch, ...] = ()
    update: tuple[Answer, Answer] | None = None

    def __bool__(self) -> bool:
        return bool(self.install or self.maintain or self.update)

    @property
    def when(self) -> dt.date | None:
        """The first day on which a verdict differs; None where only the day to update by does."""
        return min((stretch.first for stretch in self.install + self.maintain), default=None)

    @property
    def not_installable(self) -> bool:
        return _refuses(self.install)

    @property
    def not_maintainable(self) -> bool:
        return _refuses(self.maintain)


def consequence(before: Course, after: Course, since: dt.date) -> Consequence:
    """What differs from `since` on; nothing (false) where no answer does."""
    days = sorted({since, *(day for day in before.days() | after.days() if since < day <= LATEST)})
    update = (before.deadline(), after.deadline())
    return Consequence(
        tuple(_stretches("install", before, after, days)),
        tuple(_stretches("maintain", before, after, days)),
        None if _same_deadline(*update) else update,
    )


def _stretches(question: Question, before: Course, after: Course, days: list[dt.date]) -> Iterator[Stretch]:
    """Days next to each other with the same pair of verdicts are one stretch."""
    begun: Stretch | None = None
    for day in days:
        was, becomes = before.answer(question, day), after.answer(question, day)
        if begun and (begun.before.verdict, begun.after.verdict) == (was.verdict, becomes.verdict):
            continue
        if begun:
            yield Stretch(begun.first, day - A_DAY, begun.before, begun.after)
        begun = Stretch(day, None, was, becomes) if was.verdict != becomes.verdict else None
    if begun:
        yield begun


def _same_deadline(before: Answer, after: Answer) -> bool:
    return (before.verdict, before.by, before.at_the_latest) == (after.verdict, after.by, after.at_the_latest)


def _refuses(stretches: tuple[Stretch, ...]) -> bool:
    return any(stretch.after.verdict == Verdict.NO for stretch in stretches)
