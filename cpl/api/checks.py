"""Answers or a file, looked at before anything is submitted: every problem at once, nothing stored."""

import difflib
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpl import fields as f
from cpl.access import Answer
from cpl.api import calls
from cpl.api.bearer import Bearer
from cpl.api.calls import JSON, MULTIPART, File
from cpl.api.describing import described, file
from cpl.api.faults import ProblemOut, Refused
from cpl.api.submission_words import CheckOut, ToCheck, today, told
from cpl.api.throttle import CallsOfATokenAMinute
from cpl.checking import check_many
from cpl.file_checks import ASSUMED, TooManyRows, check_file
from cpl.formats.problems import UnreadableFile
from cpl.rules.problem import refusals

router = Router(tags=["Submissions"], auth=Bearer(), throttle=[CallsOfATokenAMinute()])
# What one call may have checked while it waits; more goes to /uploads, where it is done in the background.
MOST_ROWS = 1_000
EXAMPLE = {
    "kind": "new_entry",
    "answers": {
        "Device_Type.name": "Single Element Electricity Metering Equipment",
        "Device_Model.manufacturer_identifier": "7A01",
        "Device_Model.firmware_version": "0A0B0C0D",
    },
}
FILE = "A filled-in entry form or a bulk file: XLSX, XLSM or CSV, at most 1,000 devices."


@router.post(
    "/check",
    response=CheckOut,
    summary="Find every problem; nothing is stored",
    openapi_extra=described(
        400, 413, 415, 422, json=ToCheck, example=EXAMPLE, parts={"file": file(FILE)}, needed=("file",)
    ),
)
def check(request: HttpRequest) -> HttpResponse:
    """JSON or a file: the same problems as at every other door. Certificates are taken to follow."""
    call = calls.read(request, takes=(JSON, MULTIPART))
    if request.content_type == MULTIPART:
        return calls.respond(Answer(200, _of_file(request, call.one_file("file"))))
    return calls.respond(Answer(200, _of_answers(request, calls.as_described(ToCheck, call.data))))


def known(kind: str, answers: Mapping[str, object]) -> None:
    """A name that no field of the kind has is refused: its answer would be lost."""
    names = [field.name for field in f.BY_KIND[kind]]
    unknown = [name for name in answers if name not in names]
    if unknown:
        near = difflib.get_close_matches(unknown[0][:100], names, n=1)
        raise Refused(
            422, "Field unknown", f"A {kind} has no field {', '.join(repr(one) for one in unknown[:10])}.",
            f"Did you mean {near[0]!r}?" if near else "The form's own names are listed in docs/api.md.",
            where=", ".join(f"answers.{one}" for one in unknown[:10]),
        )  # fmt: skip


def _of_answers(request: HttpRequest, asked: ToCheck) -> dict[str, object]:
    known(asked.kind, asked.answers)
    party = calls.token_of(request).party
    found = check_many(
        asked.kind, [asked.answers], party=party, by_panel=False, on=today(), evidence=ASSUMED
    )[0]
    shown = CheckOut(
        refused=bool(refusals(found.problems)),
        rows=1,
        answers=found.answers,
        problems=[ProblemOut(**told(one)) for one in found.problems],  # type: ignore[arg-type]
    )
    return shown.model_dump(mode="json")


def _of_file(request: HttpRequest, given: File) -> dict[str, object]:
    party = calls.token_of(request).party
    try:
        report = check_file(
            given.content, given.name, party=party, by_panel=False, on=today(), most_rows=MOST_ROWS
        )
    except UnreadableFile as error:
        raise Refused(
            422, "File not readable", str(error), "Send a filled-in entry form, or one device a row.",
            where="part file",
        ) from error  # fmt: skip
    except TooManyRows as error:
        raise Refused(
            422, "Too many rows", str(error), "Or hand it in at /uploads: it is checked in the background.",
            where="part file",
        ) from error  # fmt: skip
    shown = CheckOut(
        refused=report.refused,
        rows=report.rows,
        answers=None,
        problems=[ProblemOut(**one.as_json()) for one in report.problems],  # type: ignore[arg-type]
    )
    return shown.model_dump(mode="json")
