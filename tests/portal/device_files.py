"""Files with one device a row, as a person would make them."""

import csv
import io
from collections.abc import Mapping, Sequence

import openpyxl

from cpl import fields as f
from tests.make import Answers, make_answers

COLUMNS = [one.name for one in f.NEW_ENTRY]


def firmware_of(number: int) -> str:
    return f"0B{number:06X}"


def devices(count: int, changes: Mapping[int, Answers] | None = None) -> list[Answers]:
    """Valid new entries that differ in their firmware and image; some changed, by their place from 0."""
    return [
        make_answers(
            **{
                "firmware": firmware_of(place),
                "image_hash": f"{place:064X}",
                "fir_description": f"Notes on {firmware_of(place)}",
                **(changes or {}).get(place, {}),
            }
        )
        for place in range(count)
    ]


def as_csv(rows: Sequence[Mapping[str, object]], columns: Sequence[str] = COLUMNS) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_xlsx(rows: Sequence[Mapping[str, object]], columns: Sequence[str] = COLUMNS) -> bytes:
    """A workbook whose cells are of the kind that their values are: a number stays one."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(columns))
    for row in rows:
        sheet.append([row.get(name) for name in columns])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
