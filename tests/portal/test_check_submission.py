"""`check_submission`: what it says of a sheet, and of what is none."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.formats.sample import SAMPLE

pytestmark = pytest.mark.django_db


def test_an_empty_form_is_refused_with_rows_and_rules(tables: None, tmp_path: Path) -> None:
    (tmp_path / "form.xlsx").write_bytes(SAMPLE)
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("check_submission", str(tmp_path / "form.xlsx"), stdout=out)
    assert "row 9, Device_Type.name: Device type must be given." in out.getvalue()
    assert "[refuse, F-required]" in out.getvalue()


def test_what_is_no_form_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "form.xlsx").write_bytes(b"no workbook")
    with pytest.raises(CommandError, match="not an Excel workbook"):
        call_command("check_submission", str(tmp_path / "form.xlsx"))
    with pytest.raises(CommandError, match=r"missing\.xlsx cannot be read: No such file"):
        call_command("check_submission", str(tmp_path / "missing.xlsx"))
