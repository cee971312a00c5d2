"""The certificates whose date falls into one month, with what they carry: behind a bar of the first page."""

import csv
import datetime
import re
from collections.abc import Iterable
from typing import Any

from dateutil.relativedelta import relativedelta
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone

from cpl import ending
from cpl.formats.formulas import harmless
from ledger.admin import ListFromAnyAddress

A_PAGE = 100
HEADERS = ("Scheme", "Certificate", "Date", "Current entries")


class EndingCertificates(ListFromAnyAddress):
    """The addresses under the certificates that tell which end in a month."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.ending_view)
        return [path("ending/<str:month>/", view, name="cpl_certificate_ending"), *super().get_urls()]

    def ending_view(self, request: HttpRequest, month: str) -> HttpResponse:
        """A month as `2027-03`; with `?as=csv` as a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        first = _first(month)
        last = first + relativedelta(months=1) - datetime.timedelta(days=1)
        rows = ending.certificates(timezone.localdate(), first, last)
        if request.GET.get("as") == "csv":
            return _as_csv(first, rows)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Certificates ending in {first:%B %Y}",
            "month": first,
            "before": first - relativedelta(months=1),
            "after": first + relativedelta(months=1),
            "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        }
        return render(request, "admin/cpl/certificate/ending.html", context)


def _first(month: str) -> datetime.date:
    if not re.fullmatch(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])", month):
        raise Http404("Name a month as 2027-03.")
    return datetime.date.fromisoformat(f"{month}-01")


def _as_csv(first: datetime.date, rows: Iterable[dict[str, Any]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="certificates-ending-{first:%Y-%m}.csv"'
    writer = csv.writer(response)
    writer.writerow(HEADERS)
    for row in rows:
        writer.writerow([row["scheme"], harmless(row["identifier_shown"]), row["ends_on"], row["entries"]])
    return response
