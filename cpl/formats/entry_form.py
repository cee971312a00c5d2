"""Reads the official `CPL - New Entry` sheet that a submitter has filled in: labels in A and B, answers in G.

Rows are found by their labels, since people insert and delete rows. Answers come out as canonical text;
what was repaired on the way is listed, so that the submitter can confirm it; what has no single reading is
a problem. Whether an answer is allowed is for the rules.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from openpyxl.utils import get_column_letter

from cpl import fields
from cpl.fields import FORM, Field
from cpl.formats.cells import Book, Cell, Kind, Row, open_book, read_text
from cpl.formats.dates import EXPECTED, DateReading, read_date, written
from cpl.formats.guard import Limits
from cpl.formats.hexes import Reading, expected_form, read_submitted
from cpl.formats.problems import CellProblem, Refusal, UnreadableFile, shown
from cpl.formats.sheet_names import ANSWER_HEADER, FORM_HEADERS, NEW_ENTRY

# The Panel allocates these two; whatever stands there is not an answer.
ALLOCATED = frozenset(one.name for one in (fields.ENTRY_NUMBER, fields.ENTRY_STATUS))
BY_NAME = {one.name: one for one in FORM}
# The list of 2022 has a tenth of this around its form; what reads more would keep a web process from others.
FORM_LIMITS = Limits(inflated=24 * 2**20, cells=250_000, elements=800_000)
# The form has 39 rows, its headers in the sixth; inserted ones are tolerated up to here.
MOST_ROWS = 1000
HEADER_WITHIN = 100


@dataclass(frozen=True)
class Repair:
    """One answer that was taken otherwise than it stood in its cell, and in words what was done."""

    field: str
    cell: str
    found: str
    taken: str
    words: tuple[str, ...]


@dataclass
class FormAnswers:
    """Answers by field name (`Group.attribute`): canonical text; empty where none was given.

    A text that could not be read stays in `answers` as found, with a problem beside it; what is no text (a
    number that lost its zeros, a formula) leaves no answer, so that nobody goes on with it by not looking.
    """

    sheet: str
    answers: dict[str, str] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    repairs: list[Repair] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)


@dataclass(frozen=True)
class _Layout:
    """Where the labels and the answers stand: the header's row (from 1) and three columns (from 0)."""

    row: int
    group: int
    attribute: int
    answer: int


@dataclass
class FilledForm:
    """The form as it stands: by field the cell of its answer, blank ones too; what is wrong with its rows."""

    sheet: str
    cells: dict[str, Cell] = field(default_factory=dict)
    found: list[CellProblem] = field(default_factory=list)

    @property
    def is_filled_in(self) -> bool:
        return any(not cell.is_blank for cell in self.cells.values())

    @property
    def problems(self) -> tuple[CellProblem, ...]:
        return (*self.found, *_missing(self))


def find_form(book: Book) -> FilledForm | None:
    """The form in the sheet of the official name, else in the first that has its header row."""
    for name in sorted(book.names, key=lambda name: name != NEW_ENTRY):
        if layout := _layout(book.rows(name, HEADER_WITHIN)):
            return _read_form(name, layout, book.rows(name, MOST_ROWS))
    return None


def _layout(rows: Iterator[Row]) -> _Layout | None:
    for at, row in enumerate(rows, start=1):
        labels = [_label(row, column) for column in range(len(row))]
        if {*FORM_HEADERS[:2], ANSWER_HEADER} <= set(labels):
            return _Layout(at, *(labels.index(header) for header in (*FORM_HEADERS[:2], ANSWER_HEADER)))
    return None


def _read_form(name: str, layout: _Layout, rows: Iterator[Row]) -> FilledForm:
    form = FilledForm(sheet=name)
    group = ""
    for row in islice(rows, layout.row, None):
        group = _label(row, layout.group) or group
        attribute = _label(row, layout.attribute)
        if attribute:
            _take(form, f"{group}.{attribute}", _cell_at(row, layout.answer))
    return form


def _take(form: FilledForm, name: str, cell: Cell) -> None:
    if name in ALLOCATED:
        return
    if name not in BY_NAME:
        if not cell.is_blank:
            form.found.append(
                _problem(form, cell, name[:200], "The form has no such field.", "no answer here")
            )
        return
    if name in form.cells:
        message = f"This field stands already in {form.cells[name].address}; delete one."
        form.found.append(_problem(form, cell, name, message, "each field once"))
        return
    form.cells[name] = cell


def read_entry_form(data: bytes, *, limits: Limits = FORM_LIMITS) -> FormAnswers:
    """Read a filled-in form from a workbook's bytes. Raises UnreadableFile where none is in it."""
    with open_book(data, limits=limits, formulas=True) as book:
        filled = find_form(book)
    if filled is None:
        raise UnreadableFile(
            f"There is no filled-in form in this workbook: no sheet has a row with {FORM_HEADERS[0]!r}, "
            f"{FORM_HEADERS[1]!r} and {ANSWER_HEADER!r}. Fill in the sheet {NEW_ENTRY!r} of the "
            "published list."
        )
    form = FormAnswers(sheet=filled.sheet, problems=list(filled.found))
    for name, cell in filled.cells.items():
        _read_answer(form, name, cell)
    form.problems += _missing(filled)
    return form


def _read_answer(form: FormAnswers, name: str, cell: Cell) -> None:
    form.cells[name], form.kinds[name] = cell.address, cell.kind
    reading = _read(BY_NAME[name], cell)
    if isinstance(reading, Refusal):
        form.answers[name] = str(cell.value) if cell.kind == "text" else ""
        form.problems.append(
            CellProblem(form.sheet, cell.address, name, reading.found, reading.expected, reading.message)
        )
        return
    form.answers[name] = reading.value
    if reading.repairs:
        form.repairs.append(Repair(name, cell.address, shown(cell.value), reading.value, reading.repairs))


_NO_ANSWER = "The cell holds no answer. Format it as Text and type the answer."
_BECAME_A_DATE = (
    "A spreadsheet has turned this into a date. Format the cell as Text and type the digits again."
)


def _read(one: Field, cell: Cell) -> Reading | Refusal:
    expected = {"hex": expected_form(one.limit), "date": EXPECTED}.get(one.kind, "the answer itself, as text")
    if cell.kind == "formula":
        return Refusal(shown(cell.value), expected, "This is a formula. Type the answer itself.")
    if cell.kind in ("error", "truth"):
        return Refusal(shown(cell.value), expected, _NO_ANSWER)
    if cell.is_blank:
        return Reading("")
    if one.kind == "hex":
        if cell.kind == "date":
            return Refusal(shown(cell.value), expected, _BECAME_A_DATE)
        return read_submitted(cell.value, one.limit)
    if one.kind == "date":
        day = read_date(cell.value)
        return Reading(written(day.value), day.repairs) if isinstance(day, DateReading) else day
    return read_text(cell.value)


def _missing(form: FilledForm) -> Iterator[CellProblem]:
    for one in FORM:
        if one.name not in form.cells:
            message = "The form's row for this field is missing. Use the official sheet as it is."
            yield CellProblem(form.sheet, "", one.name, "", f"a row {one.group} / {one.attribute}", message)


def _problem(form: FilledForm, cell: Cell, name: str, message: str, expected: str) -> CellProblem:
    return CellProblem(form.sheet, cell.address, name, shown(cell.value), expected, message)


def _cell_at(row: Row, column: int) -> Cell:
    if column < len(row):
        return row[column]
    line = row[0].address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return Cell(f"{get_column_letter(column + 1)}{line}", "empty", None)


def _label(row: Row, column: int) -> str:
    """A label for comparing: people add spaces and line breaks to labels, which mean nothing."""
    value = row[column].value if column < len(row) else None
    return " ".join(value.split()) if isinstance(value, str) else ""
