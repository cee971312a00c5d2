"""Reads files with one device a row, streamed: a row is read, given away, and forgotten."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cpl import fields
from cpl.formats.bulk_examples import EXAMPLES
from cpl.formats.bulk_header import GUIDANCE, WITHIN, Header, find_header
from cpl.formats.cells import Book, Cell, Row
from cpl.formats.device_rows import MOST_DEVICES, DeviceRow
from cpl.formats.hexes import Reading, read_submitted
from cpl.formats.problems import CellProblem, UnreadableFile, shown
from cpl.formats.sheet_names import INTERCHANGE, INTERCHANGE_HEADERS

TOO_MANY = (
    f"The file has more than {MOST_DEVICES:,} devices. Split it into files of at most {MOST_DEVICES:,} rows."
)
CONCATENATED = (fields.MODEL.name, fields.HARDWARE_VERSION.name, fields.HARDWARE_REVISION.name)
MOST_TOLD = 5


@dataclass(frozen=True)
class BulkSheet:
    """A sheet that has the headers of a bulk file."""

    name: str
    header: Header
    problems: tuple[CellProblem, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return self.header.columns


def find_bulk(book: Book) -> BulkSheet | None:
    """The first sheet with known headers; of further ones that hold devices, the file's problems tell."""
    found: BulkSheet | None = None
    for name in book.names:
        header = find_header(list(enumerate(book.rows(name, WITHIN), start=1)), name)
        if header and found is None:
            found = BulkSheet(name, header, header.problems)
        elif header and found and name != INTERCHANGE and _holds_devices(book, name, header):
            found = BulkSheet(found.name, found.header, (*found.problems, _left_out(name, found.name)))
    return found


def _holds_devices(book: Book, name: str, header: Header) -> bool:
    return any(device_rows(enumerate(book.rows(name, header.row + WITHIN), start=1), header, name))


def is_the_list(book: Book, sheet: BulkSheet) -> bool:
    """Whether its first rows are entries that have their numbers: the published list itself."""
    first = sheet.header.row + len(GUIDANCE)
    rows = list(book.rows(sheet.name, first + WITHIN))[first:]
    return bool(rows) and all(
        sheet.header.has_number(row) for row in rows if any(not c.is_blank for c in row)
    )


def _left_out(name: str, taken: str) -> CellProblem:
    message = f"Only the sheet {taken!r} was read. Send the devices of this sheet in a file of their own."
    return CellProblem(name, "", "", f"the sheet {name!r}", "one sheet with devices", message, "warn")


def read_bulk(book: Book, sheet: BulkSheet) -> Iterator[DeviceRow]:
    return device_rows(enumerate(book.rows(sheet.name), start=1), sheet.header, sheet.name)


def device_rows(rows: Iterable[tuple[int, Row]], header: Header, sheet: str) -> Iterator[DeviceRow]:
    """The devices below the headers; guidance, blank rows and the template's examples are none."""
    count = place = 0
    for number, row in rows:
        if number <= header.row or all(cell.is_blank for cell in row):
            continue
        place += 1  # a row of a CSV file may have many lines
        if header.is_guidance(row, place):
            continue
        device = _device(number, row, header, sheet)
        marked = header.is_marked(row)
        unlabelled = header.label is None and place <= WITHIN
        if (marked or unlabelled) and _is_example(device):
            continue
        if marked:
            device = _with_problem(device, _marked(device, row, header))
        elif not device.problems and all(cell.is_blank for cell in device.cells.values()):
            continue
        count += 1
        if count > MOST_DEVICES:
            raise UnreadableFile(TOO_MANY)
        yield device


def _device(number: int, row: Row, header: Header, sheet: str) -> DeviceRow:
    width = len(row)
    cells = {
        name: row[column] if column < width else Cell(f"{letter}{number}", "empty", None)
        for name, column, letter in header.places
    }
    problems: tuple[CellProblem, ...] = ()
    if width > len(header.covered):
        problems = tuple(_outside(row, header, sheet))
    if header.concatenated is not None and header.concatenated < width:
        problems += tuple(_concatenation(row[header.concatenated], cells, sheet))
    return DeviceRow(number, cells, problems, sheet)


def _outside(row: Row, header: Header, sheet: str) -> Iterator[CellProblem]:
    cells = [cell for column, cell in enumerate(row) if column not in header.covered and not cell.is_blank]
    for cell in cells[:MOST_TOLD]:
        message = (
            "This cell has no header above it. A separator too many may have moved the cells of this row."
        )
        yield CellProblem(sheet, cell.address, "", shown(cell.value), "nothing beyond the headers", message)


def _concatenation(cell: Cell, cells: dict[str, Cell], sheet: str) -> Iterator[CellProblem]:
    """The interchange file repeats model and hardware version in one column; one of the two may be wrong."""
    if cell.is_blank or not all(name in cells for name in CONCATENATED):
        return
    parts = [
        read_submitted(cells[name].value, octets)
        for name, octets in zip(CONCATENATED, (2, 1, 1), strict=True)
    ]
    whole = read_submitted(cell.value, 4)
    texts = [part.value for part in parts if isinstance(part, Reading)]
    if len(texts) < len(parts) or (isinstance(whole, Reading) and whole.value == "".join(texts)):
        return
    message = (
        "This does not repeat the model identifier and hardware version of its row. Put right what is wrong."
    )
    yield CellProblem(
        sheet, cell.address, INTERCHANGE_HEADERS[8], shown(cell.value), "".join(texts), message,
        "refuse" if isinstance(whole, Reading) else "warn",
    )  # fmt: skip


def _is_example(device: DeviceRow) -> bool:
    """Whether nobody has touched it. Choices and dates of the template change; the rest does not."""
    return any(
        all(
            _gist(cell) == _gist_of(example.get(name, ""))
            for name, cell in device.cells.items()
            if _compared(name)
        )
        for example in EXAMPLES
    )


def _compared(name: str) -> bool:
    return fields.BY_NAME[name].kind not in ("choice", "date")


def _gist(cell: Cell) -> str:
    return _gist_of("" if cell.value is None else str(cell.value))


def _gist_of(text: str) -> str:
    """What is left of a text whatever a spreadsheet did to its zeros and separators."""
    return re.sub(r"[^0-9a-z]", "", text[:1000].casefold()).lstrip("0")


def _marked(device: DeviceRow, row: Row, header: Header) -> CellProblem:
    cell = row[header.label or 0]
    message = (
        "The row is marked as an example, but is none of the template's. Delete the mark if this is "
        "a device of "
        "yours, else delete the row."
    )
    return CellProblem(device.sheet, cell.address, "", shown(cell.value), "no mark on a device", message)


def _with_problem(device: DeviceRow, problem: CellProblem) -> DeviceRow:
    return DeviceRow(device.row, device.cells, (*device.problems, problem), device.sheet)
