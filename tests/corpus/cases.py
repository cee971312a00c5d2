"""The bad files: what is wrong with each, and how it is made. What is said of them stands in `said.json`."""
# ruff: noqa: RUF001, DTZ001 - strange characters and bare times are what these files are about

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from cpl import fields as f
from cpl.formats.bulk_template import write_template
from cpl.formats.choices import OFFICIAL
from cpl.formats.device_files import MOST_DEVICES
from cpl.formats.sheet_names import INTERCHANGE_HEADERS
from tests import make
from tests.corpus.made import (
    COLUMNS,
    LAUGHS,
    answers,
    csv,
    doubled_part,
    form,
    form_part,
    form_with,
    number_cells,
    xlsx,
    xlsx_part,
    zip_of,
)
from tests.formats.bulk_files import as_xlsx
from tests.formats.ota_files import BLOCK, IMAGE, ota
from tests.formats.sample import edited, with_part


@dataclass(frozen=True)
class Case:
    """One file. `words`: what is wrong with it, for people. The name's ending says what it pretends to be."""

    name: str
    words: str
    make: Callable[[], bytes]


CASES: list[Case] = []
BOMB = 200 * 2**20


def case(name: str, words: str, make: Callable[[], bytes]) -> None:
    CASES.append(Case(name, words, make))


def one_field(name: str, words: str, **changes: Any) -> None:
    """The official sheet with one answer that is wrong."""
    case(f"form-{name}.xlsx", words, lambda: form(**changes))


def re_dimension(part: bytes, claim: bytes) -> bytes:
    return re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="' + claim + b'"', part)


def add_row(part: bytes, row: bytes) -> bytes:
    return part.replace(b"</sheetData>", row + b"</sheetData>")


def add_form_row(sheet: Any, group: str, attribute: str, answer: str) -> None:
    sheet["A45"], sheet["B45"], sheet["G45"] = group, attribute, answer


def second_sheet(book: Any) -> None:
    sheet = book.create_sheet("More")
    sheet.append(list(COLUMNS))
    sheet.append([answers().get(name) for name in COLUMNS])


FAR_ROW = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
FAR_COLUMN = b'<row r="90"><c r="XFD90"><v>1</v></c></row>'
LONG_CELL = b'<row r="90"><c r="A90" t="inlineStr"><is><t>' + b"x" * 40_000 + b"</t></is></c></row>"
CLAIM_ALL = b"A1:XFD1048576"
TWO_ENCODINGS = "One line in UTF-8, one in Windows-1252"


def mixed() -> bytes:
    second = csv(number_cells(fir_city="Évora")).split(b"\r\n")[1]
    return csv(answers(fir_city="Évora")) + second.decode().encode("cp1252")


# --- the official sheet: hexadecimal that spreadsheets ate
one_field("lost-zeros", "Model identifier: 26, a number cell", model=26)
one_field("zero", "Hardware version: 0, a number cell where 00 was typed", hardware_version=0)
one_field("exponent", "Firmware version: 5E12 became the number 5000000000000", firmware=5e12)
one_field("exponent-shown", "Firmware version: the text 5.00E+12", firmware="5.00E+12")
one_field("exponent-wide", "Model identifier: the number 1200, which may have been 12E2", model=1200)
one_field("full-width-number", "Hardware version: the number 12, which has one reading", hardware_version=12)
one_field("fraction", "Model identifier: the number 12.5", model=12.5)
one_field("negative", "Model identifier: the number -1234", model=-1234)
one_field("huge-number", "Image hash: the number 1E+300", image_hash=1e300)
one_field("letter-o", "Model identifier: OCOD, with the letter O", model="OC:OD")
one_field("full-width-digits", "Model identifier: ０Ｃ０Ｄ, in full-width signs", model="０Ｃ０Ｄ")
one_field("prefix", "Manufacturer identifier: 0x7a01", manufacturer="0x7a01")
one_field(
    "thin-spaces", "Firmware version: octets separated by thin spaces", firmware="0A\u20090B\u20090C\u20090D"
)
one_field("zero-width", "Model identifier: with a character that nobody sees", model="0C\u200b0D")
one_field("odd-digits", "Firmware version: seven digits", firmware="0A:0B:0C:D")
one_field("not-hex", "Model identifier: the letter G", model="0C:0G")
one_field("colons", "Firmware version: colons that do not stand between octets", firmware="0A0:B0C:0D")
one_field("hash-63", "Image hash: a digit short", image_hash="0" * 63)
one_field(
    "hash-base64",
    "Image hash: base64, not hexadecimal",
    image_hash="q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
)
one_field("arabic-digits", "Model identifier: digits of another script", model="٠١٢٣")
one_field("hex-date", "Hardware version: a spreadsheet made a date of 1-2", hardware_version=date(2026, 2, 1))
one_field("hex-time", "Model identifier: a spreadsheet made a time of 10:20", model=time(10, 20))

# --- the official sheet: cells that hold no answer
one_field("formula", "Manufacturer identifier: a formula", manufacturer="=A1")
one_field(
    "formula-link",
    "Image descriptor: a HYPERLINK formula",
    image_descriptor='=HYPERLINK("http://a.example","x")',
)
one_field("formula-dde", "Image creator: a formula that starts a program", image_creator="=cmd|' /C calc'!A0")
one_field("error", "Device type: #N/A", device_type="#N/A")
one_field("truth", "House number: TRUE", fir_house=True)
one_field("text-date", "Release notes: a date cell", fir_description=date(2026, 2, 1))

# --- the official sheet: dates
one_field("date-serial", "CPA date: 48153, a number cell", cpa_date=48153)
one_field("date-no-such-day", "CPA date: 31/02/2030", cpa_date="31/02/2030")
one_field("date-american", "CPA date: 02/28/2030, month first", cpa_date="02/28/2030")
one_field("date-dashes", "CPA date: 1-11-2031", cpa_date="1-11-2031")
one_field("date-time", "CPA date: a cell with a time of day", cpa_date=datetime(2031, 11, 1, 13, 0))
one_field("date-past", "CPA date: a standard certificate that has ended", cpa_date="01/11/2025")
one_field("date-far", "CPA date: a standard certificate beyond six years", cpa_date="21/11/2032")
one_field("date-words", "CPA date: never", cpa_date="never")

# --- the official sheet: limits and conditions
one_field("model-range", "Model identifier: FFC0, beyond the last", model="FF:C0")
one_field("manufacturer-range", "Manufacturer identifier: FFFF", manufacturer="FF:FF")
one_field(
    "choice-misspelt", "Device type: misspelt", device_type="Single Element Electricty Metering Equipment"
)
one_field("choice-spaces", "TS version: with spaces around and within", ts_version=" SMETS  V5.1 ")
one_field("ts-unknown", "TS version: none that exists", ts_version="SMETS V99.9")
one_field(
    "combination", "GBCS version: not one that goes with the TS version", gbcs_version="GBCS Version 1.1"
)
one_field("hub-smets", "A Communications Hub that names a SMETS version", device_type=make.HUB)
one_field("cpa-25", "CPA certificate: 25 octets", cpa_id="[E] " + "1" * 21)
one_field("cpa-prefix", "CPA certificate: without [E] or [R]", cpa_id="20261101-7701")
one_field("cpa-lower", "CPA certificate: [e] for [E], no space after it", cpa_id="[e]20261101-7701")
one_field("cpa-accent", "CPA certificate: a character that is not printable ASCII", cpa_id="[E] 2026é")
one_field("cpa-none", "No CPA certificate for a meter", cpa_id=None, cpa_security=None, cpa_date=None)
one_field("dlms-none", "No DLMS certificate for a single element meter", dlms_id=None, dlms_version=None)
one_field("dlms-number", "DLMS certificate: a number cell, which has one reading", dlms_id=7701)
one_field("zse-none", "No Zigbee certificate", zse_id=None, zse_version=None)
one_field("zse-long", "Zigbee certificate: 41 octets", zse_id="Z" * 41)
one_field("hash-alone", "Image hash without its creator", image_creator=None)
one_field("creator-alone", "Image creator without its hash", image_hash=None)
one_field("contact-none", "No contact for the CPA certificate", contact_name=None)
one_field(
    "contact-six",
    "Six contacts",
    contact_name="A; B; C; D; E; F",
    contact_email="; ".join(f"{c}@a.example" for c in "abcdef"),
    contact_telephone="; ".join("123456"),
)
one_field("email", "Contact e-mail: no address", contact_email="ada at tidewater")
one_field("post-code", "Post code: nine octets", fir_post_code="LS11 1AAA")
one_field("octets", "City: 45 characters that are 90 octets", fir_city="é" * 45)
one_field("ten-thousand", "Release notes: 10,000 characters", fir_description="x" * 10_000)
one_field("website", "Website: no address", fir_website="see below")
one_field("fir-none", "No firmware information for a meter", fir_company=None, fir_city=None)
one_field(
    "smets1",
    "SMETS1 from somebody else than the DCC",
    ts_version="SMETS V1.2",
    gbcs_version="GBCS Version 0.0",
)
case(
    "form-ppmid-cpa.xlsx",
    "A display with a CPA certificate, a contact and firmware information",
    lambda: form({**answers(), f.DEVICE_TYPE.name: make.PPMID}),
)
case(
    "form-many.xlsx",
    "Many mistakes in one form: all are said at once",
    lambda: form(
        model=26,
        firmware="0A0B",
        cpa_date="never",
        zse_id=None,
        fir_post_code="LS11 1AAAA",
        gbcs_version="=A1",
    ),
)

# --- the official sheet: its layout
case(
    "form-empty.xlsx", "The form with one answer and no other", lambda: form({f.DEVICE_TYPE.name: make.ESME})
)
case(
    "form-row-missing.xlsx",
    "A label was overwritten",
    lambda: form_with(lambda s: s.__setitem__("B11", "model")),
)
case(
    "form-row-doubled.xlsx",
    "A row stands twice",
    lambda: form_with(lambda sheet: add_form_row(sheet, "Device_Model", "model_identifier", "0C:0E")),
)
case(
    "form-row-unknown.xlsx",
    "A row of somebody's own",
    lambda: form_with(lambda sheet: add_form_row(sheet, "Colour", "name", "green")),
)
case(
    "form-inserted.xlsx",
    "Rows were inserted: harmless; the model identifier is short",
    lambda: form_with(lambda s: s.insert_rows(3, 4), model="1A"),
)

# --- workbooks made to hurt
case(
    "zip-bomb.xlsx",
    "A part of 200 kilobytes that unpacks to 200 megabytes",
    lambda: with_part(form(), "xl/media/image1.bin", lambda _: bytes(BOMB)),
)
case(
    "zip-bomb-sheet.xlsx",
    "A sheet that unpacks to 200 megabytes of spaces",
    lambda: form_part(lambda part: part.replace(b"<sheetData>", b" " * BOMB + b"<sheetData>", 1)),
)
case("far-row.xlsx", "A cell in row 1048576", lambda: form_part(lambda part: add_row(part, FAR_ROW)))
case("far-column.xlsx", "A cell in column XFD", lambda: form_part(lambda part: add_row(part, FAR_COLUMN)))
case(
    "false-dimension.xlsx",
    "A sheet that claims to be one cell large; the model identifier is short",
    lambda: form_part(lambda part: re_dimension(part, b"A1"), model="1A"),
)
case(
    "huge-dimension.xlsx",
    "A sheet that claims to be A1:XFD1048576; the model identifier is short",
    lambda: form_part(lambda part: re_dimension(part, CLAIM_ALL), model="1A"),
)
case(
    "entities.xlsx",
    "Entities that multiply",
    lambda: with_part(form(), "xl/sharedStrings.xml", lambda _: LAUGHS),
)
case(
    "external-entity.xlsx",
    "An entity that reads a file of the server",
    lambda: form_part(lambda part: b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + part),
)
case(
    "utf-16-doctype.xlsx",
    "A document type hidden in UTF-16",
    lambda: with_part(
        form(),
        "docProps/app.xml",
        lambda _: (
            '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x SYSTEM "http://a.example/x"><x/>'.encode(
                "utf-16"
            )
        ),
    ),
)
case(
    "deep.xlsx",
    "Elements nested a thousand deep",
    lambda: form_part(lambda part: part.replace(b"</sheetData>", b"</sheetData>" + b"<a>" * 1000)),
)
case(
    "not-a-number.xlsx",
    "A number cell that holds NaN",
    lambda: form_part(
        lambda part: re.sub(rb"(<c r=\"G12\"[^>]*>)<v>12</v>", rb"\1<v>NaN</v>", part), hardware_version=12
    ),
)
case(
    "long-cell.xlsx", "A cell of 40,000 characters", lambda: form_part(lambda part: add_row(part, LONG_CELL))
)
case("doubled-part.xlsx", "Two parts of one name", lambda: doubled_part(form(), "xl/worksheets/sheet2.xml"))
case(
    "cell-twice.xlsx",
    "A cell that stands twice in its row",
    lambda: form_part(lambda part: part.replace(b'<c r="B10"', b'<c r="A10"', 1)),
)
case(
    "broken-xml.xlsx",
    "A sheet that is no XML",
    lambda: form_part(lambda part: part.replace(b"</sheetData>", b"</sheetDate>")),
)
case("cut-off.xlsx", "The first half of a workbook", lambda: form()[:4000])
case(
    "password.xlsx", "A workbook under a password", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)
)
case("only-zip.xlsx", "A zip archive of letters", lambda: zip_of(letter=b"Dear sir"))
case("no-sheet.xlsx", "A workbook without the form or any header", lambda: as_xlsx([["Dear sir"], ["hello"]]))

# --- one device a row, as CSV
case("no-header.csv", "No row of headers", lambda: b"\r\n".join(csv().split(b"\r\n")[1:]))
case("header-only.csv", "Headers and no device", lambda: csv().split(b"\r\n")[0])
case("blank-rows.csv", "Headers and rows of commas", lambda: csv().split(b"\r\n")[0] + b"\r\n,,,,\r\n,,\r\n")
case("empty.csv", "Nothing", lambda: b"")
case(
    "column-unknown.csv",
    "A header misspelt",
    lambda: csv(headers=[name.replace("firmware_version", "firmware version") for name in COLUMNS]),
)
case("column-twice.csv", "A column twice", lambda: csv(columns=[*COLUMNS, f.MODEL.name]))
case(
    "column-missing.csv",
    "No column for the GBCS version",
    lambda: csv(columns=[name for name in COLUMNS if name != f.GBCS_VERSION.name]),
)
case(
    "comma-too-many.csv",
    "A comma in a cell without quotation marks",
    lambda: csv(answers(fir_city="Leeds,Yorkshire")).replace(b'"Leeds,Yorkshire"', b"Leeds,Yorkshire"),
)
case(
    "cells-moved.csv",
    "A cell was deleted, and the rest of the row moved to the left",
    lambda: csv().replace(b",Tidewater T100", b""),
)
case("row-short.csv", "A row that ends in the middle", lambda: csv().split(b",LS1 1AA")[0] + b"\r\n")
case(
    "quote-open.csv",
    "A quotation mark that is never closed",
    lambda: csv(answers(), answers(firmware="0A0B0C0E")) + b'"Single',
)
case(
    "quote-within.csv",
    "A quotation mark in the middle of a cell",
    lambda: csv().replace(b",Leeds,", b',"Le"eds,'),
)
case("nul.csv", "A NUL character", lambda: csv().replace(b"Leeds", b"Le\0eds"))
case(
    "carriage-return.csv",
    "A carriage return alone, which cuts a row in two",
    lambda: csv(answers(), number_cells()).replace(b"Leeds", b"Le\reds", 1),
)
case("mixed-encodings.csv", TWO_ENCODINGS, mixed)
case(
    "windows-1252.csv",
    "Windows-1252 throughout: read, and told",
    lambda: csv(answers(fir_city="Évora")).decode().encode("cp1252"),
)
case("no-text.csv", "Octets that are no text", lambda: csv().replace(b"Leeds", b"\x81\xff"))
case(
    "utf-16-cut.csv",
    "UTF-16 that ends in the middle of a character",
    lambda: csv().decode().encode("utf-16")[:-1],
)
case("utf-16-no-mark.csv", "UTF-16 without its mark", lambda: csv().decode().encode("utf-16-le"))
case(
    "five-million-columns.csv",
    "Five million columns",
    lambda: b"Device_Type.name" + b"," * 5_000_000 + b"\r\n",
)
case("columns-1001.csv", "1,001 columns", lambda: csv().split(b"\r\n")[0] + b"," * 1_000 + b"\r\nx\r\n")
case("one-line.csv", "One line of 20 megabytes", lambda: b"x" * 20 * 2**20)
case("cell-200000.csv", "A cell of 200,000 characters", lambda: csv(answers(fir_description="x" * 200_000)))
case("ten-thousand.csv", "A cell of 10,000 characters", lambda: csv(answers(fir_description="x" * 10_000)))
case(
    "too-many.csv",
    "One device more than may be",
    lambda: (
        ",".join(COLUMNS[:3]) + "\r\n" + "Gas Smart Meter,7A01,0C0D\r\n" * (MOST_DEVICES + 1_001)
    ).encode(),
)
case(
    "formula.csv",
    "What a spreadsheet would run is text here; these are too much for the field",
    lambda: csv(answers(fir_post_code="=cmd|' /C calc'!A0")),
)
case("twice.csv", "A device twice", lambda: csv(answers(), answers()))
case(
    "concatenation.csv",
    "The column that repeats model and hardware disagrees with them",
    lambda: "\r\n".join(
        [
            ",".join(INTERCHANGE_HEADERS[3:]),
            f"{make.HCALCS},7A01,0C0D,01,02,0C0D0103,0A0B0C0D,SMETS V5.1,GBCS Version 4.1,",
        ]
    ).encode(),
)
case(
    "excel-ate.csv",
    "What a spreadsheet leaves of hexadecimal: lost zeros and exponents",
    lambda: csv(answers(manufacturer="7A01", model="26", hardware_version="1", firmware="5.00E+12")),
)
case(
    "example-changed.csv",
    "An example of the template that became a device, its mark left on",
    lambda: write_template(OFFICIAL, "csv", on=make.DAY).replace(b"FF:F0", b"7A:01", 1),
)
case("pdf.csv", "A PDF", lambda: b"%PDF-1.7\n")
case(
    "web-page.xls",
    "A web page that calls itself a workbook",
    lambda: b"<html><table><tr><td>Device_Type.name</td></tr></table></html>",
)
case("firmware.csv", "A firmware file", lambda: ota())

# --- one device a row, as a workbook
case(
    "bulk-numbers.xlsx",
    "Numbers where text belongs",
    lambda: xlsx(answers(), number_cells(model=26, hardware_version=1, dlms_id=7701)),
)
case(
    "bulk-formula.xlsx",
    "Formulas in two cells",
    lambda: xlsx(answers(), number_cells(model="=B2", fir_city="=1+1")),
)
case(
    "bulk-dates.xlsx",
    "Dates where hexadecimal belongs, and a good one",
    lambda: xlsx(answers(), number_cells(model=time(10, 20), cpa_date=date(2031, 11, 1))),
)
case(
    "bulk-error.xlsx",
    "Errors and truths of a spreadsheet",
    lambda: xlsx(answers(), number_cells(device_type="#REF!", fir_house=True)),
)
case(
    "bulk-outside.xlsx",
    "A cell beyond the headers",
    lambda: edited(xlsx(), lambda book: book["Devices"].__setitem__("AQ2", "?")),
)
case(
    "bulk-two-sheets.xlsx",
    "Devices on a second sheet: told, since only the first is read",
    lambda: edited(xlsx(), second_sheet),
)
case("bulk-header-only.xlsx", "Headers and no device", lambda: as_xlsx([list(COLUMNS)]))
case(
    "bulk-example.xlsx",
    "The template as it was downloaded",
    lambda: write_template(OFFICIAL, "xlsx", on=make.DAY),
)
case("bulk-far.xlsx", "A cell in row 1048576", lambda: xlsx_part(lambda part: add_row(part, FAR_ROW)))
case(
    "bulk-false-dimension.xlsx",
    "A sheet that claims to be one row large; the second device is wrong",
    lambda: xlsx_part(lambda part: re_dimension(part, b"A1:B1"), answers(), number_cells(model="1A")),
)
case(
    "bulk-entities.xlsx",
    "Entities that multiply",
    lambda: with_part(xlsx(), "xl/sharedStrings.xml", lambda _: LAUGHS),
)
case(
    "bulk-bomb.xlsx",
    "A sheet that unpacks to 200 megabytes",
    lambda: xlsx_part(lambda part: part + b" " * BOMB),
)

# --- firmware files
case("ota-empty.ota", "Nothing", lambda: b"")
case("ota-text.ota", "A text", lambda: b"Dear sir, the firmware is attached.")
case("ota-bare.ota", "The image without its header", lambda: IMAGE)
case("ota-reverse.ota", "The magic number in reverse order", lambda: b"\x0b\xee\xf1\x1e" + ota()[4:])
case("ota-header-cut.ota", "A header that breaks off", lambda: ota()[:57])
case("ota-version.ota", "A header of another version", lambda: ota(version=0x0200))
case("ota-control.ota", "A header with unknown fields", lambda: ota(control=0x00F4))
case("ota-length.ota", "A header that says another length than it has", lambda: ota(length=69))
case("ota-no-image.ota", "A header and a signature, nothing between", lambda: ota(b"", BLOCK))
case("ota-cut.ota", "The last octet is missing", lambda: ota(block=BLOCK)[:-1])
case("ota-more.ota", "Something after the end", lambda: ota() + b"\r\n")
case("ota-any-maker.ota", "Manufacturer code FFFF", lambda: ota(manufacturer=0xFFFF))
case("ota-credentials.ota", "An image type that means credentials", lambda: ota(image_type=0xFFC0))
case("ota-hardware.ota", "Lowest hardware above the highest", lambda: ota(hardware=(2, 1)))
case(
    "ota-element.ota",
    "An image wrapped in a Zigbee element",
    lambda: ota(b"\0\0" + len(IMAGE).to_bytes(4, "little") + IMAGE),
)
case("ota-spaces.ota", "Spaces alone", lambda: b" " * 100)
