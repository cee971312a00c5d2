"""Approving a family in one act: the page of those chosen, the page of how far it is and what came of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cpl import families
from cpl.admin.deciding import demand_officer, numbers_of, reasons
from cpl.admin.queue_place import filters_of
from cpl.admin.read_only import ReadOnlyAdmin, signed_in
from cpl.models import Job, Submission
from cpl.rules.problem import Level
from cpl.workflow import NotPossible


class Families(ReadOnlyAdmin):
    """The addresses of approving several."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path(
                "family/",
                view(require_http_methods(["GET", "POST"])(self.family_view)),
                name="cpl_submission_family",
            ),
            path(
                "family/<int:job_pk>/",
                view(require_safe(self.progress_view)),
                name="cpl_submission_approving",
            ),
        ]
        return own + super().get_urls()

    def family_view(self, request: HttpRequest) -> HttpResponse:
        """Shows those chosen with their checks (`with`: all of a certificate); a POST approves them."""
        demand_officer(request)
        if request.method == "POST":
            return self._approve(request)
        return self._family(request, _chosen(request), on_form={})

    def progress_view(self, request: HttpRequest, job_pk: int) -> HttpResponse:
        """How far it is; once done, what came of each. Auditors look at it too."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        job = get_object_or_404(Job.objects.select_related("started_by"), pk=job_pk, what=Job.What.APPROVE)
        context = {
            **self.admin_site.each_context(request),
            "title": "Approving several",
            "opts": self.opts,
            "job": job,
            "tenth": f"{job.done * 10 // job.total * 10} percent done" if job.total else "",
            "approved": Submission.objects.filter(pk__in=job.result.get("approved", []))
            .select_related("party", "entry")
            .order_by("pk"),
        }
        if request.headers.get("HX-Request"):
            answer = render(request, "portal/_progress.html", context)
            if not job.is_open:
                answer["HX-Refresh"] = "true"
            return answer
        return render(request, "admin/cpl/submission/approving.html", context)

    def _approve(self, request: HttpRequest) -> HttpResponse:
        chosen = {
            int(pk): seen
            for pk, _, seen in (one.partition(":") for one in request.POST.getlist("go"))
            if pk.isascii() and pk.isdigit() and len(pk) < 10
        }
        try:
            acknowledged = _reasons_of_all(request)
            job = families.approve_all(
                chosen,
                acknowledged=acknowledged,
                words=request.POST.get("words", ""),
                by=signed_in(request),
                at=timezone.now(),
            )
        except NotPossible as error:
            messages.error(request, str(error))
            return self._family(request, numbers_of(request.POST.get("chosen", "")), on_form=request.POST)
        return HttpResponseRedirect(reverse("admin:cpl_submission_approving", args=[job.pk]))

    def _family(self, request: HttpRequest, chosen: list[int], *, on_form: Any) -> HttpResponse:
        try:
            members = families.look_at(chosen, by=signed_in(request), on=timezone.localdate())
        except NotPossible as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("admin:cpl_submission_changelist"))
        going = [member for member in members if not member.obstacle]
        context = {
            **self.admin_site.each_context(request),
            "title": "Approve several",
            "opts": self.opts,
            "going": [(one, len(one.at_level(Level.WARN)), len(one.at_level(Level.NOTE))) for one in going],
            "not_going": [member for member in members if member.obstacle],
            "warnings": [
                (one, on_form.get(f"why:{one.rule}", "")) for one in families.common_warnings(members)
            ],
            "common": on_form.get("why", ""),
            "words": on_form.get("words", ""),
            "chosen": ",".join(map(str, chosen)),
            "filters": filters_of(request.POST if request.method == "POST" else request.GET),
        }
        return render(request, "admin/cpl/submission/family.html", context)


def _chosen(request: HttpRequest) -> list[int]:
    """Those that the list handed on, or a submission with all that share its certificate."""
    if of := numbers_of(request.GET.get("with", "")):
        one = Submission.objects.filter(pk=of[0]).first()
        if one is None:
            raise Http404(f"There is no submission {of[0]}.")
        return [one.pk, *(other.pk for other in families.sharing(one))][: families.MOST]
    return numbers_of(request.GET.get("chosen", ""))


def _reasons_of_all(request: HttpRequest) -> dict[str, str]:
    """A reason for each warning that the page showed; without one, nothing is begun."""
    given = reasons(request.POST)
    shown = request.POST.getlist("warned")
    if missing := [rule for rule in shown if not given.get(rule)]:
        raise NotPossible(
            "Tick each warning and say why it is no obstacle. These have no reason yet: "
            f"{', '.join(missing)}."
        )
    return given
