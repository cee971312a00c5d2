"""A certificate's file, attached once for every submission of an upload that names the certificate."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from django.contrib.auth.models import User
from django.db import transaction

from cpl import evidence
from cpl.models import Certificate, Evidence, Submission, Upload
from cpl.prefixes import split_prefix
from cpl.rules.schemes import SCHEMES
from cpl.uploads.limits import Status, demand_party, locked
from cpl.workflow import NotPossible, demand_room_for_a_file

Named = tuple[str, str]
T = TypeVar("T")


@dataclass
class CertificateNamed:
    """A certificate that rows of an upload name. `submissions` are those that can be given a file."""

    scheme: str
    identifier: str
    rows: int = 0
    on_register: bool = False
    submissions: list[int] = field(default_factory=list)
    with_file: int = 0
    file_names: list[str] = field(default_factory=list)

    @property
    def without_file(self) -> int:
        return len(self.submissions) - self.with_file


def certificates_named(upload: Upload) -> list[CertificateNamed]:
    """Every certificate that the rows or their submissions name, those of most rows first."""
    found: dict[Named, CertificateNamed] = {}
    for answers, submission_id, editable in _answers(upload):
        for scheme, identifier in _named(answers):
            one = found.setdefault((scheme, identifier), CertificateNamed(scheme, identifier))
            one.rows += 1
            if submission_id and editable:
                one.submissions.append(submission_id)
    _note_those_on_register(found)
    _note_files(upload, found)
    return sorted(
        found.values(), key=lambda one: (list(SCHEMES).index(one.scheme), -one.rows, one.identifier)
    )


def attach(
    upload_id: int,
    scheme: str,
    identifier: str,
    file_name: str,
    content: bytes,
    *,
    by: User,
    at: datetime.datetime,
) -> int:
    """Keeps the file once and attaches it to each submission that names the certificate; gives their number.

    Raises:
        NotPossible: no submission names it, or they would have too many files.
        NotAccepted: the file is none that is kept.
    """
    demand_party(Upload.objects.select_related("party").get(pk=upload_id).party, by)
    # Before a row is locked: it may take seconds.
    digest = evidence.take_in(content)
    with transaction.atomic():
        upload = locked(upload_id, by)
        if upload.status != Status.TAKEN:
            raise NotPossible(f"{upload} has not become submissions yet. Take its rows first.")
        named = {(one.scheme, one.identifier): one for one in certificates_named(upload)}
        one = named.get((scheme, identifier))
        if one is None or not one.submissions:
            raise NotPossible(
                f"No draft of {upload} names the {scheme} certificate {identifier}. Reload the page."
            )
        rows = _lacking(one, digest)
        for part in _parts(rows):
            demand_room_for_a_file(part, len(content))
        Evidence.objects.bulk_create(
            [
                Evidence(
                    submission_id=submission_id,
                    what=scheme,
                    file_name=file_name[-200:],
                    sha256=digest,
                    size=len(content),
                    uploaded_by=by,
                    uploaded_at=at,
                )
                for submission_id in rows
            ],
            batch_size=500,
        )
    return len(one.submissions)


def _lacking(one: CertificateNamed, digest: str) -> list[int]:
    """The submissions that do not have the file yet, locked by rising key."""
    there = Evidence.objects.filter(what=one.scheme, sha256=digest, submission__upload_row__isnull=False)
    have = set(there.values_list("submission_id", flat=True))
    lacking = []
    for part in _parts(sorted(set(one.submissions) - have)):
        rows = Submission.objects.select_for_update().filter(pk__in=part, status__in=Submission.EDITABLE)
        lacking += list(rows.order_by("pk").values_list("pk", flat=True))
    return lacking


def _answers(upload: Upload) -> Iterator[tuple[dict[str, str], int | None, bool]]:
    """What each row, or the submission that it became, says; whether that can still be given a file."""
    rows = upload.rows.order_by().values_list(
        "answers", "submission_id", "submission__answers", "submission__status"
    )
    for answers, submission_id, submitted, status in rows.iterator(chunk_size=1000):
        yield (submitted if submission_id else answers), submission_id, status in Submission.EDITABLE


def _named(answers: dict[str, str]) -> Iterator[Named]:
    for name, scheme in SCHEMES.items():
        if listed := answers.get(scheme.identifier.name, ""):
            yield name, split_prefix(listed)[1]


def _note_those_on_register(found: dict[Named, CertificateNamed]) -> None:
    by_scheme: dict[str, list[str]] = defaultdict(list)
    for scheme, identifier in found:
        by_scheme[scheme].append(identifier)
    for scheme, identifiers in by_scheme.items():
        for part in _parts(identifiers):
            rows = Certificate.objects.filter(scheme=scheme, identifier__in=part)
            for identifier in rows.values_list("identifier", flat=True):
                found[scheme, identifier].on_register = True


def _note_files(upload: Upload, found: dict[Named, CertificateNamed]) -> None:
    rows = Evidence.objects.filter(submission__upload_row__upload=upload, what__in=list(SCHEMES))
    files: dict[tuple[str, int], list[str]] = defaultdict(list)
    for what, submission_id, name in rows.values_list("what", "submission_id", "file_name"):
        files[what, submission_id].append(name)
    for one in found.values():
        names = [files[one.scheme, key] for key in one.submissions if (one.scheme, key) in files]
        one.with_file = len(names)
        one.file_names = sorted({name for some in names for name in some})


def _parts(items: list[T]) -> Iterator[list[T]]:
    """SQLite takes no more than so many values at once."""
    for start in range(0, len(items), 500):
        yield items[start : start + 500]
