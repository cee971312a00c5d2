"""Everything that a file brought is handed to the Panel, a hundred submissions at a time."""

import datetime
from collections.abc import Callable, Iterator

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cpl import jobs, workflow
from cpl.models import Job, Submission, Upload, UploadRow
from cpl.rules.problem import refusals
from cpl.uploads.limits import Status, demand_party, locked
from cpl.workflow import NotPossible

Clock = Callable[[], datetime.datetime]
# So many are one transaction: what a worker that is lost has to do again.
PART = 100
# So many refused ones are told one by one; the others are counted, and stand among the drafts.
TOLD = 500
# So many problems of one submission are told; its page has them all.
REASONS = 3


@transaction.atomic
def submit_all(upload_id: int, *, by: User, at: datetime.datetime) -> Job:
    """Submits, by a job, every draft that came of an upload. What a rule refuses stays a draft."""
    upload = locked(upload_id, by)
    if upload.status != Status.TAKEN:
        raise NotPossible(f"{upload} has not become submissions yet. Take its rows first.")
    count = _drafts(upload).count()
    if not count:
        raise NotPossible(f"No draft is left of {upload}: all were submitted or withdrawn.")
    return jobs.start(Job.What.SUBMIT_UPLOAD, upload.pk, by=by, party=upload.party, at=at, total=count)


def do_submit(job: Job, clock: Clock) -> None:
    """A part in a transaction; one that is refused holds up no other.

    Those refused before a worker was lost are drafts still: they are tried again, and so told again.
    """
    upload = Upload.objects.select_related("party").get(pk=int(job.subject))
    demand_party(upload.party, job.started_by)
    left = _drafts(upload).count()
    total = max(job.total or 0, left)
    done, submitted = total - left, total - left
    refused: list[dict[str, object]] = []
    count = 0
    for rows in _in_parts(upload):
        done += len(rows)
        with transaction.atomic():
            jobs.heard(job, clock(), done=done, problems=count)
            now = clock()
            numbers = [row.submission_id or 0 for row in rows]
            errors = workflow.submit_many(numbers, by=job.started_by, at=now, on=timezone.localdate(now))
        submitted += len(rows) - len(errors)
        count += len(errors)
        told = [
            _told(row, errors[number]) for row, number in zip(rows, numbers, strict=True) if number in errors
        ]
        refused += told[: TOLD - len(refused)]
    words = f"{submitted:,} submitted, {count:,} not." if count else f"{submitted:,} submitted."
    with transaction.atomic():
        jobs.heard(job, clock(), done=done, problems=count, total=total)
        jobs.finish(job, clock(), words, {"submitted": submitted, "not_submitted": count, "refused": refused})


def _drafts(upload: Upload) -> QuerySet[UploadRow]:
    return upload.rows.filter(submission__status=Submission.Status.DRAFT)


def _in_parts(upload: Upload) -> Iterator[list[UploadRow]]:
    """By place, with a query for each part: no cursor stays open over the transactions of others."""
    after = -1
    rows = (
        _drafts(upload).select_related("submission").defer("cells", "answers", "problems").order_by("place")
    )
    while part := list(rows.filter(place__gt=after)[:PART]):
        yield part
        after = part[-1].place


def _told(row: UploadRow, error: NotPossible) -> dict[str, object]:
    reasons = [problem.message for problem in refusals(error.problems)] or [str(error)]
    return {
        "submission": row.submission_id,
        "reference": str(row.submission),
        "row": row.row,
        "file": row.file_name,
        "reasons": reasons[:REASONS],
        "more": max(0, len(reasons) - REASONS),
    }
