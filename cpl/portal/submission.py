"""The page of one submission: what was said, what was found, what has become of it, what can be done."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cpl import publishing, workflow
from cpl.checking import problems
from cpl.forms import SECTIONS
from cpl.models import Step, Submission
from cpl.portal import own
from cpl.portal.boxes import Remark, summary
from cpl.workflow import NotPossible

# What a submitter may do here; officers decide in the admin.
VERBS = ("submit", "withdraw")
WORDS = {
    "submit": "Submitted to the Panel",
    "withdraw": "Withdrawn",
    "return": "Returned by the Panel, to be put right",
    "refuse": "Refused by the Panel",
    "approve": "Approved by the Panel",
}


@dataclass(frozen=True)
class TimelineStep:
    """A step in words. Officers are told as the Panel, colleagues by name."""

    step: Step
    what: str
    who: str


@login_required
@require_safe
def submission(request: HttpRequest, number: int) -> HttpResponse:
    """One submission of one's own organisations."""
    shown = own.submission(request, number)
    waits = shown.editable or shown.status == Submission.Status.SUBMITTED
    context = {
        "submission": shown,
        "sections": _answered(shown),
        "summary": summary(map(Remark, problems(shown, timezone.localdate()))) if waits else None,
        "files": shown.evidence.order_by("what", "pk"),
        "timeline": _timeline(shown),
        "receipt": shown.steps.filter(verb="submit").last(),
        "moves": {
            verb: move
            for verb, move in workflow.possible(shown, own.person(request)).items()
            if verb in VERBS
        },
        "is_published": _is_published(shown),
    }
    return render(request, "portal/submission.html", context)


@login_required
@require_POST
def move(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    """Submits or withdraws, and says why not where it cannot be done."""
    shown = own.submission(request, number)
    if verb not in VERBS:
        raise Http404(f"There is no step {verb} here.")
    by, at = own.person(request), timezone.now()
    try:
        if verb == "submit":
            workflow.submit(number, by=by, at=at, on=timezone.localdate())
        else:
            workflow.move(number, verb, by=by, at=at, words=request.POST.get("words", "").replace("\x00", ""))
    except NotPossible as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{shown.reference}: {WORDS[verb].lower()}.")
    return redirect("portal:submission", number)


def _answered(shown: Submission) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """The form's groups with what was answered: label, text, whether it is hexadecimal."""
    groups = [
        (
            title,
            [(f.label, shown.answers[f.name], f.kind == "hex") for f in asked if shown.answers.get(f.name)],
        )
        for title, asked in SECTIONS[shown.kind]
    ]
    return [(title, answers) for title, answers in groups if answers]


def _timeline(shown: Submission) -> list[TimelineStep]:
    colleagues = set(shown.party.users.values_list("pk", flat=True)) if shown.party else set()
    return [
        TimelineStep(
            step,
            WORDS.get(step.verb, step.verb),
            (step.actor.get_full_name() or step.actor.email) if step.actor_id in colleagues else "the Panel",
        )
        for step in shown.steps.select_related("actor")
    ]


def _is_published(shown: Submission) -> bool:
    """Whether the public can see the entry that came of it."""
    entry, release = getattr(shown, "entry", None), publishing.latest()
    return bool(entry and release and entry.record_id <= (release.serial or 0))
