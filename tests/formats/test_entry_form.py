from datetime import date, datetime
from pathlib import Path
from typing import Any

from cpl import fields
from cpl.fields import FORM
from cpl.formats.cells import Cell, open_book
from cpl.formats.entry_form import FilledForm, find_form
from cpl.formats.sheet_names import NEW_ENTRY
from tests import real_list
from tests.formats.sample import SAMPLE, edited, with_cells

ROWS = {one.name: row for row, one in enumerate(FORM, start=9)}


def read(data: bytes) -> FilledForm:
    with open_book(data, formulas=True) as book:
        form = find_form(book)
    assert form is not None
    return form


def filled(**cells: object) -> FilledForm:
    return read(with_cells(SAMPLE, NEW_ENTRY, cells))


def test_an_empty_form_has_every_field_and_no_answer() -> None:
    form = read(SAMPLE)
    assert not form.is_filled_in
    assert {name: cell.address for name, cell in form.cells.items()} == {
        name: f"G{row}" for name, row in ROWS.items()
    }
    assert all(cell.is_blank for cell in form.cells.values())
    assert form.problems == ()


def test_cells_come_out_as_they_stand_and_of_their_kind() -> None:
    form = filled(G10=" 0x0a 1b", G11=0, G12="=A1", G19=date(2027, 8, 30), G24=True, G9="#N/A")
    assert form.is_filled_in
    assert form.cells[fields.MANUFACTURER.name] == Cell("G10", "text", " 0x0a 1b")
    assert form.cells[fields.MODEL.name] == Cell("G11", "number", 0)
    assert form.cells[fields.HARDWARE_VERSION.name] == Cell("G12", "formula", "=A1")
    assert form.cells[fields.CPA_DATE.name] == Cell("G19", "date", datetime(2027, 8, 30))  # noqa: DTZ001
    assert form.cells[fields.IMAGE_CREATOR.name] == Cell("G24", "truth", True)
    assert form.cells[fields.DEVICE_TYPE.name] == Cell("G9", "error", "#N/A")
    assert form.problems == ()


def test_rows_are_found_by_their_labels_wherever_they_stand() -> None:
    def move(book: Any) -> None:
        sheet = book[NEW_ENTRY]
        sheet["G10"] = "0A1B"
        sheet["B10"] = "  manufacturer_identifier\n"
        sheet.insert_rows(2, 3)
        sheet.insert_rows(13)

    form = read(edited(SAMPLE, move))
    assert form.cells[fields.MANUFACTURER.name] == Cell("G14", "text", "0A1B")
    assert form.problems == ()


def test_the_form_is_found_in_a_renamed_sheet_and_alone() -> None:
    def alone(book: Any) -> None:
        for name in book.sheetnames:
            if name != NEW_ENTRY:
                book.remove(book[name])
        book[NEW_ENTRY].title = "Sheet1"

    assert read(edited(SAMPLE, alone)).sheet == "Sheet1"


def test_missing_doubled_and_unknown_rows_are_problems() -> None:
    form = filled(B10="model_identifier", G10="0A1B", B20="colour", G20="green")
    assert {(one.field, one.cell) for one in form.problems} == {
        ("Device_Model.manufacturer_identifier", ""),
        ("Device_Model.model_identifier", "G11"),
        ("DLMS_Certificate.identification_number", ""),
        ("DLMS_Certificate.colour", "G20"),
    }


def test_number_and_status_are_the_panels_and_not_read() -> None:
    form = filled(G7="000001", G8="=1")
    assert form.problems == ()
    assert "Entry.number" not in form.cells
    assert not form.is_filled_in


def test_a_long_answer_is_read_whole() -> None:
    assert len(str(filled(G39="x" * 10_000).cells[fields.FIR_DESCRIPTION.name].value)) == 10_000


def test_a_workbook_without_the_form_has_none() -> None:
    with open_book(edited(SAMPLE, lambda book: book.remove(book[NEW_ENTRY]))) as book:
        assert find_form(book) is None


@real_list.needs_real_list
def test_the_real_form_is_read_as_empty() -> None:
    form = read(Path(real_list.WORKBOOK).read_bytes())
    assert not form.is_filled_in
    assert {name: cell.address for name, cell in form.cells.items()} == {
        name: f"G{row}" for name, row in ROWS.items()
    }
    assert form.problems == ()
