"""An invented list, brought forward or admitted, as rows; nothing is judged on the way."""

import datetime
from itertools import count

from django.contrib.auth.models import User
from django.db import transaction

from cpl import publishing
from cpl.models import (
    Certificate,
    Coverage,
    Entry,
    ListImport,
    Release,
    Removal,
    RemovalGround,
    Submission,
)
from ledger import journal
from ledger.journal import Act
from ledger.models import Recorded
from tests.make import ESME, HASH

AT = datetime.datetime(2026, 11, 20, 9, 30, tzinfo=datetime.UTC)
DAY = datetime.date(2026, 11, 20)
ISSUED = datetime.date(2022, 9, 21)
DIGESTS = (f"{number:064x}" for number in count(1))


def record(*rows: Recorded) -> None:
    with transaction.atomic():
        journal.append([Act("test.row", f"row {row}", row) for row in rows], actor=None, at=AT)


def make_import(version: str = "2.051") -> ListImport:
    """An issue of the list before ours, with its release."""
    brought = ListImport(
        file_name=f"cpl-{version}.xlsx", sha256=next(DIGESTS), version=version, issued_on=ISSUED
    )
    record(brought)
    release = Release(
        number=version,
        position=Release.objects.count() + 1,
        issued_on=ISSUED,
        changes="Two new device models added",
        brought_by=brought,
    )
    record(release)
    return brought


def make_entry(brought: ListImport | None = None, **changes: object) -> Entry:
    """An entry brought forward, or (without an import) one admitted by two persons."""
    number = Entry.objects.count() + 1
    columns: dict[str, object] = {
        "number": number,
        "device_type": ESME,
        "manufacturer": "7A01",
        "model": "0C0D",
        "hardware_version": "01",
        "hardware_revision": "02",
        "firmware": f"{number:08X}",
        "technical_specification": "SMETS V4.2",
        "gbcs_version": "GBCS Version 3.2",
        "image_creator": "Tidewater Metering Ltd",
        "image_hash": HASH,
        "image_descriptor": "Whole image; Dual Band",
        "product_name": "Tidewater T100",
    }
    entry = Entry(**{**columns, **_stood_behind(brought), **changes})
    record(entry)
    return entry


def make_entries(how_many: int, brought: ListImport | None = None) -> None:
    for _ in range(how_many):
        make_entry(brought)


def make_removal(entry: Entry, **changes: object) -> Removal:
    columns = {
        "entry": entry,
        "ground": RemovalGround.objects.get(code="defect"),
        "ground_code": "defect",
        "reason": "Loses its clock.",
        "decided_by": "Security Sub-Committee",
        "reference": "SSC minutes 212",
        "decision_date": DAY,
        "effective_date": DAY,
    }
    removal = Removal(**{**columns, **_stood_behind(entry.brought_by), **changes})
    record(removal)
    return removal


def make_coverage(entry: Entry, **changes: object) -> Coverage:
    certificate = Certificate(
        scheme="CPA",
        identifier="20261101-7701",
        date_kind="expires",
        date=datetime.date(2031, 11, 1),
        version="Security Characteristics version 1.3",
        **_stood_behind(entry.brought_by),
    )
    coverage = Coverage(
        entry=entry,
        certificate=certificate,
        scheme="CPA",
        identifier_shown="[E] 20261101-7701",
        version_shown="Security Characteristics version 1.3",
        date_shown=datetime.date(2031, 11, 1),
        covers_from=ISSUED,
        **_stood_behind(entry.brought_by),
    )
    for name, value in changes.items():
        setattr(coverage, name, value)
    record(certificate, coverage)
    return coverage


def publish() -> Release:
    return publishing.publish(by=None, at=AT, on=DAY)


def _stood_behind(brought: ListImport | None) -> dict[str, object]:
    if brought:
        return {"brought_by": brought}
    proposer, _ = User.objects.get_or_create(username="proposer@tidewater.example")
    approver, _ = User.objects.get_or_create(username="approver@panel.example")
    submission = Submission.objects.create(
        kind="removal",
        created_by=proposer,
        created_at=AT,
        submitted_by=proposer,
        decided_by=approver,
        status="approved",
    )
    return {"submission": submission, "proposed_by": proposer, "approved_by": approver}
