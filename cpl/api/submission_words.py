"""What programs are told of a submission of their Party, and what they may say."""

import datetime
from typing import Literal

from django.utils import timezone
from ninja import Schema
from pydantic import Field, StrictBool

from cpl import workflow
from cpl.api.calls import Answers, Body, Text
from cpl.api.faults import ProblemOut
from cpl.checking import problems
from cpl.models import Submission
from cpl.rules.problem import Problem

Kind = Literal["new_entry", "renewal", "offer", "withdrawal", "statement"]
Status = Literal["draft", "submitted", "returned", "approved", "refused", "withdrawn"]
# What a submitter may do; officers decide in the admin.
VERBS = ("submit", "withdraw")


class ToCheck(Body):
    """Answers to be looked at. Nothing is stored."""

    kind: Kind = "new_entry"
    answers: Answers


class NewSubmission(Body):
    """One submission. Without `submit` it stays a draft, however incomplete."""

    kind: Kind = "new_entry"
    answers: Answers
    submit: StrictBool = Field(
        default=False, description="Hand it to the Panel at once. If a rule refuses it, nothing is made."
    )
    accept_repairs: StrictBool = Field(
        default=False,
        description="With `submit`: what was read differently from how it was written (level `repair`) is "
        "meant so. Without it such answers are not submitted.",
    )  # fmt: skip


class NewAnswers(Body):
    """The answers in place of all that stand there."""

    answers: Answers


class WithWords(Body):
    words: Text = Field(default="", description="Why; kept with the step.")


class Nothing(Body):
    """An empty object, or no body."""


class EvidenceOut(Schema):
    what: str = Field(examples=["CPA"])
    file_name: str
    sha256: str
    size: int = Field(description="In octets.")
    uploaded_at: datetime.datetime


class StepOut(Schema):
    """A step that it took. `by`: `you` for your own organisation, `the Panel` for its officers."""

    verb: str
    from_status: str
    to_status: str
    at: datetime.datetime
    by: Literal["you", "the Panel"]
    words: str = Field(description="Reasons, where some were given: what to put right after a `return`.")
    digest: str


class SubmissionSummary(Schema):
    reference: str = Field(examples=["S-000012"])
    kind: str
    status: Status
    title: str
    created_at: datetime.datetime
    submitted_at: datetime.datetime | None
    decided_at: datetime.datetime | None
    changed_at: datetime.datetime | None = Field(description="When its answers or its status last changed.")
    entry: str | None = Field(description="The number of the entry that came of it.")


class SubmissionsOut(Schema):
    items: list[SubmissionSummary]
    next: str | None = Field(description="Where the next are; null after the last.")


class SubmissionOut(Schema):
    """`digest`: SHA-256 over kind, answers and evidence, also the `ETag`."""

    reference: str = Field(examples=["S-000012"])
    kind: str
    status: Status
    title: str
    digest: str
    entry: str | None = Field(description="The number of the entry that came of it.")
    created_at: datetime.datetime
    submitted_at: datetime.datetime | None
    decided_at: datetime.datetime | None
    answers: dict[str, str] = Field(description="In the form in which the list writes them.")
    problems: list[ProblemOut] = Field(description="As of today; none once it is decided.")
    evidence: list[EvidenceOut]
    steps: list[StepOut]
    can: list[str] = Field(description="What may be done with it now.", examples=[["submit", "withdraw"]])


class CheckOut(Schema):
    """Every problem at once. `refused`: a submission of this would be refused."""

    refused: bool
    rows: int = Field(description="Devices that were looked at.")
    answers: dict[str, str] | None = Field(
        description="As they were read, where JSON was sent; null for a file."
    )
    problems: list[ProblemOut]


def told(found: Problem) -> dict[str, object]:
    """A problem outside any file."""
    return {"row": None, "cell": "", **found.as_json()}


def out(submission: Submission, on: datetime.date, said: tuple[Problem, ...] = ()) -> dict[str, object]:
    """The whole submission as JSON; `said`: what was read differently in this very call."""
    waits = submission.editable or submission.status == Submission.Status.SUBMITTED
    found = problems(submission, on) if waits else ()
    entry = getattr(submission, "entry", None)
    shown = SubmissionOut(
        reference=submission.reference,
        kind=submission.kind,
        status=submission.status,  # type: ignore[arg-type]
        title=submission.title,
        digest=workflow.digest_of(submission),
        entry=str(entry) if entry else None,
        created_at=submission.created_at,
        submitted_at=submission.submitted_at,
        decided_at=submission.decided_at,
        answers=submission.answers,
        problems=[ProblemOut(**told(one)) for one in (*_unsaid(said, found), *found)],  # type: ignore[arg-type]
        evidence=[_evidence(one) for one in submission.evidence.order_by("pk")],
        steps=_steps(submission),
        can=[
            verb
            for status, verb in workflow.MOVES
            if status == submission.status and verb in VERBS
        ],
    )  # fmt: skip
    return shown.model_dump(mode="json")


def summary(submission: Submission) -> dict[str, object]:
    """A line of the list; `submission` comes with `changed_at` and its entry."""
    entry = getattr(submission, "entry", None)
    shown = SubmissionSummary(
        **{
            name: getattr(submission, name)
            for name in SubmissionSummary.model_fields
            if name != "entry"
        },
        entry=str(entry) if entry else None,
    )  # fmt: skip
    return shown.model_dump(mode="json")


def today() -> datetime.date:
    return timezone.localdate()


def _unsaid(said: tuple[Problem, ...], found: tuple[Problem, ...]) -> list[Problem]:
    return [one for one in said if one not in found]


def _evidence(row: object) -> EvidenceOut:
    return EvidenceOut(**{name: getattr(row, name) for name in EvidenceOut.model_fields})


def _steps(submission: Submission) -> list[StepOut]:
    colleagues = set(submission.party.users.values_list("pk", flat=True)) if submission.party else set()
    return [
        StepOut(
            by="you" if step.actor_id in colleagues or step.verb in VERBS else "the Panel",
            **{name: getattr(step, name) for name in StepOut.model_fields if name != "by"},
        )
        for step in submission.steps.exclude(verb__in=workflow.UNTOLD)
    ]
