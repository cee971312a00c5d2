"""Reads the official `CPL - New Entry` sheet that a submitter has filled in: labels in A and B, answers in G.

Rows are found by their labels, since people insert and delete rows. Cells come out as they stand: what they
say is read, repaired and judged by the rules, the same for every door.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from openpyxl.utils import get_column_letter

from cpl import fields
from cpl.fields import FORM
from cpl.formats.cells import Book, Cell, Row
from cpl.formats.problems import CellProblem, shown
from cpl.formats.sheet_names import ANSWER_HEADER, FORM_HEADERS, NEW_ENTRY

# The Panel allocates these two; whatever stands there is not an answer.
ALLOCATED = frozenset(one.name for one in (fields.ENTRY_NUMBER, fields.ENTRY_STATUS))
BY_NAME = {one.name: one for one in FORM}
# The form has 39 rows, its headers in the sixth; inserted ones are tolerated up to here.
MOST_ROWS = 1000
HEADER_WITHIN = 100


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
