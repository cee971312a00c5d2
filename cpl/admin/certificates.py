"""Certificates in the admin: facts, events, succession, what rests on each; found by when they end."""

import datetime
from collections.abc import Collection
from typing import Any

from dateutil.relativedelta import relativedelta
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import CharField, Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from applicability.openness import say
from cpl.admin.days import day_asked
from cpl.admin.ending import EndingCertificates
from cpl.admin.exports import CertificateTable, TableToTake
from cpl.admin.impacts import CertificateImpact
from cpl.admin.proposing import RaisingAdmin, propose, raise_about
from cpl.as_it_was import ENDS, certificate_on, recorded_on
from cpl.keys import keys_of
from cpl.models import (
    Certificate,
    CertificateEvent,
    Coverage,
    DateKind,
    ManufacturerIdentifier,
    Submission,
)

What = CertificateEvent.What
A_PAGE = 100
# No certificate of a real scheme is replaced so often; a circle would end here too.
DEEPEST = 20


def last_event(*what: str) -> QuerySet[CertificateEvent]:
    """For a subquery: the last event of these sorts."""
    return CertificateEvent.objects.filter(certificate=OuterRef("pk"), what__in=what).order_by("-pk")


def with_its_state(rows: QuerySet[Certificate], on: datetime.date) -> QuerySet[Certificate]:
    """Adds `ends_now` and `ended_as` ("" while it was neither withdrawn nor cancelled), as of a day."""
    ended, dated = last_event(*ENDS).filter(on__lte=on), last_event(What.DATED).filter(on__lte=on)
    return rows.annotate(
        ends_now=Coalesce(Subquery(dated.values("date")[:1]), F("date")),
        ended_as=Subquery(ended.values("what")[:1], output_field=CharField()),
        replaced_by=Subquery(last_event(What.REPLACED).values("successor")[:1]),
    )


class EndingFilter(admin.SimpleListFilter):
    title = "ends or renews within"
    parameter_name = "within"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("6", "6 months"), ("12", "12 months"), ("18", "18 months")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Certificate]) -> QuerySet[Certificate]:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        today = timezone.localdate()
        last = today + relativedelta(months=int(self.value() or 0))
        return queryset.filter(ends_now__gte=today, ends_now__lte=last, ended_as__isnull=True)  # type: ignore[misc]


class CertificateStateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"
    STATES = (
        ("in_force", "In force"),
        ("past", "Past its date"),
        ("withdrawn", "Withdrawn"),
        ("cancelled", "Cancelled"),
        ("replaced", "Replaced"),
    )

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> tuple[tuple[str, str], ...]:
        return self.STATES

    def queryset(self, request: HttpRequest, queryset: QuerySet[Certificate]) -> QuerySet[Certificate]:
        past = Q(ends_now__lt=timezone.localdate())
        lasting = queryset.filter(ended_as__isnull=True)  # type: ignore[misc]
        match self.value():
            case "in_force":
                # Not "exclude": what has no date would be left out.
                return lasting.filter(Q(ends_now__isnull=True) | ~past)
            case "past":
                return lasting.filter(past)
            case "withdrawn" | "cancelled":
                return queryset.filter(ended_as=self.value())  # type: ignore[misc]
            case "replaced":
                return queryset.filter(replaced_by__isnull=False)  # type: ignore[misc]
        return queryset


@admin.register(Certificate)
class CertificateAdmin(TableToTake, EndingCertificates, CertificateImpact, RaisingAdmin):
    resource_classes = [CertificateTable]
    list_display = ["identifier", "scheme", "date_kind", "ends", "version", "state", "entries"]
    list_filter = ["scheme", "date_kind", EndingFilter, CertificateStateFilter, "version"]
    search_fields = ["identifier"]
    date_hierarchy = "date"
    actions = ["renew", "withdraw"]
    change_form_template = "admin/cpl/certificate/page.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Certificate]:
        carried = Coverage.objects.filter(certificate=OuterRef("pk")).order_by().values("certificate")
        rows = with_its_state(super().get_queryset(request), timezone.localdate())
        counted = carried.annotate(entries=Count("entry", distinct=True)).values("entries")
        return rows.annotate(entries=Coalesce(Subquery(counted), 0))

    @admin.display(description="entries ever carried", ordering="entries")
    def entries(self, certificate: Certificate) -> int:
        return certificate.entries  # type: ignore[attr-defined]

    @admin.display(description="date", ordering="ends_now")
    def ends(self, certificate: Certificate) -> str:
        date = certificate.ends_now  # type: ignore[attr-defined]
        return say(date) if date else "no date"

    @admin.display(ordering="ended_as")
    def state(self, certificate: Certificate) -> SafeString:
        date, ended = certificate.ends_now, certificate.ended_as  # type: ignore[attr-defined]
        if ended:
            return format_html('<span class="status no">{}</span>', What(ended).label)
        if date and date < timezone.localdate():
            past = "Past its renewal date" if certificate.date_kind == DateKind.RENEWS else "Expired"
            return format_html('<span class="status no">{}</span>', past)
        replaced = certificate.replaced_by  # type: ignore[attr-defined]
        more = ", replaced" if replaced else ""
        return format_html('<span class="status yes">In force</span>{}', more)

    @admin.action(description="Record a renewed certificate in place of the chosen one")
    def renew(self, request: HttpRequest, chosen: QuerySet[Certificate]) -> HttpResponse | None:
        certificate = self._one(request, chosen)
        return self._renewal(request, certificate, renewal_of(certificate, None)) if certificate else None

    @admin.action(description="Record that the chosen certificate was withdrawn or cancelled")
    def withdraw(self, request: HttpRequest, chosen: QuerySet[Certificate]) -> HttpResponse | None:
        certificate = self._one(request, chosen)
        return raise_about(Submission.Kind.WITHDRAWAL, **withdrawal_of(certificate)) if certificate else None

    def _one(self, request: HttpRequest, chosen: QuerySet[Certificate]) -> Certificate | None:
        if chosen.count() == 1:
            return chosen.get()
        messages.error(request, "Choose one certificate: each is recorded by itself.")
        return None

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": "Certificates", **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [path("<int:pk>/renew/", view(require_POST(self.renew_view)), name="cpl_certificate_renew")]
        return own + super().get_urls()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        certificate = self.get_object(request, unquote(object_id))
        if certificate is None or not self.has_view_permission(request, certificate):
            return super().change_view(request, object_id, form_url, extra_context)
        context = page_of(certificate, request)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def renew_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form for a renewed certificate, filled in with the entries chosen on the page, or with all."""
        if not request.user.has_perm("cpl.raise_submission"):
            raise PermissionDenied
        certificate = get_object_or_404(self.get_queryset(request), pk=pk)
        chosen = keys_of(request.POST.getlist("entry"))
        answers = renewal_of(certificate, None if request.POST.get("all") else chosen)
        if not answers["Entries.numbers"]:
            messages.warning(request, "Choose the entries that the new certificate carries.")
            return HttpResponseRedirect(reverse("admin:cpl_certificate_change", args=[pk]))
        return self._renewal(request, certificate, answers)

    def _renewal(
        self, request: HttpRequest, certificate: Certificate, answers: dict[str, str]
    ) -> HttpResponse:
        came_from = (str(certificate), reverse("admin:cpl_certificate_change", args=[certificate.pk]))
        return propose(request, self.admin_site, Submission.Kind.RENEWAL, answers, came_from=came_from)


def renewal_of(certificate: Certificate, chosen: Collection[int] | None) -> dict[str, str]:
    """The answers of a renewal for some of the Current entries that it carries today, or for all."""
    numbers = certificate_on(certificate, timezone.localdate()).carried.values_list("entry", flat=True)
    wanted = [number for number in dict.fromkeys(numbers) if chosen is None or number in chosen]
    return {
        "Certificate.scheme": certificate.scheme,
        "Certificate.version": certificate.version,
        "Certificate.replaces": certificate.identifier,
        "Entries.numbers": "; ".join(f"{number:06d}" for number in wanted),
    }


def withdrawal_of(certificate: Certificate) -> dict[str, str]:
    """The answers of a notice that it was withdrawn or cancelled."""
    return {
        "Certificate.scheme": certificate.scheme,
        "Certificate.identification_number": certificate.listed_identifier,
    }


def page_of(certificate: Certificate, request: HttpRequest) -> dict[str, Any]:
    """What the page shows, as of the day that is asked for, or of today."""
    today = timezone.localdate()
    asked = day_asked(request, today)
    on = asked.on or today
    then = certificate_on(certificate, on)
    shown = Paginator(then.carried, A_PAGE).get_page(request.GET.get("page"))
    holders = ManufacturerIdentifier.objects.filter(code__in={row.entry.manufacturer for row in shown})
    raise_at = reverse("admin:cpl_submission_raise", args=[Submission.Kind.WITHDRAWAL])
    return {
        "title": f"Certificate {certificate}",
        "subtitle": None,
        "certificate": certificate,
        "asked": asked,
        "today": today,
        "then": then,
        "page_obj": shown,
        "holders": dict(holders.values_list("code", "holder")),
        "successors": chain(certificate, forward=True),
        "predecessors": chain(certificate, forward=False),
        "recorded_on": recorded_on(certificate),
        "candidates": certificate_has_candidates(certificate, today),
        "may_raise": request.user.has_perm("cpl.raise_submission") and on == today,
        "withdraw_at": f"{raise_at}?{urlencode(withdrawal_of(certificate))}",
    }


def certificate_has_candidates(certificate: Certificate, today: datetime.date) -> bool:
    """Whether it ended by today, so that its entries are candidates for removal."""
    date, ended = certificate.ends_now, certificate.ended_as  # type: ignore[attr-defined]
    return bool(ended or (date and date < today))


def chain(certificate: Certificate, *, forward: bool) -> list[CertificateEvent]:
    """Who replaced it, who replaced that one, and so on; or, backwards, what it replaced. A query a step."""
    found: list[CertificateEvent] = []
    seen, step = {certificate.pk}, [certificate.pk]
    while step and len(found) < DEEPEST:
        events = CertificateEvent.objects.filter(what=What.REPLACED).select_related(
            "certificate", "successor"
        )
        asked = {"certificate__in": step} if forward else {"successor__in": step}
        rows = list(events.filter(**asked).order_by("pk"))
        found += rows
        step = [(row.successor_id or 0) if forward else row.certificate_id for row in rows]
        step = [key for key in step if key not in seen]
        seen.update(step)
    return found[:DEEPEST]
