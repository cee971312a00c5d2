"""The day that a page of the admin is asked about (`?on=2027-03-01`): how it was then."""

import datetime
from dataclasses import dataclass

from django.http import HttpRequest

from applicability.openness import say

EARLIEST = datetime.date(2010, 1, 1)


@dataclass(frozen=True)
class DayAsked:
    """`on` is None where none was asked, or none that can be answered: `refused` says why."""

    on: datetime.date | None
    written: str
    refused: str = ""


def day_asked(request: HttpRequest, today: datetime.date) -> DayAsked:
    """A day up to today: what was is told, not what will be."""
    written = request.GET.get("on", "").strip()[:40]
    if not written:
        return DayAsked(None, "")
    try:
        day = datetime.date.fromisoformat(written)
    except ValueError:
        return DayAsked(None, "", f"“{written}” is not a day. Write it as 2026-03-01.")
    if day > today:
        return DayAsked(None, "", f"{say(day)} is still to come. Ask for a day up to today.")
    if day < EARLIEST:
        return DayAsked(None, "", f"{say(day)} is before {EARLIEST.year}, when there was no list.")
    return DayAsked(day, day.isoformat())
