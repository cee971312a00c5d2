"""A Party's program hands in a file, follows it, takes its rows and submits them."""

import csv
import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from cpl import fields as f
from cpl import tasks
from cpl.models import Job, Submission, Upload
from tests.api.programs import Program, program_of
from tests.make import make_answers
from tests.register.conftest import PDF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tables")]


@pytest.fixture
def program(maker: User) -> Program:
    return program_of(maker)


def bulk(*models: str) -> dict[str, Any]:
    """A file with a device a row, each of another firmware."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([field.name for field in f.NEW_ENTRY])
    for place, model in enumerate(models):
        answers = make_answers(model=model, firmware=f"0A0B0C{place:02X}", image_hash=f"{place:064X}")
        writer.writerow([answers.get(field.name, "") for field in f.NEW_ENTRY])
    return {"file": SimpleUploadedFile("devices.csv", text.getvalue().encode())}


def work() -> None:
    for job in Job.objects.filter(state="waiting"):
        tasks.work(job.pk)


def test_a_file_goes_from_hand_to_submissions(program: Program) -> None:
    received = program.give("uploads", bulk("0C0D", "0C0E", "12"))
    assert (received.status_code, received.json()["work"]["state"]) == (201, "waiting"), received.content
    address = f"uploads/{received.json()['reference']}"
    work()
    checked = program.get(address).json()
    assert (checked["status"], checked["good"], checked["refused"]) == ("checked", 2, 1)
    refused = program.get(f"{address}/rows?which=refused").json()["items"]
    assert [(row["row"], row["problems"][0]["cell"]) for row in refused] == [(4, "C4")]
    assert program.post(f"{address}/take", {"which": "all"}).status_code == 409
    taken = program.post(f"{address}/take", {"which": "good"}, key="take")
    again = program.post(f"{address}/take", {"which": "good"}, key="take")
    assert (taken.json()["taken"], again.json()) == (2, taken.json())
    for scheme, identifier in (("CPA", "20261101-7701"), ("DLMS", "7701"), ("Zigbee", "ZIG26TMI77010-24")):
        file = SimpleUploadedFile("certificate.pdf", PDF + scheme.encode())
        given = program.give(
            f"{address}/evidence", {"scheme": scheme, "identifier": identifier, "file": file}
        )
        assert given.json() == {"submissions": 2}, given.content
    assert program.post(f"{address}/submit").status_code == 200
    work()
    rows = program.get(f"{address}/rows?which=all&limit=2").json()
    references = [row["submission"] for row in rows["items"]]
    assert [program.get(f"submissions/{one}").json()["status"] for one in references] == ["submitted"] * 2
    assert [row["row"] for row in program.get(rows["next"].removeprefix("/api/v1/")).json()["items"]] == [4]


def test_the_same_file_with_the_same_key_is_handed_in_once(program: Program) -> None:
    first, again = (program.give("uploads", bulk("0C0D"), key="a") for _ in range(2))
    assert first.json() == again.json()
    other = program.give("uploads", bulk("0C0D"), key="b")
    assert (other.status_code, first.json()["reference"] in other.json()["detail"]) == (409, True)
    assert Upload.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"%PDF-1.4"])
def test_a_small_file_that_cannot_be_read_leaves_nothing(program: Program, content: bytes) -> None:
    answer = program.give("uploads", {"file": SimpleUploadedFile("x.xlsx", content)})
    assert answer.status_code in (409, 422), answer.content
    assert answer.json()["detail"]
    assert not Upload.objects.exists()


def test_no_file_at_all_is_refused(program: Program) -> None:
    assert program.give("uploads", {}).status_code in (409, 422)
    assert program.give("uploads", {"other": "x"}).status_code == 422
    assert program.post("uploads", {}).status_code == 415


def test_answers_for_all_rows_are_text_of_known_fields(program: Program) -> None:
    address = f"uploads/{program.give('uploads', bulk('0C0D')).json()['reference']}"
    work()
    for answers in ({"Device_Model.model_identifier": "0C0D"}, {"colour": "red"}, {f.UPGRADES_FROM.name: 12}):
        assert program.put(f"{address}/further", {"answers": answers}).status_code in (409, 422)
    good = program.put(f"{address}/further", {"answers": {f.UPGRADES_FROM.name: "none"}})
    assert good.json()["further"] == {f.UPGRADES_FROM.name: "none"}, good.content
    assert not Submission.objects.exists()
