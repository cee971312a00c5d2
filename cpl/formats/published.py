"""Reads the published workbook whole: four sheets in, one list out, or every problem in it.

The main sheet is the list; the last sheet must say the same in its 13 columns; the first names the versions.
Nothing is judged by the rules for new entries: what stands on the list stands.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from cpl.formats.cells import Book, Row, open_book
from cpl.formats.dates import DateReading, read_date, written
from cpl.formats.guard import Limits
from cpl.formats.interchange import COLUMNS, canonical_values, values_of
from cpl.formats.listing import IssuedVersion, Listing
from cpl.formats.main_sheet import MainSheet, Normalisation, read_main
from cpl.formats.problems import CellProblem, DamagedFile, shown
from cpl.formats.sheet_names import (
    HISTORY_HEADER_ROW,
    HISTORY_HEADERS,
    INTERCHANGE,
    INTERCHANGE_HEADERS,
    MAIN,
    MAIN_HEADERS,
    SHEETS,
    VERSION_CONTROL,
    VERSION_LINE_CELL,
)

VERSION_LINE = re.compile(r"Version ([0-9]+\.[0-9]+) Issued on ([0-9]{2}-[0-9]{2}-[0-9]{4})")
VERSION_NUMBER = re.compile(r"[0-9]+\.[0-9]+")


@dataclass(frozen=True)
class PublishedList(Listing):
    """The list as it was read, and every value that was taken otherwise than it stood."""

    normalisations: tuple[Normalisation, ...] = ()

    @property
    def listing(self) -> Listing:
        return Listing(self.version, self.issued_on, self.entries, self.history)


def read_published(
    data: bytes, device_types: Collection[str], *, limits: Limits | None = None
) -> PublishedList:
    """Read the workbook's bytes; `device_types` are the names that are known.

    Raises UnreadableFile where it cannot be opened safely, DamagedFile with every problem found.
    """
    with open_book(data, limits=limits) as book:
        problems = list(_sheet_problems(book))
        if problems:
            raise DamagedFile(problems)
        history, line, first = _read_history(list(book.rows(VERSION_CONTROL)))
        main_rows = list(book.rows(MAIN))
        problems = first + _main_header_problems(main_rows)
        main = read_main(main_rows, device_types) if len(problems) == len(first) else MainSheet(nameless=True)
        problems += main.problems + _interchange_problems(book, main, line)
    version, issued_on = _version_of(line)
    if problems or version is None or issued_on is None:
        raise DamagedFile(problems)
    return PublishedList(version, issued_on, tuple(main.entries), history, tuple(main.normalisations))


def _sheet_problems(book: Book) -> Iterator[CellProblem]:
    for name in SHEETS:
        if name not in book.names:
            yield CellProblem(name, "", "", "", f"a sheet {name!r}", "This sheet is missing.")
    for name in book.names:
        if name not in SHEETS:
            yield CellProblem(
                name, "", "", repr(name), f"only {', '.join(SHEETS)}", "This sheet is not known."
            )
    if sorted(book.names) == sorted(SHEETS) and book.names != SHEETS:
        found, expected = ", ".join(book.names), ", ".join(SHEETS)
        yield CellProblem(book.names[-1], "", "", found, expected, "The sheets are in another order.")


def _read_history(rows: list[Row]) -> tuple[tuple[IssuedVersion, ...], str, list[CellProblem]]:
    """The issued versions, the version line of A3, and what is wrong with them."""
    line = str(_value(rows, int(VERSION_LINE_CELL[1:]), 0) or "").strip()
    headers = tuple(_value(rows, HISTORY_HEADER_ROW, column) for column in range(len(HISTORY_HEADERS)))
    problems = _header_problems(VERSION_CONTROL, HISTORY_HEADER_ROW, HISTORY_HEADERS, headers, "ABC")
    history: list[IssuedVersion] = []
    for row in rows[HISTORY_HEADER_ROW:] if not problems else []:
        if any(not cell.is_blank for cell in row[:3]):
            _read_version(row, history, problems)
    problems += _version_problems(line, history)
    return tuple(history), line, problems


def _read_version(row: Row, history: list[IssuedVersion], problems: list[CellProblem]) -> None:
    address = row[0].address
    number = row[0].value.strip() if isinstance(row[0].value, str) else None
    if number is None or not VERSION_NUMBER.fullmatch(number):
        # As a number cell 1.10 is 1.1, and 2.050 is 2.05: two versions become one.
        message = "This is no version number as text: a number cell loses its last zeros."
        problems.append(
            _history_problem(address, HISTORY_HEADERS[0], row[0].value, "a version such as 2.051", message)
        )
        return
    if any(one.number == number for one in history):
        message = "This version stands here twice."
        problems.append(
            _history_problem(address, HISTORY_HEADERS[0], number, "a version of its own", message)
        )
    day = read_date(row[1].value if len(row) > 1 else None)
    if not isinstance(day, DateReading):
        problems.append(
            CellProblem(
                VERSION_CONTROL, f"B{address[1:]}", HISTORY_HEADERS[1], day.found, day.expected, day.message
            )
        )
        return
    text = row[2].value if len(row) > 2 else None
    history.append(IssuedVersion(number, day.value, text if isinstance(text, str) else str(text or "")))


def _version_problems(line: str, history: list[IssuedVersion]) -> Iterator[CellProblem]:
    version, issued_on = _version_of(line)
    if version is None or issued_on is None:
        expected = "Version 2.051 Issued on 21-09-2022, with its own figures"
        yield _history_problem(VERSION_LINE_CELL, "Version", line, expected, "The version cannot be read.")
    elif history and (history[-1].number, history[-1].date) != (version, issued_on):
        found = f"{history[-1].number} of {written(history[-1].date)}"
        message = "The last row of the history is not the version that the workbook names."
        yield _history_problem(f"A{HISTORY_HEADER_ROW + len(history)}", "Version", found, line, message)


def _version_of(line: str) -> tuple[str | None, date | None]:
    found = VERSION_LINE.fullmatch(line)
    day = read_date(found[2]) if found else None
    return (found[1], day.value) if found and isinstance(day, DateReading) else (None, None)


def _main_header_problems(rows: list[Row]) -> list[CellProblem]:
    width = max((len(row) for row in rows[:2]), default=0)
    found = tuple(
        ".".join(str(_value(rows, line, column) or "").strip() for line in (1, 2)).strip(".")
        for column in range(1, max(width, len(MAIN_HEADERS) + 1))
    )
    expected = tuple(".".join(pair) for pair in MAIN_HEADERS)
    return _header_problems(MAIN, 2, expected, found, "BCDEFGHIJKLMNOPQRSTU")


def _header_problems(
    sheet: str, row: int, expected: tuple[str, ...], found: tuple[object, ...], columns: str
) -> list[CellProblem]:
    """Which columns are missing, which are unknown; where none is, which do not stand in their place."""
    names = tuple(str(name or "").strip() for name in found)
    names = names[: max((at + 1 for at, name in enumerate(names) if name), default=0)]
    if names == expected:
        return []
    missing = [(at, name) for at, name in enumerate(expected) if name not in names]
    unknown = [(at, name) for at, name in enumerate(names) if name not in expected]
    problems = [
        CellProblem(
            sheet, f"{columns[at]}{row}", name, names[at] if at < len(names) else "", name, "Missing column."
        )
        for at, name in missing
    ]
    problems += [
        CellProblem(
            sheet, f"{columns[at]}{row}" if at < len(columns) else "", name, name, "", "Unknown column."
        )
        for at, name in unknown
    ]
    if problems:
        return problems
    return [
        CellProblem(sheet, f"A{row}", "", ", ".join(names), ", ".join(expected), "Columns stand elsewhere.")
    ]


def _interchange_problems(book: Book, main: MainSheet, line: str) -> list[CellProblem]:
    rows = list(book.rows(INTERCHANGE))
    width = max([len(row) for row in rows[:1]] + [len(INTERCHANGE_HEADERS)])
    headers = tuple(_value(rows, 1, column) for column in range(width))
    problems = _header_problems(INTERCHANGE, 1, INTERCHANGE_HEADERS, headers, COLUMNS)
    if problems:
        return problems
    expected = {entry.written_number: values_of(entry, line) for entry in main.entries}
    excused = {f"{number:06}" for number in main.broken}
    seen: set[str] = set()
    for row in rows[1:]:
        if any(not cell.is_blank for cell in row):
            problems += _derived_problems(row, expected, excused, seen, main.nameless)
    return problems + [
        CellProblem(
            INTERCHANGE, "", "Entry.number", "", number, "The main sheet has this entry, this sheet has not."
        )
        for number in expected
        if number not in seen
    ]


def _derived_problems(
    row: Row, expected: dict[str, tuple[str, ...]], excused: set[str], seen: set[str], nameless: bool
) -> Iterator[CellProblem]:
    cells = row[: len(COLUMNS)]
    found = canonical_values([cell.value for cell in cells] + [None] * (len(COLUMNS) - len(cells)))
    number, line = found[1], row[0].address[1:]
    if number in seen:
        yield CellProblem(
            INTERCHANGE, f"B{line}", "Entry.number", number, "each entry once", "This row comes twice."
        )
    seen.add(number)
    if number not in expected:
        if number not in excused and not nameless:
            message = "The main sheet has no such entry: a row here must derive from it."
            yield CellProblem(
                INTERCHANGE, f"B{line}", "Entry.number", number, "a number of the main sheet", message
            )
        return
    for column, (here, there) in enumerate(zip(found, expected[number], strict=True)):
        if here != there:
            yield CellProblem(
                INTERCHANGE,
                f"{COLUMNS[column]}{line}",
                INTERCHANGE_HEADERS[column],
                here,
                there or "nothing",
                f"Entry {number}: this does not derive from the main sheet.",
            )


def _value(rows: list[Row], line: int, column: int) -> object:
    """The value at a row (from 1) and column (from 0), nothing beyond the sheet's edge."""
    return rows[line - 1][column].value if line <= len(rows) and column < len(rows[line - 1]) else None


def _history_problem(cell: str, field: str, found: object, expected: str, message: str) -> CellProblem:
    return CellProblem(VERSION_CONTROL, cell, field, shown(found), expected, message)
