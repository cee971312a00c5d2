"""Rows become submissions: all of them or the good ones, each once and whole."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from cpl import jobs
from cpl.models import Job, Submission, Upload, UploadRow
from cpl.rules.problem import Level
from cpl.uploads.limits import (
    AT_ONCE,
    PART,
    Status,
    demand_party,
    demand_workable,
    locked,
    save,
)
from cpl.uploads.storing import keep_history_of, link, make_drafts
from cpl.workflow import NotPossible, demand_room_for_drafts

Which = Literal["all", "good"]
Clock = Callable[[], datetime.datetime]


@dataclass(frozen=True)
class Takeable:
    """How many rows could be taken now, how many could not, and how many already have been."""

    good: int
    refused: int
    taken: int
    unconfirmed: int
    columns_refused: bool

    @property
    def all(self) -> bool:
        return bool(self.good) and not self.refused and not self.columns_refused


def takeable(upload: Upload) -> Takeable:
    free = upload.rows.filter(submission__isnull=True)
    good = free.filter(refused=False)
    return Takeable(
        good=good.count(),
        refused=free.filter(refused=True).count(),
        taken=upload.rows.filter(submission__isnull=False).count(),
        unconfirmed=0 if upload.repairs_confirmed_at else good.filter(repaired=True).count(),
        columns_refused=any(one.get("level") == Level.REFUSE for one in upload.problems),
    )


@transaction.atomic
def take(upload_id: int, which: Which, *, by: User, at: datetime.datetime) -> Job | None:
    """Makes a submission of each good row: at once if they are few, else by a job.

    `all` is possible only where no row is refused; the rows that `good` leaves stay with the upload.
    """
    upload = locked(upload_id, by)
    demand_workable(upload)
    _demand_checked(upload)
    there = takeable(upload)
    if not there.good:
        raise NotPossible(f"{upload} has no row that could be taken. Put the rows right first.")
    if which == "all" and not there.all:
        raise NotPossible(_why_not_all(upload, there))
    if there.unconfirmed:
        raise NotPossible(
            f"In {_rows(there.unconfirmed)} of {upload} something was taken otherwise than it stood. Look at "
            "these, and confirm them or put them right."
        )
    demand_room_for_drafts(upload.party, there.good)
    if there.good > AT_ONCE:
        asked = {"which": which}
        return jobs.start(
            Job.What.TAKE_UPLOAD, upload.pk, by=by, party=upload.party, at=at, asked=asked, total=there.good
        )
    make(upload, list(_good(upload)), by, at)
    complete(upload, by)
    return None


def do_take(job: Job, clock: Clock) -> None:
    """Goes on with the rows that are no submission yet. A part becomes so together or not at all."""
    upload = Upload.objects.select_related("party").get(pk=int(job.subject))
    demand_party(upload.party, job.started_by)
    done, after = job.done, -1
    # By place, so that no part walks over what those before it took.
    while rows := list(_good(upload).filter(place__gt=after)[:PART]):
        after = rows[-1].place
        with transaction.atomic():
            done += len(rows)
            jobs.heard(job, clock(), done=done)
            make(upload, rows, job.started_by, clock())
    with transaction.atomic():
        jobs.heard(job, clock())
        complete(upload, job.started_by)
        jobs.finish(job, clock())


def _good(upload: Upload) -> QuerySet[UploadRow]:
    rows = upload.rows.filter(submission__isnull=True, refused=False).order_by("place")
    # The upload too, or Django asks for it row by row.
    return rows.only("upload", "place")


def make(upload: Upload, rows: list[UploadRow], by: User, at: datetime.datetime) -> None:
    """Makes the rows submissions: all of them, or none. They come by rising place."""
    made = make_drafts(_draft(upload, by, at), rows)
    if len(made) != len(rows) or link(rows, made) != len(rows):
        raise jobs.LostClaim(f"Rows of {upload} were taken by somebody else.")
    keep_history_of(made, by, at, f"taken from {upload}")


def _draft(upload: Upload, by: User, at: datetime.datetime) -> Submission:
    """What the submissions of all rows have in common."""
    return Submission(
        kind=Submission.Kind.NEW_ENTRY,
        party=upload.party,
        created_by=by,
        created_at=at,
        saved_by=by,
        saved_at=at,
    )


def complete(upload: Upload, by: User) -> None:
    upload.status = Status.TAKEN
    save(upload, by, "take", "status")


def _demand_checked(upload: Upload) -> None:
    """What was typed into many rows is in their answers only once a check came to its end."""
    last = jobs.latest(Job.What.CHECK_UPLOAD, upload.pk)
    if last and last.state == Job.State.FAILED:
        raise NotPossible(f"The last check of {upload} did not come to its end. Check its rows again first.")


def _why_not_all(upload: Upload, there: Takeable) -> str:
    if not there.refused:
        return f"The columns of {upload} have problems. Hand in the file put right, or take the good rows."
    return f"{_rows(there.refused).capitalize()} of {upload} must be put right first. Or take the good rows."


def _rows(count: int) -> str:
    return "one row" if count == 1 else f"{count:,} rows"
