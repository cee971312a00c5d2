"""Many problems put together by sort, so that the same mistake four hundred times is one line."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from string import Formatter

from cpl.fields import BY_NAME
from cpl.rules.problem import Level
from cpl.rules.registry import all_rules

# What has to be done comes first.
ORDER = (Level.REFUSE, Level.REPAIR, Level.WARN)
# So many different values are shown of a sort, the commonest first.
EXAMPLES = 3


@dataclass(frozen=True)
class Example:
    """One value that was found, what stands against it, and how often."""

    found: str
    expected: str
    count: int


@dataclass(frozen=True)
class Sort:
    """All problems that one rule has with one field; `rows` counts the rows that have any."""

    level: str
    rule: str
    field: str
    message: str
    source: str
    expected: str
    count: int
    rows: int
    examples: tuple[Example, ...]
    more: int

    @property
    def label(self) -> str:
        known = BY_NAME.get(self.field)
        return known.label if known else self.field or "The file"


@dataclass
class _Heap:
    first: Mapping[str, object]
    count: int = 0
    rows: set[Hashable] = field(default_factory=set)
    values: Counter[tuple[str, str]] = field(default_factory=Counter)


def sorts_of(told: Iterable[tuple[Hashable, Mapping[str, object]]]) -> list[Sort]:
    """Sorts of problems, the refused first, then by how often. `told` pairs each with the row it is in.

    A problem is a mapping with `level`, `rule`, `field`, `found`, `expected`, `message` and `source`.
    """
    heaps: dict[tuple[str, str, str], _Heap] = {}
    for row, problem in told:
        key = (str(problem["level"]), str(problem["rule"]), str(problem["field"]))
        heap = heaps.setdefault(key, _Heap(problem))
        heap.count += 1
        heap.rows.add(row)
        heap.values[str(problem["found"]), str(problem["expected"])] += 1
    general = {rule.id: rule.message for rule in all_rules()}
    found = [_sort(key, heap, general) for key, heap in heaps.items()]
    return sorted(found, key=lambda one: (_rank(one.level), -one.count, one.rule, one.field))


def _sort(key: tuple[str, str, str], heap: _Heap, general: Mapping[str, str]) -> Sort:
    level, rule, name = key
    examples = heap.values.most_common(EXAMPLES)
    return Sort(
        level=level,
        rule=rule,
        field=name,
        message=_message(heap, general.get(rule, ""), name),
        source=str(heap.first.get("source") or ""),
        expected=_common_expectation(heap) or str(heap.first["expected"]),
        count=heap.count,
        rows=len(heap.rows),
        examples=tuple(Example(found, expected, count) for (found, expected), count in examples),
        more=len(heap.values) - len(examples),
    )


def _message(heap: _Heap, general: str, name: str) -> str:
    """One problem speaks for itself; of many, the rule says what they have in common."""
    if len(heap.values) == 1 or not general:
        return str(heap.first["message"])
    known = BY_NAME.get(name)
    words = {"label": known.label if known else "", "expected": _common_expectation(heap)}
    parts = Formatter().parse(general)
    return "".join(text + (words.get(place or "") or "…" if place else "") for text, place, _, _ in parts)


def _common_expectation(heap: _Heap) -> str:
    expected = {expected for _, expected in heap.values}
    return expected.pop() if len(expected) == 1 else ""


def _rank(level: str) -> int:
    return next((place for place, one in enumerate(ORDER) if one == level), len(ORDER))
