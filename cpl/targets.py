"""To what a device may be updated, or by what be replaced, so that it may stay (guidance 3.5.1, 4.1).

First the Current entries that stated upgrade paths reach and that stay maintainable; then Current
maintainable entries of the same type, manufacturer, model and hardware, to which no path is stated; then, as
a replacement, versions of the same type that may be installed. What the tables do not date is offered, and
marked so.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db.models import Count, Q, QuerySet

from applicability.answers import Answer, Device, EntryFacts, Verdict
from applicability.openness import Day
from cpl.models import CURRENT, Entry, UpgradePath
from cpl.models.entries import EntryQuerySet
from cpl.standing import Basis

# A firmware is reached over this many others at most; each step is one query.
MOST_STEPS = 8
HARDWARE = ("device_type", "manufacturer", "model", "hardware_version", "hardware_revision")
WORST = {Verdict.NO: 0, Verdict.UNKNOWN: 1, Verdict.YES: 2}


class Way(StrEnum):
    STATED = "path stated"
    UNSTATED = "no path stated"


@dataclass(frozen=True)
class Target:
    """An entry to which devices may be updated; `through` names those between, where the path has more steps.

    `answer` says whether it may be maintained on the day on which it is needed, or on the day asked for where
    that is less sure.
    """

    entry: Entry
    way: Way
    answer: Answer
    through: tuple[Entry, ...] = ()
    same_firmware: bool = False


@dataclass(frozen=True)
class Replacement:
    """Versions of the same type that may be installed, and how many Current entries name them."""

    technical_specification: str
    gbcs_version: str
    entries: int
    answer: Answer


@dataclass(frozen=True)
class Targets:
    """What an entry's devices may become; `needed_on` is the first day on which they may not stay as they
    are, or the day asked for."""

    needed_on: datetime.date
    stated: tuple[Target, ...] = ()
    unstated: tuple[Target, ...] = ()
    replacements: tuple[Replacement, ...] = ()

    @property
    def updates(self) -> tuple[Target, ...]:
        return self.stated + self.unstated

    @property
    def replacing_entries(self) -> int:
        return sum(one.entries for one in self.replacements)

    @property
    def perhaps(self) -> int:
        """How many of these it is not known of whether they may be installed."""
        return sum(one.entries for one in self.replacements if one.answer.verdict == Verdict.UNKNOWN)


def targets(
    entries: Collection[Entry],
    *,
    among: EntryQuerySet,
    paths: QuerySet[UpgradePath],
    basis: Basis,
    on: datetime.date,
) -> dict[int, Targets]:
    """By entry number. `among` and `paths` are what may be looked at, such as what is published.

    Two queries, and one for each step that stated paths have (at most eight), however many entries.
    """
    return _Search(basis, on, entries, among, paths).found()


class _Search:
    """The facts for many entries at once, each read once."""

    def __init__(
        self,
        basis: Basis,
        on: datetime.date,
        entries: Collection[Entry],
        among: EntryQuerySet,
        paths: QuerySet[UpgradePath],
    ) -> None:
        self.basis, self.on, self.entries = basis, on, entries
        self.steps = _steps(paths, entries)
        self.siblings = _siblings(among, entries)
        self.versions = _versions(among, entries, on, basis.serial)
        self.answers: dict[tuple[int, datetime.date], Answer] = {}

    def found(self) -> dict[int, Targets]:
        return {entry.number: self._of(entry) for entry in self.entries}

    def _of(self, entry: Entry) -> Targets:
        needed_on = self._needed_on(entry)
        stated = _in_order(self._reached(entry, needed_on))
        reached = {target.entry.number for target in stated} | {entry.number}
        siblings = [one for one in self.siblings[_hardware(entry)] if one.number not in reached]
        unstated = _in_order(self._as_targets(siblings, entry, needed_on))
        replacements = tuple(self._replacements(entry.device_type, needed_on))
        return Targets(needed_on, stated, unstated, replacements)

    def _needed_on(self, entry: Entry) -> datetime.date:
        """The first day on which the device as it is will not do; the day asked for, where that is past or
        not known."""
        by = self.basis.schedule.must_be_updated_by(self.basis.facts(entry)).by
        if by is None or by.date is None or not self.on <= by.date < datetime.date.max:
            return self.on
        return by.date + datetime.timedelta(days=1)

    def _reached(self, entry: Entry, needed_on: datetime.date) -> Iterator[Target]:
        """Over stated paths, the shortest way to each; only over firmware that may be put on that day."""
        ways: dict[int, tuple[Entry, ...]] = {entry.number: ()}
        reached = [entry]
        for here in reached:
            for there in self.steps[here.number]:
                if there.number not in ways and self._maintained(there, self.on).verdict != Verdict.NO:
                    ways[there.number] = (*ways[here.number], here)
                    reached.append(there)
        for target in self._as_targets(reached[1:], entry, needed_on, Way.STATED):
            yield replace(target, through=ways[target.entry.number][1:])

    def _as_targets(
        self,
        candidates: Iterable[Entry],
        entry: Entry,
        needed_on: datetime.date,
        way: Way = Way.UNSTATED,
    ) -> Iterator[Target]:
        for candidate in candidates:
            answers = (self._maintained(candidate, needed_on), self._maintained(candidate, self.on))
            answer = min(answers, key=lambda one: WORST[one.verdict])
            if answer.verdict != Verdict.NO:
                yield Target(candidate, way, answer, same_firmware=candidate.firmware == entry.firmware)

    def _maintained(self, entry: Entry, on: datetime.date) -> Answer:
        key = (entry.number, on)
        if key not in self.answers:
            self.answers[key] = self.basis.schedule.may_be_maintained(self.basis.facts(entry), on)
        return self.answers[key]

    def _replacements(self, device_type: str, needed_on: datetime.date) -> Iterator[Replacement]:
        """A replacement must be in its Installation Validity Period when put in, and may stay after."""
        for ts, gbcs, count in self.versions[device_type]:
            new = EntryFacts(Device(device_type, ts, gbcs), listed=Day.on(self.on))
            stays = self.basis.schedule.may_be_maintained(new, needed_on)
            answer = self.basis.schedule.may_be_installed(new, self.on)
            if Verdict.NO not in (stays.verdict, answer.verdict):
                yield Replacement(ts, gbcs, count, answer)


def _steps(paths: QuerySet[UpgradePath], entries: Iterable[Entry]) -> defaultdict[int, list[Entry]]:
    """From an entry's number to the entries that a stated path leads to, as far as these entries reach."""
    steps: defaultdict[int, list[Entry]] = defaultdict(list)
    here = {entry.number for entry in entries}
    seen = set(here)
    for _ in range(MOST_STEPS):
        if not here:
            break
        rows = paths.filter(source__in=here).select_related("target__removal").order_by("target_id")
        for path in rows:
            steps[path.source_id or 0].append(path.target)
        here = {target.number for number in here for target in steps[number]} - seen
        seen |= here
    return steps


def _siblings(among: EntryQuerySet, entries: Collection[Entry]) -> defaultdict[tuple[str, ...], list[Entry]]:
    """Entries of the same type, manufacturer, model and hardware, by these."""
    wanted = {name: {getattr(entry, name) for entry in entries} for name in HARDWARE}
    found: defaultdict[tuple[str, ...], list[Entry]] = defaultdict(list)
    same = {f"{name}__in": values for name, values in wanted.items()}
    for entry in among.filter(**same).select_related("removal").order_by("number"):
        found[_hardware(entry)].append(entry)
    return found


def _hardware(entry: Entry) -> tuple[str, ...]:
    return tuple(getattr(entry, name) for name in HARDWARE)


def _versions(
    among: EntryQuerySet, entries: Collection[Entry], on: datetime.date, serial: int | None
) -> defaultdict[str, list[tuple[str, str, int]]]:
    """By device type, the versions that Current entries name, and how many do."""
    there = among.filter(device_type__in={entry.device_type for entry in entries}).exclude(admitted_on__gt=on)
    current = there.with_status(on, serial=serial).filter(Q(status_on_day=CURRENT))
    columns = ("device_type", "technical_specification", "gbcs_version")
    rows = current.order_by(*columns).values_list(*columns).annotate(count=Count("number"))
    found: defaultdict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for device_type, ts, gbcs, count in rows:
        found[device_type].append((ts, gbcs, count))
    return found


def _in_order(found: Iterable[Target]) -> tuple[Target, ...]:
    """What is certain first, then the latest entry."""
    return tuple(sorted(found, key=lambda one: (-WORST[one.answer.verdict], -one.entry.number)))
