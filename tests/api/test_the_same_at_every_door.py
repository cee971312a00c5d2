"""The same file says the same through whatever door it comes: upload, command, public page, API."""

import contextlib
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from cpl import fields as f
from cpl import tasks
from cpl.file_checks import is_told
from cpl.models import Job, Upload
from tests.api.programs import program_of
from tests.cast import party_of, sign_in
from tests.corpus.cases import CASES, Case
from tests.corpus.page import expected
from tests.portal.device_files import as_csv, as_xlsx, devices
from tests.portal.test_uploads import sheet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tables")]
Said = set[tuple[object, ...]]
MEMBERS = ("row", "cell", "field", "rule", "level", "found", "expected", "message", "source")
MISTAKEN = {1: {"model": "XYZ!"}, 2: {"firmware": "0b:00:00:02"}, 3: {"cpa_date": "31/02/2031"}}
FILES: dict[str, tuple[str, bytes]] = {
    "a good form": ("form.xlsx", sheet()),
    "a bad form": ("form.xlsx", sheet({"G12": 0, "G14": "0a:0b:0c:0d", "G19": "31/02/2031", "G21": "=1+1"})),
    "a good bulk file": ("devices.csv", as_csv(devices(3))),
    "a bad CSV": ("devices.csv", as_csv(devices(5, MISTAKEN))),
    "a bad workbook": ("devices.xlsx", as_xlsx(devices(5, MISTAKEN))),
}


@pytest.mark.parametrize("name", FILES)
def test_every_door_says_the_same(name: str, maker: User, tmp_path: Path) -> None:
    file, content = FILES[name]
    by_program = _by_program(maker, file, content)
    assert by_program == _by_command(maker, file, content, tmp_path)
    assert by_program == _by_page(file, content)
    assert by_program == _by_upload(maker, file, content)
    assert any(one[4] == "refuse" for one in by_program) == ("bad" in name), by_program


# Of the bad files that are read at all (docs/bad-files.md), every twentieth: doors do not differ by files.
CORPUS = [
    case
    for case in CASES
    if not case.name.endswith(".ota") and not expected()[case.name][0].startswith("refused")
][::20]


@pytest.mark.sqlite
@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_of_a_bad_file_every_door_says_the_same(case: Case, maker: User, tmp_path: Path) -> None:
    content = case.make()
    by_program = _by_program(maker, case.name, content)
    assert by_program
    assert by_program == _by_command(maker, case.name, content, tmp_path)
    assert by_program == _by_page(case.name, content)
    assert by_program == _by_upload(maker, case.name, content)


def _by_program(maker: User, file: str, content: bytes) -> Said:
    answer = program_of(maker).give("submissions/check", {"file": SimpleUploadedFile(file, content)})
    assert answer.status_code == 200, answer.content
    return _said(answer.json()["problems"])


def _by_command(maker: User, file: str, content: bytes, folder: Path) -> Said:
    (folder / file).write_bytes(content)
    out = io.StringIO()
    with contextlib.suppress(SystemExit):
        call_command("check_submission", folder / file, "--json", party=party_of(maker).name, stdout=out)
    return _said(json.loads(out.getvalue()))


def _by_page(file: str, content: bytes) -> Said:
    page = Client().post("/check/", {"file": SimpleUploadedFile(file, content)})
    return _said(one.as_json() for one in page.context["report"].problems)


def _by_upload(maker: User, file: str, content: bytes) -> Said:
    """What the sheet has no field for is asked after the upload: at no other door is it said yet."""
    sign_in(maker).post("/portal/upload/", {"sheet": SimpleUploadedFile(file, content)})
    for job in Job.objects.filter(state="waiting"):
        tasks.work(job.pk)
    upload = Upload.objects.get()
    later = {one.name for one in f.NEW_ENTRY if one not in f.FORM and one.name not in upload.columns}
    found = [*upload.problems, *(said for row in upload.rows.all() for said in row.problems)]
    return _said(one for one in found if one["field"] not in later and is_told(one))


def _said(problems: Iterable[Mapping[str, Any]]) -> Said:
    return {tuple(one[member] for member in MEMBERS) for one in problems}
