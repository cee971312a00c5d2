"""On which days of a period an answer changes, and how. Pure.

An answer can only change on a day that the tables, the entry's listing or its removal name: the first day of
a period, the day after its last, the day on which the next edition takes effect. Those days alone are tried,
so a century costs no more than a month.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from applicability.answers import Answer, EntryFacts
from applicability.openness import Day
from applicability.schedule import EARLIEST, LATEST, Schedule
from applicability.tables import Tables

Question = Literal["install", "maintain"]
A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Change:
    """From this day on the answer to a question has another verdict than on the day before."""

    on: dt.date
    question: Question
    before: Answer
    after: Answer


def changes(
    schedule: Schedule, entry: EntryFacts, first: dt.date = EARLIEST, last: dt.date = LATEST
) -> list[Change]:
    """Every change of a verdict from `first` to `last`, both included, in order of days."""
    days = sorted(day for day in named_days(schedule, entry) if first <= day <= last and day > dt.date.min)
    return [change for day in days for change in _on(schedule, entry, day)]


def _on(schedule: Schedule, entry: EntryFacts, day: dt.date) -> Iterator[Change]:
    for question, ask in (
        ("install", schedule.may_be_installed),
        ("maintain", schedule.may_be_maintained),
    ):
        before, after = ask(entry, day - A_DAY), ask(entry, day)
        if before.verdict != after.verdict:
            yield Change(day, question, before, after)  # type: ignore[arg-type]


def named_days(schedule: Schedule, entry: EntryFacts) -> set[dt.date]:
    """The days on which something begins, or is over for the first time, for this entry."""
    days = {part.start for part in schedule.to_come}
    days |= _starts(entry.listed, entry.removed)
    if entry.seen_on:
        days.add(entry.seen_on)
    for part in schedule.parts:
        days |= _days_of(part.tables, entry)
    return days


def _days_of(tables: Tables, entry: EntryFacts) -> set[dt.date]:
    validity, period = tables.validity(entry.device), tables.period(entry.device)
    days: set[dt.date] = set()
    if validity:
        days |= _starts(validity.ivp_from, validity.mvp_from) | _after(validity.ivp_to, validity.mvp_to)
    if period:
        days |= _starts(period.start) | _after(period.end)
    return days


def _starts(*days: Day) -> set[dt.date]:
    return {day.date for day in days if day.date}


def _after(*days: Day) -> set[dt.date]:
    return {day.date + A_DAY for day in days if day.date and day.date < dt.date.max}
