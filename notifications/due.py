"""Which notices are owed on a day: facts in, notices out, each with what becomes of it. Pure.

The Panel tells the relevant Parties when Assurance Certificates of a SMETS2+ entry will expire in 12 and then
in 6 months (SEC guidance, section 4.3). A milestone is owed from its day on until it is told: never on that
day alone, or a day without a run would silence it for ever.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from cpl.rules.milestones import MONTHS, Milestone, milestones

A_DAY = datetime.timedelta(days=1)


class State(StrEnum):
    """What becomes of a milestone for one recipient."""

    DUE = "due"  # sent
    LATE = "late"  # sent: the entry, its certificate or the recipient came after the milestone's day
    OVERTAKEN = "overtaken"  # not sent: a nearer one is, and it came after this one's day
    MISSED = "missed"  # not sent: a nearer one is, and this one should have been
    BEFORE_REGISTER = "before_register"  # not sent: fell before this register held the row

    @property
    def is_sent(self) -> bool:
        return self in (State.DUE, State.LATE)


class Reason(StrEnum):
    """Why a milestone was not simply told on its day."""

    NONE = ""
    BEFORE_ISSUE = "before_issue"  # fell before the issue of the list that brought the row
    BEFORE_IMPORT = "before_import"  # fell after that issue, and before this register had the list
    CAME_LATER = "came_later"  # the entry, its certificate or its date came after it
    RECIPIENT_LATER = "recipient_later"  # others were told: this one came to be concerned after it
    MILESTONE_LATER = "milestone_later"  # the Panel added this milestone after its day
    NOT_TOLD = "not_told"  # it stood here on its day, and no run told of it


@dataclass(frozen=True, order=True)
class To:
    """Somebody to tell: a `party` or a `user` by key, or a `contact` by e-mail address."""

    kind: str
    key: str


@dataclass(frozen=True)
class Carried:
    """A Current SMETS2+ entry, the dated certificate that carries it, and whom that concerns.

    `since` is the day on which this entry, certificate and date came together here; for rows that were
    `brought` forward, the day on which that list was issued. `held` is the day on which this register took
    that list in: what fell between the two is not ours to have missed.
    """

    entry: int
    certificate: int
    date: datetime.date
    since: datetime.date
    brought: bool = False
    recipients: tuple[To, ...] = ()
    held: datetime.date | None = None


@dataclass(frozen=True, order=True, slots=True)
class Obligation:
    """What is owed once: by entry, certificate, date, milestone in months, and recipient."""

    entry: int
    certificate: int
    date: datetime.date
    milestone: int
    recipient: To


@dataclass(frozen=True, slots=True)
class DueNotice:
    """An obligation that its day has reached, what becomes of it, and why."""

    obligation: Obligation
    due_on: datetime.date
    state: State
    reason: Reason = Reason.NONE


def reached(
    date: datetime.date, on: datetime.date, months: Collection[int] = MONTHS
) -> tuple[Milestone, ...]:
    """The milestones of a date still ahead whose day has come; none of a date already past."""
    return tuple(one for one in milestones(date, months) if one.day <= on <= date)


def last_dates(on: datetime.date, months: Collection[int] = MONTHS) -> dict[int, datetime.date]:
    """By milestone, nearest first: the last of the dates for which its day has come.

    Months counted back never cross: of two dates the later has no earlier milestone. So the nearest milestone
    that a date has reached is the first here whose last date is not before it.
    """
    return {number: _last_date(on, number) for number in sorted(set(months))}


def due(
    facts: Iterable[Carried],
    told: Collection[Obligation],
    on: datetime.date,
    months: Collection[int] = MONTHS,
    added: Mapping[int, datetime.date] | None = None,
) -> list[DueNotice]:
    """What is owed on that day and not yet `told`, in the order of the facts.

    Only the nearest milestone is sent; older ones come out beside it with the reason why they are not. A date
    already past gives nothing: the entry is then a candidate for removal. `added` gives the days on which
    further milestones came, by their months.
    """
    told = frozenset(told)
    # For whom a milestone has been dealt with already, somebody else came later.
    dealt_with = defaultdict[tuple[int, int, datetime.date], set[int]](set)
    for one in told:
        dealt_with[one.entry, one.certificate, one.date].add(one.milestone)
    return [
        notice
        for fact in facts
        for notice in owed(
            fact, on, months, added, told, dealt_with.get((fact.entry, fact.certificate, fact.date), ())
        )
    ]


def owed(
    fact: Carried,
    on: datetime.date,
    months: Collection[int],
    added: Mapping[int, datetime.date] | None,
    told: Collection[Obligation],
    dealt_with: Collection[int],
) -> Iterator[DueNotice]:
    """What is owed of one fact. `dealt_with` are the milestones of which anybody was told."""
    have_come = reached(fact.date, on, months)
    for one in have_come:
        added_on = (added or {}).get(one.months)
        reason = _reason(fact, one.day, added_on, one.months in dealt_with)
        state = _state(reason, one is have_come[-1])
        for to in fact.recipients:
            obligation = Obligation(fact.entry, fact.certificate, fact.date, one.months, to)
            if obligation not in told:
                # What was simply told has nothing to explain.
                why = Reason.NONE if state is State.DUE else reason
                yield DueNotice(obligation, one.day, state, why)


def _reason(fact: Carried, day: datetime.date, added_on: datetime.date | None, others_know: bool) -> Reason:
    """The first that holds: what the register could not know goes before what it did."""
    if fact.brought and day < fact.since:
        return Reason.BEFORE_ISSUE
    if fact.held and day < fact.held:
        return Reason.BEFORE_IMPORT
    if day < fact.since:
        return Reason.CAME_LATER
    if added_on and day < added_on:
        return Reason.MILESTONE_LATER
    return Reason.RECIPIENT_LATER if others_know else Reason.NOT_TOLD


def _state(reason: Reason, nearest: bool) -> State:
    if reason is Reason.BEFORE_ISSUE:
        return State.BEFORE_REGISTER
    if reason is Reason.NOT_TOLD:
        return State.DUE if nearest else State.MISSED
    if nearest:
        return State.LATE
    return State.BEFORE_REGISTER if reason is Reason.BEFORE_IMPORT else State.OVERTAKEN


def _last_date(on: datetime.date, months: int) -> datetime.date:
    """Of 28 February, six months: 31 August, as the shorter month has no other day for it."""
    last = on + relativedelta(months=months)
    while last + A_DAY - relativedelta(months=months) <= on:
        last += A_DAY
    return last
