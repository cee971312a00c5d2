"""Work in the background and files that were handed in, to look at."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from cpl import jobs
from cpl.admin.exports import may_fetch
from cpl.admin.read_only import ReadOnlyAdmin
from cpl.models import Job, Upload

_OF_UPLOADS = (Job.What.CHECK_UPLOAD, Job.What.TAKE_UPLOAD, Job.What.SUBMIT_UPLOAD)


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    change_form_template = "admin/cpl/job/page.html"
    exclude = ["claim", "asked", "result"]
    list_display = [
        "what",
        "subject",
        "state",
        "done",
        "total",
        "problems",
        "started_by",
        "created_at",
        "words",
        "seen_at",
    ]
    list_filter = ["state", "what"]
    list_select_related = ["started_by"]
    search_fields = ["=subject", "words", "party__name"]

    def has_view_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        """Whoever began it looks after it, too."""
        own = obj is not None and obj.started_by_id == request.user.pk
        return own or super().has_view_permission(request, obj)

    @admin.display(description="page of its own")
    def seen_at(self, job: Job) -> SafeString | str:
        place = _page_of(job)
        words = "How far it is" if job.is_open else "What came of it"
        return format_html('<a href="{}">{}</a>', place, words) if place else ""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [path("<int:pk>/file/", view(require_safe(self.file_view)), name="cpl_job_file")]
        return own + super().get_urls()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Asked by htmx, it says how far the work is, and loads the page again once it has ended."""
        job = self.get_object(request, unquote(object_id))
        if job is None or not self.has_view_permission(request, job):
            return super().change_view(request, object_id, form_url, extra_context)
        if request.htmx and job.is_open:  # type: ignore[attr-defined]
            return render(request, "portal/_progress.html", {"job": job, "tenth": _tenth(job)})
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponse(headers={"HX-Refresh": "true"})
        context = {
            "job": job,
            "seen_at": _page_of(job),
            "tenth": _tenth(job),
            "fetch": _kept(job) and may_fetch(job, request),
            "gone": job.what == Job.What.EXPORT and job.state == Job.State.DONE and not _kept(job),
            "until": (job.ended_at or timezone.now()) + jobs.KEPT,
        }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def file_view(self, request: HttpRequest, pk: int) -> FileResponse:
        """The file that an export wrote. For anybody but who asked for it there is none."""
        job = get_object_or_404(Job, pk=pk)
        if not (_kept(job) and may_fetch(job, request)):
            raise Http404("There is no such file, or its week is over. Export the list again.")
        file = jobs.RESULTS.path_of(job.result["sha256"]).open("rb")
        answer = FileResponse(file, as_attachment=True, filename=job.result["name"])
        answer["Cache-Control"] = "private, no-store"
        return answer


def _page_of(job: Job) -> str:
    """The page that tells of each row, where there is one."""
    if job.what == Job.What.APPROVE:
        return reverse("admin:cpl_submission_approving", args=[job.pk])
    if job.what in _OF_UPLOADS and job.subject.isdigit():
        return reverse("admin:cpl_upload_change", args=[job.subject])
    return ""


def _kept(job: Job) -> bool:
    """Whether its file is there; nobody waits for the nightly sweep to find that its week is over."""
    if job.what != Job.What.EXPORT or job.state != Job.State.DONE or job.ended_at is None:
        return False
    return job.ended_at + jobs.KEPT > timezone.now() and jobs.RESULTS.path_of(job.result["sha256"]).exists()


def _tenth(job: Job) -> str:
    return f"{job.done * 10 // job.total * 10}% done" if job.total else ""


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    list_display = ["reference", "source_name", "party", "status", "rows_read", "rows_refused", "created_at"]
    list_filter = ["status", "shape"]
    list_select_related = ["party"]
    # What it says is its Party's own until it is submitted.
    exclude = ["further", "problems", "columns"]
    search_fields = ["=pk", "source_name", "party__name"]
