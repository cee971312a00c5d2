"""A workbook as rows of plain cells, opened only after the guard has looked through it.

Sheets are read one at a time and streamed; the size that a sheet claims for itself (`<dimension>`) is not
believed, since a false one makes a reader stop after the first row without an error.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from io import BytesIO
from itertools import islice
from math import isfinite
from typing import Any, Literal, NamedTuple

from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet._reader import INLINE_STRING, VALUE_TAG, WorkSheetParser

from cpl.formats.guard import SEND_AGAIN, Limits, OddNumber, inspect
from cpl.formats.hexes import Reading, whole_digits
from cpl.formats.problems import Refusal, UnreadableFile, shown

Kind = Literal["empty", "text", "number", "date", "truth", "error", "formula"]
# How the format writes characters that XML cannot hold (ECMA-376, ST_Xstring): _x000D_ is a carriage return.
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class Cell(NamedTuple):
    """One cell: its address, its kind, and its value (text unescaped, otherwise as it stands)."""

    address: str
    kind: Kind
    value: object

    @property
    def is_blank(self) -> bool:
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())


Row = list[Cell]
TEXT_TAG = INLINE_STRING.replace("}is", "}t")
Placed = tuple[int, Cell]  # with the number of its column


class Book:
    """An open workbook; `names` are its sheets in order."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self.names: tuple[str, ...] = tuple(workbook.sheetnames)

    def rows(self, name: str, at_most: int | None = None) -> Iterator[Row]:
        """The rows of a sheet from row 1, gaps included. Raises UnreadableFile if it makes no sense."""
        sheet = self._workbook[name]
        try:
            # A sheet of charts has no rows.
            if not hasattr(sheet, "_get_source"):
                return
            with sheet._get_source() as source:
                yield from islice(_Rows(source, sheet).all(), at_most)
        except UnreadableFile:
            raise
        except Exception as error:  # the reader fails in many ways on a file that it does not understand
            raise UnreadableFile(f"The sheet {name!r} cannot be read ({error}). {SEND_AGAIN}") from error


class _Rows(WorkSheetParser):
    """openpyxl's reader of a sheet, but for what most cells are, and for what becomes of them.

    Its own way makes a dictionary and an object of every cell, and takes twice as long.
    """

    def __init__(self, source: Any, sheet: Any) -> None:
        book = sheet.parent
        super().__init__(
            source, sheet._shared_strings, book.data_only, book.epoch, book._date_formats,
            book._timedelta_formats,
        )  # fmt: skip

    def all(self) -> Iterator[Row]:
        """Every row from the first, also those that the file leaves out because they are empty."""
        expected = 1
        for number, found in self.parse():
            for _ in range(expected, number):
                yield []
            if number >= expected:
                expected = number + 1
                yield _in_columns(found, str(number))

    def parse_cell(self, element: Any) -> Placed:  # type: ignore[override]
        address, text = element.get("r"), self._text_of(element)
        if address and text:
            self.col_counter = _column_of(address.rstrip("0123456789"))
            return self.col_counter, Cell(address, "text", _plain(text))
        found = super().parse_cell(element)
        column = int(found["column"])
        address = address or f"{get_column_letter(column)}{found['row']}"
        return column, _cell(found["value"], found["data_type"], address)

    def _text_of(self, element: Any) -> str | None:
        """Of a cell of plain text, shared with others or its own; all else is for openpyxl to read."""
        if len(element) != 1:
            return None
        kind, (only,) = element.get("t"), element
        if kind == "s" and only.tag == VALUE_TAG and only.text:
            return self.shared_strings[int(only.text)]
        is_plain = kind == "inlineStr" and only.tag == INLINE_STRING and len(only) == 1
        return only[0].text if is_plain and only[0].tag == TEXT_TAG else None


def _in_columns(found: Sequence[Placed], number: str) -> Row:
    """The cells of a row from its first column, also those that the file leaves out."""
    row: Row = []
    for column, cell in found:
        if column != len(row) + 1:
            del row[column - 1 :]
            row += [
                Cell(get_column_letter(gap) + number, "empty", None) for gap in range(len(row) + 1, column)
            ]
        row.append(cell)
    return row


_column_of = lru_cache(maxsize=1_000)(column_index_from_string)


@contextmanager
def open_book(data: bytes, *, limits: Limits | None = None, formulas: bool = False) -> Iterator[Book]:
    """Open a workbook's bytes; with `formulas` a formula is seen as such, else as its last stored result."""
    odd = inspect(data, limits or Limits())
    try:
        workbook: Any = load_workbook(BytesIO(data), read_only=True, data_only=not formulas, keep_links=False)
    except Exception as error:  # as above
        raise UnreadableFile(f"This workbook cannot be opened ({error}). {SEND_AGAIN}") from error
    try:
        if odd:
            raise UnreadableFile(_odd_numbers(workbook, odd))
        yield Book(workbook)
    finally:
        workbook.close()


def read_text(value: object) -> Reading | Refusal:
    """A cell as text without its outer spaces; a whole number becomes its digits (DLMS numbers often are)."""
    if value is None:
        return Reading("")
    if isinstance(value, str):
        stripped = value.strip()
        return Reading(stripped, ("outer spaces removed",) if stripped != value else ())
    if isinstance(value, int | float) and not isinstance(value, bool):
        digits = whole_digits(value)
        if digits is not None:
            return Reading(digits, ("a number cell, taken as text",))
    return Refusal(found=shown(value), expected="text", message="This is not text.")


def _cell(value: object, data_type: str, address: str) -> Cell:
    if value is None:
        return Cell(address, "empty", None)
    if isinstance(value, str):
        kind: Kind = {"f": "formula", "e": "error"}.get(data_type, "text")  # type: ignore[assignment]
        return Cell(address, kind, _plain(value))
    found = _kind(value, data_type)
    # Formulas of many cells come as objects of the reader.
    return Cell(address, found, f"={getattr(value, 'text', '') or ''}" if found == "formula" else value)


def _plain(text: str) -> str:
    return ESCAPED.sub(_unescaped, text) if "_x" in text else text


def _unescaped(found: re.Match[str]) -> str:
    """NUL and half a character stay escaped: no database takes them, and no person sees them."""
    code = int(found[1], 16)
    return found[0] if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)


def _kind(value: object, data_type: str) -> Kind:
    if data_type == "f":
        return "formula"
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, date | datetime | time | timedelta):
        return "date"
    return "number"


def _odd_numbers(workbook: Any, odd: tuple[OddNumber, ...]) -> str:
    names = {str(getattr(sheet, "_worksheet_path", "")): sheet.title for sheet in workbook.worksheets}
    cells = "; ".join(f"{names.get(one.part, one.part)}!{one.address} holds {one.text!r}" for one in odd)
    return f"Number cells that hold no number: {cells}. Put in the value as text, and send the file again."


def cell_as_json(cell: Cell) -> list[object]:
    """A cell as JSON can hold it: address, kind, value; what JSON has no form for is written as text."""
    address, kind, value = cell
    if value is None or isinstance(value, str):
        return [address, kind, value]
    if isinstance(value, timedelta):
        value = f"P{value.total_seconds()}"
    elif isinstance(value, date | time):  # a datetime is a date
        value = value.isoformat()
    elif isinstance(value, float) and not isfinite(value):
        value = str(value)
    return [address, kind, value]


def cell_from_json(written: Any) -> Cell:
    """The cell that `cell_as_json` wrote."""
    address, kind, value = written
    if kind == "date":
        value = _moment(value)
    elif kind == "number" and isinstance(value, str):
        value = float(value)
    return Cell(address, kind, value)


def _moment(text: str) -> date | time | timedelta:
    if text.startswith("P"):
        return timedelta(seconds=float(text[1:]))
    if "T" in text:
        return datetime.fromisoformat(text)
    return date.fromisoformat(text) if "-" in text else time.fromisoformat(text)
