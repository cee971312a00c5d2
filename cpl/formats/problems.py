"""What can be wrong with a file, said so that the reader of the message can put it right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class CellProblem:
    """One thing wrong with one cell; `cell` is its address (`G118`), empty where the whole sheet is meant.

    A CSV file has no sheet. What is only told (`warn`) stops nothing.
    """

    sheet: str
    cell: str
    field: str
    found: str
    expected: str
    message: str
    level: Literal["refuse", "warn"] = "refuse"

    def __str__(self) -> str:
        place = "!".join(part for part in (self.sheet, self.cell) if part) or "The file"
        field = f" ({self.field})" if self.field else ""
        return f"{place}{field}: {self.message} Found {self.found or 'nothing'}; expected {self.expected}."


@dataclass(frozen=True)
class Refusal:
    """Why one value cannot be read: what stood there, what form it should have, and the reason in words."""

    found: str
    expected: str
    message: str


class UnreadableFile(ValueError):
    """The file cannot be opened at all, or not safely; the message says what is wrong and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class DamagedFile(ValueError):
    """The file opens, but does not say what it has to say: every problem found in it, in the file's order."""

    def __init__(self, problems: Sequence[CellProblem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(f"{count} problem{'' if count == 1 else 's'} in the file: {self.problems[0]}")


def shown(value: object) -> str:
    """A cell's value as a person should see it in a message: what kind of cell it was, and short."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return f"{str(value).upper()} (a true-or-false cell)"
    if isinstance(value, int | float):
        return f"{value} (a number cell)"
    text = str(value)
    # Quotes make visible what a person could not see.
    text = repr(value) if text != text.strip() or not text.isprintable() else text
    return text if len(text) <= 120 else f"{text[:110]}... ({len(text):,} characters)"
