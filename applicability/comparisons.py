"""A timeline of two editions: for each row that differs a lane as it is, and one as it would be. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from applicability.differences import DateChange, Difference
from applicability.openness import Day
from applicability.timelines import Bar, Chart, Kind, Lane, Mark

BARS = (
    (Kind.IVP, "IVP", "IVP start", "IVP end"),
    (Kind.MVP, "MVP", "MVP start", "MVP end"),
    (Kind.APPLICABILITY, "Applies", "Applicability start", "Applicability end"),
)
Dates = dict[str, tuple[Day | None, Day | None]]


def compared(
    title: str,
    source: str,
    found: Iterable[tuple[Difference, Sequence[DateChange]]],
    *,
    today: dt.date,
    marks: tuple[Mark, ...] = (),
) -> Chart:
    """`found` has every date of each row that differs, those that stay the same too."""
    lanes = (lane for one, dates in found for lane in _lanes(one, dates))
    return Chart(title, source, tuple(lanes), today, marks)


def _lanes(one: Difference, dates: Sequence[DateChange]) -> Iterator[Lane]:
    sides = {date.name: (date.before, date.after) for date in dates}
    for side, words in enumerate(("now", "then")):
        bars = tuple(_bars(sides, side))
        if bars:
            yield Lane(f"{one.row}, {words}", bars)


def _bars(sides: Dates, side: int) -> Iterator[Bar]:
    for kind, name, start, end in BARS:
        if start in sides and end in sides:
            first, last = sides[start][side], sides[end][side]
            if first is not None and last is not None:
                yield Bar(kind, name, first, last)
