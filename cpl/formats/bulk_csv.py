"""Reads a CSV file with one device a row, streamed, whatever program of whatever country wrote it.

UTF-8, UTF-16 with its mark and Windows-1252 are recognised; so are commas, semicolons and tabs. All is text:
what a spreadsheet would run as a formula is an answer like any other here.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from itertools import islice

from openpyxl.utils import get_column_letter

from cpl.formats.bulk import TOO_MANY, device_rows
from cpl.formats.bulk_header import MOST_COLUMNS, WITHIN, Header, find_header
from cpl.formats.cells import Cell, Row
from cpl.formats.device_rows import MOST_DEVICES, DeviceFile, DeviceRow
from cpl.formats.problems import CellProblem, UnreadableFile

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# A device has 40 cells of at most 4,000 octets; what is longer is no device, and is not taken into memory.
LONGEST_ROW = 2**18
LONGEST_CELL = 2**17
MOST_ROWS = MOST_DEVICES + 1_000
SAVE_AS = "Save it from the spreadsheet as “CSV UTF-8” and send that file."


@dataclass(frozen=True)
class _Writing:
    """How the text of a file is written."""

    encoding: str
    separator: str = ","


def read_bulk_csv(data: bytes) -> DeviceFile:
    """Read it from its bytes. Raises UnreadableFile for what is wrong with the file as such, at once."""
    encoding = _encoding(data)
    writing, header = _best(data, encoding)
    if header is None:
        raise UnreadableFile(
            "The file has no row of headers: none of its first rows names columns such as "
            "Device_Type.name and "
            "Device_Model.model_identifier. Start from the template, or from the headers of the "
            "published list."
        )
    for _ in _records(data, writing):  # what breaks off later must not be found after half of it was taken
        pass
    rows = _devices(data, writing, header)
    first = next(rows, None)
    if first is None:
        raise UnreadableFile("The file has its headers, but no device below them. Fill in one device a row.")
    told = (_guessed(),) if encoding == "cp1252" else ()
    return DeviceFile("bulk", header.columns, _chained(first, rows), (*told, *header.problems))


def _devices(data: bytes, writing: _Writing, header: Header) -> Iterator[DeviceRow]:
    return device_rows(((line, _row(line, values)) for line, values in _records(data, writing)), header, "")


def _chained(first: DeviceRow, rows: Iterator[DeviceRow]) -> Iterator[DeviceRow]:
    yield first
    yield from rows


def _guessed() -> CellProblem:
    message = (
        "The file is not in UTF-8 and was read as Windows-1252. Look at accents and dashes, or save "
        "it as “CSV UTF-8”."
    )
    return CellProblem("", "", "", "text in Windows-1252", "text in UTF-8", message, "warn")


_LETTERS = [get_column_letter(column) for column in range(1, MOST_COLUMNS + 1)]


def _row(line: int, values: list[str]) -> Row:
    number = str(line)
    return [
        Cell(letter + number, "text", value) if value else Cell(letter + number, "empty", None)
        for letter, value in zip(_LETTERS, values, strict=False)
    ]


def _best(data: bytes, encoding: str) -> tuple[_Writing, Header | None]:
    """The separator under which most headers are known. Only the top of the file is looked at."""
    best, found = _Writing(encoding), None
    troubles: list[UnreadableFile] = []
    for separator in SEPARATORS:
        writing = _Writing(encoding, separator)
        rows: list[tuple[int, Row]] = []
        try:
            for line, values in islice(_records(data, writing), WITHIN):
                rows.append((line, _row(line, values)))
        except UnreadableFile as error:
            troubles.append(error)
        header = find_header(rows, "")
        if header and (found is None or len(header.places) > len(found.places)):
            best, found = writing, header
    if found is None and troubles:
        raise troubles[0]
    return best, found


def _records(data: bytes, writing: _Writing) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins. Raises UnreadableFile with the line of what is broken."""
    lines = _Lines(data, writing.encoding)
    reader = csv.reader(lines, delimiter=writing.separator, strict=True)
    count = 0
    while True:
        start = lines.begin()
        try:
            values = next(reader, None)
        except csv.Error as error:
            raise UnreadableFile(_broken(str(error), start, lines.number)) from error
        if values is None:
            return
        if len(values) > MOST_COLUMNS:
            raise UnreadableFile(
                f"Line {start} has more than {MOST_COLUMNS:,} columns. Delete what is not needed."
            )
        lines.check_ending()
        if not values or not any(values):
            continue
        count += 1
        if count > MOST_ROWS:
            raise UnreadableFile(TOO_MANY)
        yield start, values


def _broken(error: str, start: int, line: int) -> str:
    if "field larger" in error:
        return (
            f"Line {start} has a cell of more than {LONGEST_CELL:,} characters. A quotation mark may "
            "be missing."
        )
    if "unexpected end" in error:
        return f"The quotation mark opened in line {start} is never closed. Close it, or delete it."
    where = f"Line {line}" if line == start else f"The row of lines {start} to {line}"
    return (
        f"{where} has a quotation mark in the middle of a cell. Put the whole cell into quotation marks, and "
        "write the marks within it twice."
    )


class _Lines:
    """The physical lines of a file for the CSV reader, counted, and refused where they grow out of bounds."""

    def __init__(self, data: bytes, encoding: str) -> None:
        self._text = TextIOWrapper(BytesIO(data), encoding, newline="")
        self.number = self._characters = self._start = 0
        self._ending, self._endings = "", set[str]()

    def begin(self) -> int:
        """Begin a record; gives the line on which it stands."""
        self._characters = 0
        self._start = self.number + 1
        return self._start

    def check_ending(self) -> None:
        """A carriage return alone ends every line (an old Mac's file), or has cut a row in two."""
        if self._ending:
            self._endings.add("\r" if self._ending == "\r" else "\n")
        if len(self._endings) == 2:
            raise UnreadableFile(
                f"Line {self.number} ends otherwise than the lines above: a carriage return stands "
                "alone and cuts the row in two. Delete it, or put its cell into quotation marks."
            )

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        try:
            line = self._text.readline(LONGEST_ROW + 1)
        except UnicodeError as error:
            raise UnreadableFile(
                f"After line {self.number} the file is no text in {self._text.encoding.upper()}: it "
                "may be cut "
                f"off. {SAVE_AS}"
            ) from error
        if not line:
            raise StopIteration
        self.number += 1
        self._characters += len(line)
        if self._characters > LONGEST_ROW:
            raise UnreadableFile(
                f"The row that begins in line {self._start} has more than {LONGEST_ROW:,} characters. "
                "It may have "
                "columns without end, or a quotation mark that is never closed."
            )
        if "\x00" in line:
            raise UnreadableFile(
                f"Line {self.number} holds a NUL character, so that this is no text. {SAVE_AS}"
            )
        self._ending = "\r\n" if line.endswith("\r\n") else line[-1] if line[-1] in "\r\n" else ""
        return line


def _encoding(data: bytes) -> str:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return encoding
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), LONGEST_ROW):
            decoder.decode(data[start : start + LONGEST_ROW])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        _check_windows(data)
        return "cp1252"
    return "utf-8"


def _check_windows(data: bytes) -> None:
    """Raise UnreadableFile unless every line can be Windows-1252 and none must be UTF-8."""
    utf_8 = windows = 0
    for number, line in enumerate(BytesIO(data), start=1):
        if line.isascii():
            continue
        if _decodes(line, "utf-8"):
            utf_8 = utf_8 or number
        elif _decodes(line, "cp1252"):
            windows = windows or number
        else:
            raise UnreadableFile(
                f"Line {number} holds octets that are no text in UTF-8 or Windows-1252. {SAVE_AS}"
            )
        if utf_8 and windows:
            raise UnreadableFile(
                f"The file mixes encodings: line {utf_8} is written in UTF-8, line {windows} in "
                "Windows-1252. "
                f"Put line {windows} right. {SAVE_AS}"
            )


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
