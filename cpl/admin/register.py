"""The register to look at: entries, certificates, removals, coverage. What is done to it is submitted."""

import json
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from cpl.admin.days import day_asked
from cpl.admin.dossier import NEEDED, EntryDossier
from cpl.admin.exports import EntryTable, TableToTake
from cpl.admin.proposing import RaisingAdmin, propose
from cpl.admin.read_only import ReadOnlyAdmin, ReadOnlyInline
from cpl.as_it_was import entry_on
from cpl.brought.report import as_text
from cpl.candidates import MOST
from cpl.models import (
    CURRENT,
    REMOVED,
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


@admin.register(Entry)
class EntryAdmin(TableToTake, EntryDossier, RaisingAdmin):
    resource_classes = [EntryTable]
    change_form_template = "admin/cpl/entry/page.html"
    list_display = [
        "entry", "status", "device_type", "manufacturer", "model_with_hardware", "firmware",
        "technical_specification", "gbcs", "product_name", "admitted_on",
    ]  # fmt: skip
    list_filter = [StatusFilter, "device_type", "technical_specification", "gbcs_version", "manufacturer"]
    search_fields = ["=number", "manufacturer", "model", "firmware", "product_name", "image_hash"]
    search_help_text = "Number, manufacturer or model identifier, firmware, product name or image hash"
    inlines = [CoverageInline, RemovalInline, UpgradePathInline, FirmwareInformationInline]
    readonly_fields = ["entry", "gbcs"]
    actions = ["remove"]

    def get_fields(self, request: HttpRequest, obj: Entry | None = None) -> list[Any]:
        """The number first, and as the list writes it."""
        names = [name for name in super().get_fields(request, obj) if name not in ("number", "entry", "gbcs")]
        rest = ["gbcs" if name == "gbcs_version" else name for name in names]
        return ["entry", *rest]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        return super().get_queryset(request).with_status(timezone.localdate())  # type: ignore[attr-defined]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With `?on=` a day: how the entry was then."""
        today = timezone.localdate()
        asked = day_asked(request, today)
        entry = self.get_object(request, unquote(object_id)) if asked.on else None
        context = {
            "asked": asked,
            "today": today,
            "then": entry_on(entry, asked.on) if entry and asked.on else None,
            "may_take_dossier": request.user.has_perms(NEEDED),
        }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    @admin.display(ordering="number")
    def entry(self, entry: Entry) -> str:
        """As the list writes its number."""
        return str(entry)

    @admin.display(description="GBCS version", ordering="gbcs_version")
    def gbcs(self, entry: Entry) -> str:
        return entry.gbcs_version

    @admin.display(ordering="status_on_day")
    def status(self, entry: Entry) -> str:
        status = entry.status_on_day  # type: ignore[attr-defined]
        return format_html('<span class="status {}">{}</span>', status.lower(), status)

    @admin.action(description="Propose the removal of the chosen entries")
    def remove(self, request: HttpRequest, chosen: QuerySet[Entry]) -> HttpResponse | None:
        """Shown at once: the numbers of some hundreds are longer than an address may be."""
        rows = list(chosen[: MOST + 1])
        if len(rows) > MOST:
            messages.error(request, f"Choose {MOST} at most at a time.")
            return None
        return propose(
            request,
            self.admin_site,
            Submission.Kind.REMOVAL,
            {"Entries.numbers": "; ".join(map(str, rows))},
            came_from=("Entries", reverse("admin:cpl_entry_changelist")),
        )


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
