"""What programs are told of a file of new entries that they handed in, and what they may say."""

import datetime
from typing import Literal

from ninja import Schema
from pydantic import Field, StrictBool

from cpl import uploads
from cpl.api.calls import Answers, Body
from cpl.api.faults import ProblemOut
from cpl.models import Job, Upload, UploadRow


class FileOut(Schema):
    name: str
    sha256: str
    size: int = Field(description="In octets.")


class FileProblemOut(ProblemOut):
    file: str = ""


class WorkOut(Schema):
    """Work in the background. Ask again in a second or two while it is `waiting` or `running`."""

    what: str = Field(examples=["check_upload"])
    state: Literal["waiting", "running", "done", "failed"]
    done: int = Field(description="Rows.")
    total: int | None
    problems: int
    words: str = Field(description="What came of it, or why it failed.")


class UploadOut(Schema):
    """A file on its way to submissions: `received`, `checked`, `taken`; or `discarded`, `unreadable`."""

    reference: str = Field(examples=["U-000003"])
    status: str
    shape: str = Field(examples=["bulk", "entry_form"])
    words: str = Field(description="Why it could not be read.")
    files: list[FileOut]
    further: dict[str, str]
    created_at: datetime.datetime
    rows: int
    good: int = Field(description="Rows that could be taken now.")
    refused: int = Field(description="Rows that could not.")
    unconfirmed: int = Field(description="Good rows in which something was read otherwise than it stood.")
    taken: int = Field(description="Rows that have become submissions.")
    problems: list[FileProblemOut] = Field(description="Of the file as such; those of rows are in /rows.")
    work: WorkOut | None = Field(description="The latest work on it.")


class RowOut(Schema):
    place: int = Field(description="From 0, in the order of the files and their rows.")
    file: str
    row: int = Field(description="As the file counts it; 0 for an entry form.")
    refused: bool
    repaired: bool
    warned: bool
    submission: str | None = Field(description="What became of it.", examples=["S-000012"])
    problems: list[ProblemOut]


class RowsOut(Schema):
    items: list[RowOut]
    next: str | None = Field(description="Where the next are; null after the last.")


class Further(Body):
    """Answers for every row that gives none itself: what the official sheet has no field for."""

    answers: Answers


class ToTake(Body):
    """`all` only where no row is refused; `good` leaves refused rows where they are."""

    which: Literal["all", "good"]
    confirm_repairs: StrictBool = Field(
        default=False, description="What was read otherwise than it stood is meant so."
    )


class AttachedOut(Schema):
    submissions: int = Field(description="Drafts to which the file was attached now.")


def out(upload: Upload) -> dict[str, object]:
    """The upload with its numbers and the latest work on it. Five queries."""
    there = uploads.takeable(upload)
    whats = (Job.What.CHECK_UPLOAD, Job.What.TAKE_UPLOAD, Job.What.SUBMIT_UPLOAD)
    job = Job.objects.filter(what__in=whats, subject=str(upload.pk)).first()
    shown = UploadOut(
        reference=upload.reference,
        status=upload.status,
        shape=upload.shape,
        words=upload.words,
        files=[FileOut(**one) for one in upload.files],
        further=upload.further,
        created_at=upload.created_at,
        rows=there.good + there.refused + there.taken,
        good=there.good,
        refused=there.refused,
        unconfirmed=there.unconfirmed,
        taken=there.taken,
        problems=[FileProblemOut(**one) for one in upload.problems],
        work=_work(job) if job else None,
    )
    return shown.model_dump(mode="json")


def row_out(row: UploadRow) -> dict[str, object]:
    """One row; `row` comes with its submission."""
    shown = RowOut(
        place=row.place,
        file=row.file_name,
        row=row.row,
        refused=row.refused,
        repaired=row.repaired,
        warned=row.warned,
        submission=row.submission.reference if row.submission else None,
        problems=[ProblemOut(**one) for one in row.problems],
    )
    return shown.model_dump(mode="json")


def _work(job: Job) -> WorkOut:
    return WorkOut(**{name: getattr(job, name) for name in WorkOut.model_fields})
