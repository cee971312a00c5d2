"""Rows of the register for notices to be about, written through the journal. All invented."""

import datetime
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction

from cpl import fields
from cpl.models import (
    Certificate,
    CertificateEvent,
    Coverage,
    DateKind,
    Entry,
    ListImport,
    Removal,
    RemovalGround,
    Submission,
)
from ledger import journal
from ledger.journal import Act
from ledger.models import Recorded
from notifications import sending
from tests.cast import MAKER_CODE, party_of
from tests.make import ESME

# 31 August less six months is the last day of February.
ENDS = date(2027, 8, 31)
TWELVE, SIX = date(2026, 8, 31), date(2027, 2, 28)
LONG_AGO = date(2025, 1, 1)


def noon(on: date) -> datetime.datetime:
    return datetime.datetime(on.year, on.month, on.day, 12, tzinfo=datetime.UTC)


def run(on: date) -> sending.Outcome:
    return sending.run(on, noon(on))


def record(row: Recorded, on: date, at: datetime.datetime | None = None) -> None:
    with transaction.atomic():
        journal.append([Act("made.for_a_test", "a test", row)], actor=None, at=at or noon(on))


def make_import(issued_on: date = LONG_AGO) -> ListImport:
    row = ListImport(
        file_name="list.xlsx", sha256=f"{issued_on}", version="1.7", issued_on=issued_on, report="{}"
    )
    record(row, issued_on)
    return row


@dataclass
class Made:
    """What makes rows that somebody submitted and another approved, or that came with a list."""

    maker: User
    officer: User
    brought: ListImport | None = None
    contact: str = "certificates@tidewater.example"

    def entry(self, number: int = 1, *, on: date = LONG_AGO, **changes: object) -> Entry:
        row = Entry(
            **{
                "number": number,
                "device_type": ESME,
                "manufacturer": MAKER_CODE,
                "model": "0C0D",
                "hardware_version": "01",
                "hardware_revision": "02",
                "firmware": f"{number:08X}",
                "technical_specification": "SMETS V5.1",
                "gbcs_version": "GBCS Version 4.1",
                "product_name": "Tidewater T100",
                **changes,
            },
            **self._decided(on),
        )
        record(row, on)
        return row

    def certificate(
        self, identifier: str = "7701", ends: date | None = ENDS, *, kind: str = DateKind.EXPIRES, on=LONG_AGO
    ) -> Certificate:
        row = Certificate(
            scheme="CPA", identifier=identifier, date_kind=kind, date=ends, version="1.3", **self._decided(on)
        )
        record(row, on)
        return row

    def covers(
        self,
        certificate: Certificate,
        entry: Entry,
        *,
        on: date = LONG_AGO,
        at: datetime.datetime | None = None,
    ) -> Coverage:
        row = Coverage(
            entry=entry,
            certificate=certificate,
            scheme=certificate.scheme,
            identifier_shown=certificate.listed_identifier,
            version_shown=certificate.version,
            date_shown=certificate.date,
            covers_from=on,
            **self._decided(on),
        )
        record(row, on, at)
        return row

    def carried(self, number: int = 1, *, on: date = LONG_AGO, **changes: object) -> Entry:
        """An entry, and a certificate of its own that ends on ENDS."""
        entry = self.entry(number, on=on, **changes)
        self.covers(self.certificate(f"77{number:02}", on=on), entry, on=on)
        return entry

    def removed(self, entry: Entry, *, on: date, decided: date | None = None) -> None:
        ground, decided = RemovalGround.objects.get(code="defect"), decided or on
        dates = {"decision_date": decided, "effective_date": on}
        removal = Removal(entry=entry, ground=ground, ground_code="defect", **dates, **self._decided(decided))
        record(removal, decided)

    def happens(self, certificate: Certificate, what: str, *, on: date, to: date | None = None) -> None:
        record(CertificateEvent(certificate=certificate, what=what, on=on, date=to, **self._decided(on)), on)

    def submission(self, on: date = LONG_AGO) -> Submission:
        return Submission.objects.create(
            kind="new_entry",
            status="approved",
            party=party_of(self.maker),
            answers={fields.CONTACT_EMAIL.name: self.contact} if self.contact else {},
            created_by=self.maker,
            created_at=noon(on),
            submitted_by=self.maker,
            submitted_at=noon(on),
            decided_by=self.officer,
            decided_at=noon(on),
        )

    def _decided(self, on: date) -> dict[str, object]:
        if self.brought:
            return {"brought_by": self.brought}
        return {
            "submission": self.submission(on),
            "proposed_by": self.maker,
            "approved_by": self.officer,
        }
