"""What a call brings: its body, read strictly, its files, and the key that makes a retry safe.

Bodies are read here and not by the framework, so that what is not understood is refused by name, and nothing
is taken for something else: `"true"` is no truth, and a member that nobody knows is not passed over.
"""

import hashlib
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, NoReturn, TypeVar

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils import timezone
from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr
from pydantic import ValidationError as NotAsDescribed

from cpl import access
from cpl.access import Answer, Busy, KeyUsedOtherwise
from cpl.api.faults import Refused, keep_private
from cpl.models import ApiToken
from cpl.workflow import NotPossible

JSON, MULTIPART = "application/json", "multipart/form-data"
# A submission has some 60 answers; the longest kind, with 20,000 octets of entry numbers, is far below.
LARGEST_JSON = 512 * 1024
LONGEST_ANSWER = 20_000
KEY = re.compile(r"[\x21-\x7e]{1,200}")
Given = TypeVar("Given", bound=Schema)


def _storable(text: str) -> str:
    """No database stores a NUL or half a character; what was sent with one is not what was meant."""
    if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text):
        raise ValueError("holds a NUL or half a character (a lone surrogate)")
    return text


Text = Annotated[StrictStr, Field(max_length=LONGEST_ANSWER), AfterValidator(_storable)]
Scalar = Text | StrictBool | StrictInt | StrictFloat | None
Answers = Annotated[
    dict[Annotated[str, Field(max_length=100), AfterValidator(_storable)], Scalar],
    Field(
        max_length=200,
        description="By the name that the form gives the field, `Group.attribute`. Text, as it would be "
        "typed. A number is read as a spreadsheet's number cell is: what lost its leading zeros is refused.",
        examples=[{"Device_Model.manufacturer_identifier": "7A01", "Product.name": "Tidewater T100"}],
    ),
]  # fmt: skip


class Body(Schema):
    """A JSON object whose members are all known."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class File:
    """One file of a call."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Call:
    """A call as it came, read whole before anything is done."""

    data: dict[str, Any]
    files: dict[str, list[File]] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)

    def one_file(self, name: str) -> File:
        found = self.files.get(name, [])
        if len(found) != 1:
            raise Refused(
                422, "File missing",
                f"The call has to bring one file named “{name}”; it brought {len(found)}.",
                f"Send multipart/form-data with one file in the part “{name}”.", where=f"part {name}",
            )  # fmt: skip
        return found[0]


def token_of(request: HttpRequest) -> ApiToken:
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    return token


def read(request: HttpRequest, *, takes: tuple[str, ...] = (JSON,)) -> Call:
    """The body of the call. One without a body is an empty object where JSON is taken."""
    kind = request.content_type or ""
    if kind not in takes and not (_is_empty(request) and JSON in takes):
        raise Refused(
            415, "Kind of body not taken",
            f"The body is {kind or 'of no stated kind'}; taken is {' or '.join(takes)}.",
            "State the right Content-Type, and send the body so.", where="header Content-Type",
        )  # fmt: skip
    return _read_parts(request) if kind == MULTIPART else Call(_read_json(request))


def as_described(sort: type[Given], data: dict[str, Any]) -> Given:
    """The members of the body, if they are what the description says."""
    try:
        return sort.model_validate(data)
    except NotAsDescribed as error:
        wrong = {_place(one["loc"]): one["msg"].removeprefix("Value error, ") for one in error.errors()}
        raise Refused(
            422, "Body not as described",
            "; ".join(f"{place}: {said}" for place, said in wrong.items()) + ".",
            "Put these members right; openapi.json describes all of them.",
            where=", ".join(wrong),
        ) from error  # fmt: skip


def answered(
    request: HttpRequest, call: Call, do: Callable[[], Answer], *, key_needed: bool = False
) -> HttpResponse:
    """Does what is asked whole or not at all, once for each `Idempotency-Key`, and says what came of it."""
    key = _key(request, needed=key_needed)
    try:
        answer, again = access.once(
            token_of(request).party, key, _digest(request, call), _explained(do), at=timezone.now()
        )
    except KeyUsedOtherwise as error:
        raise Refused(
            422, "Key used otherwise", f"Another call came with the Idempotency-Key {key} before.",
            "Send a new key with a new call, and the same key with the very same call alone.",
            where="header Idempotency-Key",
        ) from error  # fmt: skip
    except Busy as error:
        raise Refused(
            409, "Busy", "Another call kept the register for too long; nothing was done.",
            "Send the same call with the same key again, after as many seconds as Retry-After says.",
            where="call", headers={"Retry-After": "2"},
        ) from error  # fmt: skip
    return respond(answer, {"Idempotency-Replayed": "true"} if again else {})


def respond(answer: Answer, headers: dict[str, str] | None = None) -> HttpResponse:
    response = JsonResponse(answer.body, status=answer.status, headers=keep_private(headers or {}))
    if isinstance(digest := answer.body.get("digest"), str):
        response["ETag"] = f'"{digest}"'
    return response


def explain(error: NotPossible) -> NoReturn:
    """A verb that cannot be done: rules are 422 with every problem, anything else is 409."""
    problems = [{"row": None, "cell": "", **one.as_json()} for one in error.problems]
    raise Refused(
        422 if problems else 409, "Refused by the rules" if problems else "Not possible", str(error),
        "Put right what is refused; all that was found stands in problems." if problems
        else "Read it again with GET, and do what its status allows.",
        where="answers" if problems else "status", problems=problems,
    ) from error  # fmt: skip


def _explained(do: Callable[[], Answer]) -> Callable[[], Answer]:
    def run() -> Answer:
        try:
            return do()
        except NotPossible as error:
            explain(error)

    return run


def _read_json(request: HttpRequest) -> dict[str, Any]:
    if _length(request) > LARGEST_JSON:
        _too_large(f"The body has more than {LARGEST_JSON // 1024} KB.")
    try:
        body = request.body
    except (RequestDataTooBig, UnreadablePostError) as error:
        _unreadable(str(error) or "The body did not arrive.")
    return _object(body.decode("utf-8", "surrogateescape")) if body.strip() else {}


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(
            text, object_pairs_hook=_pairs, parse_constant=_no_constant, parse_float=_finite, parse_int=_whole
        )
    except RecursionError:
        _unreadable("The JSON is nested too deeply.")
    except ValueError as error:
        _unreadable(f"The body is no JSON: {error}.")
    if not isinstance(found, dict):
        _unreadable("The body is JSON, but no object: it has to begin with {.")
    return found


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = sorted({name for name, _ in pairs if sum(name == one for one, _ in pairs) > 1})
        raise ValueError(f"the member {twice[0][:100]!r} stands there twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError("a number is too large")
    return number


def _whole(text: str) -> int:
    # A number cell holds 15 digits; whoever sends more means text.
    if len(text) > 20:
        raise ValueError("a number has more than 20 digits; send it as text")
    return int(text)


def _read_parts(request: HttpRequest) -> Call:
    try:
        posted, given = request.POST, request.FILES
    except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent) as error:
        _too_large(str(error))
    except (MultiPartParserError, UnreadablePostError, ValueError, LookupError) as error:
        _unreadable(f"The parts of the body cannot be read: {error}.")
    fields = {name: posted[name] for name in posted}
    for name, text in fields.items():
        try:
            _storable(name + text)
        except ValueError as error:
            _unreadable(f"The part {name[:100]!r} {error}.")
    files = {name: [_file(one) for one in given.getlist(name)] for name in given}
    return Call({}, files, fields)


def _file(given: UploadedFile) -> File:
    name = (given.name or "").replace("\0", "").encode("utf-8", "replace").decode()
    return File(name[-200:], given.read())


def read_member(call: Call, name: str) -> dict[str, Any]:
    """A part of a multipart body that holds a JSON object."""
    if len(call.fields.get(name, "")) > LARGEST_JSON:
        _too_large(f"The part {name} has more than {LARGEST_JSON // 1024} KB.")
    return _object(call.fields[name]) if call.fields.get(name, "").strip() else {}


def _key(request: HttpRequest, *, needed: bool) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not key and not needed:
        return ""
    if not KEY.fullmatch(key):
        raise Refused(
            400, "Key missing or unreadable",
            "This call has to come with an Idempotency-Key: 1 to 200 visible ASCII characters.",
            "Make a new UUID for each thing that you submit, and send it again with every retry of that.",
            where="header Idempotency-Key",
        )  # fmt: skip
    return key


def _digest(request: HttpRequest, call: Call) -> str:
    """Of what was asked. A retry with multipart has another boundary, so its parts count, not its octets."""
    files = {
        name: [(one.name, hashlib.sha256(one.content).hexdigest()) for one in given]
        for name, given in call.files.items()
    }
    asked = [request.method, request.path, request.GET.urlencode(), call.data, call.fields, files]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _place(loc: tuple[int | str, ...]) -> str:
    """`answers.Device_Model.firmware_version`; which of several sorts of value it is not, says nothing."""
    names = [str(one) for one in loc[:2]]
    return ".".join(names)[:200] or "body"


def _length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdigit() else 0


def _is_empty(request: HttpRequest) -> bool:
    return _length(request) == 0


def _too_large(detail: str) -> NoReturn:
    raise Refused(413, "Body too large", detail, "Send less at once.", where="body")


def _unreadable(detail: str) -> NoReturn:
    raise Refused(
        400, "Body not readable", detail.replace("\0", ""), "Send what openapi.json describes.", where="body"
    )
