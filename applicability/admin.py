"""For Panel staff: lists to edit, drafts to prepare, designated editions to read, nothing to delete."""

from typing import Any

from django.contrib import admin
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.forms import ModelForm, TypedChoiceField
from django.http import HttpRequest

from applicability.models import (
    CertificateRequirement,
    Combination,
    DeviceType,
    Edition,
    Period,
    SecurityTie,
    SpecificationVersion,
    Validity,
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


class Rows(admin.TabularInline):
    """Rows of an edition: open while it is a draft, to read once it is designated."""

    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        named = [field.name for field in self.model._meta.fields if isinstance(field, ForeignKey)]
        return super().get_queryset(request).select_related(*named)

    def has_add_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return is_open(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return is_open(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return False


class ValidityRows(Rows):
    model = Validity


class PeriodRows(Rows):
    model = Period


class CombinationRows(Rows):
    model = Combination


class SecurityTieRows(Rows):
    model = SecurityTie


@admin.register(Edition)
class EditionAdmin(admin.ModelAdmin):
    """Whoever saves a draft last has prepared it, so that somebody else must designate it."""

    list_display = ("__str__", "title", "effective_from", "status")
    list_filter = ("series", "status")
    readonly_fields = ("status", "prepared_by", "designated_by", "designated_at")
    inlines = [ValidityRows, PeriodRows, CombinationRows, SecurityTieRows]

    def has_change_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return is_open(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return False

    def formfield_for_choice_field(
        self, db_field: Field, request: HttpRequest, **kwargs: Any
    ) -> TypedChoiceField | None:
        if db_field.name == "source_kind":
            kinds = Edition.SourceKind
            kwargs["choices"] = [choice for choice in kinds.choices if choice[0] != kinds.FOUNDING]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Edition, form: ModelForm, change: bool) -> None:
        obj.prepared_by_id = request.user.pk
        super().save_model(request, obj, form, change)


def is_open(edition: Edition | None) -> bool:
    """Whether an edition may still be edited; true of the list, where no edition is meant."""
    return edition is None or edition.status == Edition.Status.DRAFT
