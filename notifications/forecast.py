"""Who will be told what in the months ahead, if nothing changes: the runs to come, played over today's facts.

Nothing is written or sent. What is owed is decided by `notifications.due`, as in a run. Read as a stream: how
much stands in memory depends on the certificates that end, not on the entries that they carry.
"""

import datetime
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from cpl.models import CertificateEvent, Coverage, Entry, ManufacturerIdentifier, Removal
from cpl.rules.milestones import milestones
from notifications import audiences, facts, planning
from notifications.audiences import Directory
from notifications.due import Carried, Obligation, State, To, owed, reached
from notifications.facts import Found, Key, Told
from notifications.further import Milestones, milestones_told
from notifications.models import Audience

MONTHS = 18
A_DAY = datetime.timedelta(days=1)
# Stands for everybody of whom the same is known.
ANYBODY = To("anybody", "")


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the run of a day to come would send about one entry, and to whom."""

    on: datetime.date
    entry: int
    certificate: int
    date: datetime.date
    milestone: int
    state: State
    recipients: tuple[To, ...]


class Group(NamedTuple):
    """What the same recipients would be told of one certificate in one run."""

    on: datetime.date
    certificate: int
    date: datetime.date
    milestone: int
    state: State
    recipients: tuple[To, ...]


# For how many entries each.
Groups = Mapping[Group, int]


@dataclass(frozen=True, order=True, slots=True)
class Line:
    """What one recipient would be told of one certificate in one run, for so many entries."""

    on: datetime.date
    certificate: int
    date: datetime.date
    milestone: int
    state: State
    to: To
    entries: int


@dataclass
class Month:
    """A month, by its first day: what its runs would send."""

    first: datetime.date
    notices: int = 0
    messages: int = 0
    certificates: int = 0
    recipients: int = 0


@dataclass
class Overview:
    """The months, with their totals, and how many notices each recipient would have of each month."""

    months: list[Month]
    notices: int = 0
    by_recipient: dict[To, Counter[datetime.date]] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """What of it is asked for: everything, or one month, recipient or milestone, or some certificates."""

    month: datetime.date | None = None
    to: To | None = None
    certificates: frozenset[int] | None = None
    milestone: int | None = None

    def of(self, rows: Iterable[Ahead]) -> Iterator[Ahead]:
        return (replace(row, recipients=to) for row in rows if (to := self._whom(row)))

    def among(self, groups: Groups) -> dict[Group, int]:
        return {one._replace(recipients=to): n for one, n in groups.items() if (to := self._whom(one))}

    def _whom(self, row: Ahead | Group) -> tuple[To, ...]:
        """Those of its recipients that are asked for; none where it is not asked for itself."""
        if self.month and row.on.replace(day=1) != self.month:
            return ()
        if self.milestone is not None and row.milestone != self.milestone:
            return ()
        if self.certificates is not None and row.certificate not in self.certificates:
            return ()
        if self.to is None:
            return row.recipients
        return (self.to,) if self.to in row.recipients else ()


class Lines(Sequence[Line]):
    """Lines by day, certificate and recipient; a page of them is made when it is looked at."""

    def __init__(self, groups: Groups) -> None:
        self._groups = sorted(groups.items())
        self._ends = list(accumulate(len(group.recipients) for group, _ in self._groups))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __getitem__(self, at):  # type: ignore[no-untyped-def]  # as a list takes it
        if isinstance(at, slice):
            return [self._line(one) for one in range(*at.indices(len(self)))]
        return self._line(range(len(self))[at])

    @property
    def notices(self) -> int:
        """How many all lines stand for."""
        return sum(len(group.recipients) * number for group, number in self._groups)

    def _line(self, at: int) -> Line:
        place = bisect_right(self._ends, at)
        group, entries = self._groups[place]
        to = group.recipients[at - self._ends[place]]
        return Line(*group[:-1], to, entries)


def tally(rows: Iterable[Ahead]) -> Groups:
    """How many entries there are of each group: as many as certificates, not as entries."""
    return Counter(
        Group(row.on, row.certificate, row.date, row.milestone, row.state, row.recipients) for row in rows
    )


def months_from(on: datetime.date, count: int = MONTHS) -> list[datetime.date]:
    """The month of a day and those after it, by their first days."""
    first = on.replace(day=1)
    return [first + relativedelta(months=one) for one in range(count)]


def last_day(on: datetime.date, count: int = MONTHS) -> datetime.date:
    """Of the last of these months."""
    return on.replace(day=1) + relativedelta(months=count) - A_DAY


def ahead(on: datetime.date, until: datetime.date) -> Iterator[Ahead]:
    """What a run on that day, and one each day until the last, would send. By stretches, then by entry.

    A stretch lasts until something takes effect that is known already: a removal, a certificate, a date,
    another holder of a manufacturer identifier. Two statements a stretch, and a dozen besides.
    """
    rows = audiences.rows(Audience.Kind.CERTIFICATE)
    told_of = milestones_told(on)
    starts = [on, *_changes(on, until)]
    before: Directory | None = None
    for start, end in pairwise([*starts, until + A_DAY]):
        directory = Directory(rows, start)
        last_dates = told_of.last_dates(end - A_DAY)
        found = facts.carried(start, directory, last_dates)
        known: Iterator[tuple[Carried, list[Told]]]
        if before is None:
            told = planning.beside(found, facts.told(start, last_dates))
            known = ((one.fact, its) for one, its in told)
        else:
            known = _told_before(start, found, before, directory, last_dates)
        for fact, its in known:
            yield from _of(fact, its, start, end - A_DAY, told_of)
        before = directory


def overview(groups: Groups, on: datetime.date, count: int = MONTHS) -> Overview:
    """Counted by month, and by recipient and month."""
    months = {first: Month(first) for first in months_from(on, count)}
    sets: defaultdict[datetime.date, Counter[tuple[To, ...]]] = defaultdict(Counter)
    certificates: defaultdict[datetime.date, set[int]] = defaultdict(set)
    for group, number in groups.items():
        sets[group.on][group.recipients] += number
        certificates[group.on.replace(day=1)].add(group.certificate)
    result = Overview(list(months.values()))
    for first, days in groupby(sorted(sets), key=lambda day: day.replace(day=1)):
        month, everybody = months[first], set()
        for day in days:
            told = {to for recipients in sets[day] for to in recipients}
            month.messages += len(told)
            everybody |= told
            for recipients, number in sets[day].items():
                month.notices += number * len(recipients)
                for to in recipients:
                    result.by_recipient.setdefault(to, Counter())[first] += number
        month.certificates, month.recipients = len(certificates[first]), len(everybody)
    result.notices = sum(month.notices for month in result.months)
    return result


def _changes(on: datetime.date, until: datetime.date) -> list[datetime.date]:
    """The days after `on` on which something takes effect that is known already. Six queries."""
    window = (on + A_DAY, until)
    held = ManufacturerIdentifier.objects.filter(party__isnull=False)
    found = [
        Coverage.objects.filter(covers_from__range=window).values_list("covers_from", flat=True),
        CertificateEvent.objects.filter(on__range=window).values_list("on", flat=True),
        Removal.objects.filter(effective_date__range=window).values_list("effective_date", flat=True),
        Entry.objects.filter(admitted_on__range=window).values_list("admitted_on", flat=True),
        held.filter(held_from__range=window).values_list("held_from", flat=True),
    ]
    days = {day for rows in found for day in rows.order_by().distinct() if day}
    # Held on that day still; from the next on it is somebody else's, or nobody's.
    ends = held.filter(held_to__range=(on, until - A_DAY)).values_list("held_to", flat=True)
    return sorted(days | {day + A_DAY for day in ends if day})


def _told_before(
    start: datetime.date,
    found: Iterable[Found],
    before: Directory,
    directory: Directory,
    last_dates: dict[int, datetime.date],
) -> Iterator[tuple[Carried, list[Told]]]:
    """Each fact with what the runs of the stretch before will have told: all that it had reached, to whom it
    concerned then. A fact that only begins here was told to nobody."""
    if before.digest() == directory.digest():
        pairs = ((one.fact, one.fact.recipients) for one in found)
    else:
        then = facts.carried(start, before, last_dates)
        pairs = ((one.fact, old.fact.recipients) for one, old in zip(found, then, strict=True))
    for fact, recipients in pairs:
        if fact.since >= start:
            yield fact, []
            continue
        key: Key = (fact.entry, fact.certificate, fact.date)
        had = reached(fact.date, start - A_DAY, tuple(last_dates))
        yield fact, [Told(key, one.months, to) for one in had for to in recipients]


def _of(
    fact: Carried, told: Sequence[Told], start: datetime.date, end: datetime.date, told_of: Milestones
) -> Iterator[Ahead]:
    """What the runs of a stretch would send of one fact: those of whom the same is known together."""
    known = frozenset(one.milestone for one in told)
    added = tuple(told_of.added.items())
    for its, recipients in _alike(fact.recipients, told).items():
        for on, milestone, state in _sent(
            fact.date, fact.since, fact.brought, fact.held, start, end, its, known, told_of.months, added
        ):
            yield Ahead(on, fact.entry, fact.certificate, fact.date, milestone, state, recipients)


def _alike(recipients: tuple[To, ...], told: Sequence[Told]) -> dict[frozenset[int], tuple[To, ...]]:
    """The recipients by the milestones that they were told."""
    if not told:
        return {frozenset(): recipients}
    by_recipient: defaultdict[To, set[int]] = defaultdict(set)
    for one in told:
        by_recipient[one.to].add(one.milestone)
    groups: defaultdict[frozenset[int], list[To]] = defaultdict(list)
    for to in recipients:
        groups[frozenset(by_recipient.get(to, ()))].append(to)
    return {its: tuple(some) for its, some in groups.items()}


@lru_cache(maxsize=20_000)
def _sent(
    date: datetime.date,
    since: datetime.date,
    brought: bool,
    held: datetime.date | None,
    start: datetime.date,
    end: datetime.date,
    its: frozenset[int],
    known: frozenset[int],
    months: tuple[int, ...],
    added: tuple[tuple[int, datetime.date], ...],
) -> tuple[tuple[datetime.date, int, State], ...]:
    """By day, the milestones that are sent: decided on the first day and on each that is a milestone's.

    What follows from these is the same for every entry of a certificate, so it is worked out once.
    """
    fact = Carried(0, 0, date, since, brought, (ANYBODY,), held)
    told, sent = {_of_anybody(date, milestone) for milestone in its}, []
    days = sorted({start, *(one.day for one in milestones(date, months) if start < one.day <= end)})
    for on in days:
        for notice in list(owed(fact, on, months, dict(added), told, known)):
            told.add(notice.obligation)
            if notice.state.is_sent:
                sent.append((on, notice.obligation.milestone, notice.state))
    return tuple(sent)


def _of_anybody(date: datetime.date, milestone: int) -> Obligation:
    return Obligation(0, 0, date, milestone, ANYBODY)
