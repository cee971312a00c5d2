"""Writes the template for many devices: one device a row, in the main sheet's columns and the form's others.

Every column has the Text format, so that leading zeros survive whoever edits it. The examples carry a mark in
column A, by which the reader knows them; they are never taken as devices. Same input, same bytes.
"""

import csv
from collections.abc import Mapping
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Literal

import xlsxwriter  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from cpl import fields
from cpl.fields import NEW_ENTRY, Field
from cpl.formats.bulk_examples import DISPLAY, METER
from cpl.formats.bulk_header import REMARK
from cpl.formats.bulk_texts import limit_in_words, texts_of
from cpl.formats.choices import Choices
from cpl.formats.dates import written
from cpl.formats.device_rows import MOST_DEVICES
from cpl.formats.looks import FONT, LINE, TEXT, Looks, put, widen
from cpl.formats.sheet_names import MAIN_LABELS, listed_header

DEVICES, GUIDANCE, CHOICES = "Devices", "Guidance", "Choices"
MARK = "Example"
FIRST_DEVICE_ROW = 6  # from 0: two rows of headers, two of guidance, two examples
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# One colour a block of columns, dark enough for white letters on it.
COLOURS = (
    ((*fields.DEVICE_FIELDS,), "#1F3A5F"),
    ((*fields.VERSION_FIELDS,), "#3B4A6B"),
    ((*fields.CPA_FIELDS,), "#5B2A5E"),
    ((*fields.DLMS_FIELDS,), "#2F5D50"),
    ((*fields.ZSE_FIELDS,), "#6B3A1E"),
    ((*fields.IMAGE_FIELDS,), "#6A5500"),
    ((*fields.CONTACT_FIELDS,), "#4A4A4A"),
    ((*fields.FIR_FIELDS,), "#1E5A6B"),
)
OTHER_COLOUR = "#333333"
GUIDANCE_HEADERS = (
    *("Column", "Data Group", "Data Attribute", "Label", "Conditionality rule", "Format", "Limit"),
    *("Valid values", "Example"),
)
GUIDANCE_WIDTHS = {"A": 8, "B": 26, "C": 30, "D": 30, "E": 55, "F": 45, "G": 20, "H": 55, "I": 36}
HOW = (
    "One device a row, in the sheet 'Devices', below the rows marked 'Example'. Leave no answer to a "
    "formula. "
    f"At most {MOST_DEVICES:,} devices a file. Columns that you do not need may be deleted."
)
WIDTHS = {"choice": 34.0, "hex": 17.0, "date": 14.0, "text": 28.0, "people": 34.0, "entries": 28.0}
USUAL = ("SMETS V4.2", "GBCS Version 3.2")


def write_template(
    choices: Choices, fmt: Literal["xlsx", "csv"], *, on: date, versions: tuple[str, str] = USUAL
) -> bytes:
    """The template's bytes. `on` dates the examples; `versions`: the TS and GBCS version that they name."""
    examples = [_completed(example, choices, on, versions) for example in (METER, DISPLAY)]
    return _as_csv(examples) if fmt == "csv" else _as_xlsx(examples, choices, on)


def _completed(
    example: Mapping[str, str], choices: Choices, on: date, versions: tuple[str, str]
) -> dict[str, str]:
    """An example with choices that may be chosen, and a certificate that is in date."""
    meter = example is METER
    answers = {
        **example,
        fields.DEVICE_TYPE.name: _chosen(choices.device_types, "Single Element" if meter else "Pre-Payment"),
        fields.TS_VERSION.name: _chosen(choices.ts_versions, versions[0]),
        fields.GBCS_VERSION.name: _chosen(choices.gbcs_versions, versions[1]),
        fields.CPA_SECURITY.name: _chosen(choices.security_characteristics, "Sec" if meter else "Not Rel"),
        fields.ZSE_VERSION.name: _chosen(choices.zse_versions, ""),
    }
    if meter:
        answers[fields.CPA_DATE.name] = written(date(on.year + 3, on.month, min(on.day, 28)))
        answers[fields.DLMS_VERSION.name] = _chosen(choices.dlms_versions, "")
    return answers


def _chosen(values: tuple[str, ...], start: str) -> str:
    """The last of the values that begin so: the newest; else the last of all."""
    return next(
        (value for value in reversed(values) if value.startswith(start)), values[-1] if values else ""
    )


def _as_csv(examples: list[dict[str, str]]) -> bytes:
    """UTF-8 with a mark, without which spreadsheets take it for Windows-1252."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([REMARK, *(field.name for field in NEW_ENTRY)])
    for example in examples:
        writer.writerow([MARK, *(example.get(field.name, "") for field in NEW_ENTRY)])
    return out.getvalue().encode("utf-8-sig")


def _as_xlsx(examples: list[dict[str, str]], choices: Choices, on: date) -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    book.set_properties({"title": "New entries: template", "created": datetime.combine(on, time(0))})
    looks = Looks(book)
    headers = {
        colour: book.add_format(
            {
                **FONT,
                **LINE,
                **TEXT,
                "bold": True,
                "text_wrap": True,
                "bg_color": colour,
                "font_color": "#FFFFFF",
            }
        )
        for colour in (*(colour for _, colour in COLOURS), OTHER_COLOUR)
    }
    _write_devices(book.add_worksheet(DEVICES), examples, choices, looks, headers)
    _write_guidance(book.add_worksheet(GUIDANCE), examples, choices, looks, headers)
    lists = book.add_worksheet(CHOICES)
    _write_lists(lists, choices, looks)
    lists.hide()
    book.close()
    return out.getvalue()


def _write_devices(
    sheet: Worksheet,
    examples: list[dict[str, str]],
    choices: Choices,
    looks: Looks,
    headers: Mapping[str, Format],
) -> None:
    sheet.freeze_panes(2, 2)
    sheet.set_column(0, 0, 18, looks.text)
    for column, field in enumerate(NEW_ENTRY, start=1):
        width = 72.0 if field is fields.IMAGE_HASH else WIDTHS[field.kind]
        sheet.set_column(column, column, width, looks.hex_or_text(field))
        _validate(sheet, column, field, choices)
    for row in range(2):
        put(sheet, row, 0, MAIN_LABELS[row], headers[OTHER_COLOUR])
        for column, field in enumerate(NEW_ENTRY, start=1):
            put(sheet, row, column, listed_header(field)[row], headers[_colour(field)])
    # Labelled as in the main sheet, by which the reader knows them for guidance.
    for row, label in ((2, "Conditionality rule"), (3, "Format")):
        sheet.set_row(row, 75)
        put(sheet, row, 0, label, headers[OTHER_COLOUR])
        for column, field in enumerate(NEW_ENTRY, start=1):
            put(sheet, row, column, texts_of(field, choices)[row - 2], looks.note)
    for row, example in enumerate(examples, start=4):
        put(sheet, row, 0, MARK, looks.allocated)
        for column, field in enumerate(NEW_ENTRY, start=1):
            look = looks.image_answer if field in fields.IMAGE_FIELDS else looks.answer
            put(sheet, row, column, example.get(field.name, ""), look)
    last = FIRST_DEVICE_ROW + MOST_DEVICES
    sheet.ignore_errors({"number_stored_as_text": f"A1:AZ{last}"})


def _validate(sheet: Worksheet, column: int, field: Field, choices: Choices) -> None:
    """A list where there is something to choose, and for hexadecimal and dates a word on how to type them."""
    first, last = FIRST_DEVICE_ROW, FIRST_DEVICE_ROW + MOST_DEVICES - 1
    values = choices.by_field.get(field.name, ())
    if values:
        letter = chr(ord("A") + list(choices.by_field).index(field.name))
        source = f"={CHOICES}!${letter}$2:${letter}${len(values) + 1}"
        sheet.data_validation(first, column, last, column, {"validate": "list", "source": source})
    elif field.kind in ("hex", "date"):
        words = "dd/mm/yyyy" if field.kind == "date" else f"{limit_in_words(field)}, leading zeros included"
        sheet.data_validation(
            *(first, column, last, column),
            {"validate": "any", "input_title": field.label[:32], "input_message": f"As text: {words}."},
        )


def _write_guidance(
    sheet: Worksheet,
    examples: list[dict[str, str]],
    choices: Choices,
    looks: Looks,
    headers: Mapping[str, Format],
) -> None:
    widen(sheet, dict(GUIDANCE_WIDTHS))
    sheet.freeze_panes(3, 0)
    put(sheet, 0, 0, "Many new entries in one file", looks.title)
    put(sheet, 1, 0, HOW, looks.text)
    for column, header in enumerate(GUIDANCE_HEADERS):
        put(sheet, 2, column, header, looks.header)
    for at, field in enumerate(NEW_ENTRY):
        group, attribute = listed_header(field)
        rule, form, values = texts_of(field, choices)
        example = next((found for one in examples if (found := one.get(field.name))), "")
        texts = (rule, form, limit_in_words(field), values, example)
        put(sheet, at + 3, 0, get_column_letter(at + 2), headers[_colour(field)])
        for column, text in enumerate((group, attribute, field.label, *texts), start=1):
            put(sheet, at + 3, column, text, looks.note if column < 8 else looks.answer)


def _write_lists(sheet: Worksheet, choices: Choices, looks: Looks) -> None:
    by_field = list(choices.by_field.items())
    for row in range(1 + max(len(values) for _, values in by_field)):
        for column, (name, values) in enumerate(by_field):
            if row == 0 or row <= len(values):
                put(sheet, row, column, f"Choices of {name}" if row == 0 else values[row - 1], looks.text)


def _colour(field: Field) -> str:
    return next((colour for block, colour in COLOURS if field in block), OTHER_COLOUR)
