"""The form of a draft: saved however incomplete, checked, submitted, with its files on the same page."""

import contextlib
import datetime
from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cpl import evidence, workflow
from cpl.checking import problems
from cpl.evidence import NotAccepted
from cpl.models import Evidence, Submission
from cpl.portal import own, sheet_remarks
from cpl.portal.boxes import Remark, file_boxes, sections, summary
from cpl.rules import in_order
from cpl.rules.problem import Level, Problem
from cpl.rules.reading import Reading, read_answers
from cpl.workflow import NotPossible

# More than any field of the form takes, so that a draft cannot be used as a store.
LONGEST = 20_000


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """Shows the form of a draft or returned submission; a POST keeps it and does what its button says."""
    draft = own.submission(request, number)
    if not draft.editable:
        messages.info(request, f"{draft.reference} is {draft.get_status_display().lower()}: it is fixed.")
        return redirect("portal:submission", number)
    if request.method != "POST":
        return _form(request, draft, sheet_remarks.of(request, draft, timezone.localdate()))
    try:
        return _kept(request, draft)
    except NotPossible as refused:
        messages.error(request, str(refused))
        return redirect("portal:submission", number)


def _kept(request: HttpRequest, draft: Submission) -> HttpResponse:
    """Writes the answers and files, whatever they are worth, and goes on."""
    reading = read_answers(draft.kind, _posted(request, draft))
    draft = workflow.save(draft.pk, reading.answers, by=own.person(request))
    sheet_remarks.forget(request, draft)
    told = [*_repairs(reading), *_attached(request, draft)]
    if taken_off := request.POST.get("detach"):
        return _detached(request, draft, taken_off, told)
    do = {"check": _checked, "submit": _submitted}.get(request.POST.get("do", ""), _saved)
    return do(request, draft, told)


def _saved(request: HttpRequest, draft: Submission, told: list[Problem]) -> HttpResponse:
    messages.success(request, "Saved as a draft.")
    return _form(request, draft, map(Remark, told)) if told else redirect("portal:edit", draft.pk)


def _checked(request: HttpRequest, draft: Submission, told: list[Problem]) -> HttpResponse:
    found = (*told, *problems(draft, timezone.localdate()))
    if not found:
        messages.success(request, "Saved. No problem was found: this can be submitted.")
    return _form(request, draft, map(Remark, in_order(draft.kind, found)))


def _submitted(request: HttpRequest, draft: Submission, told: list[Problem]) -> HttpResponse:
    if told:
        # What was repaired is confirmed by submitting it again as it now stands.
        messages.warning(request, "Not submitted yet: look at what is said below, then submit again.")
        return _checked(request, draft, told)
    today = timezone.localdate()
    try:
        workflow.submit(draft.pk, by=own.person(request), at=timezone.now(), on=today)
    except NotPossible as refused:
        messages.error(request, str(refused))
        draft.refresh_from_db()
        return _form(request, draft, map(Remark, refused.problems))
    messages.success(request, f"{draft.reference} has been submitted to the Panel.")
    return redirect("portal:submission", draft.pk)


def _detached(request: HttpRequest, draft: Submission, which: str, told: list[Problem]) -> HttpResponse:
    row = draft.evidence.filter(pk=int(which)).first() if which.isascii() and which.isdigit() else None
    if row:
        # Pressed twice, the second finds nothing left to take off.
        with contextlib.suppress(Evidence.DoesNotExist):
            workflow.detach(row.pk, by=own.person(request))
        messages.success(request, f"{row.file_name} was taken off.")
    return _form(request, draft, map(Remark, told)) if told else redirect("portal:edit", draft.pk)


def _form(request: HttpRequest, draft: Submission, remarks: Iterable[Remark]) -> HttpResponse:
    told, on = list(remarks), timezone.localdate()
    context = {
        "submission": draft,
        "sections": sections(draft.kind, draft.answers, told, on),
        "files": draft.evidence.order_by("what", "pk"),
        "file_boxes": file_boxes(told),
        "file_limit": evidence.LIMIT,
        "summary": summary(told),
        "moves": workflow.possible(draft, own.person(request)),
        "returned": draft.steps.filter(verb="return").last(),
    }
    return render(request, "portal/edit.html", context)


def _posted(request: HttpRequest, draft: Submission) -> dict[str, str]:
    """The answers as typed; PostgreSQL takes no NUL."""
    return {
        asked.name: request.POST.get(asked.name, "").replace("\x00", "")[:LONGEST] for asked in draft.fields
    }


def _repairs(reading: Reading) -> list[Problem]:
    return [problem for problem in reading.problems if problem.level == Level.REPAIR]


def _attached(request: HttpRequest, draft: Submission) -> list[Problem]:
    """Keeps the files that came with the form; gives a problem for each that is not kept."""
    return [
        refused
        for what in Evidence.What.values
        for file in request.FILES.getlist(f"file-{what}")
        if (refused := _attach(request, draft, what, file.name or "file", file.read(), timezone.now()))
    ]


def _attach(
    request: HttpRequest, draft: Submission, what: str, name: str, content: bytes, at: datetime.datetime
) -> Problem | None:
    try:
        workflow.attach(draft.pk, what, name, content, by=own.person(request), at=at)
    except NotAccepted as refused:
        expected = f"a PDF, PNG or JPEG file of at most {evidence.LIMIT // 2**20} MB"
        return Problem(f"file-{what}", "E-file", Level.REFUSE, name, expected, str(refused))
    return None
