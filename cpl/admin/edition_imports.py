"""A part of an edition leaves as a file; one that comes in is previewed, then taken wholly or not at all."""

from typing import Any

import tablib
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse

from applicability.models import Edition
from applicability.models.designation import draft_digest
from cpl.admin import edition_files
from cpl.admin.edition_files import LIMITS, Preview, bring_in
from cpl.admin.edition_parts import BY_SLUG, Part
from cpl.admin.edition_rows import claim
from cpl.formats.problems import UnreadableFile

MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class UploadForm(forms.Form):
    """A file, and whether it is the whole of that part."""

    file = forms.FileField(
        help_text=f"Excel workbook or CSV as it is exported here, at most {LIMITS.packed // 2**20} MB."
    )
    whole = forms.BooleanField(
        required=False, label="It is the whole table: take out the rows that it does not name"
    )


class ConfirmForm(forms.Form):
    """The rows as they were shown, and the draft as it was: what has changed since is shown anew."""

    rows = forms.CharField(widget=forms.HiddenInput, strip=False)
    seen = forms.CharField(widget=forms.HiddenInput)
    whole = forms.BooleanField(required=False, widget=forms.HiddenInput)


class FileViews(admin.ModelAdmin):
    """The addresses under an edition that give and take files."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path(
                "<int:pk>/rows/<slug:slug>.<slug:ending>",
                view(self.export_view),
                name="applicability_edition_export",
            ),
            path(
                "<int:pk>/rows/<slug:slug>/import/",
                view(self.import_view),
                name="applicability_edition_import",
            ),
        ]
        return own + super().get_urls()

    def export_view(self, request: HttpRequest, pk: int, slug: str, ending: str) -> HttpResponse:
        edition, part = _named(pk, slug)
        if not self.has_view_permission(request, edition):
            raise PermissionDenied
        if ending not in MEDIA_TYPES:
            raise Http404
        content = edition_files.write(part, edition, ending)
        response = HttpResponse(content, content_type=MEDIA_TYPES[ending])
        name = f"{edition} {part.slug}.{ending}".replace(" ", "-")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def import_view(self, request: HttpRequest, pk: int, slug: str) -> HttpResponse:
        """Asks for the file; the file is answered with the preview, and that, posted, is done."""
        edition, part = _named(pk, slug)
        if not self.has_change_permission(request, edition):
            raise PermissionDenied
        if "rows" in request.POST:
            return self._confirmed(request, edition, part)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                dataset = edition_files.read(form.cleaned_data["file"].read())
                return self._preview(request, edition, part, dataset, form.cleaned_data["whole"])
            except UnreadableFile as error:
                form.add_error("file", str(error))
        return self._import_page(request, edition, part, form=form)

    def _preview(
        self, request: HttpRequest, edition: Edition, part: Part, dataset: tablib.Dataset, whole: bool
    ) -> HttpResponse:
        preview = bring_in(part, edition, dataset, whole=whole, keep=False)
        sent = {"rows": edition_files.again(dataset), "seen": draft_digest(edition), "whole": whole}
        return self._import_page(request, edition, part, preview=preview, confirm=ConfirmForm(initial=sent))

    def _confirmed(self, request: HttpRequest, edition: Edition, part: Part) -> HttpResponse:
        form = ConfirmForm(request.POST)
        if not form.is_valid():
            raise PermissionDenied
        whole = form.cleaned_data["whole"]
        try:
            dataset = edition_files.read(form.cleaned_data["rows"].encode())
            done = _bring_in_as_seen(request, edition, part, dataset, whole, form.cleaned_data["seen"])
        except UnreadableFile as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(request.path)
        if done is None or done.refused:
            messages.warning(request, "The draft has changed meanwhile. This is what the file would do now.")
            return self._preview(request, edition, part, dataset, whole)
        messages.success(request, f"{part.title}: {_told(done)}.")
        return HttpResponseRedirect(reverse("admin:applicability_edition_change", args=[edition.pk]))

    def _import_page(
        self, request: HttpRequest, edition: Edition, part: Part, **context: Any
    ) -> HttpResponse:
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "edition": edition}
        context |= {"part": part, "title": f"Bring in a file: {part.title}"}
        return render(request, "admin/applicability/edition/import.html", context)


def _named(pk: int, slug: str) -> tuple[Edition, Part]:
    if slug not in BY_SLUG:
        raise Http404
    return get_object_or_404(Edition, pk=pk), BY_SLUG[slug]


def _bring_in_as_seen(
    request: HttpRequest, edition: Edition, part: Part, dataset: tablib.Dataset, whole: bool, seen: str
) -> Preview | None:
    """What was done; None, and nothing done, where the draft is not the one that the preview was made of."""
    if draft_digest(edition) != seen:
        return None
    with transaction.atomic():
        claim(request, edition)
        done = bring_in(part, edition, dataset, whole=whole, keep=True)
        if done.refused:
            transaction.set_rollback(True)
    return done


def _told(done: Preview) -> str:
    words = {"new": "added", "changed": "changed", "gone": "taken out"}
    counted = [f"{done.count(what)} {word}" for what, word in words.items() if done.count(what)]
    return ", ".join(counted) or "nothing changed"
