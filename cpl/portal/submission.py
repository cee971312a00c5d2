"""The page of one submission: what was said, what was found, what has become of it, what can be done."""

import datetime
from dataclasses import dataclass, replace

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cpl import publishing, showing, workflow
from cpl.checking import problems, repairs_of_its_sheet
from cpl.models import Evidence, Step, Submission
from cpl.portal import own
from cpl.portal.answered import answered
from cpl.portal.boxes import Remark, summary
from cpl.rounds import changed, rounds
from cpl.workflow import NotPossible

# What a submitter may do here; officers decide in the admin.
VERBS = ("submit", "withdraw")
WORDS = {
    "submit": "Submitted to the Panel",
    "withdraw": "Withdrawn",
    "return": "Returned by the Panel, to be put right",
    "refuse": "Refused by the Panel",
    "approve": "Approved by the Panel",
    "evidence": "Evidence added by the Panel",
}


@dataclass(frozen=True)
class TimelineStep:
    """A step in words. Officers are told as the Panel, colleagues by name, those who left since too."""

    step: Step
    what: str
    who: str


Status = Submission.Status
# The shape that stands for a status, as `_status.html` has it.
SHAPES = {
    Status.DRAFT: "draft", Status.SUBMITTED: "waiting", Status.RETURNED: "returned", Status.APPROVED: "yes",
    Status.REFUSED: "no", Status.WITHDRAWN: "removed",
}  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """A place on the way of a submission; without a time it lies ahead."""

    label: str
    at: datetime.datetime | None
    shape: str
    is_here: bool = False


@login_required
@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
def submission(request: HttpRequest, number: int) -> HttpResponse:
    """One submission of one's own organisations."""
    shown = own.submission(request, number)
    waits = shown.editable or shown.status == Submission.Status.SUBMITTED
    found = (*repairs_of_its_sheet(shown), *problems(shown, timezone.localdate())) if waits else ()
    context = {
        "submission": shown,
        "seen": workflow.digest_of(shown),
        "sections": answered(shown.kind, shown.answers),
        "summary": summary(map(Remark, found)) if waits else None,
        "papers": showing.papers(shown, _addresses),
        "timeline": _timeline(shown),
        "way": way(shown),
        "rounds": rounds(shown),
        "changed": changed(shown),
        "moves": {
            verb: move
            for verb, move in workflow.possible(shown, own.person(request)).items()
            if verb in VERBS
        },
        "is_published": _is_published(shown),
    }
    return render(request, "portal/submission.html", context)


def _addresses(row: Evidence) -> tuple[str, str]:
    return reverse("portal:evidence_shown", args=[row.pk]), reverse("portal:evidence", args=[row.pk])


@login_required
@require_POST
def move(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    """Submits or withdraws, and says why not where it cannot be done."""
    shown = own.submission(request, number)
    if verb not in VERBS:
        raise Http404(f"There is no step {verb} here.")
    by, at, seen = own.person(request), timezone.now(), request.POST.get("seen", "")
    try:
        if verb == "submit":
            workflow.submit(number, by=by, at=at, on=timezone.localdate(), seen=seen)
        else:
            workflow.move(number, verb, by=by, at=at, words=request.POST.get("words", "").replace("\x00", ""))
    except NotPossible as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{shown.reference}: {WORDS[verb].lower()}.")
    return redirect("portal:submission", number)


def _timeline(shown: Submission) -> list[TimelineStep]:
    return [
        TimelineStep(
            step,
            WORDS.get(step.verb, step.verb),
            workflow.name_of(step.actor) if step.verb in VERBS else "the Panel",
        )
        for step in shown.steps.exclude(verb__in=workflow.UNTOLD).select_related("actor")
    ]


def way(shown: Submission) -> list[Stage]:
    """The stages from draft to decision: those that were passed, where it stands, what is still to come."""
    steps = list(shown.steps.exclude(verb__in=workflow.UNTOLD))
    stages = [Stage("Draft", shown.created_at, "draft")]
    stages += [Stage(Status(step.to_status).label, step.at, SHAPES[Status(step.to_status)]) for step in steps]
    stages[-1] = replace(stages[-1], is_here=True)
    if shown.status in (Status.DRAFT, Status.RETURNED):
        stages.append(Stage("Submitted", None, "draft"))
    if shown.status in (Status.DRAFT, Status.RETURNED, Status.SUBMITTED):
        stages.append(Stage("Decided", None, "draft"))
    return stages


def _is_published(shown: Submission) -> bool:
    """Whether the public can see the entry that came of it."""
    entry, release = getattr(shown, "entry", None), publishing.latest()
    return bool(entry and release and entry.record_id <= (release.serial or 0))
