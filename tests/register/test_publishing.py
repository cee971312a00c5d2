"""A release is rendered once, signed, kept, and says what is new since the last."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from cpl import publishing, signing
from cpl.formats.published import read_published
from cpl.models import Release, ReleaseFile
from cpl.workflow import NotPossible
from ledger.verify import differences
from tests.make import DAY, ESME, make_removal_answers
from tests.register.conftest import AT, submit
from tests.register.test_admitting import admit, approve

pytestmark = pytest.mark.django_db


def publish(by: User, on: object = DAY) -> Release:
    return publishing.publish(by=by, at=AT, on=on)  # type: ignore[arg-type]


def content(release: Release, name: str) -> bytes:
    return bytes(release.files.get(name=name).content)


def test_a_release_holds_five_files_that_its_manifest_names(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    admit(maker, officer)
    release = publish(second_officer)
    manifest = json.loads(content(release, "manifest.json"))
    assert {file["name"] for file in manifest["files"]} == {"cpl.xlsx", "cpl.csv", "cpl.json"}
    for file in manifest["files"]:
        stored = content(release, file["name"])
        assert (file["size"], file["sha256"]) == (len(stored), hashlib.sha256(stored).hexdigest())
    assert (manifest["serial"], manifest["digest"]) == (release.serial, release.digest)
    assert not list(differences())


def test_the_signature_verifies_with_openssl(
    tables: None, maker: User, officer: User, second_officer: User, tmp_path: Path
) -> None:
    admit(maker, officer)
    release = publish(second_officer)
    for name in ("manifest.json", "manifest.sig"):
        (tmp_path / name).write_bytes(content(release, name))
    (tmp_path / "key.pem").write_bytes(signing.public_key())
    command = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in manifest.json -sigfile manifest.sig"
    assert subprocess.run(command.split(), cwd=tmp_path, check=False).returncode == 0
    (tmp_path / "manifest.json").write_bytes(content(release, "manifest.json") + b" ")
    assert subprocess.run(command.split(), cwd=tmp_path, check=False).returncode != 0


def test_the_workbook_reads_back_as_what_was_admitted(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    admit(maker, officer)
    listing = read_published(content(publish(second_officer), "cpl.xlsx"), device_types={ESME})
    [entry] = listing.entries
    assert (entry.number, entry.status, entry.firmware, entry.cpa.identifier) == (
        1, "Current", "0A0B0C0D", "[E] 20261101-7701",
    )  # fmt: skip


def test_nothing_new_is_not_published(tables: None, maker: User, officer: User, second_officer: User) -> None:
    admit(maker, officer)
    publish(second_officer)
    with pytest.raises(NotPossible, match="Nothing has changed"):
        publish(second_officer)
    assert Release.objects.count() == 1


def test_numbers_go_on_and_keep_their_width() -> None:
    for last, following in (("2.051", "2.052"), ("1.99", "1.100"), ("2.999", "2.1000")):
        assert publishing.number_after(last) == following


def test_a_removal_shows_from_its_effective_day_and_not_before(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    admit(maker, officer)
    publish(second_officer)
    answers = make_removal_answers(
        entries="000001", decision_date="18/11/2026", effective_date="01/12/2026", other_entry=""
    )
    removal = approve(submit(officer, answers, "removal"), second_officer).removal_rows.get()
    with pytest.raises(NotPossible, match="Nothing has changed"):
        publish(second_officer)
    release = publish(second_officer, on=removal.effective_date)
    assert b",000001,Removed," in content(release, "cpl.csv")
    assert "One Device Model removed:\n000001" in release.changes


def test_an_earlier_release_is_served_as_it_was(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    admit(maker, officer)
    first = publish(second_officer)
    before = content(first, "cpl.csv")
    admit(maker, officer, firmware="0A0B0C0E", image_hash="A" * 64, security_statement="None.")
    second = publish(second_officer)
    assert content(first, "cpl.csv") == before
    assert content(second, "cpl.csv").count(b"\n") == before.count(b"\n") + 1
    with pytest.raises(IntegrityError), transaction.atomic():
        ReleaseFile.objects.filter(release=first).update(content=b"")


def test_only_a_publisher_publishes(tables: None, maker: User, officer: User) -> None:
    admit(maker, officer)
    for person in (maker, officer):
        with pytest.raises(NotPossible, match="Only a publisher"):
            publish(person)


def test_a_journal_cut_off_after_a_release_is_found_out(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    admit(maker, officer)
    release = publish(second_officer)
    anchors = list(Release.ledger_anchors())
    assert [(anchor.label, anchor.serial) for anchor in anchors] == [(f"release {release}", release.serial)]
