"""Looks through the bytes of a workbook before any reader of spreadsheets opens them.

An `.xlsx` is a zip of XML parts, and each layer can be made to hurt: a few kilobytes that inflate to
gigabytes, one cell at XFD1048576, entities that multiply, two members of one name of which programs take one
each. Everything is streamed in small pieces, and what was really inflated is counted; no header is believed.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import product
from string import ascii_uppercase
from xml.parsers import expat

from cpl.formats.problems import UnreadableFile

PIECE = 64 * 1024
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
XML_SUFFIXES = (".xml", ".rels")
# Old comment drawings, written by Excel itself, are often not well-formed; nothing reads them.
LOOSE_SUFFIX = ".vml"
BULK_ROOTS = ("worksheet", "sst")
ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
# Whatever Python can read as a number; whether it is a sensible one is said by whoever reads the cell.
NUMBER = re.compile(r"[+-]?([0-9]{1,300}\.?[0-9]{0,300}|\.[0-9]{1,300})([eE][+-]?[0-9]{1,3})?")
# All the ways in which the standard library says that an archive is broken.
UNPACKING = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    LookupError,
    OverflowError,
)
SEND_AGAIN = "Save the workbook again as Excel workbook (.xlsx) and send that file."


@dataclass(frozen=True)
class Limits:
    """How large a workbook may be: octets packed and inflated, then counts; 20,000 entries fit."""

    packed: int = 32 * 2**20
    inflated: int = 192 * 2**20
    members: int = 500
    rows: int = 100_000
    columns: int = 1_000
    cells: int = 1_500_000
    elements: int = 8_000_000
    other_elements: int = 200_000
    depth: int = 64
    characters: int = 32_767


@dataclass(frozen=True)
class OddNumber:
    """A number cell that holds no finite number (`NaN`), by the part of the zip that it stands in."""

    part: str
    address: str
    text: str


def inspect(data: bytes, limits: Limits = Limits()) -> tuple[OddNumber, ...]:
    """Refuse what no honest workbook contains (UnreadableFile); give the number cells that hold no number."""
    archive = _open(data, limits)
    budget = _Budget(limits)
    odd: list[OddNumber] = []
    try:
        for member in archive.infolist():
            odd += _inspect_member(archive, member, budget)
    except UnreadableFile:
        raise
    except UNPACKING as error:
        raise UnreadableFile(f"The file is damaged: its contents cannot be unpacked. {SEND_AGAIN}") from error
    return tuple(odd)


def claimed_size(data: bytes) -> int:
    """To how many octets a workbook says that it unpacks. Good for a guess at the work, and for no more."""
    try:
        return sum(member.file_size for member in zipfile.ZipFile(BytesIO(data)).infolist())
    except UNPACKING:
        return len(data)


def _open(data: bytes, limits: Limits) -> zipfile.ZipFile:
    if len(data) > limits.packed:
        raise UnreadableFile(
            f"The file has {len(data):,} octets; at most {limits.packed:,} are accepted. Send the "
            "sheet with the "
            "answers alone, or split the file."
        )
    if data.startswith(OLE_MAGIC):
        raise UnreadableFile(
            "This is an old Excel file (.xls), or one protected by a password. Remove the password. "
            + SEND_AGAIN
        )
    if not data.startswith(b"PK"):
        raise UnreadableFile(f"This is not an Excel workbook. {SEND_AGAIN}")
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        _check_directory(archive.infolist(), limits)
    except UnreadableFile:
        raise
    except UNPACKING as error:
        raise UnreadableFile(f"The file is damaged: it is no whole zip archive. {SEND_AGAIN}") from error
    return archive


def _check_directory(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    names = [member.filename.casefold() for member in members]
    if len(members) > limits.members:
        raise UnreadableFile(
            f"The workbook has {len(members):,} parts; at most {limits.members} are accepted. {SEND_AGAIN}"
        )
    if len(set(names)) != len(names):
        raise UnreadableFile(f"The workbook holds two parts of the same name. {SEND_AGAIN}")
    if "[content_types].xml" not in names:
        raise UnreadableFile(f"This is a zip archive, but not an Excel workbook. {SEND_AGAIN}")
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise UnreadableFile(f"The workbook is packed in an unusual way. {SEND_AGAIN}")
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableFile(f"The workbook is protected by a password. Remove it. {SEND_AGAIN}")


class _Budget:
    """What all parts together may still use."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.inflated = self.cells = self.elements = 0

    def inflate(self, octets: int) -> None:
        self.inflated += octets
        if self.inflated > self.limits.inflated:
            raise UnreadableFile(
                f"The workbook unpacks to more than {self.limits.inflated:,} octets. Send the sheet "
                "with the answers "
                "alone, in a new workbook."
            )

    def cell(self) -> None:
        self.cells += 1
        if self.cells > self.limits.cells:
            raise UnreadableFile(f"The workbook has more than {self.limits.cells:,} cells. {_CLEAR}")

    def element(self) -> None:
        self.elements += 1
        if self.elements > self.limits.elements:
            raise UnreadableFile(
                f"The workbook has more than {self.limits.elements:,} XML elements. {_CLEAR}"
            )


_CLEAR = "Delete unused rows and columns, then save it again."


def _inspect_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: _Budget) -> list[OddNumber]:
    pieces = _inflate(archive, member, budget)
    first = next(pieces, b"")
    name = member.filename.casefold()
    if not (name.endswith(XML_SUFFIXES) or _looks_like_xml(first)):
        for _ in pieces:
            pass
        return []
    return _Part(member.filename, budget).walk(first, pieces, loose=name.endswith(LOOSE_SUFFIX))


def _inflate(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: _Budget) -> Iterator[bytes]:
    with archive.open(member) as stream:
        while piece := stream.read(PIECE):
            budget.inflate(len(piece))
            yield piece


def _looks_like_xml(first: bytes) -> bool:
    """Whatever its name: a part that begins like XML may be opened as XML, in any encoding."""
    return first[:64].lstrip(b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n").startswith(b"<")


class _Part:
    """Walks one XML part and stops at the first thing that no honest workbook has."""

    def __init__(self, name: str, budget: _Budget) -> None:
        self.name, self.budget, self.limits = name, budget, budget.limits
        self.root = ""
        self.depth = self.elements = self.characters = 0
        self.row, self.number, self.column = 0, "0", 0
        self.cell, self.is_number, self.in_value = "", False, False
        self.value: list[str] = []
        self.odd: list[OddNumber] = []

    def walk(self, first: bytes, pieces: Iterator[bytes], *, loose: bool) -> list[OddNumber]:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(first, False)
            for piece in pieces:
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            if not loose:
                raise UnreadableFile(
                    f"The part {self.name} is not well-formed XML ({error}). {SEND_AGAIN}"
                ) from error
            for _ in pieces:  # still counted
                pass
        return self.odd

    def _refuse_doctype(self, *_: object) -> None:
        raise UnreadableFile(
            f"The part {self.name} declares a document type, which no workbook needs. {SEND_AGAIN}"
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        self.budget.element()
        local = name.rpartition(" ")[2]
        if self.depth == 1:
            self.root = local
        if self.depth > self.limits.depth:
            raise UnreadableFile(
                f"The part {self.name} is nested more than {self.limits.depth} deep. {SEND_AGAIN}"
            )
        if self.root not in BULK_ROOTS and self.elements > self.limits.other_elements:
            raise UnreadableFile(
                f"The part {self.name} has more than {self.limits.other_elements:,} elements. {_CLEAR}"
            )
        if self.root == "worksheet":
            self._start_in_sheet(local, attributes)
        elif local == "si":
            self.characters = 0

    def _start_in_sheet(self, local: str, attributes: dict[str, str]) -> None:
        if local == "row":
            self._start_row(attributes.get("r", ""))
        elif local == "c":
            self._start_cell(attributes)
        elif local == "v":
            self.in_value, self.value = True, []

    def _start_row(self, number: str) -> None:
        found = int(number) if re.fullmatch(r"[1-9][0-9]{0,6}", number) else 0
        if number and found <= self.row:
            raise UnreadableFile(
                f"The part {self.name} has its rows out of order near row {number}. {SEND_AGAIN}"
            )
        self.row = found or self.row + 1
        self.number = str(self.row)
        self.column = 0
        if self.row > self.limits.rows:
            raise UnreadableFile(
                f"The part {self.name} has a row {self.row:,}; {self.limits.rows:,} at most. {_CLEAR}"
            )

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self.budget.cell()
        self.characters = 0
        self.is_number = attributes.get("t", "n") == "n"
        address = attributes.get("r", "")
        column = self._column_of(address) if address else self.column + 1
        if column <= self.column:
            raise UnreadableFile(
                f"The part {self.name} gives cell {address} twice or out of order. {SEND_AGAIN}"
            )
        if column > self.limits.columns:
            raise UnreadableFile(
                f"The part {self.name} has a cell {address} beyond column {self.limits.columns:,}. {_CLEAR}"
            )
        self.column = column
        self.cell = address or f"column {column}, row {self.row}"

    def _column_of(self, address: str) -> int:
        if column := _COLUMNS.get(address.removesuffix(self.number)):
            return column
        found = ADDRESS.fullmatch(address)
        if not found or int(found[2]) != self.row:
            raise UnreadableFile(
                f"The part {self.name} has a cell {address!r} in row {self.row}. {SEND_AGAIN}"
            )
        return _column(found[1])

    def _text(self, text: str) -> None:
        self.characters += len(text)
        if self.root in BULK_ROOTS and self.characters > self.limits.characters:
            raise UnreadableFile(
                f"A cell of {self.name} ({self.cell or 'shared text'}) holds more than "
                f"{self.limits.characters:,} characters, which no spreadsheet allows. {SEND_AGAIN}"
            )
        if self.in_value and self.is_number:
            self.value.append(text)

    def _end(self, name: str) -> None:
        self.depth -= 1
        if self.in_value and name.rpartition(" ")[2] == "v":
            self.in_value = False
            text = "".join(self.value).strip()
            if self.is_number and text and not NUMBER.fullmatch(text) and len(self.odd) < 1000:
                self.odd.append(OddNumber(self.name, self.cell, text[:40]))


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column


# Those that most files have: a look into a dictionary for each cell, instead of a pattern.
_COLUMNS = {
    letters: _column(letters)
    for letters in (*ascii_uppercase, *map("".join, product(ascii_uppercase, repeat=2)))
}
