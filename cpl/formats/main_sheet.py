"""The sheet `Central Products List`: 20 columns of data in B to U, from row 8, one entry a row."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from cpl import fields
from cpl.fields import LISTED, Field
from cpl.formats.cells import Cell, Row, read_text
from cpl.formats.choices import STATUSES
from cpl.formats.dates import DateReading, read_date, written
from cpl.formats.hexes import Reading, read_listed
from cpl.formats.listing import CertificateShown, CpaShown, ImageShown, ListedEntry, Status
from cpl.formats.problems import CellProblem, Refusal, shown
from cpl.formats.sheet_names import MAIN, MAIN_DATA_ROW, MAIN_HEADERS

NEEDED = frozenset(
    one.name
    for one in (fields.ENTRY_NUMBER, fields.ENTRY_STATUS, *fields.DEVICE_FIELDS, *fields.VERSION_FIELDS)
)


@dataclass(frozen=True)
class Normalisation:
    """One value that was taken otherwise than it stood: entry number, field, as found, as taken."""

    number: int
    field: str
    found: str
    taken: str


@dataclass
class MainSheet:
    """What was read. `broken`: numbers of rows not read whole; `nameless`: a row has no readable number."""

    entries: list[ListedEntry] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)
    nameless: bool = False
    normalisations: list[Normalisation] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)


def read_main(rows: Iterable[Row], device_types: Collection[str]) -> MainSheet:
    """Read every row of data; nothing is judged but whether it can be read."""
    sheet = MainSheet()
    seen: dict[int, str] = {}
    for row in rows:
        if row and int(row[0].address[1:]) >= MAIN_DATA_ROW and any(not cell.is_blank for cell in row[1:]):
            _read_row(row, device_types, sheet, seen)
    return sheet


def _read_row(row: Row, device_types: Collection[str], sheet: MainSheet, seen: dict[int, str]) -> None:
    line = row[0].address[1:]
    padded = [
        *row[1:],
        *(Cell(f"{chr(66 + at)}{line}", "empty", None) for at in range(len(row) - 1, len(LISTED))),
    ]
    values: dict[str, Any] = {}
    notes: list[tuple[str, str, str]] = []
    problems: list[CellProblem] = []
    for one, cell in zip(LISTED, padded, strict=False):
        reading = _read(one, cell, device_types)
        if isinstance(reading, Refusal):
            problems.append(
                CellProblem(MAIN, cell.address, one.name, reading.found, reading.expected, reading.message)
            )
        else:
            values[one.name] = reading.value
            if reading.repairs:
                notes.append((one.name, shown(cell.value), _taken(reading.value)))
    problems += [_outside(cell) for cell in padded[len(LISTED) :] if not cell.is_blank]
    _keep(values, notes, problems, sheet, seen, padded[0])


def _keep(
    values: dict[str, Any],
    notes: list[tuple[str, str, str]],
    problems: list[CellProblem],
    sheet: MainSheet,
    seen: dict[int, str],
    first: Cell,
) -> None:
    number = int(values.get(fields.ENTRY_NUMBER.name, 0))
    if number in seen:
        message = f"This number stands already in {seen[number]}; an entry number is used once."
        name = fields.ENTRY_NUMBER.name
        problems.append(
            CellProblem(MAIN, first.address, name, f"{number:06}", "a number of its own", message)
        )
    sheet.problems += problems
    if not number:
        sheet.nameless = True
        return
    seen.setdefault(number, first.address)
    sheet.normalisations += [Normalisation(number, *note) for note in notes]
    if problems:
        sheet.broken.add(number)
    else:
        sheet.entries.append(_entry(number, values))


def _read(one: Field, cell: Cell, device_types: Collection[str]) -> Reading | DateReading | Refusal:
    if cell.kind in ("error", "formula", "truth"):
        expected = "the value itself"
        return Refusal(shown(cell.value), expected, "The cell holds no value that can be taken.")
    if cell.is_blank:
        if one.name in NEEDED:
            return Refusal("", "a value", "This must not be empty.")
        # A cell of spaces alone shows nothing, and is taken so.
        return Reading("", ("outer spaces removed",) if cell.value else ())
    if one.kind == "hex":
        return read_listed(cell.value, one.limit)
    if one.kind == "date":
        return read_date(cell.value)
    reading = read_text(cell.value)
    return reading if isinstance(reading, Refusal) else _checked(one, cell, reading, device_types)


def _checked(one: Field, cell: Cell, reading: Reading, device_types: Collection[str]) -> Reading | Refusal:
    """The three text fields that have a fixed form; every other spelling is taken as it is."""
    found = shown(cell.value)
    text = reading.value
    if one is fields.ENTRY_NUMBER and not (
        len(text) == 6 and text.isascii() and text.isdigit() and int(text)
    ):
        return Refusal(
            found, "six digits from 000001, as text", "This is no entry number: zeros may be lost."
        )
    if one is fields.ENTRY_STATUS and text not in STATUSES:
        return Refusal(found, " or ".join(STATUSES), "This status is not known.")
    if one is fields.DEVICE_TYPE and text not in device_types:
        return Refusal(found, "one of " + ", ".join(sorted(device_types)), "This device type is not known.")
    return reading


def _entry(number: int, values: dict[str, Any]) -> ListedEntry:
    def value(one: Field) -> str:
        return cast(str, values[one.name])

    return ListedEntry(
        number=number,
        status=cast(Status, value(fields.ENTRY_STATUS)),
        device_type=value(fields.DEVICE_TYPE),
        manufacturer=value(fields.MANUFACTURER),
        model=value(fields.MODEL),
        hardware_version=value(fields.HARDWARE_VERSION),
        hardware_revision=value(fields.HARDWARE_REVISION),
        firmware=value(fields.FIRMWARE),
        ts_version=value(fields.TS_VERSION),
        gbcs_version=value(fields.GBCS_VERSION),
        cpa=CpaShown(value(fields.CPA_ID), value(fields.CPA_SECURITY), values[fields.CPA_DATE.name] or None),
        dlms=CertificateShown(*map(value, fields.DLMS_FIELDS)),
        zse=CertificateShown(*map(value, fields.ZSE_FIELDS)),
        image=ImageShown(*map(value, fields.IMAGE_FIELDS)),
    )


def _taken(value: str | date) -> str:
    return written(value) if isinstance(value, date) else value


def _outside(cell: Cell) -> CellProblem:
    expected = f"nothing beyond the {len(MAIN_HEADERS)} columns"
    return CellProblem(MAIN, cell.address, "", shown(cell.value), expected, "This column has no header.")
