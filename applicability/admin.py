"""For Panel staff: lists to edit. Editions of the tables are prepared and designated in `cpl.admin`."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from applicability.models import (
    CertificateRequirement,
    DeviceType,
    SpecificationVersion,
)
from ledger.admin import HistoryToRead


class Kept(HistoryToRead):
    """Rows are edited with a history and never deleted; `fixed` are the names that entries hold as text."""

    fixed: tuple[str, ...] = ()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return self.fixed if obj else ()


@admin.register(DeviceType)
class DeviceTypeAdmin(Kept):
    fixed = ("name",)
    list_display = ("name", "kind", "document", "acts", "licence", "active")
    list_filter = ("active", "kind")


@admin.register(SpecificationVersion)
class SpecificationVersionAdmin(Kept):
    fixed = ("document", "label", "series")
    list_display = ("label", "document", "series", "kind", "predecessor", "valid_from", "valid_to")
    list_filter = ("series", "document")
    list_select_related = ("predecessor",)
    search_fields = ("label",)


@admin.register(CertificateRequirement)
class CertificateRequirementAdmin(Kept):
    list_display = ("device_type", "scheme", "need", "valid_from", "valid_to")
    list_filter = ("scheme", "need")
    list_select_related = ("device_type",)
