"""How calls of a Party's programs are refused: what was wrong, where, and what to do (RFC 9457)."""

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import Throttled, ValidationError
from pydantic import Field

MEDIA_TYPE = "application/problem+json"


class ProblemOut(Schema):
    """One problem of what was submitted, the same at every door: page, file, command and API."""

    row: int | None = Field(description="As the file counts it; null where there is no file.")
    cell: str = Field(description="Its address in a workbook, else empty.")
    field: str = Field(description="As the form names it.", examples=["Device_Model.firmware_version"])
    rule: str
    level: str = Field(
        description="`refuse` stops a submission; `warn` is looked at by the officer; `repair` was read "
        "differently from how it was written and is yours to confirm; `note` asks for nothing."
    )
    found: str
    expected: str
    message: str
    source: str = Field(description="Where the rule stands: a section of the guidance, or the form.")


class Fault(Schema):
    """A call that was refused. Nothing was done."""

    title: str = Field(description="What was wrong, in a word or two.")
    status: int
    detail: str = Field(description="What was wrong, and why.")
    where: str = Field(description="In which part of the call: a header, a member of the body, the address.")
    remedy: str = Field(description="What to do.")
    problems: list[ProblemOut] = Field(default=[], description="Every problem that the rules found.")


class Refused(Exception):
    """Ends a call; everything that it did is undone."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        remedy: str,
        *,
        where: str = "",
        problems: Sequence[Mapping[str, object]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.body = {
            "title": title,
            "status": status,
            "detail": detail,
            "where": where,
            "remedy": remedy,
            "problems": list(problems),
        }
        self.status, self.headers = status, dict(headers or {})


def answer(refused: Refused) -> HttpResponse:
    return JsonResponse(
        refused.body, status=refused.status, content_type=MEDIA_TYPE, headers=keep_private(refused.headers)
    )


def keep_private(headers: Mapping[str, str]) -> dict[str, str]:
    """What one organisation was told is kept by nobody on the way."""
    return {"Cache-Control": "private, no-store", **headers}


def is_private(request: HttpRequest) -> bool:
    """Whether the address is one of those that need a token; the public ones keep their own answers."""
    return request.path.startswith(("/api/v1/submissions", "/api/v1/uploads"))


def on_refused(_: HttpRequest, refused: Refused | type[Refused]) -> HttpResponse:
    return answer(refused)  # type: ignore[arg-type]


def on_no_token(_: HttpRequest, __: object) -> HttpResponse:
    return answer(
        Refused(
            401, "No token",
            "This address needs a token of your organisation, and the call came without one.",
            "Make a token in the portal, under Programs, and send it as “Authorization: Bearer …”. A "
            "sign-in in a browser counts for nothing here.",
            where="header Authorization", headers={"WWW-Authenticate": "Bearer"},
        )
    )  # fmt: skip


def on_invalid(api: NinjaAPI, request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Parameters of an address that make no sense; public addresses answer as they always did."""
    if not is_private(request):
        return api.create_response(request, {"detail": error.errors}, status=422)
    said = [f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}." for one in error.errors]
    return answer(
        Refused(
            422, "Parameter refused", " ".join(said), "Put the parameter right; openapi.json has them all.",
            where="address",
        )
    )  # fmt: skip


def on_throttled(api: NinjaAPI, request: HttpRequest, error: Throttled) -> HttpResponse:
    """The caller is told in `Retry-After` how long to wait."""
    if not is_private(request):
        return api.create_response(request, {"detail": str(error)}, status=429)
    return answer(
        Refused(
            429, "Too many calls", "More calls came within a minute than are taken.",
            "Wait as many seconds as Retry-After says, and call again.",
            where="call", headers={"Retry-After": str(error.wait or 1)},
        )
    )  # fmt: skip
