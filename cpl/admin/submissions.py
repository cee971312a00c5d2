"""The queue and the review page: everything for a decision, and the decision itself."""

import logging
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.http import urlencode

from cpl import evidence, showing, waiting, workflow
from cpl.admin.deciding import Deciding, chosen_of, numbers_of, say_assigned
from cpl.admin.families import Families
from cpl.admin.queue_filters import ApprovalsFilter, DueFilter, WhoseFilter
from cpl.admin.queue_place import FILTERS, place_of
from cpl.admin.read_only import signed_in
from cpl.admin.reviewing import review_of
from cpl.forms import AnswersForm
from cpl.models import Evidence, Submission
from cpl.workflow import FIRST, NotPossible
from ledger.admin import HistoryToRead

log = logging.getLogger(__name__)
RAISED = (
    Submission.Kind.REMOVAL,
    Submission.Kind.RENEWAL,
    Submission.Kind.WITHDRAWAL,
    Submission.Kind.STATEMENT,
)


@admin.register(Submission)
class SubmissionAdmin(Deciding, Families, HistoryToRead):
    list_display = ["reference", "due", "title", "party", "stands", "officer", "kind", "submitted"]
    list_filter = ["status", WhoseFilter, DueFilter, ApprovalsFilter, "kind", "on_hold"]
    date_hierarchy = "submitted_at"
    actions = ["approve_family", "assign_to_me", "assign"]
    list_select_related = ["party", "assigned_to"]
    search_fields = ["=pk", "party__name", "answers__icontains", "source_name"]
    search_help_text = "Number, organisation, or anything that stands in the answers"
    change_form_template = "admin/cpl/submission/review.html"
    change_list_template = "admin/cpl/submission/queue.html"

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """What waits is read oldest first, as it is to be decided; everything else newest first."""
        waiting = request.GET.get("status__exact") == Submission.Status.SUBMITTED
        return ("submitted_at", "pk") if waiting else ("-submitted_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Submission]:
        """Where two have to approve, with what tells whether one has done so."""
        rows = super().get_queryset(request)
        return waiting.with_last_verb(rows) if settings.SECOND_APPROVAL else rows

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("cpl.decide_submission")

    @admin.action(description="Approve together", permissions=["decide"])
    def approve_family(self, request: HttpRequest, chosen: QuerySet[Submission]) -> HttpResponse:
        return self._onward("admin:cpl_submission_family", request, chosen)

    @admin.action(description="Assign to me", permissions=["decide"])
    def assign_to_me(self, request: HttpRequest, chosen: QuerySet[Submission]) -> None:
        try:
            say_assigned(request, numbers_of(chosen_of(chosen)), signed_in(request))
        except NotPossible as error:
            messages.error(request, str(error))

    @admin.action(description="Assign to an officer", permissions=["decide"])
    def assign(self, request: HttpRequest, chosen: QuerySet[Submission]) -> HttpResponse:
        return self._onward("admin:cpl_submission_assign", request, chosen)

    def _onward(self, name: str, request: HttpRequest, chosen: QuerySet[Submission]) -> HttpResponse:
        asked = {"chosen": chosen_of(chosen), FILTERS: request.GET.urlencode()}
        return HttpResponseRedirect(f"{reverse(name)}?{urlencode(asked)}")

    @admin.display(description="status", ordering="status")
    def stands(self, submission: Submission) -> str:
        """The status; on hold, or approved by one of two."""
        status = submission.get_status_display()
        if submission.status != Submission.Status.SUBMITTED:
            return status
        if submission.on_hold:
            return f"{status}, on hold"
        if getattr(submission, "last_verb", "") == FIRST:
            return f"{status}, approved by one of two"
        return status

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
        place = place_of(self, request, submission.pk)
        context = review_of(submission, request, timezone.localdate(), place)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

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
