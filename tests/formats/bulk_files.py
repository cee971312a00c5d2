"""Files with one device a row, made by code from invented devices."""

import csv
from collections.abc import Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook, load_workbook

from cpl import fields
from cpl.fields import NEW_ENTRY
from cpl.formats.bulk_examples import METER

COLUMNS = tuple(field.name for field in NEW_ENTRY)
CHOSEN = {
    fields.DEVICE_TYPE.name: "Single Element Electricity Metering Equipment",
    fields.TS_VERSION.name: "SMETS V4.2",
    fields.GBCS_VERSION.name: "GBCS Version 3.2",
    fields.CPA_SECURITY.name: "Security Characteristics version 1.2",
    fields.CPA_DATE.name: "30/08/2027",
    fields.DLMS_VERSION.name: "CTT 3.1",
    fields.ZSE_VERSION.name: "ZigBee Smart Energy Standard 1.4",
}


def device(number: int = 1, **changes: str) -> dict[str, str]:
    """A device by field name; `changes` by the names of `cpl.fields` (FIRMWARE="00:01")."""
    own = {fields.FIRMWARE.name: f"00:00:{number >> 8:02X}:{number & 255:02X}"}
    changed = {getattr(fields, name).name: value for name, value in changes.items()}
    return {**METER, **CHOSEN, **own, **changed}


def as_csv(
    *devices: Mapping[str, str],
    columns: Sequence[str] = COLUMNS,
    headers: Sequence[str] | None = None,
    separator: str = ",",
    ending: str = "\r\n",
) -> str:
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator=ending)
    writer.writerow(headers or columns)
    for one in devices:
        writer.writerow([one.get(name, "") for name in columns])
    return out.getvalue()


def as_xlsx(rows: Sequence[Sequence[Any]], title: str = "Devices") -> bytes:
    """A workbook with these rows as they are: text that begins with `=` is a formula, as in a spreadsheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def saved_as_csv(data: bytes, sheet: str) -> bytes:
    """A sheet of a workbook as a spreadsheet would save it as CSV: cells of many lines included."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in load_workbook(BytesIO(data))[sheet].iter_rows(values_only=True):
        writer.writerow(["" if value is None else value for value in row])
    return out.getvalue().encode()


def table(*devices: Mapping[str, Any], columns: Sequence[str] = COLUMNS) -> list[list[Any]]:
    return [list(columns), *([one.get(name) for name in columns] for one in devices)]
