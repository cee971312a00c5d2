"""An entry's dossier: one file for the auditor; and the admin's pages of a past day."""

import hashlib
import io
import json
import zipfile
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.urls import reverse

from cpl import register
from cpl.candidates import keep
from cpl.models import Entry
from ledger import canonical
from ledger.models import Record
from notifications.models import Message, Notice, Recipient, Run
from tests.cast import make_user, party_of, sign_in
from tests.make import DAY, make_answers
from tests.public.making import AT, make_entry, make_import, publish
from tests.register.conftest import submit
from tests.register.test_candidates import A_DAY, cover

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(time_machine: Any, settings: Any) -> None:
    settings.STAFF_MFA = False
    time_machine.move_to(AT, tick=False)


@pytest.fixture
def entry(tables: None, maker: User, officer: User) -> Entry:
    """Admitted from a submission, with warnings acknowledged, and released."""
    submission = submit(maker, make_answers())
    from cpl.checking import problems

    read = {problem.rule: "Asked the maker." for problem in problems(submission, DAY)}
    register.approve(submission.pk, by=officer, at=AT, on=DAY, words="All in order.", acknowledged=read)
    publish()
    return Entry.objects.get()


def archive(user: User, entry: Entry) -> dict[str, bytes]:
    response = sign_in(user).get(reverse("admin:cpl_entry_dossier", args=[entry.pk]))
    assert response.status_code == 200
    assert response["Content-Disposition"] == f'attachment; filename="entry-{entry}-dossier.zip"'
    with zipfile.ZipFile(io.BytesIO(response.content)) as book:
        assert book.testzip() is None
        return {name: book.read(name) for name in book.namelist()}


def test_it_holds_page_values_and_digests_that_agree(entry: Entry, second_officer: User) -> None:
    files = archive(second_officer, entry)
    assert set(files) == {"dossier.html", "dossier.json", "SHA256SUMS"}
    for line in files["SHA256SUMS"].decode().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(files[name]).hexdigest() == digest


def test_it_tells_the_whole_way_of_the_entry(entry: Entry, maker: User, second_officer: User) -> None:
    found = json.loads(archive(second_officer, entry)["dossier.json"])
    [submission] = found["submissions"]
    assert submission["answers"]["Device_Model.firmware_version"] == "0A0B0C0D"
    assert submission["digest_is_that_of_the_last_step"]
    assert [step["verb"] for step in submission["steps"]] == ["submit", "approve"]
    handed_in, approved = submission["steps"]
    assert handed_in["checks"]["on"] == approved["checks"]["on"] == "2026-11-20"
    assert (approved["by"], approved["words"]) == ("officer@panel.example", "All in order.")
    assert set(approved["checks"]["acknowledged"].values()) <= {"Asked the maker."}
    assert {file["what"] for file in submission["evidence"]} == {
        "CPA certificate", "DLMS certificate", "Zigbee certificate",
    }  # fmt: skip
    assert len(found["coverage"]) == 3
    assert found["removal"] is None
    assert [release["number"] for release in found["releases"]] == ["1.0"]
    assert found["releases"][0]["manifest_sha256"]


def test_its_records_can_be_verified_by_hand(entry: Entry, second_officer: User) -> None:
    found = json.loads(archive(second_officer, entry)["dossier.json"])
    assert {record["act"] for record in found["records"]} >= {"entry.admitted", "certificate.covers"}
    for record in found["records"]:
        columns = ("serial", "at", "actor", "act", "subject", "body", "previous")
        content = json.dumps(
            [record[name] for name in columns], separators=(",", ":"), ensure_ascii=False, sort_keys=True
        )
        assert hashlib.sha256(content.encode()).hexdigest() == record["digest"]
        assert Record.objects.get(pk=record["serial"]).digest == record["digest"]
    assert canonical.instant(AT) == found["made_at"]


def test_the_page_needs_nothing_from_outside_and_escapes_what_people_wrote(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    attack = "<script src=https://elsewhere.example></script>"
    submission = submit(maker, make_answers(product_name=attack))
    from cpl.checking import problems

    read = {problem.rule: "Looked at." for problem in problems(submission, DAY)}
    register.approve(submission.pk, by=officer, at=AT, on=DAY, acknowledged=read)
    page = archive(second_officer, Entry.objects.get())["dossier.html"].decode()
    assert "<script" not in page
    assert "&lt;script" in page
    for outside in ("<link", "<img", "src=", "url(", "@import"):
        assert outside not in page.replace("&lt;script src=https://elsewhere.example&gt;", "")


def test_notices_and_decisions_to_keep_stand_in_it(tables: None, maker: User, officer: User) -> None:
    brought = make_import()
    old = make_entry(brought)
    row = cover(old)
    keep([row.pk], words="A renewal is on its way.", review_on=DAY + A_DAY, by=officer, at=AT, on=DAY)
    to = Recipient.objects.create(kind="party", party=party_of(maker))
    run = Run.objects.create(started_at=AT, on=DAY)
    message = Message.objects.create(
        kind="certificate", recipient=to, subject="It ends", message_id="<1@portal>", queued_at=AT,
        next_attempt_at=AT, state="sent", sent_at=AT,
    )  # fmt: skip
    Notice.objects.create(
        entry=old, certificate=row.certificate, date=DAY, milestone=6, recipient=to, state="due", due_on=DAY,
        run=run, message=message,
    )  # fmt: skip
    files = archive(officer, old)
    found = json.loads(files["dossier.json"])
    assert found["kept"][0]["words"] == "A renewal is on its way."
    [notice] = found["further"]["Notices about its certificates"]
    assert (notice["to"], notice["Message-ID"]) == ("Tidewater Metering Ltd", "<1@portal>")
    assert "Tidewater Metering Ltd" in files["dossier.html"].decode()
    assert found["submissions"] == []
    assert found["releases"][0]["number"] == "2.051"


def test_auditors_and_officers_take_it_and_each_taking_is_logged(entry: Entry, supplier: User) -> None:
    place = reverse("admin:cpl_entry_dossier", args=[entry.pk])
    auditor = make_user("auditor@panel.example", "Auditor")
    archive(auditor, entry)
    [line] = LogEntry.objects.all()
    assert (line.user, line.object_id) == (auditor, str(entry.pk))
    assert "The dossier was taken, SHA-256" in line.change_message
    assert sign_in(make_user("publisher@panel.example", "Publisher")).get(place).status_code == 403
    assert sign_in(make_user("admin@panel.example", "Administrator")).get(place).status_code == 403
    for nobody in (None, supplier):
        assert sign_in(nobody).get(place).status_code == 302
    assert sign_in(auditor).post(place).status_code == 405


def test_the_pages_of_entry_and_party_show_a_past_day(entry: Entry, maker: User, officer: User) -> None:
    place = reverse("admin:cpl_entry_change", args=[entry.pk])
    page = sign_in(officer).get(place, {"on": "2026-11-19"}).content.decode()
    assert "It is on the list since 20 November 2026." in page
    page = sign_in(officer).get(place, {"on": "2026-11-20"}).content.decode()
    assert "Since 20 November 2026." in page
    assert "What the list showed" in page
    assert "Take the dossier" in page
    place = reverse("admin:cpl_party_change", args=[party_of(maker).pk])
    page = sign_in(officer).get(place, {"on": "2020-01-01"}).content.decode()
    assert "Not known here: it was entered on" in page
    place = reverse("admin:applicability_edition_change", args=[1])
    page = sign_in(officer).get(place, {"on": "2015-01-01"}).content.decode()
    assert "Not designated" in page
