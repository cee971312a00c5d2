"""The form of a draft: saved however incomplete, checked, submitted, with its files on the same page."""

import contextlib
import datetime
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cpl import evidence, workflow
from cpl.checking import problems, problems_of_answers
from cpl.evidence import NotAccepted
from cpl.fields import Field
from cpl.forms import OF_THE_DCC
from cpl.keys import keys_of
from cpl.models import Evidence, Submission
from cpl.portal import firmware_file, merging, own, sheet_remarks
from cpl.portal.boxes import Remark, file_boxes, same_as_copied, sections, summary
from cpl.rules import in_order
from cpl.rules.problem import Level, Problem
from cpl.rules.reading import read_answers
from cpl.workflow import ChangedMeanwhile, NotPossible

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


@login_required
@require_POST
def autosave(request: HttpRequest, number: int) -> HttpResponse:
    """Keeps what was typed so far, and says so in a line; the form itself stays as it is."""
    draft, at = own.submission(request, number), timezone.now()
    context: dict[str, Any] = {"submission": draft, "at": at}
    try:
        draft = workflow.save(
            draft.pk, _answers(request, draft), by=own.person(request), at=at, seen=_seen(request)
        )
        context["seen"] = workflow.digest_of_answers(draft.answers)
    except NotPossible as refused:
        context |= {"refused": str(refused), "is_changed": isinstance(refused, ChangedMeanwhile)}
    return render(request, "portal/_saved.html", context)


@login_required
@require_POST
def field(request: HttpRequest, number: int) -> HttpResponse:
    """What is to be said of one field (`HX-Trigger-Name`, else `field`) as the form stands; keeps nothing."""
    draft = own.submission(request, number)
    name = request.headers.get("HX-Trigger-Name", "") or request.POST.get("field", "")
    found = problems_of_answers(
        draft.kind,
        _answers(request, draft),
        party=draft.party,
        by_panel=False,
        on=timezone.localdate(),
        evidence=frozenset(draft.evidence.values_list("what", flat=True)),
    )
    remarks = [Remark(problem) for problem in found if problem.field == name]
    return render(request, "portal/_remarks.html", {"remarks": remarks, "submission": draft})


def _kept(request: HttpRequest, draft: Submission) -> HttpResponse:
    """Writes the answers and files, whatever they are worth, and goes on."""
    by, typed = own.person(request), _answers(request, draft)
    # Files first: where the answers have to be settled with a colleague's, they need not be chosen again.
    told = attached(request, draft)
    if request.POST.get("do") == "merge":
        typed = merging.settled(request, draft, typed)
        if merging.is_open(request, draft, typed):
            return merging.ask(request, draft, typed, told)
    try:
        draft = workflow.save(draft.pk, typed, by=by, at=timezone.now(), seen=_seen(request))
    except ChangedMeanwhile as changed:
        messages.warning(request, str(changed))
        return merging.ask(request, changed.submission, typed, told)
    sheet_remarks.forget(request, draft)
    if taken_off := request.POST.get("detach"):
        return _detached(request, draft, taken_off, told)
    do = {"check": _checked, "submit": _submitted, "firmware": _read}.get(request.POST.get("do", ""), _saved)
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
        messages.warning(request, "Not submitted yet: look at what is said below, then submit again.")
        return _checked(request, draft, told)
    today = timezone.localdate()
    try:
        seen = workflow.digest_of(draft)
        workflow.submit(draft.pk, by=own.person(request), at=timezone.now(), on=today, seen=seen)
    except NotPossible as refused:
        messages.error(request, str(refused))
        draft.refresh_from_db()
        return _form(request, draft, map(Remark, refused.problems))
    messages.success(request, f"{draft.reference} has been submitted to the Panel.")
    return redirect("portal:receipt", draft.pk)


def _read(request: HttpRequest, draft: Submission, told: list[Problem]) -> HttpResponse:
    """Fills in what a firmware file says; what stands there otherwise is asked about."""
    read = firmware_file.read(request, draft.answers)
    if isinstance(read, Problem):
        return _form(request, draft, map(Remark, [*told, read]))
    answers = {**draft.answers, **read.filled_in}
    seen = workflow.digest_of_answers(draft.answers)
    draft = workflow.save(draft.pk, answers, by=own.person(request), at=timezone.now(), seen=seen)
    return _form(request, draft, map(Remark, told), firmware=read)


def _detached(request: HttpRequest, draft: Submission, which: str, told: list[Problem]) -> HttpResponse:
    row = draft.evidence.filter(pk__in=keys_of([which])).first()
    if row:
        # Pressed twice, the second finds nothing left to take off.
        with contextlib.suppress(Evidence.DoesNotExist):
            workflow.detach(row.pk, by=own.person(request))
        messages.success(request, f"{row.file_name} was taken off.")
    return _form(request, draft, map(Remark, told)) if told else redirect("portal:edit", draft.pk)


def _form(
    request: HttpRequest,
    draft: Submission,
    remarks: Iterable[Remark],
    firmware: firmware_file.FirmwareFile | None = None,
) -> HttpResponse:
    on = timezone.localdate()
    told = _with_repairs(draft, remarks)
    returned = (
        draft.steps.filter(verb="return").last() if draft.status == Submission.Status.RETURNED else None
    )
    by_dcc = draft.party is not None and draft.party.is_dcc
    context = {
        "submission": draft,
        "seen": workflow.digest_of_answers(draft.answers),
        "sections": sections(draft, told, on, returned, without=() if by_dcc else OF_THE_DCC),
        "files": draft.evidence.order_by("what", "pk"),
        "file_boxes": file_boxes(told),
        "file_limit": evidence.LIMIT,
        "firmware": firmware,
        "firmware_remarks": [one for one in told if one.problem.field == firmware_file.FIELD],
        "reads_firmware": draft.kind == Submission.Kind.NEW_ENTRY,
        "summary": summary(told),
        "moves": workflow.possible(draft, own.person(request)),
        "returned": returned,
        "is_copy": bool(same_as_copied(draft)),
    }
    return render(request, "portal/edit.html", context)


def _with_repairs(draft: Submission, remarks: Iterable[Remark]) -> list[Remark]:
    """What is read otherwise than it was typed is shown until it is confirmed, whatever else is said."""
    told = list(remarks)
    said = {(one.problem.field, one.problem.rule) for one in told}
    for problem in read_answers(draft.kind, draft.answers).problems:
        if problem.level == Level.REPAIR and (problem.field, problem.rule) not in said:
            told.append(Remark(problem))
    return told


def _seen(request: HttpRequest) -> str:
    return request.POST.get("seen", "")


def _answers(request: HttpRequest, draft: Submission) -> dict[str, str]:
    """The answers as typed, but for what the person has confirmed or taken from a firmware file."""
    typed = {asked.name: typed_of(request, asked) for asked in draft.fields}
    typed |= firmware_file.taken(request)
    return typed | _confirmed(request, draft, typed)


def typed_of(request: HttpRequest, asked: Field) -> str:
    """What was typed into one field, cut to a length and without what no database takes."""
    return request.POST.get(asked.name, "").replace("\x00", "").replace("\r\n", "\n")[:LONGEST]


def _confirmed(request: HttpRequest, draft: Submission, typed: dict[str, str]) -> dict[str, str]:
    """The readings that were confirmed, by field: only as they were shown, and only if it still reads so."""
    every = request.POST.get("do") == "confirm"
    read = read_answers(draft.kind, typed).answers
    found = {}
    for asked in draft.fields:
        ticked = request.POST.get(f"confirm:{asked.name}") or (
            request.POST.get(f"read:{asked.name}") if every else None
        )
        if ticked and ticked.replace("\r\n", "\n") == read.get(asked.name):
            found[asked.name] = read[asked.name]
    return found


def attached(request: HttpRequest, draft: Submission) -> list[Problem]:
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
    except (NotAccepted, NotPossible) as refused:
        expected = f"a PDF, PNG or JPEG file of at most {evidence.LIMIT // 2**20} MB"
        return Problem(f"file-{what}", "E-file", Level.REFUSE, name, expected, str(refused))
    return None
