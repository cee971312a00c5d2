"""Answers put into canonical form: what has exactly one reading is repaired and shown, the rest refused.

Reading its own output changes nothing, so that a draft may be read again whenever it is checked.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from cpl.fields import BY_KIND, CERTIFICATE_ID, CERTIFICATE_REPLACES, CPA_ID, UPGRADES_FROM, Field
from cpl.formats.cells import Cell
from cpl.formats.dates import EXPECTED, read_date, written
from cpl.formats.hexes import expected_form, read_submitted, whole_digits
from cpl.formats.problems import Refusal, shown
from cpl.rules.problem import Level, Problem
from cpl.rules.registry import Finding, Rule, remark
from cpl.rules.values import NONE, parse_numbers, people, written_numbers

FIELDS = dict.fromkeys(field for fields in BY_KIND.values() for field in fields)
HEX = [field for field in FIELDS if field.kind == "hex"]
DATES = [field for field in FIELDS if field.kind == "date"]
LISTS = [field for field in FIELDS if field.kind == "entries"]
WORDS = [field for field in FIELDS if field.kind in ("text", "choice", "people")]
# What was read once is remembered if it is no longer than this.
SHORT = 100
PREFIXED = (CPA_ID, CERTIFICATE_ID, CERTIFICATE_REPLACES)

NO_ANSWER = remark(
    "F-cell", Level.REFUSE, "form, column E",
    "{label}: the cell holds {what} and no answer. Format it as Text and type the answer itself.",
    field=FIELDS,
)  # fmt: skip
LAID_OUT = remark(
    "F-file", Level.REFUSE, "form, columns A, B and G",
    "The file is not laid out as it should be. {why}", field=FIELDS,
)  # fmt: skip
UNREADABLE_HEX = remark(
    "F-hex", Level.REFUSE, "form, rows 10 to 14 and 25 (column E)",
    "{label} cannot be read as {expected}. {why}", field=HEX,
)  # fmt: skip
REPAIRED_HEX = remark(
    "F-hex-repaired", Level.REPAIR, "form, rows 10 to 14 and 25 (column E)",
    "{label} was read as {expected} ({why}). Make sure that this is what you mean.", field=HEX,
)  # fmt: skip
UNREADABLE_DATE = remark(
    "F-date", Level.REFUSE, "form, row 19 (column E)",
    "{label} cannot be read as {expected}. {why}", field=DATES,
)  # fmt: skip
REPAIRED_DATE = remark(
    "F-date-repaired", Level.REPAIR, "form, row 19 (column E)",
    "{label} was read as {expected} ({why}). Make sure that this is the day that you mean.", field=DATES,
)  # fmt: skip
UNREADABLE_ENTRIES = remark(
    "F-entries", Level.REFUSE, "form, row 7 (column E)",
    "{label} cannot be read as {expected}. Write it so, with nothing else in it.", field=LISTS,
)  # fmt: skip
UNREADABLE_TEXT = remark(
    "F-text", Level.REFUSE, "form, column E",
    "{label} is not text. Format the cell as Text and type it again.", field=WORDS,
)  # fmt: skip
REPAIRED_TEXT = remark(
    "F-text-repaired", Level.REPAIR, "form, column E",
    "{label} was read as “{expected}” ({why}). Make sure that this is what you mean.", field=WORDS,
)  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """The answers in canonical form, the empty ones left out, and what had to be repaired or refused."""

    answers: dict[str, str]
    problems: tuple[Problem, ...]

    @property
    def unread(self) -> frozenset[str]:
        """The fields of which no answer could be read."""
        return frozenset(one.field for one in self.problems if one.level == Level.REFUSE)


Read = tuple[str, Problem | None]


def read_answers(kind: str, raw: Mapping[str, object]) -> Reading:
    """Reads the fields of a kind of submission, in the form's order; other names are left alone.

    A value is text, a spreadsheet's value (a number, a date), or its cell.
    """
    answers: dict[str, str] = {}
    problems: list[Problem] = []
    for field in BY_KIND[kind]:
        answer, problem = read_answer(field, raw.get(field.name))
        if answer:
            answers[field.name] = answer
        if problem:
            problems.append(problem)
    return Reading(answers, tuple(problems))


def read_answer(field: Field, value: object) -> Read:
    """One value in canonical form, and the problem that it had.

    What cannot be read stays as it is, so that the person sees it again. A number cell then keeps the words
    that say so: `1200 (a number cell)` must not become four good digits when it is read a second time.
    """
    if isinstance(value, Cell):
        if value.kind != "text" and (what := _no_answer(field, value)):
            return _refused_cell(field, value, what)
        value = value.value
    if isinstance(value, str) and len(value) <= SHORT:
        return _read_short(field, value)
    return _read(field, value)


@lru_cache(maxsize=4096)
def _read_short(field: Field, text: str) -> Read:
    """The rows of a file say the same in most of their cells. For text alone: 1 and 1.0 would be one here."""
    return _read(field, text)


def _read(field: Field, value: object) -> Read:
    if value is None or (isinstance(value, str) and not value.strip()):
        return "", None
    return _READERS[field.kind](field, value)


def _no_answer(field: Field, cell: Cell) -> str:
    """What a cell holds instead of an answer, in words; nothing where it may hold one."""
    if cell.kind == "date" and field.kind == "hex":
        return "a date or time, which a spreadsheet has made of what was typed,"
    return {"formula": "a formula", "error": "a spreadsheet's error", "truth": "true or false"}.get(
        cell.kind, ""
    )


def _refused_cell(field: Field, cell: Cell, what: str) -> Read:
    """What no words can be mistaken for is kept as a remark; of words, nothing."""
    found = shown(cell.value) if cell.kind == "truth" else f"{shown(cell.value)} ({what.split(',')[0]})"
    expected = {"hex": expected_form(field.limit), "date": EXPECTED}.get(field.kind, "the answer, as text")
    problem = NO_ANSWER.problem(Finding(field, found, expected, {"what": what}))
    return ("" if field in WORDS else found), problem


def _hex(field: Field, value: object) -> Read:
    read = read_submitted(value, field.limit)
    if isinstance(read, Refusal):
        return _refused(UNREADABLE_HEX, field, value, read)
    return read.value, _repaired(REPAIRED_HEX, field, value, read.value, read.repairs)


def _date(field: Field, value: object) -> Read:
    read = read_date(value)
    if isinstance(read, Refusal):
        return _refused(UNREADABLE_DATE, field, value, read)
    day = written(read.value)
    return day, _repaired(REPAIRED_DATE, field, value, day, read.repairs)


def _entries(field: Field, value: object) -> Read:
    text = _digits(value) or _plain(value)
    if field == UPGRADES_FROM and text.lower() == NONE:
        return NONE, None
    # "000012; " is eight octets.
    at_most = (field.limit + 2) // 8
    numbers = parse_numbers(text, at_most)
    if numbers:
        return written_numbers(numbers), None
    expected = f"at most {at_most} entry numbers, as 000012; 000013; 000015-000017"
    if at_most == 1:
        expected = "one entry number, as 000012"
    if field == UPGRADES_FROM:
        expected += f", or the word {NONE}"
    return text, UNREADABLE_ENTRIES.problem(Finding(field, text, expected))


def _text(field: Field, value: object) -> Read:
    if not isinstance(value, str):
        digits = _digits(value)
        if not digits:
            return "", UNREADABLE_TEXT.problem(Finding(field, shown(value), "text"))
        return digits, _repaired(REPAIRED_TEXT, field, value, digits, ("a number cell, taken as text",))
    changes: list[str] = []
    text = value.replace("\r\n", "\n")
    for words, step in _STEPS[field]:
        if (changed := step(text)) != text:
            text = changed
            changes += [words] if words else []
    return text, _repaired(REPAIRED_TEXT, field, value, text, tuple(changes)) if changes else None


def _single_spaces(text: str) -> str:
    return " ".join(text.split())


def _prefix(text: str) -> str:
    """`[e]1433053936-2958` can only mean `[E] 1433053936-2958`."""
    return re.sub(r"^\[([ERer])\]\s*(?=\S)", lambda found: f"[{found[1].upper()}] ", text)


def _separators(text: str) -> str:
    return "; ".join(people(text))


def _steps(field: Field) -> Iterator[tuple[str, Callable[[str], str]]]:
    """What is done to a text, and in which words it is told; without words where it is no change of value."""
    # A choice has one spelling, so that spaces run together in it too.
    yield "spaces removed", _single_spaces if field.kind == "choice" else str.strip
    if field in PREFIXED:
        yield "prefix written as the form has it", _prefix
    if field.kind == "people":
        yield "", _separators


_STEPS = {field: tuple(_steps(field)) for field in WORDS}
_READERS: dict[str, Callable[[Field, object], Read]] = {
    "hex": _hex,
    "date": _date,
    "entries": _entries,
    "text": _text,
    "choice": _text,
    "people": _text,
}


def _refused(rule: Rule, field: Field, value: object, refusal: Refusal) -> Read:
    kept = _plain(value)
    return kept, rule.problem(Finding(field, kept, refusal.expected, {"why": refusal.message}))


def _repaired(
    rule: Rule, field: Field, value: object, taken: str, repairs: tuple[str, ...]
) -> Problem | None:
    if not repairs:
        return None
    found = value if isinstance(value, str) else shown(value)
    return rule.problem(Finding(field, found, taken, {"why": ", ".join(repairs)}))


def _plain(value: object) -> str:
    return value.strip() if isinstance(value, str) else shown(value)


def _digits(value: object) -> str:
    """A whole number as its digits; nothing for any other value."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return whole_digits(value) or ""
