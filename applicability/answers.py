"""May a device be installed, may it be maintained, by when must it be updated: for any day, with the reason.

Pure: an edition's rows, an entry and a day go in; an `Answer` comes out, which names the row that decides it or says
that the edition has none. Where an unknown date leaves a question open the verdict is `unknown`, never a guess.
Days are whole days in Europe/London; the first and the last day of a period belong to it. An entry is Current from
the day on which it was listed to the day before its removal takes effect. Sources: guidance 3 and 4; SEC Schedule 11.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from applicability.openness import NONE, UNKNOWN, Day, begun, earliest, running, say, within
from applicability.tables import Actor, Device, PeriodRow, Tables, ValidityRow


class Verdict(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class EntryFacts:
    """An entry as the list knows it.

    `listed`: its first day on the list. `removed`: the effective date of its removal, NONE while it has none,
    UNKNOWN where it is removed and nobody says when. `seen_on`: a day on which the list showed the entry as these
    facts say (the issue date of an imported list); it settles an unknown day for every later one.
    """

    device: Device
    listed: Day = UNKNOWN
    removed: Day = NONE
    seen_on: dt.date | None = None


class Weight(IntEnum):
    """Which finding decides: the lowest. What is certain outweighs what is missing, that what is unknown."""

    REFUSED = 0
    NO_ROW = 1
    UNKNOWN_DATE = 2
    NOT_HELD = 3
    FINE = 4


@dataclass(frozen=True)
class Finding:
    """What one row (or its absence) says: a clause in plain English, and the row in words."""

    weight: Weight
    words: str
    row: str


@dataclass(frozen=True)
class Answer:
    """`words` is for people; `decided_by` names the deciding rows and `edition`, or says that it has no row.

    `by` is set by `must_be_updated_by` alone; `at_the_latest` says that an unknown date might come before it.
    """

    verdict: Verdict
    words: str
    decided_by: str
    edition: str
    actor: Actor
    findings: tuple[Finding, ...] = field(default=(), repr=False)
    by: Day | None = None
    at_the_latest: bool = False

    @property
    def has_no_row(self) -> bool:
        """Whether the verdict is unknown because the edition has no row."""
        return self.decided_by.startswith("no row")


def may_be_installed(tables: Tables, entry: EntryFacts, on: dt.date) -> Answer:
    """Current, the TS version within its IVP and the GBCS version within its Applicability Period (DOMAIN of the
    guidance 3.1, 3.3, 4.1)."""
    findings = (_current(entry, on), _ivp(tables, entry.device, on), *_bound(tables, entry.device, on))
    return _answer(tables, entry.device, findings, f"be installed on {say(on)}")


def may_be_maintained(tables: Tables, entry: EntryFacts, on: dt.date) -> Answer:
    """Current, within MVP and Applicability Period: it may stay in use, and be the target of a firmware upgrade
    (guidance 3.2, 3.5.1, 4.1)."""
    findings = (_current(entry, on), _mvp(tables, entry.device, on), *_bound(tables, entry.device, on))
    return _answer(tables, entry.device, findings, f"be maintained, and upgraded to, on {say(on)}")


def must_be_updated_by(tables: Tables, entry: EntryFacts) -> Answer:
    """The earlier of MVP end and Applicability end; for a removed entry the effective date of its removal
    (guidance 4.1, 4.2). `yes` with a day in `by`, `no` where nothing ends, `unknown`."""
    if entry.removed != NONE:
        return _after_removal(tables, entry)
    validity, period = tables.validity(entry.device), tables.period(entry.device)
    ends = (validity.mvp_to if validity else UNKNOWN, period.end if period else UNKNOWN)
    by, certain = earliest(*ends)
    findings = (_end_of_mvp(tables, entry.device), _end_of_period(tables, entry.device))
    return _deadline(tables, entry.device, by, certain, findings)


# What each row says of a day.


def _current(entry: EntryFacts, on: dt.date) -> Finding:
    listed = _settled(begun(entry.listed, on), True, entry.seen_on, on)
    if listed is False:
        return Finding(Weight.REFUSED, f"the entry was listed only on {entry.listed.words}", "the entry's listing")
    removed = _settled(_removal_has_begun(entry, on), True, entry.seen_on, on)
    if removed:
        when = f"on {entry.removed.words}" if entry.removed.date else "on a day that is not stated"
        return Finding(Weight.REFUSED, f"the entry was removed {when}", "the entry's removal")
    if listed is None:
        return Finding(Weight.UNKNOWN_DATE, "it is not known when the entry was listed", "the entry's listing")
    if removed is None:
        return Finding(Weight.UNKNOWN_DATE, "it is not known when the entry was removed", "the entry's removal")
    return Finding(Weight.FINE, "the entry is Current", "the entry's listing")


def _removal_has_begun(entry: EntryFacts, on: dt.date) -> bool | None:
    return False if entry.removed == NONE else begun(entry.removed, on)


def _settled(known: bool | None, later: bool, seen_on: dt.date | None, on: dt.date) -> bool | None:
    """What was seen on a day holds on every later one, even where the day of the change itself is unknown."""
    return later if known is None and seen_on is not None and on >= seen_on else known


def _ivp(tables: Tables, device: Device, on: dt.date) -> Finding:
    row = tables.validity(device)
    name = f"the Installation Validity Period of {device.ts.strip()} for {device.device_type.strip()}"
    return _period(tables, row, name, (row.ivp_from, row.ivp_to) if row else None, on)


def _mvp(tables: Tables, device: Device, on: dt.date) -> Finding:
    row = tables.validity(device)
    name = f"the Maintenance Validity Period of {device.ts.strip()} for {device.device_type.strip()}"
    return _period(tables, row, name, (row.mvp_from, row.mvp_to) if row else None, on)


def _bound(tables: Tables, device: Device, on: dt.date) -> tuple[Finding, Finding]:
    return _applicability(tables, device, on), _held(tables, device)


def _applicability(tables: Tables, device: Device, on: dt.date) -> Finding:
    row = tables.period(device)
    name = f"the Applicability Period of {device.gbcs.strip()} with {device.ts.strip()}"
    return _period(tables, row, name, (row.start, row.end) if row else None, on)


def _period(
    tables: Tables, row: ValidityRow | PeriodRow | None, name: str, span: tuple[Day, Day] | None, on: dt.date
) -> Finding:
    if row is None or span is None:
        return _no_row(tables, name)
    start, end = span
    place = f"{tables.edition}, {row}"
    inside = within(start, end, on)
    if inside is None:
        return Finding(Weight.UNKNOWN_DATE, f"{tables.edition} does not date {_open(name, start, end, on)}", place)
    if inside:
        return Finding(Weight.FINE, f"{name} {_lasts(end)}", place)
    ended = running(end, on) is False
    return Finding(Weight.REFUSED, f"{name} {f'ended on {end.words}' if ended else f'begins on {start.words}'}", place)


def _open(name: str, start: Day, end: Day, on: dt.date) -> str:
    """Which of the two dates leaves the question open."""
    unknown = [word for word, day in (("start", start), ("end", end)) if day == UNKNOWN]
    return f"the {' and the '.join(unknown)} of {name}"


def _lasts(end: Day) -> str:
    return f"lasts to {end.words}" if end.date else "has no end"


def _no_row(tables: Tables, name: str) -> Finding:
    return Finding(Weight.NO_ROW, f"{tables.edition} has no row for {name}", f"no row in {tables.edition}")


def _held(tables: Tables, device: Device) -> Finding:
    """Periods that happen to fit do not make a combination that the tables do not hold."""
    name = f"{device.device_type.strip()} with {device.ts.strip()} and {device.gbcs.strip()}"
    if tables.holds(device):
        return Finding(Weight.FINE, f"{tables.edition} holds {name}", f"{tables.edition}, {name}")
    return Finding(Weight.NOT_HELD, f"{tables.edition} does not hold {name}", f"no row in {tables.edition}")


def _answer(tables: Tables, device: Device, findings: Sequence[Finding], what: str) -> Answer:
    decisive = min(findings, key=lambda finding: finding.weight)
    verdict = _verdict(decisive.weight)
    opening = {Verdict.YES: f"May {what}", Verdict.NO: f"May not {what}", Verdict.UNKNOWN: f"Not known whether it may {what}"}
    said = findings[:-1] if verdict == Verdict.YES else (decisive,)
    words = f"{opening[verdict]}: {_and([finding.words for finding in said])}."
    rows = [finding.row for finding in findings[1:-1]] if verdict == Verdict.YES else [decisive.row]
    return Answer(verdict, words, "; ".join(rows), tables.edition, tables.actor(device), tuple(findings))


def _verdict(weight: Weight) -> Verdict:
    if weight == Weight.FINE:
        return Verdict.YES
    return Verdict.NO if weight == Weight.REFUSED else Verdict.UNKNOWN


def _and(clauses: Sequence[str]) -> str:
    return ", and ".join(clauses) if len(clauses) < 3 else f"{', '.join(clauses[:-1])}, and {clauses[-1]}"
