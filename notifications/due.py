"""Which notices are owed on a day: facts in, notices out, each with what becomes of it. Pure.

The Panel tells the relevant Parties when Assurance Certificates of a SMETS2+ entry will expire in 12 and then
in 6 months (SEC guidance, section 4.3). A milestone is owed from its day on until it is told: never on that
day alone, or a day without a run would silence it for ever.
"""

import datetime
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from cpl.rules.milestones import MONTHS, Milestone, milestones


class State(StrEnum):
    """What becomes of a milestone for one recipient."""

    DUE = "due"  # sent
    LATE = "late"  # sent: the entry, its certificate or the recipient came after the milestone's day
    OVERTAKEN = "overtaken"  # not sent: a nearer one is, and it came after this one's day
    MISSED = "missed"  # not sent: a nearer one is, and this one should have been
    BEFORE_REGISTER = "before_register"  # not sent: fell before the issue of the list that brought the row

    @property
    def is_sent(self) -> bool:
        return self in (State.DUE, State.LATE)


@dataclass(frozen=True, order=True)
class To:
    """Somebody to tell: a `party` or a `user` by key, or a `contact` by e-mail address."""

    kind: str
    key: str


@dataclass(frozen=True)
class Carried:
    """A Current SMETS2+ entry, the dated certificate that carries it, and whom that concerns.

    `since` is the day on which this entry, certificate and date came together here; for rows that were
    `brought` forward, the day on which that list was issued.
    """

    entry: int
    certificate: int
    date: datetime.date
    since: datetime.date
    brought: bool = False
    recipients: tuple[To, ...] = ()


@dataclass(frozen=True, order=True)
class Obligation:
    """What is owed once: by entry, certificate, date, milestone in months, and recipient."""

    entry: int
    certificate: int
    date: datetime.date
    milestone: int
    recipient: To


@dataclass(frozen=True)
class DueNotice:
    """An obligation that its day has reached, and what becomes of it."""

    obligation: Obligation
    due_on: datetime.date
    state: State


def reached(
    date: datetime.date, on: datetime.date, months: Collection[int] = MONTHS
) -> tuple[Milestone, ...]:
    """The milestones of a date still ahead whose day has come; none of a date already past."""
    return tuple(one for one in milestones(date, months) if one.day <= on <= date)


def due(
    facts: Iterable[Carried],
    told: Collection[Obligation],
    on: datetime.date,
    months: Collection[int] = MONTHS,
) -> list[DueNotice]:
    """What is owed on that day and not yet `told`, in the order of the facts.

    Only the nearest milestone is sent; older ones come out beside it with the reason why they are not. A date
    already past gives nothing: the entry is then a candidate for removal.
    """
    told = frozenset(told)
    # For whom a milestone has been dealt with already, somebody else came later.
    dealt_with = {(one.entry, one.certificate, one.date, one.milestone) for one in told}
    return [
        notice
        for fact in facts
        for notice in _of(fact, reached(fact.date, on, months), dealt_with)
        if notice.obligation not in told
    ]


def _of(
    fact: Carried,
    milestones: tuple[Milestone, ...],
    dealt_with: Collection[tuple[int, int, datetime.date, int]],
) -> Iterator[DueNotice]:
    for one in milestones:
        came_later = one.day < fact.since
        others_know = (fact.entry, fact.certificate, fact.date, one.months) in dealt_with
        state = _state(fact.brought and came_later, came_later or others_know, one is milestones[-1])
        for to in fact.recipients:
            owed = Obligation(fact.entry, fact.certificate, fact.date, one.months, to)
            yield DueNotice(owed, one.day, state)


def _state(before_register: bool, came_later: bool, nearest: bool) -> State:
    if before_register:
        return State.BEFORE_REGISTER
    if nearest:
        return State.LATE if came_later else State.DUE
    return State.OVERTAKEN if came_later else State.MISSED
