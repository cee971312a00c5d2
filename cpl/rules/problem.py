"""What a rule says when it finds something: one form for every door."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class Level(StrEnum):
    """`refuse` stops a submission, `warn` is acknowledged by the officer, `repair` by the user.

    A `note` is told, and nobody has to do anything about it.
    """

    REFUSE = "refuse"
    WARN = "warn"
    REPAIR = "repair"
    NOTE = "note"


@dataclass(frozen=True)
class Problem:
    """One problem: the field as the form names it, the value found, what is expected, and what to do."""

    field: str
    rule: str
    level: Level
    found: str
    expected: str
    message: str
    source: str = ""

    def as_json(self) -> dict[str, str]:
        return {key: str(value) for key, value in asdict(self).items()}


def refusals(problems: "tuple[Problem, ...]") -> "tuple[Problem, ...]":
    return tuple(problem for problem in problems if problem.level == Level.REFUSE)


def warnings(problems: "tuple[Problem, ...]") -> "tuple[Problem, ...]":
    return tuple(problem for problem in problems if problem.level == Level.WARN)
