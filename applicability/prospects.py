"""A timeline of what a group of entries may look forward to: may they be installed and maintained, and until
when, as things stand and as they would be. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping

from applicability.answers import EntryFacts, Verdict
from applicability.changes_of_answers import A_DAY, Question
from applicability.consequences import Course
from applicability.openness import NONE, UNKNOWN, Day
from applicability.schedule import LATEST, Schedule
from applicability.timelines import Bar, Kind, Lane

QUESTIONS: tuple[tuple[Question, Kind, str], ...] = (
    ("install", Kind.IVP, "be installed"),
    ("maintain", Kind.MVP, "be maintained"),
)
ANSWERS = {Verdict.YES: "May", Verdict.UNKNOWN: "Not known whether they may"}
Entries = Mapping[EntryFacts, int]


def now_and_then(
    name: str, schedule: Schedule, now: Entries, then: Entries, *, since: dt.date
) -> tuple[Lane, Lane]:
    """Two lanes for one group; `now` and `then` tell how many of its entries have the same facts."""
    return _lane("Now", name, schedule, now, since), _lane("Then", name, schedule, then, since)


def _lane(side: str, name: str, schedule: Schedule, entries: Entries, since: dt.date) -> Lane:
    bars = tuple(_bars(schedule, entries, since))
    return Lane(f"{side}{'' if bars else ', none'}: {name}", bars)


def _bars(schedule: Schedule, entries: Entries, since: dt.date) -> Iterator[Bar]:
    """One bar for all that share a period, the most entries first."""
    for question, kind, words in QUESTIONS:
        found: Counter[tuple[Verdict, Day, Day]] = Counter()
        for facts, count in entries.items():
            for period in periods(Course(schedule, facts), question, since):
                found[period] += count
        for (verdict, start, end), count in found.most_common():
            counted = f"{count} {'entry' if count == 1 else 'entries'}"
            yield Bar(kind, f"{ANSWERS[verdict]} {words}, {counted}", start, end)


def periods(course: Course, question: Question, since: dt.date) -> Iterator[tuple[Verdict, Day, Day]]:
    """From `since` on, the days on which the answer is Yes, and those on which it is not known.

    Of the latter only the last day is ever certain, where the answer is No afterwards.
    """
    verdicts = list(_verdicts(course, question, since))
    for (day, verdict), (after, next_one) in zip(verdicts, [*verdicts[1:], (None, None)], strict=True):
        end = Day.on(after - A_DAY) if after else NONE
        if verdict == Verdict.YES:
            yield verdict, Day.on(day), end
        elif verdict == Verdict.UNKNOWN:
            yield verdict, UNKNOWN, end if next_one == Verdict.NO else UNKNOWN


def _verdicts(course: Course, question: Question, since: dt.date) -> Iterator[tuple[dt.date, Verdict]]:
    """The days on which the verdict becomes another one, the first of all included."""
    before: Verdict | None = None
    for day in sorted({since, *(day for day in course.days() if since < day <= LATEST)}):
        verdict = course.answer(question, day).verdict
        if verdict != before:
            yield day, verdict
        before = verdict
