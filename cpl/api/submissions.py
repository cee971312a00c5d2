"""Submissions of a Party's own programs: checked, made, changed, handed in, withdrawn, followed."""

import datetime
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from ninja import Query, Router
from pydantic import AwareDatetime, Field

from cpl import workflow
from cpl.access import Answer
from cpl.api import calls
from cpl.api.asked import Asked
from cpl.api.bearer import Bearer
from cpl.api.calls import JSON, MULTIPART, Call, File
from cpl.api.checks import EXAMPLE as ANSWERED
from cpl.api.checks import known
from cpl.api.describing import KEY, MATCH, described, file, required
from cpl.api.faults import Refused
from cpl.api.submission_words import (
    EvidenceOut,
    Kind,
    NewAnswers,
    NewSubmission,
    Nothing,
    Status,
    SubmissionOut,
    SubmissionsOut,
    WithWords,
    out,
    summary,
    today,
)
from cpl.api.throttle import CallsOfATokenAMinute
from cpl.checking import check_many
from cpl.evidence import NotAccepted, take_in
from cpl.models import Evidence, Submission
from cpl.models.submissions import SubmissionQuerySet
from cpl.rules.problem import Level, Problem, refusals
from cpl.rules.reading import read_answers
from cpl.workflow import NotPossible

router = Router(tags=["Submissions"], auth=Bearer(), throttle=[CallsOfATokenAMinute()])
MOST, USUAL = 200, 50
REFERENCE = re.compile(r"S-([0-9]{6,12})")
EXAMPLE = {**ANSWERED, "submit": False, "accept_repairs": False}
PARTS = {
    what: file(f"Evidence: {label}. May stand there several times.") for what, label in Evidence.What.choices
}


@router.post(
    "",
    response={201: SubmissionOut},
    summary="Make a submission",
    openapi_extra=described(
        400, 409, 413, 415, 422, json=NewSubmission, example=EXAMPLE,
        parts={"submission": {"type": "string", "description": "The JSON of the other form."}, **PARTS},
        needed=("submission",), headers=(required(KEY),),
    ),
)  # fmt: skip
def make(request: HttpRequest) -> HttpResponse:
    """One device, certificate or notice: a draft, or with `submit` handed in. With multipart its evidence
    comes in the same call. Whole or not at all; once for each Idempotency-Key."""
    call = calls.read(request, takes=(JSON, MULTIPART))
    with_parts = request.content_type == MULTIPART
    data = calls.read_member(call, "submission") if with_parts else call.data
    asked = calls.as_described(NewSubmission, data)
    known(asked.kind, asked.answers)
    only_parts(call, "submission", *Evidence.What.values)
    demand_verified(request)
    look_into([one for given in call.files.values() for one in given])
    return calls.answered(request, call, lambda: _made(request, asked, call.files), key_needed=True)


class AskedSubmissions(Asked):
    """`after` is the reference of the last one that you have."""

    after: Annotated[str, Field(pattern=r"^S-[0-9]{6,12}$")] = "S-000000"
    limit: Annotated[int, Field(ge=1, le=MOST)] = USUAL
    status: Status | Literal[""] = ""
    kind: Kind | Literal["removal", ""] = ""
    changed_since: Annotated[
        AwareDatetime | None,
        Field(
            ge=datetime.datetime(2012, 1, 1, tzinfo=datetime.UTC),
            le=datetime.datetime(2101, 1, 1, tzinfo=datetime.UTC),
            description="With its offset from UTC: 2026-11-20T09:30:00Z.",
        ),
    ] = None


@router.get(
    "", response=SubmissionsOut, summary="Submissions by rising reference", openapi_extra=described(422)
)
def submissions(request: HttpRequest, asked: Query[AskedSubmissions]) -> HttpResponse:
    """Those of your organisation, whoever of it made them and at whatever door."""
    found = _own(request).filter(pk__gt=int(asked.after[2:]))
    if asked.status:
        found = found.filter(status=asked.status)
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.changed_since:
        found = found.filter(changed_at__gte=asked.changed_since)  # type: ignore[misc]
    rows = list(found.order_by("pk")[: asked.limit + 1])
    page = rows[: asked.limit]
    more = {**asked.model_dump(mode="json", exclude_defaults=True), "after": str(page[-1])} if page else {}
    following = f"{request.path}?{urlencode(more)}" if len(rows) > len(page) else None
    return calls.respond(Answer(200, {"items": [summary(row) for row in page], "next": following}))


@router.get("/{reference}", response=SubmissionOut, summary="One submission", openapi_extra=described(404))
def submission(request: HttpRequest, reference: str) -> HttpResponse:
    """Where it stands, every problem, every step, and the number of the entry that came of it."""
    return calls.respond(Answer(200, out(_found(request, reference), today())))


@router.put(
    "/{reference}/answers",
    response=SubmissionOut,
    summary="Replace the answers",
    openapi_extra=described(
        400, 404, 409, 412, 413, 415, 422, 428, json=NewAnswers, headers=(required(MATCH), KEY)
    ),
)
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """All answers of a draft or a returned submission at once. `If-Match` has to name what you read."""
    found = _found(request, reference)
    call = calls.read(request)
    asked = calls.as_described(NewAnswers, call.data)
    known(found.kind, asked.answers)

    def do() -> Answer:
        _demand_unchanged(request, found.pk, needed=True)
        reading = read_answers(found.kind, asked.answers)
        by = calls.token_of(request).made_by
        saved = workflow.save(found.pk, reading.answers, by=by, at=timezone.now())
        return Answer(200, out(saved, today(), reading.problems))

    return calls.answered(request, call, do)


@router.post(
    "/{reference}/evidence",
    response={201: EvidenceOut},
    summary="Add a file",
    openapi_extra=described(
        400, 404, 409, 413, 415, 422,
        parts={
            "what": {"type": "string", "enum": Evidence.What.values},
            "file": file("PDF, PNG or JPEG, at most 20 MB."),
        },
        needed=("what", "file"), headers=(KEY,),
    ),
)  # fmt: skip
def evidence(request: HttpRequest, reference: str) -> HttpResponse:
    """A certificate or another file, with a draft or a returned submission. The same twice is kept once."""
    found = _found(request, reference)
    call = calls.read(request, takes=(MULTIPART,))
    only_parts(call, "what", "file")
    what, given = call.fields.get("what", ""), call.one_file("file")
    if what not in Evidence.What.values:
        raise Refused(
            422, "Sort of evidence unknown",
            f"The part “what” has to be one of {', '.join(Evidence.What.values)}.",
            "Say which certificate the file is, or other.", where="part what",
        )  # fmt: skip
    look_into([given])
    return calls.answered(request, call, lambda: _attached(request, found.pk, what, given))


@router.post(
    "/{reference}/submit",
    response=SubmissionOut,
    summary="Hand it to the Panel",
    openapi_extra=described(400, 404, 409, 412, 415, 422, json=Nothing, headers=(MATCH, KEY)),
)
def submit(request: HttpRequest, reference: str) -> HttpResponse:
    """If a rule refuses it, every problem is told and it stays as it is."""
    found = _found(request, reference)
    call = calls.read(request)
    calls.as_described(Nothing, call.data)

    def do() -> Answer:
        _demand_unchanged(request, found.pk)
        by = calls.token_of(request).made_by
        return Answer(200, out(workflow.submit(found.pk, by=by, at=timezone.now(), on=today()), today()))

    return calls.answered(request, call, do)


@router.post(
    "/{reference}/withdraw",
    response=SubmissionOut,
    summary="Withdraw it",
    openapi_extra=described(400, 404, 409, 412, 415, 422, json=WithWords, headers=(MATCH, KEY)),
)
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """As long as nobody has decided."""
    found = _found(request, reference)
    call = calls.read(request)
    asked = calls.as_described(WithWords, call.data)

    def do() -> Answer:
        _demand_unchanged(request, found.pk)
        by = calls.token_of(request).made_by
        moved = workflow.move(found.pk, "withdraw", by=by, at=timezone.now(), words=asked.words)
        return Answer(200, out(moved, today()))

    return calls.answered(request, call, do)


def _made(request: HttpRequest, asked: NewSubmission, files: Mapping[str, list[File]]) -> Answer:
    token, at = calls.token_of(request), timezone.now()
    reading = read_answers(asked.kind, asked.answers)
    made = workflow.start(asked.kind, party=token.party, by=token.made_by, at=at, answers=reading.answers)
    for what, given in files.items():
        for one in given:
            _attached(request, made.pk, what, one)
    if asked.submit:
        _demand_as_written(made, asked, reading.problems)
        made = workflow.submit(made.pk, by=token.made_by, at=at, on=today())
    return Answer(201, out(made, today(), reading.problems))


def _demand_as_written(made: Submission, asked: NewSubmission, said: tuple[Problem, ...]) -> None:
    """What was not readable, or only with a repair that nobody confirmed, is not what was meant."""
    open_repairs = [one for one in said if one.level == Level.REPAIR] if not asked.accept_repairs else []
    if not refusals(said) and not open_repairs:
        return
    found = check_many(
        asked.kind, [asked.answers], party=made.party, by_panel=False, on=today(),
        evidence=frozenset(made.evidence.values_list("what", flat=True)),
    )[0].problems  # fmt: skip
    words = "Some answers were read differently from how they were written, and accept_repairs is not true"
    if refusals(found):
        words = f"{len(refusals(found))} must be put right before this can be submitted"
    raise NotPossible(f"{words}.", found)


def look_into(files: Sequence[File]) -> None:
    """Refuses what is no evidence, before a row is locked: to look into a PDF may take seconds."""
    for one in files:
        try:
            take_in(one.content)
        except NotAccepted as error:
            raise Refused(
                422, "File not taken", str(error), "Send the certificate as a PDF of at most 20 MB.",
                where=f"file {one.name}",
            ) from error  # fmt: skip


def _attached(request: HttpRequest, submission_id: int, what: str, given: File) -> Answer:
    by = calls.token_of(request).made_by
    row = workflow.attach(submission_id, what, given.name or what, given.content, by=by, at=timezone.now())
    shown = EvidenceOut(**{name: getattr(row, name) for name in EvidenceOut.model_fields})
    return Answer(201, shown.model_dump(mode="json"))


def _own(request: HttpRequest) -> SubmissionQuerySet:
    """The submissions of the token's organisation, each with the time of its last change."""
    changes = Submission.history.model.objects.filter(id=OuterRef("pk")).order_by("-history_date")
    files = Evidence.objects.filter(submission=OuterRef("pk")).order_by("-uploaded_at")
    # A person who writes on, or adds a file, leaves no line in the history. Greatest of a null is null.
    times = (
        Subquery(changes.values("history_date")[:1]), "saved_at",
        Subquery(files.values("uploaded_at")[:1]), "created_at",
    )  # fmt: skip
    own = Submission.objects.filter(party=calls.token_of(request).party)
    return own.select_related("party", "entry").annotate(
        changed_at=Greatest(*(Coalesce(one, "created_at") for one in times))
    )


def _found(request: HttpRequest, reference: str) -> Submission:
    """One of their own; of any other nothing is said, not even that it is there."""
    number = REFERENCE.fullmatch(reference)
    found = _own(request).filter(pk=int(number[1])).first() if number else None
    if found is None:
        raise Refused(
            404, "Not there", "Your organisation has no such submission.",
            "GET /api/v1/submissions lists those that there are.", where="address",
        )  # fmt: skip
    return found


def demand_verified(request: HttpRequest) -> None:
    party = calls.token_of(request).party
    if not party.verified:
        raise Refused(
            403, "Organisation not verified", f"{party} has not been verified yet.",
            "Ask the Panel's staff, who do so before a first submission.", where="header Authorization",
        )  # fmt: skip


def _demand_unchanged(request: HttpRequest, submission_id: int, *, needed: bool = False) -> None:
    """That it is still what the caller read; the row stays locked until the call is done."""
    seen = request.headers.get("If-Match", "").strip()
    if not seen:
        if needed:
            raise Refused(
                428, "If-Match missing", "Replacing answers has to name the state that it replaces.",
                "GET the submission, and send its ETag as If-Match.", where="header If-Match",
            )  # fmt: skip
        return
    with transaction.atomic():
        now = Submission.objects.select_for_update().get(pk=submission_id)
        digest = workflow.digest_of(now)
    if digest not in [one.strip().removeprefix("W/").strip('"') for one in seen.split(",")]:
        raise Refused(
            412, "Changed meanwhile", f"{now.reference} was changed since you read it.",
            "GET it again, look at what changed, and send its new ETag as If-Match.",
            where="header If-Match", headers={"ETag": f'"{digest}"'},
        )  # fmt: skip


def only_parts(call: Call, *names: str) -> None:
    unknown = sorted({*call.fields, *call.files} - {*names})
    if unknown:
        raise Refused(
            422, "Part unknown", f"There is no part {', '.join(unknown)[:300]}.",
            f"The parts are {', '.join(names)}.", where="body",
        )  # fmt: skip
