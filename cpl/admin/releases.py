"""Releases, and the page from which the next one is published."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from cpl import publishing
from cpl.admin.read_only import ReadOnlyAdmin, ReadOnlyInline, signed_in
from cpl.models import Release, ReleaseFile
from cpl.workflow import NotPossible


class ReleaseFileInline(ReadOnlyInline):
    model = ReleaseFile
    fields = ["name", "size", "sha256"]


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    list_display = ["number", "issued_on", "serial", "published_by", "changes"]
    search_fields = ["number", "changes"]
    inlines = [ReleaseFileInline]
    change_list_template = "admin/cpl/release/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        own = [path("publish/", self.admin_site.admin_view(self.publish_view), name="cpl_release_publish")]
        return own + super().get_urls()

    def publish_view(self, request: HttpRequest) -> HttpResponse:
        """Shows what would be new in the next release; posting publishes it."""
        if not request.user.has_perm("cpl.publish_release"):
            raise PermissionDenied
        now = timezone.now()
        today = timezone.localdate(now)
        if request.method == "POST":
            return self._publish(request)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Publish release {publishing.next_number()}",
            "number": publishing.next_number(),
            "changes": publishing.unreleased(today),
            "latest": publishing.latest(),
            "today": today,
        }
        return render(request, "admin/cpl/release/publish.html", context)

    def _publish(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        try:
            release = publishing.publish(by=signed_in(request), at=now, on=timezone.localdate(now))
        except NotPossible as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("admin:cpl_release_publish"))
        messages.success(request, f"Release {release} is published.")
        return HttpResponseRedirect(reverse("admin:cpl_release_change", args=[release.pk]))
