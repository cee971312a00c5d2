"""The queue and the review page: everything for a decision, and the decision itself."""

import datetime
import logging
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from applicability.answers import Device
from cpl import evidence, offers, register, showing, waiting, workflow
from cpl import fields as f
from cpl.admin.queue_filters import DueFilter, WhoseFilter
from cpl.admin.read_only import ReadOnlyAdmin, signed_in
from cpl.checking import problems
from cpl.forms import SECTIONS, AnswersForm
from cpl.models import Entry, Evidence, Step, Submission
from cpl.rounds import changed
from cpl.rules.problem import Level, Problem
from cpl.standing import Standing, would_stand
from cpl.workflow import NotPossible
from ledger.admin import HistoryToRead

log = logging.getLogger(__name__)
RAISED = (
    Submission.Kind.REMOVAL,
    Submission.Kind.RENEWAL,
    Submission.Kind.WITHDRAWAL,
    Submission.Kind.STATEMENT,
)


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin, HistoryToRead):
    list_display = ["reference", "kind", "title", "party", "status", "submitted", "due", "officer"]
    list_filter = ["status", WhoseFilter, DueFilter, "kind", "on_hold"]
    list_select_related = ["party", "assigned_to"]
    search_fields = ["=pk", "party__name", "answers__icontains", "source_name"]
    search_help_text = "Number, organisation, or anything that stands in the answers"
    change_form_template = "admin/cpl/submission/review.html"
    change_list_template = "admin/cpl/submission/queue.html"

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """What waits is read oldest first, as it is to be decided; everything else newest first."""
        waiting = request.GET.get("status__exact") == Submission.Status.SUBMITTED
        return ("submitted_at", "pk") if waiting else ("-submitted_at", "-pk")

    @admin.display(ordering="submitted_at")
    def submitted(self, submission: Submission) -> str:
        at = submission.submitted_at
        return date_format(timezone.localtime(at), "j F Y, H:i") if at else "not yet"

    @admin.display(ordering="submitted_at")
    def due(self, submission: Submission) -> str:
        """The day by which it is to be decided, and whether that is past."""
        due = waiting.due_on(submission)
        if due is None:
            return ""
        if submission.on_hold:
            return "on hold"
        return f"{date_format(due, 'j F Y')}{', overdue' if due < timezone.localdate() else ''}"

    @admin.display(ordering="assigned_to")
    def officer(self, submission: Submission) -> str:
        who = submission.assigned_to
        return (who.get_full_name() or who.get_username()) if who else ""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        kinds = RAISED if request.user.has_perm("cpl.raise_submission") else ()
        return super().changelist_view(
            request, {"title": "Submissions", "raised_kinds": kinds, **(extra_context or {})}
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("raise/<slug:kind>/", view(self.raise_view), name="cpl_submission_raise"),
            path("<int:pk>/decide/", view(require_POST(self.decide_view)), name="cpl_submission_decide"),
            path(
                "<int:pk>/evidence/<int:evidence_pk>/",
                view(self.evidence_view),
                name="cpl_submission_evidence",
            ),
        ]
        return own + super().get_urls()

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        submission = self.get_object(request, unquote(object_id))
        if submission is None:
            raise Http404(f"There is no submission {object_id[:40]}.")
        if not self.has_view_permission(request, submission):
            raise PermissionDenied
        context = review_of(submission, request, timezone.localdate())
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("cpl.decide_submission"):
            raise PermissionDenied
        try:
            submission = decide(pk, request)
        except NotPossible as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("admin:cpl_submission_change", args=[pk]))
        messages.success(request, _told(submission))
        return HttpResponseRedirect(reverse("admin:cpl_submission_changelist") + "?status__exact=submitted")

    def raise_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        if not request.user.has_perm("cpl.raise_submission") or kind not in RAISED:
            raise PermissionDenied
        form = AnswersForm(kind, request.POST or None, on=timezone.localdate(), initial=request.GET.dict())
        if request.method == "POST" and form.is_valid():
            try:
                submission = raise_submission(form, request)
            except (NotPossible, evidence.NotAccepted) as error:
                messages.error(request, str(error))
                form.problems = getattr(error, "problems", ())
            else:
                messages.success(request, f"{submission.reference} waits for a second officer.")
                return HttpResponseRedirect(reverse("admin:cpl_submission_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "form": form,
            "title": Submission.Kind(kind).label,
            "opts": self.opts,
            "what": Evidence.What.choices,
        }
        return render(request, "admin/cpl/submission/raise.html", context)

    def evidence_view(self, request: HttpRequest, pk: int, evidence_pk: int) -> HttpResponse:
        """A private file, shown in a sandbox: no script in it runs, nothing outside is asked."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = get_object_or_404(Evidence, pk=evidence_pk, submission=pk)
        try:
            content = evidence.read(row.sha256)
        except (OSError, ValueError) as error:
            log.error("Evidence %s cannot be read: %s", row.pk, error)
            raise Http404("This file cannot be read: it is missing or altered.") from error
        return showing.in_place(content, row.file_name)


def decide(pk: int, request: HttpRequest) -> Submission:
    """One of the officer's moves, as the review page posts it."""
    at, words, seen = timezone.now(), request.POST.get("words", ""), request.POST.get("seen", "")
    if request.POST.get("verb") == "approve":
        return register.approve(
            pk, by=signed_in(request), at=at, on=timezone.localdate(at), words=words,
            acknowledged=request.POST.getlist("acknowledged"), seen=seen,
        )  # fmt: skip
    verb = request.POST.get("verb", "")
    return workflow.move(pk, verb, by=signed_in(request), at=at, words=words, seen=seen)


def raise_submission(form: AnswersForm, request: HttpRequest) -> Submission:
    """What staff propose in the Panel's own name: started, filled in and submitted, or not at all."""
    at = timezone.now()
    files = [
        (what, one.name or "", one.read())
        for what in Evidence.What.values
        for one in request.FILES.getlist(what)
    ]
    # Before anything is locked: to look into a PDF may take seconds, and the second time none.
    for _, _, content in files:
        evidence.take_in(content)
    with transaction.atomic():
        draft = workflow.start(form.kind, party=None, by=signed_in(request), at=at, answers=form.answers())
        for what, name, content in files:
            workflow.attach(draft.pk, what, name, content, by=signed_in(request), at=at)
        return workflow.submit(draft.pk, by=signed_in(request), at=at, on=timezone.localdate(at))


def review_of(submission: Submission, request: HttpRequest, on: datetime.date) -> dict[str, Any]:
    """What the review page shows."""
    found = problems(submission, on, for_officer=True)
    return {
        "title": f"{submission.reference}: {submission.title}",
        "subtitle": None,
        "submission": submission,
        "sections": _answers_of(submission),
        "found": {level: [p for p in found if p.level == level] for level in Level},
        "by_field": _by_field(found),
        "papers": showing.papers(submission, _addresses),
        "offers": offers.waiting_for(submission),
        "offered_to": offers.open_ones(submission),
        "changed": changed(submission),
        "steps": Step.objects.filter(submission=submission).select_related("actor"),
        "moves": workflow.possible(submission, signed_in(request)),
        "digest": workflow.digest_of(submission),
        "similar": _similar(submission, on),
        "standing": _standing(submission, on),
        "today": on,
    }


def _addresses(row: Evidence) -> tuple[str, str]:
    return reverse("admin:cpl_submission_evidence", args=[row.submission_id, row.pk]), ""


def _answers_of(submission: Submission) -> list[tuple[str, list[tuple[f.Field, str]]]]:
    return [
        (title, [(field, submission.answers.get(field.name, "")) for field in section])
        for title, section in SECTIONS[submission.kind]
        if any(submission.answers.get(field.name) for field in section)
    ]


def _by_field(found: tuple[Problem, ...]) -> dict[str, list[Problem]]:
    result: dict[str, list[Problem]] = {}
    for problem in found:
        result.setdefault(problem.field, []).append(problem)
    return result


def _similar(submission: Submission, on: datetime.date) -> list[Entry]:
    """The latest entries of the same manufacturer and model, to compare with."""
    answer = submission.answers.get
    if submission.kind != Submission.Kind.NEW_ENTRY:
        return []
    same = Entry.objects.filter(manufacturer=answer(f.MANUFACTURER.name, ""), model=answer(f.MODEL.name, ""))
    return list(same.with_status(on).order_by("-number")[:5])


def _standing(submission: Submission, on: datetime.date) -> Standing | None:
    answer = submission.answers.get
    if submission.kind != Submission.Kind.NEW_ENTRY:
        return None
    names = (answer(field.name, "") for field in (f.DEVICE_TYPE, f.TS_VERSION, f.GBCS_VERSION))
    return would_stand(Device(*names), on=on)


def _told(submission: Submission) -> str:
    if submission.kind == Submission.Kind.NEW_ENTRY and hasattr(submission, "entry"):
        return f"{submission.reference} is approved: it is entry {submission.entry}."
    return f"{submission.reference} is {submission.get_status_display().lower()}."
