"""Files of new entries, made by code: any number of good rows, each a device of its own."""

import csv
import hashlib
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO

import xlsxwriter

from cpl.fields import FORM, NEW_ENTRY
from tests.formats.sample import SAMPLE, with_cells
from tests.make import Answers, make_answers

COLUMNS = [field.name for field in NEW_ENTRY]
NEW_ENTRY_SHEET = "CPL - New Entry"


def make_devices(count: int, start: int = 0, **changes: str) -> list[Answers]:
    """Devices of one model, each with a firmware and an image of its own."""
    return [
        make_answers(**{"firmware": f"{n + 1:08X}", "image_hash": make_hash(n), **changes})
        for n in range(start, start + count)
    ]


def make_hash(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest().upper()


def make_csv(devices: Iterable[Answers], columns: Sequence[str] = COLUMNS) -> bytes:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([device.get(name, "") for name in columns] for device in devices)
    return text.getvalue().encode()


def make_xlsx(devices: Iterable[Answers], columns: Sequence[str] = COLUMNS) -> bytes:
    data = BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("Devices")
        sheet.write_row(0, 0, columns)
        for number, device in enumerate(devices, start=1):
            for column, name in enumerate(columns):
                if device.get(name):
                    sheet.write_string(number, column, device[name])
    return data.getvalue()


def make_form(answers: Answers) -> bytes:
    """The official sheet, filled in."""
    rows = {field.name: row for row, field in enumerate(FORM, start=9)}
    return with_cells(
        SAMPLE, NEW_ENTRY_SHEET, {f"G{row}": answers[name] for name, row in rows.items() if answers.get(name)}
    )
