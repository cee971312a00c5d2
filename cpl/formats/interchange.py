"""The interchange file: 13 columns, one header row, the last sheet of the workbook saved as CSV.

Suppliers' programs read it by the exact header strings or by position. UTF-8 without a mark, CRLF, and
hexadecimal without colons. Cells are written exactly as they are: an apostrophe or space before a value, as
one does for people who open a CSV in a spreadsheet, would break every program that compares values. It is not
needed either: versions, numbers, status and hexadecimal have fixed forms, and device types and specification
versions are rows that staff keep. None begins with `=`, `+`, `-` or `@`; `write_csv` refuses one that does.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from cpl import fields
from cpl.formats import formulas
from cpl.formats.hexes import read_listed
from cpl.formats.listing import ListedEntry, Listing
from cpl.formats.problems import CellProblem, DamagedFile, Refusal, UnreadableFile, shown
from cpl.formats.sheet_names import INTERCHANGE, INTERCHANGE_HEADERS

# Octets of the hexadecimal columns, by position; the ninth is model, hardware version and revision together.
HEX_COLUMNS = {
    4: fields.MANUFACTURER.limit,
    5: fields.MODEL.limit,
    6: fields.HARDWARE_VERSION.limit,
    7: fields.HARDWARE_REVISION.limit,
    8: fields.MODEL.limit + fields.HARDWARE_VERSION.limit + fields.HARDWARE_REVISION.limit,
    9: fields.FIRMWARE.limit,
    12: fields.IMAGE_HASH.limit,
}
COLUMNS = "ABCDEFGHIJKLM"

Values = tuple[str, ...]


@dataclass(frozen=True)
class InterchangeRow:
    """One line of the file: `line` counts from 1, the header being 1; `values` are the 13, canonical."""

    line: int
    values: Values

    @property
    def number(self) -> str:
        return self.values[1]


def values_of(entry: ListedEntry, version_line: str) -> Values:
    """The 13 values of one entry, as the last sheet and the CSV have them."""
    return (
        version_line,
        entry.written_number,
        entry.status,
        entry.device_type,
        entry.manufacturer,
        entry.model,
        entry.hardware_version,
        entry.hardware_revision,
        entry.model_with_hardware,
        entry.firmware,
        entry.ts_version,
        entry.gbcs_version,
        entry.image.hash,
    )


def canonical_values(values: list[object]) -> Values:
    """13 found values without outer spaces, hexadecimal canonical; what is not readable stays as shown."""
    return tuple(_canonical(value, HEX_COLUMNS.get(column)) for column, value in enumerate(values))


def write_csv(listing: Listing) -> bytes:
    """The whole list as the interchange file. Raises ValueError for a value that a spreadsheet would run."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(INTERCHANGE_HEADERS)
    for entry in listing.entries:
        values = values_of(entry, listing.version_line)
        if any(value.startswith(formulas.STARTS) for value in values):
            raise ValueError(f"entry {entry.written_number} has a value that begins like a formula: {values}")
        writer.writerow(values)
    return out.getvalue().encode()


def read_csv(data: bytes) -> tuple[InterchangeRow, ...]:
    """Read an interchange file. Raises UnreadableFile (no such file) or DamagedFile (all its bad cells)."""
    lines = list(_lines(data))
    if not lines or tuple(value.strip() for value in lines[0][1]) != INTERCHANGE_HEADERS:
        raise UnreadableFile(
            "This is not the interchange file: its first line must be the 13 official headers."
        )
    rows: list[InterchangeRow] = []
    problems: list[CellProblem] = []
    for line, values in lines[1:]:
        if any(values):
            problems += _line_problems(line, values)
            rows.append(InterchangeRow(line, canonical_values(list(values))))
    if problems:
        raise DamagedFile(problems)
    return tuple(rows)


def _lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = data.decode("utf-8-sig")
        reader = csv.reader(StringIO(text, newline=""), strict=True)
        for values in reader:
            yield reader.line_num, values
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(f"This is not a CSV file in UTF-8 ({error}).") from error


def _line_problems(line: int, values: list[str]) -> Iterator[CellProblem]:
    if len(values) != len(INTERCHANGE_HEADERS):
        found, expected = f"{len(values)} values", f"{len(INTERCHANGE_HEADERS)} values"
        yield CellProblem(
            INTERCHANGE, f"A{line}", "", found, expected, "The line is cut or has a comma too many."
        )
        return
    for column, octets in HEX_COLUMNS.items():
        reading = read_listed(values[column], octets)
        if isinstance(reading, Refusal) and (values[column].strip() or column != 12):
            cell, header = f"{COLUMNS[column]}{line}", INTERCHANGE_HEADERS[column]
            yield CellProblem(INTERCHANGE, cell, header, reading.found, reading.expected, reading.message)


def _canonical(value: object, octets: int | None) -> str:
    if value is None:
        return ""
    if octets:
        reading = read_listed(value, octets)
        if not isinstance(reading, Refusal):
            return reading.value
    return value.strip() if isinstance(value, str) else shown(value)
