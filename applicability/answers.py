"""May a device be installed, may it be maintained, by when must it be updated: for any day, with the reason.

Pure: an edition's rows, an entry and a day go in; an `Answer` comes out, which names the row that decides it
or says that the edition has none. Where an unknown date leaves a question open the verdict is `unknown`,
never a guess. Days are whole days in Europe/London; the first and the last day of a period belong to it. An
entry is Current from the day on which it was listed to the day before its removal takes effect. Sources:
guidance 3 and 4; SEC Schedule 11.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from applicability.findings import (
    REMOVAL,
    End,
    EntryFacts,
    Finding,
    Weight,
    applicability,
    applicability_end,
    current,
    held,
    ivp,
    mvp,
    mvp_end,
)
from applicability.openness import NONE, UNKNOWN, Day, earliest, say
from applicability.tables import Actor, Device, Tables

__all__ = [
    "Answer",
    "CombinationProblem",
    "Device",
    "EntryFacts",
    "Tables",
    "Verdict",
    "combination_problem",
    "may_be_installed",
    "may_be_maintained",
    "must_be_updated_by",
]


class Verdict(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Answer:
    """`words` is for people; `decided_by` names the deciding rows with their edition, or says that it has no
    row.

    `by` is set by `must_be_updated_by` alone; `at_the_latest` says that an unknown date might come before it.
    `findings` is what each row had to say, for a page that shows all reasons.
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
        """Whether the edition has no row for what was asked."""
        return self.decided_by.startswith("no row")


def may_be_installed(tables: Tables, entry: EntryFacts, on: dt.date) -> Answer:
    """Current, TS version within IVP, GBCS version within Applicability Period (guidance 3.1, 3.3, 4.1)."""
    findings = [current(entry, on), ivp(tables, entry.device, on), applicability(tables, entry.device, on)]
    return _answer(tables, entry.device, findings, f"be installed on {say(on)}")


def may_be_maintained(tables: Tables, entry: EntryFacts, on: dt.date) -> Answer:
    """Current, within MVP and Applicability Period (guidance 3.2, 3.5.1, 4.1).

    Such a device may stay in use, and such an entry may be the target of a firmware upgrade.
    """
    findings = [current(entry, on), mvp(tables, entry.device, on), applicability(tables, entry.device, on)]
    return _answer(
        tables, entry.device, findings, f"be maintained, or be the target of an upgrade, on {say(on)}"
    )


def _answer(tables: Tables, device: Device, findings: list[Finding], what: str) -> Answer:
    decisive = min([*findings, held(tables, device)], key=lambda finding: finding.weight)
    actor = tables.actor(device)
    if decisive.weight == Weight.FINE:
        words = f"May {what}: {'; '.join(finding.words for finding in findings)}."
        rows = "; ".join(finding.row for finding in findings[1:])
        return Answer(Verdict.YES, words, rows, tables.edition, actor, tuple(findings))
    refused = decisive.weight == Weight.REFUSED
    words = f"{'May not' if refused else 'Not known whether it may'} {what}: {decisive.words}."
    verdict = Verdict.NO if refused else Verdict.UNKNOWN
    return Answer(verdict, words, decisive.row, tables.edition, actor, (*findings, held(tables, device)))


def must_be_updated_by(tables: Tables, entry: EntryFacts) -> Answer:
    """The earlier of MVP end and Applicability end; for a removed entry its removal's effective date
    (guidance 4).

    `yes` with the last day allowed in `by`, `no` where nothing ends, `unknown` where the tables do not say.
    """
    ends = (mvp_end(tables, entry.device), applicability_end(tables, entry.device))
    actor = tables.actor(entry.device)
    by, certain = earliest(*(end.day for end in ends))
    if entry.removed != NONE:
        return _after_removal(tables, entry, by)
    if by.date:
        doubt = "" if certain else f"; {_doubt(tables.edition, ends)}"
        words = f"{_duty(by, certain, actor)}: {_deciding(ends, by)}{doubt}."
        rows = "; ".join(end.row for end in ends if end.day == by)
        return Answer(Verdict.YES, words, rows, tables.edition, actor, by=by, at_the_latest=not certain)
    rows = "; ".join(dict.fromkeys(end.row for end in ends if by == NONE or _is_open(end, ends)))
    if by == NONE:
        words = f"Need not be updated or replaced: {ends[0].name} has no end, nor has {ends[1].name}."
        return Answer(Verdict.NO, words, rows, tables.edition, actor, by=by)
    words = f"Not known by when it must be updated or replaced: {_doubt(tables.edition, ends)}."
    return Answer(Verdict.UNKNOWN, words, rows, tables.edition, actor, by=by)


def _after_removal(tables: Tables, entry: EntryFacts, ended: Day) -> Answer:
    """A removed entry falls due with its removal; an earlier end in the tables is mentioned."""
    actor = tables.actor(entry.device)
    by, certain = entry.removed, True
    if by == UNKNOWN and entry.seen_on:
        by, certain = Day.on(entry.seen_on), False
    since = f"with effect from {by.words}" if certain and by.date else "on a day that is not stated"
    words = f"{_duty(by, certain, actor)}: the entry was removed {since}"
    if ended.date and by.date and ended.date < by.date:
        words += f"; the tables' own end, {ended.words}, came before that"
    return Answer(Verdict.YES, f"{words}.", REMOVAL, tables.edition, actor, by=by, at_the_latest=not certain)


def _duty(by: Day, certain: bool, actor: Actor) -> str:
    when = f" by {by.words}{'' if certain else ' at the latest'}" if by.date else ""
    return f"Must be updated or replaced{when}, by {actor.name} ({actor.licence})"


def _deciding(ends: Sequence[End], by: Day) -> str:
    return ", and ".join(f"{end.name} ends on {by.words}" for end in ends if end.day == by)


def _is_open(end: End, ends: Sequence[End]) -> bool:
    """A missing row says more about an unknown end than a row with an unknown date."""
    return end.day == UNKNOWN and (not end.has_row or all(other.has_row for other in ends))


def _doubt(edition: str, ends: Sequence[End]) -> str:
    """What is not known, in one or two clauses."""
    clauses = [
        f"{edition} does not date the end of {end.name}"
        if end.has_row
        else f"{edition} has no row for {end.name}"
        for end in ends
        if end.day == UNKNOWN
    ]
    return ", and ".join(clauses)


@dataclass(frozen=True)
class CombinationProblem:
    """Why a new entry may not name these versions: kind of reason, words, and the row that decides."""

    kind: str
    words: str
    decided_by: str


def combination_problem(
    tables: Tables, device_type: str, ts: str, gbcs: str, on: dt.date
) -> CombinationProblem | None:
    """None where a new entry may name them that day, else the reason; what is unknown refuses nothing.

    `kind`: `gbcs outside its period`, `not held`, `ts outside IVP and MVP` (guidance 3; the form's valid
    values).
    """
    device = Device(device_type, ts, gbcs)
    bound = applicability(tables, device, on)
    if bound.weight == Weight.REFUSED:
        return CombinationProblem("gbcs outside its period", _sentence(bound.words), bound.row)
    kept = held(tables, device)
    if kept.weight == Weight.NOT_HELD:
        return CombinationProblem("not held", _sentence(kept.words), kept.row)
    periods = (ivp(tables, device, on), mvp(tables, device, on))
    if all(period.weight == Weight.REFUSED for period in periods):
        words = _sentence(", and ".join(period.words for period in periods))
        return CombinationProblem("ts outside IVP and MVP", words, periods[0].row)
    return None


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
