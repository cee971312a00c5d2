"""The list of rules: each has an id, a level and a source, and its docstring is what people read."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as by_default
from functools import cache
from string import Formatter

from cpl.fields import BY_KIND, Field
from cpl.rules.case import Case
from cpl.rules.problem import Level, Problem

NEW = ("new_entry",)
CERTIFIED = ("renewal", "offer")
RENEWED = ("renewal",)
OFFERED = ("offer",)
WITHDRAWN = ("withdrawal",)
REMOVED = ("removal",)
STATED = ("statement",)
EVERY = tuple(BY_KIND)
# What a rule expects of a field in which nothing may stand.
EMPTY = "empty"


@dataclass(frozen=True)
class Finding:
    """What a rule found in a field; `words` fill the further places of the rule's message."""

    field: Field
    found: str = ""
    expected: str = ""
    words: Mapping[str, object] = by_default(default_factory=dict)


Check = Callable[[Case], Iterator[Finding]]


@dataclass(frozen=True)
class Rule:
    """One rule. `check` is None for those that speak while answers are read, before there is a case."""

    id: str
    level: Level
    source: str
    kinds: tuple[str, ...]
    fields: tuple[Field, ...]
    message: str
    check: Check | None = None

    @property
    def in_general(self) -> str:
        """The message for the printed help: `…` stands where a submission's own words will be."""
        parts = Formatter().parse(self.message)
        return "".join(text + ("…" if name is not None else "") for text, name, _, _ in parts)

    def problem(self, finding: Finding) -> Problem:
        words = {
            "label": finding.field.label,
            "found": finding.found,
            "expected": finding.expected,
            **finding.words,
        }
        return Problem(
            field=finding.field.name,
            rule=self.id,
            level=self.level,
            found=finding.found,
            expected=finding.expected,
            message=self.message.format_map(words),
            source=self.source,
        )


_RULES: dict[str, Rule] = {}
_PLACES = {
    kind: {field.name: place for place, field in enumerate(fields)} for kind, fields in BY_KIND.items()
}


def rule(
    id: str,
    level: Level,
    source: str,
    *,
    kinds: tuple[str, ...] = NEW,
    field: Field | Iterable[Field],
) -> Callable[[Check], Check]:
    """Registers a function as a rule. `source` is a section of the guidance or a row of the entry form."""

    def register(check: Check) -> Check:
        message = " ".join((inspect.getdoc(check) or "").split())
        _add(Rule(id, level, source, kinds, _several(field), message, check))
        return check

    return register


def remark(id: str, level: Level, source: str, message: str, *, field: Field | Iterable[Field]) -> Rule:
    """Registers a rule that reading itself applies, to answers of every kind."""
    return _add(Rule(id, level, source, EVERY, _several(field), message))


def all_rules() -> tuple[Rule, ...]:
    """Every rule, by id, for a printed page."""
    return tuple(_RULES[id] for id in sorted(_RULES))


def check(case: Case) -> tuple[Problem, ...]:
    """Everything that the rules find, in the order of the form's fields."""
    return in_order(case.kind, [one for voice in checks(case.kind) for one in said_by(*voice, case)])


def said_by(rule: Rule, check: Check, case: Case) -> list[Problem]:
    """What one rule says. Of what could not be read, reading tells: that it is missing, or not known, would
    be no second mistake. That nothing may stand there at all is one.
    """
    return [
        rule.problem(finding)
        for finding in check(case)
        if finding.field.name not in case.unread or finding.expected == EMPTY
    ]


def in_order(kind: str, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems in the order of the form's fields; those of one field stay as they come."""
    place = _PLACES[kind]
    return tuple(sorted(problems, key=lambda problem: place.get(problem.field, len(place))))


@cache
def checks(kind: str) -> tuple[tuple[Rule, Check], ...]:
    """The rules that judge cases of a kind, in the order in which they speak."""
    return tuple((rule, rule.check) for rule in _RULES.values() if rule.check and kind in rule.kinds)


def _add(new: Rule) -> Rule:
    if not new.message or new.id in _RULES:
        raise ValueError(f"Rule {new.id} has no message, or its id is taken.")
    _RULES[new.id] = new
    checks.cache_clear()
    return new


def _several(field: Field | Iterable[Field]) -> tuple[Field, ...]:
    return (field,) if isinstance(field, Field) else tuple(field)
