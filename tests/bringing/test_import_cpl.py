"""`import_cpl`: what an operator reads, and the exit status."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from cpl.models import Entry, ListImport
from ledger import journal
from tests.bringing.lists import ENTRIES, later, make_entry, workbook

pytestmark = pytest.mark.django_db


def run(file: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("import_cpl", str(file), *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "list.xlsx"
    path.write_bytes(workbook())
    return path


def test_it_prints_what_it_saw(tables: None, file: Path) -> None:
    before, _ = journal.head()
    told = run(file)
    assert "Version 1.5, issued on 2020-07-01: 6 entries" in told
    assert "4 Current, 2 Removed" in told
    assert "000006: not stated, day not stated" in told
    assert f"Written to the journal: {journal.head()[0] - before} records" in told
    assert "  6 entry.brought_forward" in told
    assert "CPA: 20190314-5501 (4), TMI-20190314-5501 (1)" in told
    assert ListImport.objects.get().file_name == "list.xlsx"


def test_the_second_time_it_says_that_it_was_done(tables: None, file: Path) -> None:
    run(file)
    head = journal.head()
    assert "already brought forward" in run(file)
    assert journal.head() == head


def test_as_json_it_prints_the_report_that_is_kept(tables: None, file: Path) -> None:
    told = json.loads(run(file, "--json"))
    assert told.pop("already_brought_forward") is False
    assert told == json.loads(ListImport.objects.get().report)


def test_what_was_normalised_is_told_by_entry(tables: None, file: Path) -> None:
    book = load_workbook(file)
    book["Central Products List"]["J10"] = "SMETS V2.0  "
    book.save(file)
    told = json.loads(run(file, "--json"))["normalised"]
    assert told == {
        "000004": [
            {"field": "SMETS/CHTS Version.Version_number", "found": "'SMETS V2.0  '", "taken": "SMETS V2.0"}
        ]
    }


def test_a_damaged_file_is_refused_with_each_cell_named(tables: None, file: Path) -> None:
    book = load_workbook(file)
    sheet = book["Central Products List"]
    sheet["H8"], sheet["D9"], sheet["G10"] = 1, "Toaster", "NaN"
    book.save(file)
    with pytest.raises(CommandError) as refusal:
        run(file)
    for cell in ("H8", "D9", "G10"):
        assert f"Central Products List!{cell}" in str(refusal.value)
    assert refusal.value.returncode == 1
    assert not ListImport.objects.exists() and not Entry.objects.exists()


def test_what_the_register_says_otherwise_is_refused(tables: None, file: Path) -> None:
    run(file)
    file.write_bytes(later((*ENTRIES, make_entry(3))))
    out = io.StringIO()
    with pytest.raises(CommandError, match="entry 000003"):
        call_command("import_cpl", str(file), "--json", stdout=out)
    assert "entry 000003" in json.loads(out.getvalue())["refused"][0]


def test_what_is_no_workbook_is_refused(tables: None, file: Path) -> None:
    file.write_bytes(b"not a workbook")
    with pytest.raises(CommandError, match="nothing was stored"):
        run(file)


def test_a_file_that_is_not_there_is_told(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        run(tmp_path / "list.xlsx")
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path)
