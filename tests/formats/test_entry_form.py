from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from cpl import fields
from cpl.fields import FORM
from cpl.formats.entry_form import FormAnswers, read_entry_form
from cpl.formats.problems import UnreadableFile
from cpl.formats.sheet_names import NEW_ENTRY
from tests import real_list
from tests.formats.sample import HASH, SAMPLE, edited, with_cells

ROWS = {one.name: row for row, one in enumerate(FORM, start=9)}


def filled(**cells: object) -> FormAnswers:
    return read_entry_form(with_cells(SAMPLE, NEW_ENTRY, cells))


def test_an_empty_form_has_every_field_and_no_answer() -> None:
    form = read_entry_form(SAMPLE)
    assert form.answers == {one.name: "" for one in FORM}
    assert form.cells == {name: f"G{row}" for name, row in ROWS.items()}
    assert (form.repairs, form.problems) == ([], [])


def test_answers_come_out_canonical_and_well_formed_ones_without_a_remark() -> None:
    form = filled(G9="Gas Smart Meter", G10="0A:1B", G14="00:00:00:01", G19="30/08/2027", G25=HASH)
    assert form.answers[fields.DEVICE_TYPE.name] == "Gas Smart Meter"
    assert form.answers[fields.MANUFACTURER.name] == "0A1B"
    assert form.answers[fields.FIRMWARE.name] == "00000001"
    assert form.answers[fields.CPA_DATE.name] == "30/08/2027"
    assert (form.repairs, form.problems) == ([], [])


def test_what_has_one_reading_is_repaired_and_reported_with_its_cell() -> None:
    form = filled(G10=" 0x0a 1b", G12=12, G17="[E] 1 ", G19=datetime(2027, 8, 30), G20=1830)  # noqa: DTZ001
    assert form.problems == []
    assert form.answers[fields.MANUFACTURER.name] == "0A1B"
    assert form.answers[fields.HARDWARE_VERSION.name] == "12"
    assert form.answers[fields.CPA_ID.name] == "[E] 1"
    assert form.answers[fields.CPA_DATE.name] == "30/08/2027"
    assert form.answers[fields.DLMS_ID.name] == "1830"
    assert [one.cell for one in form.repairs] == ["G10", "G12", "G17", "G20"]
    assert form.repairs[0].words == ("0x prefix removed", "spaces removed", "put in upper case")
    assert form.kinds[fields.HARDWARE_VERSION.name] == "number"
    assert form.kinds[fields.CPA_DATE.name] == "date"


@pytest.mark.parametrize(
    ("cell", "value", "words"),
    [
        ("G12", 0, "lost its leading zeros"),
        ("G11", 5e12, "too long"),
        ("G14", datetime(2026, 1, 2), "into a date"),  # noqa: DTZ001
        ("G10", "=A1", "formula"),
        ("G27", '=HYPERLINK("http://x")', "formula"),
        ("G19", 45168, "not a date"),
        ("G24", True, "no answer"),
        ("G9", "#N/A", "no answer"),
    ],
)
def test_what_has_no_single_reading_is_a_problem_with_its_cell(cell: str, value: object, words: str) -> None:
    form = filled(**{cell: value})
    assert [one.cell for one in form.problems] == [cell]
    problem = form.problems[0]
    assert words in problem.message
    assert problem.expected
    assert problem.found
    # Nobody goes on with it by not looking: what stood there is no answer yet.
    assert form.answers[problem.field] == ""


def test_a_text_that_cannot_be_read_stays_for_the_submitter_to_put_right() -> None:
    form = filled(G14="7e:01")
    assert form.answers[fields.FIRMWARE.name] == "7e:01"
    assert form.problems[0].found == "7e:01"


def test_quotes_show_spaces_that_a_person_would_not_see() -> None:
    assert [one.found for one in filled(G17="[E] 1 ", G10="0a1b").repairs] == ["0a1b", "'[E] 1 '"]


def test_rows_are_found_by_their_labels_wherever_they_stand() -> None:
    def move(book: Any) -> None:
        sheet = book[NEW_ENTRY]
        sheet["G10"] = "0A1B"
        sheet["B10"] = "  manufacturer_identifier\n"
        sheet.insert_rows(2, 3)
        sheet.insert_rows(13)

    form = read_entry_form(edited(SAMPLE, move))
    assert form.answers[fields.MANUFACTURER.name] == "0A1B"
    assert form.cells[fields.MANUFACTURER.name] == "G14"
    assert form.problems == []


def test_the_form_is_found_in_a_renamed_sheet_and_alone() -> None:
    def alone(book: Any) -> None:
        for name in book.sheetnames:
            if name != NEW_ENTRY:
                book.remove(book[name])
        book[NEW_ENTRY].title = "Sheet1"

    assert read_entry_form(edited(SAMPLE, alone)).sheet == "Sheet1"


def test_missing_doubled_and_unknown_rows_are_problems() -> None:
    form = filled(B10="model_identifier", G10="0A1B", B20="colour", G20="green")
    found = {(one.field, one.cell) for one in form.problems}
    assert found == {
        ("Device_Model.manufacturer_identifier", ""),
        ("Device_Model.model_identifier", "G11"),
        ("DLMS_Certificate.identification_number", ""),
        ("DLMS_Certificate.colour", "G20"),
    }


def test_number_and_status_are_the_panels_and_not_read() -> None:
    form = filled(G7="000001", G8="=1")
    assert form.problems == []
    assert "Entry.number" not in form.answers


def test_a_long_answer_is_read_whole() -> None:
    assert len(filled(G39="x" * 10_000).answers[fields.FIR_DESCRIPTION.name]) == 10_000


def test_a_workbook_without_the_form_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="no filled-in form"):
        read_entry_form(edited(SAMPLE, lambda book: book.remove(book[NEW_ENTRY])))


def test_a_workbook_that_would_take_long_to_read_is_refused_first() -> None:
    def fill(book: Workbook) -> None:
        sheet = book.create_sheet("Padding")
        for _ in range(10_000):
            sheet.append(range(26))

    with pytest.raises(UnreadableFile, match="more than 250,000 cells"):
        read_entry_form(edited(SAMPLE, fill))


@real_list.needs_real_list
def test_the_real_form_is_read_as_empty() -> None:
    form = read_entry_form(Path(real_list.WORKBOOK).read_bytes())
    assert set(form.answers.values()) == {""}
    assert form.cells == {name: f"G{row}" for name, row in ROWS.items()}
    assert form.problems == []
