"""Writes the published workbook: the four sheets in their order, with the headers that programs look for.

The same listing gives the same bytes, since a release is hashed and signed. Every cell is text but the CPA
dates of the main sheet; nothing is ever written as a formula or a link, whatever it begins with.
"""

from datetime import date, datetime, time
from io import BytesIO

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from cpl.fields import LISTED, Field
from cpl.formats import sheet_texts
from cpl.formats.choices import OFFICIAL, Choices
from cpl.formats.dates import written
from cpl.formats.form_sheet import write_form
from cpl.formats.hexes import with_colons
from cpl.formats.interchange import values_of
from cpl.formats.listing import ListedEntry, Listing
from cpl.formats.looks import Looks, put, widen
from cpl.formats.sheet_names import (
    HISTORY_HEADER_ROW,
    HISTORY_HEADERS,
    INTERCHANGE,
    INTERCHANGE_HEADERS,
    MAIN,
    MAIN_DATA_ROW,
    MAIN_HEADERS,
    MAIN_LABELS,
    NEW_ENTRY,
    VERSION_CONTROL,
)

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
VERSION_WIDTHS = {"A": 30.6, "B": 12.6, "C": 95.6}
MAIN_WIDTHS = {
    "A": 16.6,
    "B:C": 32.6,
    "D": 37.6,
    "E:G": 32.6,
    "H": 37.6,
    "I:M": 32.6,
    "N:S": 32.6,
    "T": 72.6,
    "U": 32.6,
}
INTERCHANGE_WIDTHS = {"A": 36.6, "B:C": 16.6, "D": 45.6, "E:L": 32.6, "M": 72.6}
# Spreadsheets count days from 1900, and wrongly in its first two months.
FIRST_DATE_CELL = date(1901, 1, 1)


def write_workbook(
    listing: Listing, choices: Choices = OFFICIAL, *, created: datetime | None = None
) -> bytes:
    """The workbook's bytes. `choices` fill the form's lists; `created` (default: issue date) is its property.

    Raises ValueError for a text that no cell can hold.
    """
    out = BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    moment = created or datetime.combine(listing.issued_on, time(0))
    book.set_properties({"title": sheet_texts.TITLE, "subject": listing.version_line, "created": moment})
    looks = Looks(book)
    _write_versions(book.add_worksheet(VERSION_CONTROL), listing, looks)
    write_form(book.add_worksheet(NEW_ENTRY), choices, looks)
    _write_main(book.add_worksheet(MAIN), listing, choices, looks)
    _write_interchange(book.add_worksheet(INTERCHANGE), listing, looks)
    book.close()
    return out.getvalue()


def _write_versions(sheet: Worksheet, listing: Listing, looks: Looks) -> None:
    widen(sheet, VERSION_WIDTHS)
    sheet.freeze_panes(HISTORY_HEADER_ROW, 0)
    put(sheet, 0, 0, sheet_texts.TITLE, looks.title)
    put(sheet, 2, 0, listing.version_line, looks.heading)
    for row, text in ((4, sheet_texts.ABOUT_EDITING), (5, sheet_texts.ABOUT_CSV)):
        sheet.set_row(row, 40)
        sheet.merge_range(row, 0, row, 2, "", looks.note)
        put(sheet, row, 0, text, looks.note)
    put(sheet, 7, 0, sheet_texts.HISTORY_TITLE, looks.heading)
    for column, header in enumerate(HISTORY_HEADERS):
        put(sheet, HISTORY_HEADER_ROW - 1, column, header, looks.header)
    for row, version in enumerate(listing.history, start=HISTORY_HEADER_ROW):
        for column, text in enumerate((version.number, written(version.date), version.verbatim)):
            put(sheet, row, column, text, looks.wrapped)


def _write_main(sheet: Worksheet, listing: Listing, choices: Choices, looks: Looks) -> None:
    widen(sheet, MAIN_WIDTHS)
    sheet.freeze_panes(2, 2)
    texts = [sheet_texts.MAIN_TEXTS[one.name] for one in LISTED]
    for row, label in enumerate(MAIN_LABELS):
        look = looks.header if row < 2 else looks.note
        if row >= 2:
            sheet.set_row(row, 60)
        put(sheet, row, 0, label, looks.header)
        for column, (one, guidance) in enumerate(zip(LISTED, texts, strict=True), start=1):
            text = MAIN_HEADERS[column - 1][row] if row < 2 else guidance[row - 2]
            put(sheet, row, column, choices.written_into(text, one.name), look)
    for row, entry in enumerate(listing.entries, start=MAIN_DATA_ROW - 1):
        _write_entry(sheet, row, entry, looks)
    sheet.ignore_errors(
        {"number_stored_as_text": f"B{MAIN_DATA_ROW}:U{MAIN_DATA_ROW + len(listing.entries)}"}
    )


def _write_entry(sheet: Worksheet, row: int, entry: ListedEntry, looks: Looks) -> None:
    for column, (one, value) in enumerate(shown_in_main(entry), start=1):
        if isinstance(value, date) and value >= FIRST_DATE_CELL:
            sheet.write_datetime(row, column, value, looks.date)
        elif value:
            put(
                sheet,
                row,
                column,
                written(value) if isinstance(value, date) else value,
                looks.hex_or_text(one),
            )


def shown_in_main(entry: ListedEntry) -> tuple[tuple[Field, str | date | None], ...]:
    """Columns B to U of an entry: each field with what the main sheet shows, hexadecimal with colons."""
    return tuple(
        (one, with_colons(value) if one.kind == "hex" and isinstance(value, str) else value)
        for one, value in entry.by_field
    )


def _write_interchange(sheet: Worksheet, listing: Listing, looks: Looks) -> None:
    widen(sheet, INTERCHANGE_WIDTHS)
    sheet.freeze_panes(1, 2)
    for column, header in enumerate(INTERCHANGE_HEADERS):
        put(sheet, 0, column, header, looks.header)
    for row, entry in enumerate(listing.entries, start=1):
        for column, value in enumerate(values_of(entry, listing.version_line)):
            if value:
                put(sheet, row, column, value, looks.text)
    sheet.ignore_errors({"number_stored_as_text": f"A2:M{2 + len(listing.entries)}"})
