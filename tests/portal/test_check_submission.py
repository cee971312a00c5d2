"""`check_submission`: what it says of each form of file, and of what is none."""

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from cpl import fields as f
from cpl.checking import check_many
from cpl.formats.sheet_names import NEW_ENTRY
from cpl.models import ManufacturerIdentifier, Party
from tests import make
from tests.formats.sample import SAMPLE, with_cells

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tables", "today")]
FORM_ROWS = {field.name: row for row, field in enumerate(f.FORM, start=9)}
TOLD_BY_THE_FILE = {"row", "cell", "field", "rule", "level", "found", "expected", "message", "source"}


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: make.DAY)


@pytest.fixture
def party() -> Party:
    party = Party.objects.create(name="Tidewater Metering Ltd", category="other", verified=True)
    ManufacturerIdentifier.objects.create(code=make.MAKER_CODE, holder=party.name, party=party)
    return party


def entry_form(answers: Mapping[str, object]) -> bytes:
    cells = {f"G{FORM_ROWS[name]}": value for name, value in answers.items() if name in FORM_ROWS}
    return with_cells(SAMPLE, NEW_ENTRY, cells)


def as_csv(*rows: Mapping[str, object]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, [field.name for field in f.NEW_ENTRY])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_workbook(*rows: Mapping[str, object]) -> bytes:
    book = Workbook()
    names = [field.name for field in f.NEW_ENTRY]
    book.active.append(names)
    for row in rows:
        book.active.append([row.get(name) for name in names])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def said_of(path: Path, data: bytes) -> tuple[list[dict[str, Any]], int]:
    """The objects that it writes, and its exit code."""
    path.write_bytes(data)
    out, code = io.StringIO(), 0
    try:
        call_command("check_submission", str(path), "--json", "--party", "Tidewater Metering Ltd", stdout=out)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return json.loads(out.getvalue()), code


def without_place(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: one[name] for name in one if name not in ("row", "cell")} for one in found]


def test_an_empty_form_is_refused_with_rows_and_rules(tmp_path: Path) -> None:
    (tmp_path / "form.xlsx").write_bytes(entry_form({"Manufacturer Contact FIR.City": "Leeds"}))
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("check_submission", str(tmp_path / "form.xlsx"), stdout=out)
    assert "row 9, Device_Type.name: Device type must be given." in out.getvalue()
    assert "[refuse, F-required]" in out.getvalue()
    assert "Asked after the upload: Product name, Replaces entry" in out.getvalue()


def test_a_good_form_has_no_problem_and_is_told_what_is_asked_later(tmp_path: Path, party: Party) -> None:
    (tmp_path / "form.xlsx").write_bytes(entry_form(make.make_answers()))
    out = io.StringIO()
    call_command("check_submission", str(tmp_path / "form.xlsx"), "--party", party.name, stdout=out)
    assert out.getvalue().startswith("No problem found in 1 device.\nAsked after the upload: Product name")


WRONG = {
    "Device_Model.model_identifier": "ffc0",
    "Device_Model.firmware_version": "5E12",
    "CPA_Certificate.expiry_date": "1-11-2031",
    "ZSE_Certificate.ZSE_version": "ZigBee Smart Energy Standard 9.9",
    "FIR Release Notes.Description": "",
}


@pytest.mark.parametrize(("name", "written"), [
    ("form.xlsx", entry_form), ("bulk.csv", as_csv), ("bulk.xlsx", as_workbook),
])  # fmt: skip
def test_each_form_of_file_is_answered_as_its_answers_would_be(
    tmp_path: Path, party: Party, name: str, written: Any
) -> None:
    answers = {**make.make_answers(), **WRONG}
    found, code = said_of(tmp_path / name, written(answers))
    (checked,) = check_many(
        "new_entry", [answers], party=party, by_panel=False, on=make.DAY, evidence=make.EVIDENCE
    )
    assert without_place(found) == [problem.as_json() for problem in checked.problems]
    assert {one["rule"] for one in found} == {
        "F-model-range", "F-hex", "F-hex-repaired", "F-date-repaired", "C-version", "P-firmware-required",
    }  # fmt: skip
    assert code == 1
    assert all(set(one) == TOLD_BY_THE_FILE for one in found)


def test_the_row_is_the_one_that_the_file_counts(tmp_path: Path, party: Party) -> None:
    good = make.make_answers()
    bad = make.make_answers(firmware="0A0B0C0E", model="FFC0", image_hash="AB" * 32)
    found, _ = said_of(tmp_path / "bulk.csv", as_csv(good, bad))
    assert [(one["row"], one["cell"], one["rule"]) for one in found] == [(3, "C3", "F-model-range")]
    found, _ = said_of(tmp_path / "form.xlsx", entry_form(bad))
    assert [(one["row"], one["cell"], one["rule"]) for one in found] == [(11, "G11", "F-model-range")]


def test_warnings_and_repairs_alone_refuse_nothing(tmp_path: Path, party: Party) -> None:
    answers = make.make_answers(manufacturer="7a02", image_descriptor="")
    found, code = said_of(tmp_path / "bulk.xlsx", as_workbook(answers))
    assert [(one["rule"], one["level"]) for one in found] == [
        ("F-hex-repaired", "repair"), ("W-manufacturer-new", "warn"), ("I-descriptor", "warn"),
    ]  # fmt: skip
    assert code == 0


def test_cells_that_hold_no_answer_are_named(tmp_path: Path, party: Party) -> None:
    answers = {
        **make.make_answers(),
        "Device_Model.firmware_version": "=1+1",
        "Manufacturer Contact FIR.City": True,
    }
    found, _ = said_of(tmp_path / "bulk.xlsx", as_workbook(answers))
    assert [(one["rule"], one["cell"]) for one in found if one["rule"] == "F-cell"] == [
        ("F-cell", "F2"), ("F-cell", "Y2"),
    ]  # fmt: skip


def test_the_same_device_twice_names_the_earlier_row(tmp_path: Path, party: Party) -> None:
    found, _ = said_of(tmp_path / "bulk.csv", as_csv(*[make.make_answers()] * 3))
    assert [(one["row"], one["rule"]) for one in found] == [(3, "N-twice-in-file"), (4, "N-twice-in-file")]
    assert all("row 2 of this file" in one["message"] for one in found)


def test_what_is_no_such_file_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "form.xlsx").write_bytes(b"%PDF-1.7")
    with pytest.raises(CommandError, match="is a PDF, not a list of devices"):
        call_command("check_submission", str(tmp_path / "form.xlsx"))
    with pytest.raises(CommandError, match=r"missing\.xlsx cannot be read: No such file"):
        call_command("check_submission", str(tmp_path / "missing.xlsx"))
    with pytest.raises(CommandError, match="no organisation 'Nobody'"):
        call_command("check_submission", str(tmp_path / "form.xlsx"), "--party", "Nobody")
