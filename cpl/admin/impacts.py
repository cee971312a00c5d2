"""Pages and lists of an impact: before a draft is designated, and what goes with a certificate."""

import csv
import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils import timezone

from applicability.answers import Answer
from applicability.consequences import Stretch
from applicability.models import Edition
from applicability.openness import say
from cpl import impact
from cpl.admin import impact_pictures
from cpl.formats.formulas import harmless
from cpl.impact import Affected, Impact
from cpl.models import Certificate
from cpl.targets import Target, Targets
from ledger.admin import ListFromAnyAddress

A_PAGE = 100
HEADERS = (
    "Entry", "Device type", "Manufacturer", "Held by", "Model and hardware", "Firmware", "TS version",
    "GBCS version", "Product name", "First day", "Installation", "Maintenance", "To be updated by, now",
    "To be updated by, then", "Who must act", "Licence condition", "Update, path stated",
    "Update, no path stated", "Entries to replace it with", "Certificate of the scheme",
)  # fmt: skip
VERDICTS = {
    "install": {"yes": "may be installed", "no": "may not be installed", "unknown": "not known"},
    "maintain": {"yes": "may be maintained", "no": "may not be maintained", "unknown": "not known"},
}


class DayForm(forms.Form):
    gone_on = forms.DateField(
        label="If the entries were removed on", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )


class EditionImpact(ListFromAnyAddress):
    """The addresses under an edition that tell what designating it would do."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/impact/", view(self.impact_view), name="applicability_edition_impact"),
            path("<int:pk>/impact.csv", view(self.impact_list), name="applicability_edition_impact_list"),
        ]
        return own + super().get_urls()

    def _impact(self, request: HttpRequest, pk: int) -> tuple[Edition, Impact]:
        edition = get_object_or_404(Edition, pk=pk)
        if not self.has_view_permission(request, edition):
            raise PermissionDenied
        return edition, impact.of_edition(edition, on=timezone.localdate())

    def impact_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        edition, found = self._impact(request, pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "edition": edition,
            "title": f"What designating {edition} would do",
            "chart": impact_pictures.of_edition(edition, timezone.localdate()),
        }
        return page(request, "admin/applicability/edition/impact.html", found, context)

    def impact_list(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        edition, found = self._impact(request, pk)
        return as_list(found, f"{edition} impact")


class CertificateImpact(ListFromAnyAddress):
    """The addresses under a certificate that tell what goes with it."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/impact/", view(self.impact_view), name="cpl_certificate_impact"),
            path("<int:pk>/impact.csv", view(self.impact_list), name="cpl_certificate_impact_list"),
        ]
        return own + super().get_urls()

    def _impact(self, request: HttpRequest, pk: int) -> tuple[Certificate, DayForm, datetime.date, Impact]:
        certificate = get_object_or_404(Certificate, pk=pk)
        if not self.has_view_permission(request, certificate):
            raise PermissionDenied
        today = timezone.localdate()
        form = DayForm({"gone_on": today, **request.GET.dict()})
        gone_on = form.cleaned_data["gone_on"] if form.is_valid() else today
        return certificate, form, gone_on, impact.of_certificate(certificate, on=today, gone_on=gone_on)

    def impact_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        certificate, form, gone_on, found = self._impact(request, pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "certificate": certificate,
            "form": form,
            "title": f"What goes with certificate {certificate}",
            "chart": impact_pictures.of_certificate(certificate, found, gone_on=gone_on),
        }
        return page(request, "admin/cpl/certificate/impact.html", found, context)

    def impact_list(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        certificate, _, _, found = self._impact(request, pk)
        return as_list(found, f"certificate {certificate.identifier} impact")


def page(request: HttpRequest, template: str, found: Impact, context: dict[str, Any]) -> HttpResponse:
    """Counts of all, and a page of the entries; the upgrade paths of these alone are looked for."""
    shown = Paginator(found.affected, A_PAGE).get_page(request.GET.get("page"))
    reached = found.targets(list(shown))
    context |= {
        "impact": found,
        "page_obj": shown,
        "rows": [(one, reached[one.entry.number]) for one in shown],
        "list_query": request.GET.urlencode(),
    }
    if chart := context.get("chart"):
        context["pictures"] = impact_pictures.drawn(chart)
    return render(request, template, context)


def as_list(found: Impact, name: str) -> StreamingHttpResponse:
    """Every affected entry as CSV, a line each, with what its devices may become."""
    response = StreamingHttpResponse(_lines(found), content_type="text/csv; charset=utf-8")
    safe = "".join(letter if letter.isalnum() else "-" for letter in name)
    response["Content-Disposition"] = f'attachment; filename="{safe}.csv"'
    return response


class _Line:
    """What a csv writer writes to when its line is wanted back."""

    def write(self, text: str) -> str:
        return text


def _lines(found: Impact) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow(HEADERS)
    reached = found.targets(found.affected)
    for one in found.affected:
        yield writer.writerow([harmless(cell) for cell in _cells(one, reached[one.entry.number])])


def _cells(one: Affected, reached: Targets) -> Sequence[str]:
    entry, what = one.entry, one.consequence
    was, becomes = what.update or ("same", "same")
    return (
        str(entry), entry.device_type, entry.manufacturer, one.holder,
        f"{entry.model}{entry.hardware_version}{entry.hardware_revision}", entry.firmware,
        entry.technical_specification, entry.gbcs_version, entry.product_name,
        what.when.isoformat() if what.when else "",
        _said("install", what.install), _said("maintain", what.maintain),
        _deadline(was), _deadline(becomes), one.actor.name, one.actor.licence,
        _numbers(reached.stated), _numbers(reached.unstated), str(reached.replacing_entries), one.need,
    )  # fmt: skip


def _said(question: str, stretches: Sequence[Stretch]) -> str:
    return "; ".join(
        f"{VERDICTS[question][stretch.after.verdict]} from {stretch.first.isoformat()}"
        + (f" to {stretch.last.isoformat()}" if stretch.last else "")
        for stretch in stretches
    )


def _deadline(answer: Answer | str) -> str:
    if isinstance(answer, str):
        return answer
    if answer.by is None or answer.by.date is None:
        return {"no": "no end", "unknown": "unknown"}.get(answer.verdict, "at once")
    return f"{say(answer.by.date)}{' at the latest' if answer.at_the_latest else ''}"


def _numbers(targets: Sequence[Target]) -> str:
    return "; ".join(str(target.entry) for target in targets)
