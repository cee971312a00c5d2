"""A register and a queue as large as anybody foresees, in bulk: through the journal, as all is.

Invented throughout: a certificate for fifty entries, families of forty submissions.
"""

import datetime
import hashlib
from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

from django.contrib.auth.models import User
from django.db import connection, transaction

from cpl import evidence, workflow
from cpl.facts import device_key
from cpl.models import (
    Certificate,
    Coverage,
    Entry,
    Evidence,
    ListImport,
    Party,
    Removal,
    RemovalGround,
    Scheme,
    Step,
    Submission,
    SubmittedAnswers,
)
from ledger import journal
from ledger.journal import Act
from tests.make import ESME, EVIDENCE, MAKER_CODE, make_answers
from tests.papers import make_pdf

AT = datetime.datetime(2026, 11, 2, 9, 0, tzinfo=datetime.UTC)
BY_CERTIFICATE, BY_FAMILY, BATCH = 50, 40, 2000
SECURITY, CTT, ZSE = (
    "Security Characteristics version 1.3", "CTT 4.2", "ZigBee Smart Energy Standard 1.4",
)  # fmt: skip
Status = Submission.Status
T = TypeVar("T")


def make_entries(count: int) -> None:
    """Entries brought by one import, each carried under three schemes; every twentieth is removed."""
    brought = ListImport(
        file_name="list.xlsx", sha256="0" * 64, version="9.1", issued_on=datetime.date(2026, 1, 1)
    )
    _append([Act("list.brought", "list 9.1", brought)])
    ground = RemovalGround.objects.get(code="defect")
    for first in range(1, count + 1, BATCH):
        numbers = range(first, min(first + BATCH, count + 1))
        groups = {number // BY_CERTIFICATE for number in numbers}
        there = {(row.scheme, row.identifier): row for row in _certificates_of(groups)}
        for group in sorted(groups):
            for scheme, identifier in _identifiers(group).items():
                if (scheme, identifier) not in there:
                    there[scheme, identifier] = _certificate(scheme, identifier, group, brought)
        new = [row for row in there.values() if row._state.adding]
        entries = [_entry(number, brought) for number in numbers]
        acts = [Act("certificate.recorded", row.ledger_subject(), row) for row in new]
        acts += [Act("entry.admitted", row.ledger_subject(), row) for row in entries]
        acts += [
            Act(
                "certificate.covers",
                entry.ledger_subject(),
                _covers(entry, there[scheme, identifier], brought),
            )
            for entry in entries
            for scheme, identifier in _identifiers(entry.number // BY_CERTIFICATE).items()
        ]
        acts += [
            Act("entry.removed", entry.ledger_subject(), _removal(entry, ground, brought))
            for entry in entries
            if entry.number % 20 == 0
        ]
        _append(acts)
    _analyse()


def make_submissions(count: int, party: Party, by: User, officer: User) -> None:
    """New entries of one Party, in families that share a certificate: eight of ten wait for a decision."""
    pdf = make_pdf()
    digests = {what: evidence.take_in(pdf + what.encode()) for what in sorted(EVIDENCE)}
    for batch in _batches(iter(range(count))):
        rows = [_submission(number, party, by, officer) for number in batch]
        rows = Submission.objects.bulk_create(rows)
        Evidence.objects.bulk_create(
            Evidence(submission=row, what=what, file_name=f"{what}.pdf", sha256=digest, size=len(pdf),
                     uploaded_by=by, uploaded_at=AT)
            for row in rows
            for what, digest in digests.items()
        )  # fmt: skip
        files = sorted(digests.items())
        steps = Step.objects.bulk_create(
            Step(
                submission=row,
                verb="submit",
                from_status=Status.DRAFT,
                to_status=Status.SUBMITTED,
                actor=by,
                at=row.submitted_at,
                digest=hashlib.sha256(workflow.content_of(row.kind, row.answers, files)).hexdigest(),
            )
            for row in rows
        )
        SubmittedAnswers.objects.bulk_create(
            SubmittedAnswers(step=step, answers=row.answers, files=[list(file) for file in files])
            for step, row in zip(steps, rows, strict=True)
        )
    _analyse()


def _submission(number: int, party: Party, by: User, officer: User) -> Submission:
    family = number // BY_FAMILY
    answers = make_answers(
        model=f"{0x1000 + family % 0x1000:04X}",
        firmware=f"{0xA0000000 + number:08X}",
        image_hash=hashlib.sha256(f"submission {number}".encode()).hexdigest().upper(),
        cpa_id=f"[E] 2026{family:06d}",
        zse_id=f"ZIG26TMI{number:05d}-24",
    )
    status = (Status.REFUSED, Status.RETURNED)[number % 2] if number % 10 > 7 else Status.SUBMITTED
    return Submission(
        kind=Submission.Kind.NEW_ENTRY,
        status=status,
        party=party,
        answers=answers,
        device_key=device_key(answers),
        created_by=by,
        created_at=AT,
        submitted_by=by,
        submitted_at=AT + datetime.timedelta(seconds=number),
        decided_by=None if status == Status.SUBMITTED else officer,
        decided_at=None if status == Status.SUBMITTED else AT,
    )


def _entry(number: int, brought: ListImport) -> Entry:
    """Two hundred entries to a model: more than any model of the list has."""
    maker, model = (MAKER_CODE, 0x1000) if number <= 10_000 else (f"{0x7A02 + number // 10_000:04X}", 0)
    return Entry(
        number=number,
        device_type=ESME,
        manufacturer=maker,
        model=f"{model + number % 10_000 // 200:04X}",
        hardware_version="01",
        hardware_revision="02",
        firmware=f"{number:08X}",
        technical_specification="SMETS V5.1",
        gbcs_version="GBCS Version 4.1",
        image_creator="Tidewater Metering Ltd",
        image_hash=hashlib.sha256(str(number).encode()).hexdigest().upper(),
        image_descriptor="Whole image; Dual Band",
        product_name=f"Tidewater T{number}",
        brought_by=brought,
    )


def _identifiers(group: int) -> dict[str, str]:
    return {Scheme.CPA: f"2020{group:06d}", Scheme.DLMS: f"{group:05d}", Scheme.ZIGBEE: f"ZIG{group:06d}-24"}


def _certificates_of(groups: set[int]) -> Iterator[Certificate]:
    named = {one for group in groups for one in _identifiers(group).values()}
    return Certificate.objects.filter(identifier__in=named).iterator()


def _certificate(scheme: str, identifier: str, group: int, brought: ListImport) -> Certificate:
    """Every hundredth CPA certificate has expired, so that there are candidates."""
    ends = datetime.date(2025 if group % 100 == 0 else 2031, 1 + group % 12, 1)
    is_cpa = scheme == Scheme.CPA
    return Certificate(
        scheme=scheme,
        identifier=identifier,
        date_kind="expires" if is_cpa else "none",
        date=ends if is_cpa else None,
        version={Scheme.CPA: SECURITY, Scheme.DLMS: CTT}.get(scheme, ZSE),
        brought_by=brought,
    )


def _covers(entry: Entry, certificate: Certificate, brought: ListImport) -> Coverage:
    shown = ("[E] " if certificate.scheme == Scheme.CPA else "") + certificate.identifier
    return Coverage(
        entry=entry,
        certificate=certificate,
        scheme=certificate.scheme,
        identifier_shown=shown,
        version_shown=certificate.version,
        date_shown=certificate.date,
        covers_from=datetime.date(2026, 1, 1),
        brought_by=brought,
    )


def _removal(entry: Entry, ground: RemovalGround, brought: ListImport) -> Removal:
    return Removal(
        entry=entry,
        ground=ground,
        ground_code=ground.code,
        reason="Loses its clock.",
        effective_date=datetime.date(2026, 2, 1),
        brought_by=brought,
    )


@transaction.atomic
def _append(acts: list[Act]) -> None:
    journal.append(acts, actor=None, at=AT)


def _batches(items: Iterator[T]) -> Iterator[list[T]]:
    while batch := list(islice(items, BATCH)):
        yield batch


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
