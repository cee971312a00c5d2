"""What is said of files: where each problem stands, in which level, however many rows there are."""

from collections.abc import Iterator, Mapping

import pytest

from cpl import file_checks
from cpl.file_checks import TooManyRows, check_file, check_rows, file_problem, label
from cpl.formats.cells import Cell
from cpl.formats.device_files import DeviceFile, DeviceRow
from cpl.formats.problems import CellProblem
from cpl.rules.problem import Level
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tables")]


def device_row(row: int, answers: Mapping[str, str], *problems: CellProblem) -> DeviceRow:
    cells = {name: Cell(f"C{row}", "text", text) for name, text in answers.items()}
    return DeviceRow(row, cells, problems)


def rules_of(row: DeviceRow, **asked) -> list[str]:
    (checked,) = check_rows([row], party=None, on=make.DAY, **asked)
    return [one.problem.rule for one in checked.problems]


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of three rows, the last of which is the first again, judged two at a time."""
    firmwares = ("0A0B0C0D", "0A0B0C0E", "0A0B0C0D")
    rows = [device_row(n, make.make_answers(firmware=one)) for n, one in enumerate(firmwares, start=2)]

    def read(data: bytes, name: str) -> DeviceFile:
        return DeviceFile("bulk", tuple(make.make_answers()), iter(rows))

    monkeypatch.setattr(file_checks, "read_device_file", read)
    monkeypatch.setattr(file_checks, "AT_ONCE", 2)


def test_a_double_is_found_however_far_apart_the_two_stand(many):
    report = check_file(b"", "bulk.csv", party=None, by_panel=False, on=make.DAY)
    (problem,) = [one for one in report.problems if one.problem.rule == "N-twice-in-file"]
    assert (problem.row, problem.cell, problem.file) == (4, "C4", "bulk.csv")
    assert "already in row 2" in problem.problem.message
    assert report.rows == 3 and report.refused


def test_a_door_may_take_few_rows_only(many):
    assert check_file(b"", "b.csv", party=None, by_panel=False, on=make.DAY, most_rows=3).rows == 3
    with pytest.raises(TooManyRows, match="more than 2 rows"):
        check_file(b"", "b.csv", party=None, by_panel=False, on=make.DAY, most_rows=2)


def test_what_holds_for_all_rows_fills_only_what_a_row_leaves_empty():
    answers = make.make_answers(contact_name="", contact_email="later@tidewater.example")
    row = device_row(7, {**answers, "Upgrade.from_entries": " "})
    further = {
        "Contact-CPA.Contact.contact name": "Ada Quill",
        "Contact-CPA.Contact.contact email": "not taken",
        "Upgrade.from_entries": "none",
    }
    assert rules_of(row) == ["W-manufacturer-new", "P-contact-required", "U-stated"]
    assert rules_of(row, further=further) == ["W-manufacturer-new"]


def test_what_was_typed_stands_in_place_of_the_cell():
    row = device_row(7, make.make_answers(firmware="5E12"))
    assert "F-hex" in rules_of(row)
    typed = {"Device_Model.firmware_version": "00005E12"}
    (checked,) = check_rows([row], party=None, on=make.DAY, corrected=[typed])
    assert checked.checked.answers["Device_Model.firmware_version"] == "00005E12"
    assert not checked.checked.refused


def test_what_the_reader_of_the_file_found_is_said_as_rules_say_it():
    said = CellProblem("Sheet", "AK7", "", "left over", "nothing beyond the headers", "No header is above.")
    row = device_row(7, make.make_answers(), said)
    (checked,) = check_rows([row], party=None, on=make.DAY, file="bulk.xlsx")
    first = checked.problems[0]
    assert first.as_json() == {
        "row": 7, "cell": "AK7", "field": "", "rule": "F-file", "level": "refuse", "found": "left over",
        "expected": "nothing beyond the headers", "source": "form, columns A, B and G",
        "message": "The file is not laid out as it should be. No header is above.",
    }  # fmt: skip
    told = file_problem(CellProblem("", "D1", "Colour", "", "a known header", "Not read.", "warn"), None, "f")
    assert (told.problem.level, told.problem.field, told.row) == (Level.WARN, "Colour", 1)


def test_a_form_has_no_rows_but_those_of_its_cells():
    (checked,) = check_rows([DeviceRow(0, _form_cells())], party=None, on=make.DAY)
    assert [(one.row, one.cell) for one in checked.problems if one.problem.rule == "F-model-range"] == [
        (11, "G11")
    ]
    assert label(DeviceRow(0, {})) == "the form"


def _form_cells() -> dict[str, Cell]:
    def cells() -> Iterator[tuple[str, Cell]]:
        for row, (name, text) in enumerate(make.make_answers(model="FFC0").items(), start=9):
            yield name, Cell(f"G{row}", "text", text)

    return dict(cells())
