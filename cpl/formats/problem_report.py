"""Writes what was found in a file as a workbook: the rows as handed in, bad cells marked, and a list of all.

A file with one device a row comes back with the headers of the template, so that it can be put right in the
report itself and handed in again. Forms come back as forms, a sheet each. Nothing is written as a formula.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from math import isfinite
from typing import Literal

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from cpl.fields import BY_NAME, IMAGE_FIELDS, Field
from cpl.formats.cells import Cell
from cpl.formats.choices import OFFICIAL, Choices
from cpl.formats.device_files import read_device_file
from cpl.formats.form_sheet import ANSWER, write_form
from cpl.formats.looks import FONT, LINE, TEXT, Looks, put
from cpl.formats.problems import shown
from cpl.formats.sheet_names import MAIN_LABELS, listed_header
from cpl.formats.workbook import FIRST_DATE_CELL, OPTIONS

DEVICES, PROBLEMS = "Devices", "Problems"
HEADERS = (
    *("File", "Row", "Cell", "Field", "Field's label", "Level", "Rule"),
    *("Found", "Expected", "What to do", "Source"),
)
PROBLEM_WIDTHS = (24, 7, 8, 44, 30, 12, 18, 40, 40, 70, 30)
# How each level is called, and its colour; the words stand in every comment, so that colour is never alone.
LEVELS: Mapping[str, tuple[str, str]] = {
    "refuse": ("Refused", "#F4B6B0"),
    "repair": ("Repaired", "#FCE4A8"),
    "warn": ("Warning", "#FFF6C2"),
    "note": ("Note", "#D9E2EC"),
}
WORST = tuple(LEVELS)
# Spreadsheets grow slow with comments; what is beyond this is coloured, and on the list.
MOST_COMMENTS = 5_000
LONGEST_COMMENT = 2_000
LONGEST_TEXT = 32_000
SHEET_NAME = 31


@dataclass(frozen=True)
class ReportedProblem:
    """One line of the list. `field` as the form names it; `cell` its address in the file, if it has one."""

    file: str
    row: int | None
    cell: str
    field: str
    level: str
    rule: str
    found: str
    expected: str
    message: str
    source: str = ""


@dataclass(frozen=True)
class ReportRow:
    """A device as it was handed in; of a form, `row` is 0."""

    file: str
    row: int
    cells: Mapping[str, Cell]
    problems: Sequence[ReportedProblem] = ()


Shape = Literal["entry_form", "bulk"]


def write_report(
    rows: Iterable[ReportRow],
    *,
    shape: Shape,
    columns: Sequence[str],
    created: datetime,
    file_problems: Iterable[ReportedProblem] = (),
    choices: Choices = OFFICIAL,
) -> bytes:
    """The workbook's bytes. `rows` are walked once; `columns` are the fields that a bulk file has.

    `file_problems` are about the file as such; they are walked after the rows, and listed before theirs.
    """
    out = BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    book.set_properties({"title": "Problems found", "created": created.replace(tzinfo=None)})
    marks = _Marks(book)
    if shape == "bulk":
        devices = book.add_worksheet(DEVICES)
        listed = book.add_worksheet(PROBLEMS)
        found = _write_devices(devices, rows, columns, marks)
    else:
        listed = book.add_worksheet(PROBLEMS)
        found = _write_forms(book, rows, choices, marks)
    _write_list(listed, [*file_problems, *found], marks)
    book.close()
    return out.getvalue()


def write_file_report(
    data: bytes,
    name: str,
    problems: Iterable[ReportedProblem],
    *,
    created: datetime,
    choices: Choices = OFFICIAL,
) -> bytes:
    """The report on a file of which only the bytes and the problems are at hand. Raises UnreadableFile."""
    file = read_device_file(data, name)
    by_row: dict[int, list[ReportedProblem]] = {}
    for one in problems:
        by_row.setdefault(0 if file.shape == "entry_form" else one.row or -1, []).append(one)
    return write_report(
        (ReportRow(name, row.row, row.cells, by_row.pop(row.row, ())) for row in file.rows),
        shape=file.shape,
        columns=file.columns,
        created=created,
        file_problems=_left(by_row),
        choices=choices,
    )


def _left(by_row: Mapping[int, Sequence[ReportedProblem]]) -> Iterator[ReportedProblem]:
    """What stands in no device's row. A generator, since that is known only when the rows were walked."""
    for problems in by_row.values():
        yield from problems


class _Marks:
    """The looks of the report: those of the other workbooks, and one for each level of problem."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.looks = Looks(book)
        self.of_level = {level: _mark(book, level) for level in LEVELS}
        self._dates = {level: _mark(book, level, num_format="dd/mm/yyyy") for level in LEVELS}
        self.comments = 0

    def look(self, worst: str, plain: Format, *, is_date: bool = False) -> Format:
        if not worst:
            return self.looks.date if is_date else plain
        return (self._dates if is_date else self.of_level)[worst]

    def comment(self, sheet: Worksheet, row: int, column: int, problems: Sequence[ReportedProblem]) -> None:
        if problems and self.comments < MOST_COMMENTS:
            self.comments += 1
            text = "\n\n".join(map(_in_words, problems))
            sheet.write_comment(row, column, _cut(text, LONGEST_COMMENT), {"x_scale": 2.5, "y_scale": 1.5})


def _mark(book: xlsxwriter.Workbook, level: str, **more: object) -> Format:
    bold = {"bold": True} if level == "refuse" else {}
    return book.add_format({**FONT, **LINE, **TEXT, **bold, "bg_color": LEVELS[level][1], **more})


def _in_words(one: ReportedProblem) -> str:
    expected = f"\nExpected: {one.expected}" if one.expected else ""
    return f"{LEVELS[_level(one)][0]} [{one.rule}]: {one.message}{expected}"


def _level(one: ReportedProblem) -> str:
    return one.level if one.level in LEVELS else "note"


def _worst(problems: Sequence[ReportedProblem]) -> str:
    return min(map(_level, problems), key=WORST.index, default="")


def _write_devices(
    sheet: Worksheet, rows: Iterable[ReportRow], columns: Sequence[str], marks: _Marks
) -> list[ReportedProblem]:
    """The headers of the template above the rows, so that what was put right can be handed in as it is."""
    sheet.freeze_panes(2, 1)
    sheet.set_column(0, 0, 26, marks.looks.text)
    for column, name in enumerate(columns, start=1):
        width = 42 if BY_NAME[name].kind == "choice" else 22
        sheet.set_column(column, column, width, marks.looks.hex_or_text(BY_NAME[name]))
    for row in range(2):
        put(sheet, row, 0, MAIN_LABELS[row], marks.looks.header)
        for column, name in enumerate(columns, start=1):
            put(sheet, row, column, listed_header(BY_NAME[name])[row], marks.looks.header)
    found: list[ReportedProblem] = []
    for line, one in enumerate(rows, start=2):
        found += one.problems
        _write_device(sheet, line, one, columns, marks)
    return found


def _write_device(sheet: Worksheet, line: int, one: ReportRow, columns: Sequence[str], marks: _Marks) -> None:
    by_field: dict[str, list[ReportedProblem]] = {}
    for problem in one.problems:
        by_field.setdefault(problem.field if problem.field in columns else "", []).append(problem)
    of_row = by_field.get("", [])
    # The reader of files takes this column for a label: the report can be handed in again.
    put(
        sheet,
        line,
        0,
        _cut(f"Row {one.row} of {one.file}", 200),
        marks.look(_worst(of_row), marks.looks.text),
    )
    marks.comment(sheet, line, 0, of_row)
    for column, name in enumerate(columns, start=1):
        problems = by_field.get(name, [])
        plain = marks.looks.hex_or_text(BY_NAME[name])
        _write_cell(sheet, line, column, one.cells.get(name), _worst(problems), plain, marks)
        marks.comment(sheet, line, column, problems)


def _write_cell(
    sheet: Worksheet, row: int, column: int, cell: Cell | None, worst: str, plain: Format, marks: _Marks
) -> None:
    """The cell as it stood; what a spreadsheet would calculate, and what it cannot hold, as text."""
    value = cell.value if cell else None
    look = marks.look(worst, plain)
    if value is None:
        if worst:
            sheet.write_blank(row, column, None, look)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, look)
    elif isinstance(value, int | float) and isfinite(value) and abs(value) < 10**300:
        sheet.write_number(row, column, value, look)
    elif isinstance(value, date) and _day(value) >= FIRST_DATE_CELL:
        when = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        sheet.write_datetime(row, column, when, marks.look(worst, look, is_date=True))
    else:
        put(sheet, row, column, _cut(value if isinstance(value, str) else shown(value), LONGEST_TEXT), look)


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _write_forms(
    book: xlsxwriter.Workbook, rows: Iterable[ReportRow], choices: Choices, marks: _Marks
) -> list[ReportedProblem]:
    found: list[ReportedProblem] = []
    names: set[str] = {PROBLEMS.casefold()}
    for one in rows:
        found += one.problems
        sheet = book.add_worksheet(_sheet_name(one.file, names))
        _write_form(sheet, one, choices, marks)
    return found


def _write_form(sheet: Worksheet, one: ReportRow, choices: Choices, marks: _Marks) -> None:
    by_field: dict[str, list[ReportedProblem]] = {}
    for problem in one.problems:
        by_field.setdefault(problem.field, []).append(problem)

    def answer(row: int, field: Field) -> None:
        problems = by_field.get(field.name, [])
        plain = marks.looks.image_answer if field in IMAGE_FIELDS else marks.looks.answer
        _write_cell(sheet, row, ANSWER, one.cells.get(field.name), _worst(problems), plain, marks)
        marks.comment(sheet, row, ANSWER, problems)

    write_form(sheet, choices, marks.looks, answer)


def _sheet_name(file: str, taken: set[str]) -> str:
    """A name that a spreadsheet allows: no longer than 31, none of its signs, none twice."""
    plain = "".join(" " if letter in "[]:*?/\\'" or not letter.isprintable() else letter for letter in file)
    plain = plain.strip().removesuffix(".xlsx") or "form"
    plain = f"form {plain}" if plain.casefold() == "history" else plain
    name, at = plain[:SHEET_NAME].strip(), 2
    while name.casefold() in taken:
        name, at = f"{plain[: SHEET_NAME - 6]} ({at})", at + 1
    taken.add(name.casefold())
    return name


def _write_list(sheet: Worksheet, problems: Sequence[ReportedProblem], marks: _Marks) -> None:
    sheet.freeze_panes(1, 0)
    for column, width in enumerate(PROBLEM_WIDTHS):
        sheet.set_column(column, column, width)
    for column, header in enumerate(HEADERS):
        put(sheet, 0, column, header, marks.looks.header)
    sheet.autofilter(0, 0, max(len(problems), 1), len(HEADERS) - 1)
    for row, one in enumerate(problems, start=1):
        label = BY_NAME[one.field].label if one.field in BY_NAME else ""
        words = LEVELS[_level(one)][0]
        told = (one.found, one.expected, one.message, one.source)
        texts = (one.file, None, one.cell, one.field, label, words, one.rule, *told)
        for column, text in enumerate(texts):
            look = marks.of_level[_level(one)] if text is words else marks.looks.wrapped
            if text is not None:
                put(sheet, row, column, _cut(text, LONGEST_TEXT), look)
            elif one.row is not None:
                sheet.write_number(row, column, one.row, marks.looks.wrapped)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}... ({len(text):,} characters)"
