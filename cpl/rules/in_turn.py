"""Judges many cases one after the other: a rule speaks again only where something that it looked at differs.

The rows of a file have most answers in common, and most rules would find in a row what they found in the one
before. What a rule looks at is not declared but seen: while it runs, each answer and fact that it asks for is
noted. It is a pure function of these: where none of them differs, it would go the same way and find the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, cast

from cpl.fields import BY_KIND
from cpl.rules.case import Case, Facts
from cpl.rules.problem import Problem
from cpl.rules.registry import Check, Rule, checks, in_order, said_by

T = TypeVar("T")
_FACTS = tuple(one.name for one in fields(Facts))
_facts_of = attrgetter(*_FACTS)
# What else makes a case: the same for all rows, or all rules speak again.
_FRAME = tuple(one.name for one in fields(Case) if one.name not in ("answers", "facts"))
_frame_of = attrgetter(*_FRAME)


class InTurn:
    """Judges cases of one kind. Those that have most in common come best one after the other."""

    def __init__(self, kind: str) -> None:
        self._names = tuple(one.name for one in BY_KIND[kind])
        self._voices = [_Voice(*one) for one in checks(kind)]
        self._before: Case | None = None

    def check(self, case: Case) -> tuple[Problem, ...]:
        """What `registry.check` says of the case."""
        differing = self._differing(case)
        self._before = case
        watched = _watched(case)
        for voice in self._voices:
            if differing is None or not voice.asked.isdisjoint(differing):
                voice.speak(watched)
        return in_order(case.kind, [problem for voice in self._voices for problem in voice.said])

    def _differing(self, case: Case) -> set[str] | None:
        """The answers and facts that are not as in the case before; None where all may be different."""
        before = self._before
        if before is None or _frame_of(before) != _frame_of(case):
            return None
        old, new = before.answers.get, case.answers.get
        differing = {name for name in self._names if old(name) != new(name)}
        pairs = zip(_FACTS, _facts_of(before.facts), _facts_of(case.facts), strict=True)
        return differing.union(name for name, there, here in pairs if there is not here and there != here)


class _Voice:
    """A rule, what it said last, and all that it asked for to say so."""

    def __init__(self, rule: Rule, check: Check) -> None:
        self._rule, self._check = rule, check
        self.said: list[Problem] = []
        self.asked: set[str] = set()

    def speak(self, case: "_Watched") -> None:
        self.asked = case.notes.names = set()
        self.said = said_by(self._rule, self._check, case)


@dataclass
class _Notes:
    names: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Watched(Case):
    """A case that notes what is asked of it."""

    notes: _Notes = field(default_factory=_Notes)

    def once(self, work: Callable[[Case], T]) -> T:
        """Who is told what was worked out for somebody else has asked for the same."""
        outer = self.notes.names
        if work not in self._known:
            self.notes.names = set()
            self._known[work] = work(self), self.notes.names
            self.notes.names = outer
        found, asked = self._known[work]
        outer |= asked
        return cast(T, found)


def _watched(case: Case) -> _Watched:
    notes = _Notes()
    noting: dict[str, Any] = {"answers": _Answers(case.answers, notes), "facts": _Facts(case.facts, notes)}
    return _Watched(**noting, **dict(zip(_FRAME, _frame_of(case), strict=True)), notes=notes)


class _Answers:
    """Those of a case, for `Case.get` alone: whatever else were asked of them would not be noted."""

    def __init__(self, answers: Mapping[str, str], notes: _Notes) -> None:
        self._answers, self._notes = answers, notes

    def get(self, name: str, default: str) -> str:
        self._notes.names.add(name)
        return self._answers.get(name, default)


class _Facts:
    """Those of a case."""

    def __init__(self, facts: Facts, notes: _Notes) -> None:
        self._facts, self._notes = facts, notes

    def __getattr__(self, name: str) -> Any:
        self._notes.names.add(name)
        return getattr(self._facts, name)
