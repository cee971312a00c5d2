"""Files of new entries from a Party's own programs: handed in, followed, taken, submitted."""

import re
from collections.abc import Callable
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from ninja import Query, Router
from pydantic import Field

from cpl import uploads as verbs
from cpl.access import Answer
from cpl.api import calls
from cpl.api.asked import Asked
from cpl.api.bearer import Bearer
from cpl.api.calls import MULTIPART, Call, File
from cpl.api.describing import KEY, described, file, required
from cpl.api.faults import Refused
from cpl.api.submission_words import Nothing
from cpl.api.submissions import demand_verified, look_into, only_parts
from cpl.api.throttle import CallsOfATokenAMinute
from cpl.api.upload_words import AttachedOut, Further, RowsOut, ToTake, UploadOut, out, row_out
from cpl.models import Upload

router = Router(tags=["Uploads"], auth=Bearer(), throttle=[CallsOfATokenAMinute()])
MOST, USUAL = 1000, 100
REFERENCE = re.compile(r"U-([0-9]{6,12})")


@router.post(
    "",
    response={201: UploadOut},
    summary="Hand in a file",
    openapi_extra=described(
        400, 409, 413, 415, 422,
        parts={
            "file": file("A bulk file, or up to 20 filled-in entry forms: XLSX, XLSM or CSV."),
            "further": {"type": "string", "description": 'JSON: {"answers": {…}}, for every row.'},
        },
        needed=("file",), headers=(required(KEY),),
    ),
)  # fmt: skip
def receive(request: HttpRequest) -> HttpResponse:
    """Entry forms are checked at once, a bulk file in the background: follow it at its own address."""
    demand_verified(request)
    call = calls.read(request, takes=(MULTIPART,))
    only_parts(call, "file", "further")
    further = _further(calls.as_described(Further, {"answers": {}, **calls.read_member(call, "further")}))
    files = [(one.name, one.content) for one in call.files.get("file", [])]

    def do() -> Answer:
        token = calls.token_of(request)
        made = verbs.receive(files, party=token.party, by=token.made_by, at=timezone.now(), further=further)
        if made.status == Upload.Status.UNREADABLE:
            raise Refused(
                422, "File not readable", made.words,
                "Send filled-in entry forms, or one file with one device a row.",
                where="part file",
            )  # fmt: skip
        return Answer(201, out(made))

    return calls.answered(request, call, do, key_needed=True)


@router.get("/{reference}", response=UploadOut, summary="How far it is", openapi_extra=described(404))
def upload(request: HttpRequest, reference: str) -> HttpResponse:
    """Its state, its numbers, and the work on it."""
    return calls.respond(Answer(200, out(_found(request, reference))))


class AskedRows(Asked):
    """`after` is the `place` of the last row that you have."""

    after: Annotated[int, Field(ge=-1, lt=2**31)] = -1
    limit: Annotated[int, Field(ge=1, le=MOST)] = USUAL
    which: Annotated[
        Literal["all", "refused", "problems"],
        Field(description="`refused`: rows that cannot be taken; `problems`: of which anything is said."),
    ] = "all"


@router.get(
    "/{reference}/rows",
    response=RowsOut,
    summary="Its rows, each with every problem",
    openapi_extra=described(404, 422),
)
def rows(request: HttpRequest, reference: str, asked: Query[AskedRows]) -> HttpResponse:
    """In the order of the file. A row that was taken names its submission."""
    found = _found(request, reference).rows.select_related("submission").filter(place__gt=asked.after)
    if asked.which == "refused":
        found = found.filter(refused=True)
    elif asked.which == "problems":
        found = found.exclude(problems=[])
    some = list(found.order_by("place")[: asked.limit + 1])
    page = some[: asked.limit]
    more = {**asked.model_dump(exclude_defaults=True), "after": page[-1].place} if page else {}
    following = f"{request.path}?{urlencode(more)}" if len(some) > len(page) else None
    return calls.respond(Answer(200, {"items": [row_out(one) for one in page], "next": following}))


@router.put(
    "/{reference}/further",
    response=UploadOut,
    summary="Answer for all rows",
    openapi_extra=described(400, 404, 409, 413, 415, 422, json=Further, headers=(KEY,)),
)
def further(request: HttpRequest, reference: str) -> HttpResponse:
    """What holds for every row that says nothing itself. All rows are checked again."""
    found = _found(request, reference)
    call = calls.read(request)
    answers = _further(calls.as_described(Further, call.data))
    by, at = calls.token_of(request).made_by, timezone.now()
    return _done(request, call, found, lambda: verbs.set_further(found.pk, answers, by=by, at=at))


@router.post(
    "/{reference}/take",
    response=UploadOut,
    summary="Make submissions of its rows",
    openapi_extra=described(400, 404, 409, 413, 415, 422, json=ToTake, headers=(KEY,)),
)
def take(request: HttpRequest, reference: str) -> HttpResponse:
    """All rows, or the good ones; each becomes one draft, once. Many do so in the background."""
    found = _found(request, reference)
    call = calls.read(request)
    asked = calls.as_described(ToTake, call.data)
    by, at = calls.token_of(request).made_by, timezone.now()

    def do() -> None:
        if asked.confirm_repairs:
            verbs.confirm_repairs(found.pk, by=by, at=at)
        verbs.take(found.pk, asked.which, by=by, at=at)

    return _done(request, call, found, do)


@router.post(
    "/{reference}/evidence",
    response=AttachedOut,
    summary="Attach a certificate to every draft that names it",
    openapi_extra=described(
        400, 404, 409, 413, 415, 422,
        parts={
            "scheme": {"type": "string", "enum": ["CPA", "DLMS", "Zigbee"]},
            "identifier": {"type": "string", "description": "As the rows name it."},
            "file": file("PDF, PNG or JPEG, at most 20 MB."),
        },
        needed=("scheme", "identifier", "file"), headers=(KEY,),
    ),
)  # fmt: skip
def attach(request: HttpRequest, reference: str) -> HttpResponse:
    """Once for all rows that name the certificate, after they were taken."""
    found = _found(request, reference)
    call = calls.read(request, takes=(MULTIPART,))
    only_parts(call, "scheme", "identifier", "file")
    given: File = call.one_file("file")
    look_into([given])
    scheme, identifier = call.fields.get("scheme", ""), call.fields.get("identifier", "")
    by = calls.token_of(request).made_by

    def do() -> Answer:
        count = verbs.attach(
            found.pk, scheme, identifier, given.name or scheme, given.content, by=by, at=timezone.now()
        )
        return Answer(200, {"submissions": count})

    return calls.answered(request, call, do)


def _plain_step(name: str, summary: str, words: str, act: Callable[..., object]) -> None:
    """A step that needs nothing but its address."""

    def step(request: HttpRequest, reference: str) -> HttpResponse:
        found = _found(request, reference)
        call = calls.read(request)
        calls.as_described(Nothing, call.data)
        by = calls.token_of(request).made_by
        return _done(request, call, found, lambda: act(found.pk, by=by, at=timezone.now()))

    router.post(
        f"/{{reference}}/{name}",
        response=UploadOut,
        operation_id=f"upload_{name}",
        summary=summary,
        description=words,
        openapi_extra=described(400, 404, 409, 415, 422, json=Nothing, headers=(KEY,)),
    )(step)


_plain_step(
    "submit",
    "Hand its drafts to the Panel",
    "In the background, one after the other; what a rule refuses stays a draft.",
    verbs.submit_all,
)
_plain_step("check", "Check it again", "Against the list as it is today.", verbs.check_again)
_plain_step("discard", "Discard it", "Nobody will go on with it.", verbs.discard)


def _done(request: HttpRequest, call: Call, found: Upload, act: Callable[[], object]) -> HttpResponse:
    def do() -> Answer:
        act()
        found.refresh_from_db()
        return Answer(200, out(found))

    return calls.answered(request, call, do)


def _found(request: HttpRequest, reference: str) -> Upload:
    """One of their own; of any other nothing is said, not even that it is there."""
    number = REFERENCE.fullmatch(reference)
    own = Upload.objects.filter(party=calls.token_of(request).party)
    found = own.filter(pk=int(number[1])).first() if number else None
    if found is None:
        raise Refused(
            404, "Not there", "Your organisation has no such upload.",
            "Its reference came with the answer to POST /api/v1/uploads.", where="address",
        )  # fmt: skip
    return found


def _further(asked: Further) -> dict[str, str]:
    """As text: what holds for all rows is no cell of any of them."""
    for name, value in asked.answers.items():
        if not isinstance(value, str):
            raise Refused(
                422, "Not text", f"The answer to {name} for all rows has to be text.",
                "Send it in quotation marks.",
                where=f"answers.{name}",
            )  # fmt: skip
    return {name: str(value) for name, value in asked.answers.items()}
