import csv
from datetime import date
from io import BytesIO, StringIO
from typing import Any, Literal

import pytest
from openpyxl import load_workbook

from cpl import fields
from cpl.fields import NEW_ENTRY
from cpl.formats.bulk_examples import EXAMPLES
from cpl.formats.bulk_template import DEVICES, FIRST_DEVICE_ROW, GUIDANCE, write_template
from cpl.formats.choices import OFFICIAL, Choices
from cpl.formats.device_files import MOST_DEVICES, read_device_file
from cpl.formats.hexes import Reading, read_submitted
from cpl.formats.problems import UnreadableFile
from tests.formats.bulk_files import saved_as_csv
from tests.formats.sample import edited

ON = date(2026, 3, 2)
XLSX = write_template(OFFICIAL, "xlsx", on=ON)
CSV = write_template(OFFICIAL, "csv", on=ON)
FIRMWARE = fields.FIRMWARE.name
FORMATS = pytest.mark.parametrize("data", [XLSX, CSV], ids=["xlsx", "csv"])


def without_marks(data: bytes) -> bytes:
    if data is CSV:
        return data.replace(b"Example,", b",")
    return edited(data, unmark)


def unmark(book: Any) -> None:
    book[DEVICES]["A5"] = book[DEVICES]["A6"] = None


@pytest.mark.parametrize("fmt", ["xlsx", "csv"])
def test_the_same_input_gives_the_same_bytes(fmt: Literal["xlsx", "csv"]) -> None:
    assert write_template(OFFICIAL, fmt, on=ON) == write_template(OFFICIAL, fmt, on=ON)


@FORMATS
def test_the_examples_are_never_taken_as_devices(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="no device below"):
        read_device_file(data, "template")


@FORMATS
def test_the_template_filled_with_its_own_examples_reads_back_cleanly(data: bytes) -> None:
    file = read_device_file(without_marks(data), "template")
    rows = list(file.rows)
    assert (file.shape, file.problems) == ("bulk", ())
    assert file.columns == tuple(field.name for field in NEW_ENTRY)
    assert len(rows) == len(EXAMPLES)
    for row, example in zip(rows, EXAMPLES, strict=True):
        assert row.problems == ()
        for name, text in example.items():
            cell = row.cells[name]
            assert (cell.kind, cell.value) == ("text", text)
            field = fields.BY_NAME[name]
            if field.kind == "hex":
                assert read_submitted(cell.value, field.limit) == Reading(text.replace(":", ""))


@FORMATS
def test_examples_have_answers_to_choose_and_a_certificate_in_date(data: bytes) -> None:
    meter, display = read_device_file(without_marks(data), "template").rows
    for name, values in OFFICIAL.by_field.items():
        assert meter.cells[name].value in values
    assert meter.cells[fields.CPA_DATE.name].value == "02/03/2029"
    assert display.cells[fields.CPA_SECURITY.name].value == "Not Relevant"
    assert display.cells[fields.CPA_ID.name].is_blank


def test_an_example_that_somebody_changed_is_not_dropped_in_silence() -> None:
    [row] = read_device_file(edited(XLSX, lambda book: change(book, "G5", "01:02:0A:04")), "x").rows
    assert row.row == 5
    assert [(one.cell, one.level) for one in row.problems] == [("A5", "refuse")]


def test_examples_are_known_without_the_column_of_marks_and_after_a_spreadsheet_saved_them() -> None:
    def devices_only(book: Any) -> None:
        sheet = book[DEVICES]
        sheet.delete_cols(1)
        sheet["D5"] = 0  # a spreadsheet that took 00 for a number
        sheet["A7"] = "Gas Smart Meter"

    rows = list(read_device_file(edited(XLSX, devices_only), "x").rows)
    assert [row.row for row in rows] == [7]


def test_devices_below_the_examples_are_taken() -> None:
    [row] = read_device_file(edited(XLSX, lambda book: change(book, "G7", "00:00:00:01")), "x").rows
    assert (row.row, row.cells[FIRMWARE].value) == (FIRST_DEVICE_ROW + 1, "00:00:00:01")


@pytest.mark.parametrize("labels", [True, False])
def test_the_workbook_saved_as_csv_holds_no_device_either(labels: bool) -> None:
    book = XLSX if labels else edited(XLSX, lambda book: book[DEVICES].delete_cols(1))
    with pytest.raises(UnreadableFile, match="no device below"):
        read_device_file(saved_as_csv(book, DEVICES), "template.csv")


def change(book: Any, address: str, value: object) -> None:
    book[DEVICES][address] = value


def test_every_column_is_text_and_every_choice_a_list() -> None:
    sheet = load_workbook(BytesIO(XLSX))[DEVICES]
    letters = {cell.value: cell.column_letter for cell in sheet[2] if cell.column > 1}
    assert len(sheet[2]) == len(NEW_ENTRY) + 1
    for letter in letters.values():
        assert sheet.column_dimensions[letter].number_format == "@" or _in_a_range(sheet, letter)
    lists = [one for one in sheet.data_validations.dataValidation if one.type == "list"]
    assert len(lists) == len(OFFICIAL.by_field)
    assert {str(one.sqref).partition(":")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for one in lists} == {
        str(FIRST_DEVICE_ROW + MOST_DEVICES)
    }
    choices = load_workbook(BytesIO(XLSX))["Choices"]
    assert choices.sheet_state == "hidden"
    assert tuple(cell.value for cell in choices["A"][1:8]) == OFFICIAL.device_types


def _in_a_range(sheet: Any, letter: str) -> bool:
    """openpyxl keeps neighbouring columns of one look as one."""
    at = sheet[f"{letter}1"].column
    return any(
        one.min <= at <= one.max and one.number_format == "@" for one in sheet.column_dimensions.values()
    )


def test_the_guidance_says_of_each_field_when_how_long_and_what() -> None:
    sheet = load_workbook(BytesIO(XLSX))[GUIDANCE]
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert len(rows) == len(NEW_ENTRY)
    for field, row in zip(NEW_ENTRY, rows, strict=True):
        assert row[3] == field.label
        assert all(row[4:8]), field.name
    by_label = {row[3]: row for row in rows}
    assert by_label["Firmware version"][6] == "8 hexadecimal digits"
    assert by_label["Post code"][6] == "8 octets"
    assert "CTT 4.2" in by_label["DLMS (CTT) version"][7]


def test_choices_that_staff_added_are_offered() -> None:
    data = write_template(Choices(ts_versions=("CHTS V64.0",), dlms_versions=()), "xlsx", on=ON)
    choices = load_workbook(BytesIO(data))["Choices"]
    assert choices["B2"].value == "CHTS V64.0"


def test_the_csv_opens_in_a_spreadsheet_as_utf_8() -> None:
    assert CSV.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(CSV.decode("utf-8-sig"), newline="")))
    assert [len(row) for row in rows] == [len(NEW_ENTRY) + 1] * 3
    assert [row[0] for row in rows] == ["Remark", "Example", "Example"]
