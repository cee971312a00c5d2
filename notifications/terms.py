"""For how long each date of a certificate stood behind an entry, and what became of its milestones. Pure.

A term begins when entry, certificate and date came together. It ends when another certificate took its place,
the date was changed, the certificate or the entry went, or the date passed. While it lasts, what is owed is
decided by `notifications.due`; this is about terms that are over.
"""

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from applicability.openness import say
from cpl.rules.milestones import milestones

A_DAY = datetime.timedelta(days=1)


class Fate(StrEnum):
    """What became of a milestone that the ledger does not have."""

    NEVER_TOLD = "never_told"  # owed, and nobody told of it while it was
    STOPPED = "stopped"  # its day came after the term was over: owed to nobody
    OVERTAKEN = "overtaken"  # the term began after its day, and a nearer one was owed
    BEFORE_REGISTER = "before_register"  # over, or overtaken, before this register held the row


@dataclass(frozen=True, slots=True)
class Since:
    """When a row of the register began to hold. Of a row that a list brought: `since` its issue, `held` the
    day on which this register took that list in; as in `notifications.due.Carried`."""

    since: datetime.date
    brought: bool = False
    held: datetime.date | None = None

    @property
    def here(self) -> datetime.date:
        return max(self.since, self.held or self.since)


@dataclass(frozen=True, slots=True)
class Cover:
    """From a day on, a certificate carries an entry, with the date that the list shows. `serial` orders it
    among everything else in the journal."""

    serial: int
    scheme: str
    certificate: int
    name: str
    date: datetime.date | None
    on: datetime.date
    known: Since


@dataclass(frozen=True, slots=True)
class Event:
    """A certificate was given another date, or ended as `words` say: then it has none."""

    serial: int
    on: datetime.date
    known: Since
    date: datetime.date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """`stop` is the first day on which it did not hold any more, and `why` says what ended it."""

    certificate: int
    date: datetime.date
    known: Since
    stop: datetime.date
    why: str


@dataclass(frozen=True, slots=True)
class Gone:
    """A milestone of a term that was over on `until`."""

    months: int
    day: datetime.date
    until: datetime.date
    fate: Fate
    why: str


@dataclass(frozen=True, slots=True)
class _Held:
    certificate: int
    date: datetime.date
    known: Since
    name: str


@dataclass(slots=True)
class _Terms:
    """Terms by certificate and date: one that comes back goes on."""

    over: dict[tuple[int, datetime.date], Term] = field(default_factory=dict)

    def end(self, held: _Held, stop: datetime.date, why: str) -> None:
        key = held.certificate, held.date
        earlier = self.over.get(key)
        known = earlier.known if earlier else held.known
        self.over[key] = Term(*key, known, stop, why)

    def goes_on(self, held: _Held) -> None:
        self.over.pop((held.certificate, held.date), None)


def over(
    covers: Iterable[Cover],
    events: Mapping[int, Sequence[Event]],
    removed_on: datetime.date | None,
    on: datetime.date,
) -> list[Term]:
    """The terms of one entry that were over on a day; `events` by certificate, all in the journal's order."""
    by_scheme: dict[str, list[Cover]] = {}
    for cover in covers:
        by_scheme.setdefault(cover.scheme, []).append(cover)
    found = _Terms()
    for rows in by_scheme.values():
        _walk(rows, events, removed_on, on, found)
    return list(found.over.values())


def fates(
    term: Term, months: Collection[int], added: Mapping[int, datetime.date] | None = None
) -> Iterator[Gone]:
    """What became of each milestone of a term that is over, where the ledger has nothing of it.

    `added` gives the days on which further milestones came, by their months.
    """
    every = milestones(term.date, months)
    here = term.known.here
    for at, one in enumerate(every):
        came = max(here, (added or {}).get(one.months, here))
        nearer = any(later.day <= came for later in every[at + 1 :])
        if one.day >= term.stop:
            yield Gone(one.months, one.day, term.stop, Fate.STOPPED, term.why)
        elif here >= term.stop or (term.known.brought and one.day < term.known.since):
            fate = Fate.BEFORE_REGISTER if term.known.brought else Fate.STOPPED
            yield Gone(one.months, one.day, term.stop, fate, _came(term.known, here))
        elif came >= term.stop:
            # The Panel added this milestone afterwards.
            continue
        elif one.day < came and nearer:
            fate = Fate.BEFORE_REGISTER if term.known.brought and one.day < here else Fate.OVERTAKEN
            yield Gone(one.months, one.day, term.stop, fate, _came(term.known, came))
        else:
            yield Gone(one.months, one.day, term.stop, Fate.NEVER_TOLD, term.why)


def _walk(
    rows: Sequence[Cover],
    events: Mapping[int, Sequence[Event]],
    removed_on: datetime.date | None,
    on: datetime.date,
    found: _Terms,
) -> None:
    """Of one scheme: what held from each day on which something changed to the next."""
    days = {row.on for row in rows} | {one.on for row in rows for one in events.get(row.certificate, ())}
    days |= {removed_on} if removed_on else set()
    held: _Held | None = None
    for day in sorted(one for one in days if one <= on):
        held = _passed(held, day, found)
        now = None if removed_on and removed_on <= day else _holding(rows, events, day)
        same = held and now and (held.certificate, held.date) == (now.certificate, now.date)
        if held and not same:
            found.end(held, day, _why(held, now, rows, events, removed_on, day))
        if now and not same:
            found.goes_on(now)
        held = held if same else now
    _passed(held, on, found)


def _passed(held: _Held | None, day: datetime.date, found: _Terms) -> _Held | None:
    """The same, unless its date lies before that day."""
    if held is None or held.date >= day:
        return held
    found.end(held, held.date + A_DAY, f"The date, {say(held.date)}, passed.")
    return None


def _holding(
    rows: Sequence[Cover], events: Mapping[int, Sequence[Event]], day: datetime.date
) -> _Held | None:
    last = next((row for row in reversed(rows) if row.on <= day), None)
    if last is None:
        return None
    its = [one for one in events.get(last.certificate, ()) if one.on <= day]
    if any(one.words for one in its):
        return None
    dated = next((one for one in reversed(its) if one.date and one.serial > last.serial), None)
    date, known = (dated.date, dated.known) if dated else (last.date, last.known)
    # A date that was past when it came was never ahead.
    return _Held(last.certificate, date, known, last.name) if date and date >= day else None


def _why(
    held: _Held,
    now: _Held | None,
    rows: Sequence[Cover],
    events: Mapping[int, Sequence[Event]],
    removed_on: datetime.date | None,
    day: datetime.date,
) -> str:
    if removed_on and removed_on <= day:
        return f"The entry was removed on {say(day)}."
    if now and now.certificate != held.certificate:
        return f"Renewed on {say(day)}: {now.name} carries the entry, until {say(now.date)}."
    if now:
        return f"The date was changed to {say(now.date)} on {say(day)}: notices start afresh from it."
    ended = [one.words for one in events.get(held.certificate, ()) if one.words and one.on <= day]
    if ended:
        return f"The certificate was {ended[-1]} on {say(day)}."
    return f"Another certificate, without a date ahead, took its place on {say(day)}."


def _came(known: Since, here: datetime.date) -> str:
    if known.brought:
        return f"The list that brought the row was issued on {say(known.since)}" + (
            f", and came here on {say(known.held)}." if known.held else "."
        )
    return f"It came on {say(here)}."
