"""What is said of files: where each problem stands, in which level, however many rows there are."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from cpl import fields as f
from cpl import file_checks
from cpl.file_checks import TooManyRows, check_file, check_rows, file_problem, label
from cpl.formats.cells import Cell
from cpl.formats.device_files import DeviceFile, DeviceRow
from cpl.formats.problems import CellProblem
from cpl.rules import check
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

    def read(data: bytes, name: str, *, limits: object) -> DeviceFile:
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


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("Device_Type.name", Cell("C7", "formula", "=A1")),
        ("Device_Model.manufacturer_identifier", Cell("C7", "number", 12)),
        ("Device_Model.manufacturer_identifier", Cell("C7", "error", "#REF!")),
        ("Manufacturer_Image.creator", Cell("C7", "formula", "=A1")),
        ("Contact-CPA.Contact.contact name", Cell("C7", "truth", True)),
        ("Upgrade.from_entries", Cell("C7", "text", "perhaps")),
    ],
)
def test_a_cell_without_an_answer_is_one_mistake(name, cell):
    good = device_row(7, make.make_answers())
    row = DeviceRow(7, {**good.cells, name: cell})
    (checked,) = check_rows([row], party=None, on=make.DAY)
    (problem,) = [one.problem for one in checked.problems if one.problem.level == Level.REFUSE]
    assert problem.field == name
    assert [one for one in checked.problems if one.problem.field == name] == [
        one for one in checked.problems if one.problem == problem
    ]


def test_a_certificate_that_cannot_be_read_is_not_taken_for_none():
    optional = make.DEVICE_TYPES | {
        make.ESME: replace(make.DEVICE_TYPES[make.ESME], needs={"CPA": "optional", "DLMS": "optional"})
    }
    case = make.make_case(make.make_answers(cpa_id="", dlms_id=""), device_types=optional)
    assert {"C-alone", "P-contact-unwanted"} <= {one.rule for one in check(case)}
    case = replace(case, unread=frozenset({f.CPA_ID.name, f.DLMS_ID.name}))
    assert not {"C-alone", "P-contact-unwanted"} & {one.rule for one in check(case)}


def test_the_same_hash_for_two_firmwares_of_a_file_is_warned_of():
    firmwares = ("0A0B0C0D", "0A0B0C0D", "0A0B0C0E")
    rows = [
        device_row(n, make.make_answers(firmware=one, hardware_version=f"0{n}"))
        for n, one in enumerate(firmwares, start=2)
    ]
    said = check_rows(rows, party=None, on=make.DAY)
    warned = [one for row in said for one in row.problems if one.problem.rule == "W-hash-in-file"]
    assert [one.row for one in warned] == [4]
    assert "row 2, firmware 0A0B0C0D" in warned[0].problem.message


def test_a_column_that_is_missing_is_told_once(monkeypatch):
    answers = make.make_answers()
    del answers["Device_Model.model_identifier"]
    rows = [device_row(n, answers) for n in (2, 3, 4)]
    missing = CellProblem("", "", "Device_Model.model_identifier", "", "a column", "Add it.")
    file = DeviceFile("bulk", tuple(answers), iter(rows), (missing,))
    monkeypatch.setattr(file_checks, "read_device_file", lambda data, name, limits: file)
    report = check_file(b"", "bulk.csv", party=None, by_panel=False, on=make.DAY)
    refused = [one for one in report.problems if one.problem.level == Level.REFUSE]
    assert [(one.row, one.problem.rule) for one in refused] == [(None, "F-file")]
    assert (report.rows, report.good_rows) == (3, 0)


def test_a_row_that_the_form_lacks_is_told_once_and_may_be_typed_instead():
    name = "Device_Model.model_identifier"
    cells = {key: cell for key, cell in _form_cells().items() if key != name}
    row = DeviceRow(0, cells, (CellProblem("Form", "", name, "", "a row", "It is missing."),))
    (checked,) = check_rows([row], party=None, on=make.DAY)
    told = [one.problem.rule for one in checked.problems if not one.by_the_file]
    assert "F-required" not in told and "F-file" in told
    (typed,) = check_rows([row], party=None, on=make.DAY, corrected=[{name: "0C0D"}])
    assert not any(one.problem.level == Level.REFUSE for one in typed.problems)
