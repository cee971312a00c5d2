"""The forecast as a page with its picture, and as a file."""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import mark_safe

from applicability import bars
from applicability.bars import Column
from cpl.models import Certificate, DateKind
from notifications import forecast
from notifications.admin.files import as_csv
from notifications.admin.named import Recipients, certificates, in_blocks
from notifications.due import To
from notifications.forecast import Lines, Overview, Wanted
from notifications.further import milestones_told
from notifications.proof import find_certificates

A_PAGE = 100
HEADERS = (
    "Told on", "Entry", "Certificate", "Date", "Months before", "State", "Recipient",
)  # fmt: skip


class WantedForm(forms.Form):
    """What of the forecast is asked for. `to` is a recipient as `party 12`, of those that would be told."""

    month = forms.ChoiceField(required=False)
    to = forms.ChoiceField(required=False, label="Recipient")
    months = forms.TypedChoiceField(required=False, label="Months before", coerce=int, empty_value=None)
    kind = forms.ChoiceField(
        required=False, label="The date is one of",
        choices=[("", "Expiry or renewal"), (DateKind.EXPIRES, "Expiry"), (DateKind.RENEWS, "Renewal")],
    )  # fmt: skip
    certificate = forms.CharField(required=False, max_length=60, help_text="Its identifier, such as 7701.")

    def __init__(
        self,
        *args: Any,
        months: list[datetime.date],
        names: dict[To, str],
        milestones: Iterable[int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["months"].choices = [("", "Any"), *((str(one), str(one)) for one in milestones)]  # type: ignore[attr-defined]
        every: list[tuple[str, str]] = [("", "All months")]
        every += [(f"{first:%Y-%m}", f"{first:%B %Y}") for first in months]
        self.fields["month"].choices = every  # type: ignore[attr-defined]
        people = sorted((name, f"{to.kind} {to.key}") for to, name in names.items())
        self.fields["to"].choices = [("", "Everybody"), *((key, name) for name, key in people)]  # type: ignore[attr-defined]

    def clean_certificate(self) -> frozenset[int] | None:
        written = self.cleaned_data["certificate"]
        if not written:
            return None
        found = frozenset(one.pk for one in find_certificates(written))
        if not found:
            raise ValidationError(f"No certificate has the identifier “{written}”. Look it up in the list.")
        return found

    def wanted(self) -> Wanted:
        asked = self.cleaned_data
        month = datetime.date.fromisoformat(f"{asked['month']}-01") if asked["month"] else None
        to = To(*asked["to"].split(" ", 1)) if asked["to"] else None
        return Wanted(month, to, self._certificates(), asked["months"])

    def _certificates(self) -> frozenset[int] | None:
        named: frozenset[int] | None = self.cleaned_data["certificate"]
        kind = self.cleaned_data["kind"]
        if not kind:
            return named
        rows = Certificate.objects.filter(date_kind=kind)
        its = rows.filter(pk__in=named) if named is not None else rows
        return frozenset(its.values_list("pk", flat=True))


class ForecastPages(admin.ModelAdmin):
    """The addresses under the ledger of notices that tell of what is to come."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.forecast_view)
        return [path("forecast/", view, name="notifications_notice_forecast"), *super().get_urls()]

    def forecast_view(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """`?as=csv` is the file of what is asked for: a row a notice."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        on = timezone.localdate()
        until = forecast.last_day(on)
        groups = forecast.tally(forecast.ahead(on, until))
        found = forecast.overview(groups, on)
        recipients = Recipients()
        names = {to: recipients.name(to) for to in found.by_recipient}
        form = WantedForm(
            request.GET,
            months=[month.first for month in found.months],
            names=names,
            milestones=milestones_told(on).months,
        )
        wanted = form.wanted() if form.is_valid() else None
        if wanted and request.GET.get("as") == "csv":
            rows = _rows(wanted.of(forecast.ahead(on, until)), recipients)
            return as_csv(f"notices-forecast-{on}", HEADERS, rows)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Forecast of notices",
            "on": on,
            "until": until,
            "form": form,
            "found": found,
            "pictures": _pictures(found),
            "by_recipient": _by_recipient(found, names),
            "asked": {key: value for key, value in request.GET.items() if key in form.fields and value},
        }
        if wanted:
            lines = Lines(wanted.among(groups))
            page = Paginator(lines, A_PAGE).get_page(request.GET.get("page"))
            about = certificates(one.certificate for one in page)
            context["page"] = page
            context["notices"] = lines.notices
            context["lines"] = [(one, about[one.certificate], names[one.to]) for one in page]
        return render(request, "admin/notifications/forecast.html", context)


def _pictures(found: Overview) -> dict[str, str]:
    columns = [
        Column(
            f"{month.first:%b}",
            month.notices,
            f"{month.first:%Y}" if month.first.month == 1 or month is found.months[0] else "",
        )
        for month in found.months
    ]
    title = "Notices that will be sent, by month"
    return {
        # Nothing in it but names of months and numbers.
        size: mark_safe(bars.draw(title, columns, width=width, name=f"forecast-{size}"))  # noqa: S308
        for size, width in {"wide": bars.WIDE, "narrow": bars.NARROW}.items()
    }


def _by_recipient(found: Overview, names: dict[To, str]) -> list[tuple[str, str, int]]:
    """The name of each, the query that asks for it alone, and how many notices it would have; most first."""
    rows = [
        (names[to], urlencode({"to": f"{to.kind} {to.key}"}), sum(months.values()))
        for to, months in found.by_recipient.items()
    ]
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def _rows(rows: Iterator[forecast.Ahead], names: Recipients) -> Iterator[tuple[object, ...]]:
    for block in in_blocks(rows):
        about = certificates(row.certificate for row in block)
        for row in block:
            for to in row.recipients:
                yield (
                    row.on.isoformat(), f"{row.entry:06d}", about[row.certificate], row.date.isoformat(),
                    row.milestone, row.state.value, names.name(to),
                )  # fmt: skip
