"""The rows of a draft edition, one page each; those of a designated edition are only read.

Not one long form for all of them: two officers who save one would undo each other's work, and a refusal
could not stand beside its row.
"""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from applicability.drafting import DraftRefused, work_on
from applicability.models import (
    Combination,
    Companion,
    Edition,
    Period,
    SecurityTie,
    SpecificationVersion,
    Validity,
)
from cpl.admin.read_only import signed_in
from ledger.admin import ListFromAnyAddress


def is_draft(edition: Edition | None) -> bool:
    """Whether an edition may still be worked on; true of a list, where no edition is meant."""
    return edition is None or edition.status == Edition.Status.DRAFT


class RowForm(forms.ModelForm):
    """The edition stands in the form, though nobody can change it there: it takes part in `once`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        edition = cast("forms.ModelChoiceField | None", self.fields.get("edition"))
        # Who only reads is given no fields.
        if edition is None:
            return
        edition.queryset = Edition.objects.filter(status=Edition.Status.DRAFT)
        if self.instance.pk:
            edition.disabled = True

    def clean(self) -> dict[str, Any]:
        """The law's editions name the law's versions, the worked example its invented ones."""
        said = super().clean() or self.cleaned_data
        edition = said.get("edition")
        for name, named in list(said.items()):
            if edition and isinstance(named, SpecificationVersion) and named.series != edition.series:
                self.add_error(name, f"{named} is a version of the {named.get_series_display()} series.")
        return said


class RowAdmin(ListFromAnyAddress):
    """Reached from its edition, and open as long as that is a draft."""

    form = RowForm

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Plain choices: no buttons that would make another edition or device type on the way."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj and obj.edition) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj and obj.edition) and super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        return super().get_queryset(request).select_related("edition")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        claim(request, obj.edition)
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        claim(request, obj.edition)
        super().delete_model(request, obj)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Rows are listed on their edition's page alone."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:applicability_edition_changelist"))

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(_page_of(obj.edition_id))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(_page_of(obj.edition_id))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.get_object(request, object_id)
        response = super().delete_view(request, object_id, extra_context)
        gone = row is not None and isinstance(response, HttpResponseRedirect)
        return HttpResponseRedirect(_page_of(row.edition_id)) if gone else response  # type: ignore[union-attr]


def claim(request: HttpRequest, edition: Edition) -> None:
    """Whoever changes a draft has prepared it; what is designated meanwhile is changed by nobody."""
    try:
        work_on(edition, by=signed_in(request).pk)
    except DraftRefused as error:
        raise PermissionDenied(str(error)) from error


def _page_of(edition: int) -> str:
    return reverse("admin:applicability_edition_change", args=[edition])


for _model in (Validity, Period, Combination, SecurityTie, Companion):
    admin.site.register(_model, RowAdmin)
