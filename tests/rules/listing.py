"""Writes entries, certificates and what followed to the register, as a list brought forward."""

import datetime

from django.db import transaction

from cpl.models import Certificate, CertificateEvent, Coverage, Entry, ListImport, Removal, RemovalGround
from ledger import journal
from ledger.journal import Act
from ledger.models import Recorded
from tests.make import DAY, make_answers

LISTED_ON = datetime.date(2026, 10, 1)
AT = datetime.datetime(2026, 10, 1, 12, tzinfo=datetime.UTC)


def bring(*rows: Recorded) -> None:
    """Writes rows that belong together in one batch of the journal, in their order."""
    with transaction.atomic():
        journal.append(
            [Act("test", f"row {place}", row) for place, row in enumerate(rows)], actor=None, at=AT
        )


def make_import() -> ListImport:
    listed = ListImport(file_name="list.xlsx", sha256="0" * 64, version="2.051", issued_on=LISTED_ON)
    bring(listed)
    return listed


def make_entry(listed: ListImport, number: int, **changes: object) -> Entry:
    """Unwritten: an entry of the very device of `make_answers`, changed."""
    answers = make_answers()
    same = {
        "device_type": answers["Device_Type.name"],
        "manufacturer": answers["Device_Model.manufacturer_identifier"],
        "model": answers["Device_Model.model_identifier"],
        "hardware_version": answers["Device_Model.hardware_version.version"],
        "hardware_revision": answers["Device_Model.hardware_version.revision"],
        "firmware": answers["Device_Model.firmware_version"],
        "technical_specification": answers["SMETS/CHTS Version.Version_number"],
        "gbcs_version": answers["GBCS Version.version_number"],
        "image_hash": answers["Manufacturer_Image.hash"],
    }
    return Entry(number=number, brought_by=listed, **{**same, **changes})


def make_certificate(listed: ListImport, **changes: object) -> Certificate:
    """Unwritten: the CPA certificate of `make_answers`, changed."""
    given = {
        "scheme": "CPA",
        "identifier": "20261101-7701",
        "date_kind": "expires",
        "date": datetime.date(2031, 11, 1),
        "version": "Security Characteristics version 1.3",
    }
    return Certificate(brought_by=listed, **{**given, **changes})


def make_coverage(listed: ListImport, entry: Entry, certificate: Certificate) -> Coverage:
    return Coverage(
        entry=entry,
        certificate=certificate,
        scheme=certificate.scheme,
        identifier_shown=certificate.listed_identifier,
        covers_from=LISTED_ON,
        brought_by=listed,
    )


def make_event(
    listed: ListImport, certificate: Certificate, what: str, date: datetime.date | None = None
) -> CertificateEvent:
    return CertificateEvent(certificate=certificate, what=what, on=LISTED_ON, date=date, brought_by=listed)


def make_removal(listed: ListImport, entry: Entry, effective: datetime.date = DAY) -> Removal:
    ground = RemovalGround.objects.get(code="defect")
    return Removal(
        entry=entry,
        ground=ground,
        ground_code=ground.code,
        decision_date=LISTED_ON,
        effective_date=effective,
        brought_by=listed,
    )
