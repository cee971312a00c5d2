"""The dossier of an entry as one file: a page that needs nothing else, the same as JSON, and digests."""

import hashlib
import io
import json
import zipfile

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpl.dossier import dossier
from cpl.models import Entry

NEEDED = ("cpl.view_entry", "cpl.view_submission", "cpl.view_step", "notifications.view_notice")


class EntryDossier(ModelAdmin):
    """The address under an entry that gives its dossier to officers and auditors; each taking is logged."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.dossier_view))
        return [path("<int:pk>/dossier.zip", view, name="cpl_entry_dossier"), *super().get_urls()]

    def dossier_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perms(NEEDED):
            raise PermissionDenied
        entry = get_object_or_404(Entry.objects.select_related("record", "brought_by"), pk=pk)
        at = timezone.now()
        content = as_archive(dossier(entry, at=at, on=timezone.localdate(at)))
        self.log_change(
            request, entry, f"The dossier was taken, SHA-256 {hashlib.sha256(content).hexdigest()}."
        )
        response = HttpResponse(content, content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="entry-{entry}-dossier.zip"'
        response["Cache-Control"] = "private, no-store"
        return response


def as_archive(found: dict[str, object]) -> bytes:
    """`dossier.html`, `dossier.json` and `SHA256SUMS`. The same dossier gives the same bytes."""
    files = {
        "dossier.html": render_to_string("admin/cpl/entry/dossier.html", {"dossier": found}).encode(),
        "dossier.json": json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False).encode(),
    }
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in {**files, "SHA256SUMS": sums.encode()}.items():
            book.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return archive.getvalue()
