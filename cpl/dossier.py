"""Everything that the register knows of how one entry came to be and what became of it, for an auditor.

Plain values that JSON can hold. Names of files and their digests stand in it, never the files; what people
wrote of themselves in a submission does stand in it, so it is given to officers and auditors alone.
Rooms above add what they know of an entry by `part`.
"""

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q

from cpl import fields as f
from cpl import workflow
from cpl.models import (
    CertificateEvent,
    Coverage,
    Entry,
    Evidence,
    FirmwareInformation,
    Keeping,
    Release,
    ReleaseFile,
    Removal,
    Step,
    StepChecks,
    Submission,
    SubmittedAnswers,
    UpgradePath,
)
from cpl.models.decided import Decided
from ledger import canonical, journal
from ledger.models import Record

Part = Callable[[Entry], list[dict[str, Any]]]
_PARTS: dict[str, Part] = {}

VERIFYING = (
    "The digest of a record is the SHA-256 of this JSON list in UTF-8, without spaces and with sorted keys:"
    " [serial, at, actor, act, subject, body, previous]. `body` is the text as it stands here; `at` is in UTC"
    " with six decimal places.",
    "`previous` of a record is the digest of the record with the serial before it. A release names the last"
    " record in it with its digest, and is signed: whoever kept its manifest can tell whether the journal was"
    " rewritten.",
    "`manage.py verify_register` recomputes the whole chain, compares every row with its record, and names"
    " each entry that differs.",
    "The digest of a step is the SHA-256 of [kind, answers, files] as JSON with sorted keys and without"
    " spaces; `files` holds the kind and the SHA-256 of each file, in order.",
    "SHA256SUMS names the digests of the two other files of this archive: sha256sum -c SHA256SUMS.",
)


def part(title: str) -> Callable[[Part], Part]:
    """Registers what a room above adds to every dossier: rows of plain values under a title."""

    def register(gather: Part) -> Part:
        _PARTS[title] = gather
        return gather

    return register


def dossier(entry: Entry, *, at: datetime.datetime, on: datetime.date) -> dict[str, Any]:
    """The dossier as of now. Some twenty queries, and a few for each submission behind the entry."""
    serial, digest = journal.head()
    coverage = list(
        Coverage.objects.filter(entry=entry).select_related("certificate", "record").order_by("pk")
    )
    removal = Removal.objects.filter(entry=entry).select_related("record", "ground").first()
    certificates = {row.certificate_id: str(row.certificate) for row in coverage}
    return {
        "entry": str(entry),
        "made_at": canonical.instant(at),
        "journal_head": {"serial": serial, "digest": digest},
        "facts": {**canonical.columns(entry), "status": status_of(entry, on), "on": on.isoformat()},
        "submissions": [_submission(row) for row in _behind(entry, coverage, removal)],
        "coverage": [_row(row) for row in coverage],
        "certificate_events": [
            {"certificate": certificates[row.certificate_id], **_row(row)}
            for row in CertificateEvent.objects.filter(certificate__in=certificates).select_related("record")
        ],
        "upgrade_paths": [_row(row) for row in entry.upgrades_from.select_related("record")],
        "firmware_information": [_row(row) for row in _information(entry)],
        "removal": _row(removal) | {"ground": removal.ground.words} if removal else None,
        "kept": [_kept(row) for row in Keeping.objects.filter(entry=entry).select_related("decided_by")],
        "releases": _releases(entry),
        "records": [_record(row) for row in _records(entry, certificates.values())],
        "further": {title: gather(entry) for title, gather in sorted(_PARTS.items())},
        "verifying": list(VERIFYING),
    }


def status_of(entry: Entry, on: datetime.date) -> str:
    """Its status on a day, as the list writes it."""
    row = Entry.objects.with_status(on).get(pk=entry.pk)
    return str(row.status_on_day)  # type: ignore[attr-defined]


def _information(entry: Entry) -> Iterable[FirmwareInformation]:
    return FirmwareInformation.objects.filter(entry=entry).select_related("record").order_by("pk")


def _row(row: Decided) -> dict[str, Any]:
    """Its columns, with the record that vouches for them."""
    return {
        **canonical.columns(row),
        "record": row.record_id,
        "recorded_at": canonical.instant(row.record.at),
    }


def _kept(row: Keeping) -> dict[str, Any]:
    return {
        "at": canonical.instant(row.at), "by": str(row.decided_by), "cause": row.get_cause_display(),
        "since": row.since.isoformat(), "words": row.words, "review_on": row.review_on.isoformat(),
    }  # fmt: skip


def _behind(entry: Entry, coverage: Iterable[Coverage], removal: Removal | None) -> list[Submission]:
    """Its own submission, those of the rows that followed, and any other that would have removed it."""
    keys = {entry.submission_id, removal and removal.submission_id}
    keys |= {row.submission_id for row in coverage}
    keys |= set(UpgradePath.objects.filter(target=entry).values_list("submission", flat=True))
    keys |= set(FirmwareInformation.objects.filter(entry=entry).values_list("submission", flat=True))
    named = Q(kind=Submission.Kind.REMOVAL, **{f"answers__{f.ENTRIES.name}__icontains": str(entry)})
    rows = Submission.objects.filter(Q(pk__in=keys - {None}) | named).order_by("pk")
    return list(rows.select_related("party", "created_by", "submitted_by", "decided_by"))


def _submission(row: Submission) -> dict[str, Any]:
    digest = workflow.digest_of(row)
    steps = list(Step.objects.filter(submission=row).select_related("actor").order_by("pk"))
    checks = {kept.pk: kept for kept in StepChecks.objects.filter(step__in=steps)}
    handed_in = {one.step_id: one for one in SubmittedAnswers.objects.filter(step__in=steps)}
    files = Evidence.objects.filter(submission=row).select_related("uploaded_by")
    return {
        "reference": row.reference,
        "kind": row.get_kind_display(),
        "status": row.get_status_display(),
        "party": str(row.party) if row.party else "Panel staff",
        "submitted_by": str(row.submitted_by or ""),
        "decided_by": str(row.decided_by or ""),
        "answers": row.answers,
        "digest": digest,
        # The last step that was made on what stands here now.
        "digest_is_that_of_the_last_step": bool(steps) and steps[-1].digest == digest,
        "steps": [_step(step, checks.get(step.pk), handed_in.get(step.pk)) for step in steps],
        "evidence": [
            {
                "what": file.get_what_display(), "name": file.file_name, "sha256": file.sha256,
                "size": file.size, "by": str(file.uploaded_by), "at": canonical.instant(file.uploaded_at),
            }
            for file in files
        ],
    }  # fmt: skip


def _step(step: Step, checks: StepChecks | None, handed_in: SubmittedAnswers | None) -> dict[str, Any]:
    return {
        "verb": step.verb, "from": step.from_status, "to": step.to_status, "by": str(step.actor),
        "at": canonical.instant(step.at), "words": step.words, "digest": step.digest,
        "checks": checks and {
            "on": checks.on.isoformat(), "rules": checks.rules, "problems": checks.problems,
            "acknowledged": checks.acknowledged,
        },
        "submitted": handed_in and {"answers": handed_in.answers, "files": handed_in.files},
    }  # fmt: skip


def _releases(entry: Entry) -> list[dict[str, Any]]:
    """The releases of this register that contain it, and the issue that it came from."""
    ours = Release.objects.filter(serial__gte=entry.record_id).order_by("position")
    manifests = dict(
        ReleaseFile.objects.filter(release__in=ours, name="manifest.json").values_list("release", "sha256")
    )
    rows = [
        {
            "number": row.number, "issued_on": row.issued_on and row.issued_on.isoformat(),
            "serial": row.serial, "digest": row.digest, "manifest_sha256": manifests.get(row.pk, ""),
        }
        for row in ours
    ]  # fmt: skip
    if entry.brought_by:
        brought = entry.brought_by
        issued = brought.issued_on.isoformat()
        before = {"number": brought.version, "issued_on": issued, "serial": None, "digest": ""}
        rows.insert(0, {**before, "manifest_sha256": "", "file_sha256": brought.sha256})
    return rows


def _records(entry: Entry, certificates: Iterable[str]) -> Iterable[Record]:
    subjects = [entry.ledger_subject(), *(f"certificate {name}" for name in certificates)]
    return Record.objects.filter(subject__in=subjects).order_by("serial")


def _record(row: Record) -> dict[str, Any]:
    return {
        "serial": row.serial, "at": canonical.instant(row.at), "actor": row.actor, "act": row.act,
        "subject": row.subject, "body": row.body, "previous": row.previous, "digest": row.digest,
        "digest_is_right": journal.digest_of(row) == row.digest,
    }  # fmt: skip
