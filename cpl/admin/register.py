"""The register to look at: entries, certificates, removals, coverage. What is done to it is submitted."""

import json
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from cpl.admin.ending import EndingCertificates
from cpl.admin.exports import CertificateTable, EntryTable, TableToTake
from cpl.admin.impacts import CertificateImpact
from cpl.admin.read_only import ReadOnlyAdmin, ReadOnlyInline
from cpl.brought.report import as_text
from cpl.models import (
    CURRENT,
    REMOVED,
    Certificate,
    CertificateEvent,
    Coverage,
    Entry,
    FirmwareInformation,
    ListImport,
    Removal,
    Submission,
    UpgradePath,
)


class CoverageInline(ReadOnlyInline):
    model = Coverage
    fields = ["certificate", "identifier_shown", "version_shown", "date_shown", "covers_from"]


class RemovalInline(ReadOnlyInline):
    model = Removal
    fk_name = "entry"
    fields = ["ground", "reason", "decided_by", "reference", "decision_date", "effective_date", "other_entry"]


class UpgradePathInline(ReadOnlyInline):
    model = UpgradePath
    fk_name = "target"
    fields = ["source"]


class FirmwareInformationInline(ReadOnlyInline):
    model = FirmwareInformation
    fields = ["company", "website", "description"]


class StatusFilter(admin.SimpleListFilter):
    title = "status today"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(CURRENT, CURRENT), (REMOVED, REMOVED)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        today = timezone.localdate()
        if self.value() == CURRENT:
            return queryset.current(today)  # type: ignore[attr-defined]
        return queryset.removed(today) if self.value() == REMOVED else queryset  # type: ignore[attr-defined]


class RaisingAdmin(ReadOnlyAdmin):
    """Read-only rows from which staff raise a submission about those chosen."""

    def get_actions(self, request: HttpRequest) -> dict:
        # `actions = None` above turns the checkboxes off as well; here they are wanted.
        return super().get_actions(request) if request.user.has_perm("cpl.raise_submission") else {}


def raise_about(kind: Submission.Kind, **answers: str) -> HttpResponseRedirect:
    """On to the form of that kind, with some answers given."""
    return HttpResponseRedirect(f"{reverse('admin:cpl_submission_raise', args=[kind])}?{urlencode(answers)}")


@admin.register(Entry)
class EntryAdmin(TableToTake, RaisingAdmin):
    resource_classes = [EntryTable]
    list_display = [
        "number", "status", "device_type", "manufacturer", "model_with_hardware", "firmware",
        "technical_specification", "gbcs_version", "product_name", "admitted_on",
    ]  # fmt: skip
    list_filter = [StatusFilter, "device_type", "technical_specification", "gbcs_version", "manufacturer"]
    search_fields = ["=number", "manufacturer", "model", "firmware", "product_name", "image_hash"]
    search_help_text = "Number, manufacturer or model identifier, firmware, product name or image hash"
    inlines = [CoverageInline, RemovalInline, UpgradePathInline, FirmwareInformationInline]
    actions = ["remove"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        return super().get_queryset(request).with_status(timezone.localdate())  # type: ignore[attr-defined]

    @admin.display(ordering="status_on_day")
    def status(self, entry: Entry) -> str:
        return entry.status_on_day  # type: ignore[attr-defined]

    @admin.action(description="Propose the removal of the chosen entries")
    def remove(self, request: HttpRequest, chosen: QuerySet[Entry]) -> HttpResponse:
        return raise_about(Submission.Kind.REMOVAL, **{"Entries.numbers": "; ".join(map(str, chosen))})


class EventInline(ReadOnlyInline):
    model = CertificateEvent
    fk_name = "certificate"
    fields = ["what", "on", "date", "successor", "reference"]


class EntriesCoveredInline(ReadOnlyInline):
    model = Coverage
    fields = ["entry", "identifier_shown", "version_shown", "date_shown", "covers_from"]


@admin.register(Certificate)
class CertificateAdmin(TableToTake, EndingCertificates, CertificateImpact, RaisingAdmin):
    resource_classes = [CertificateTable]
    list_display = ["identifier", "scheme", "date_kind", "date", "version", "entries"]
    list_filter = ["scheme", "date_kind", "version"]
    search_fields = ["identifier"]
    date_hierarchy = "date"
    inlines = [EventInline, EntriesCoveredInline]
    actions = ["renew", "withdraw"]
    change_form_template = "admin/cpl/certificate/page.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Certificate]:
        return super().get_queryset(request).annotate(entries=Count("coverage__entry", distinct=True))

    @admin.display(ordering="entries")
    def entries(self, certificate: Certificate) -> int:
        return certificate.entries  # type: ignore[attr-defined]

    @admin.action(description="Record a renewed certificate in place of the chosen one")
    def renew(self, request: HttpRequest, chosen: QuerySet[Certificate]) -> HttpResponse | None:
        certificate = self._one(request, chosen)
        if certificate is None:
            return None
        numbers = (
            Entry.objects.current(timezone.localdate()).filter(coverage__certificate=certificate).distinct()
        )
        return raise_about(
            Submission.Kind.RENEWAL,
            **{
                "Certificate.scheme": certificate.scheme,
                "Certificate.version": certificate.version,
                "Certificate.replaces": certificate.identifier,
                "Entries.numbers": "; ".join(map(str, numbers)),
            },
        )

    @admin.action(description="Record that the chosen certificate was withdrawn or cancelled")
    def withdraw(self, request: HttpRequest, chosen: QuerySet[Certificate]) -> HttpResponse | None:
        certificate = self._one(request, chosen)
        if certificate is None:
            return None
        return raise_about(
            Submission.Kind.WITHDRAWAL,
            **{
                "Certificate.scheme": certificate.scheme,
                "Certificate.identification_number": certificate.listed_identifier,
            },
        )

    def _one(self, request: HttpRequest, chosen: QuerySet[Certificate]) -> Certificate | None:
        if chosen.count() == 1:
            return chosen.get()
        messages.error(request, "Choose one certificate: each is recorded by itself.")
        return None


@admin.register(Removal)
class RemovalAdmin(ReadOnlyAdmin):
    list_display = ["entry", "ground", "reason", "decided_by", "decision_date", "effective_date"]
    list_filter = ["ground"]
    list_select_related = ["entry", "ground"]
    search_fields = ["=entry__number", "reason", "reference"]


@admin.register(ListImport)
class ListImportAdmin(ReadOnlyAdmin):
    list_display = ["file_name", "version", "issued_on", "sha256"]
    fields = ["file_name", "version", "issued_on", "sha256", "told"]
    readonly_fields = ["told"]

    @admin.display(description="report")
    def told(self, brought: ListImport) -> str:
        return format_html('<pre class="report">{}</pre>', as_text(json.loads(brought.report)))
