"""What every admin of ours keeps to: history is only read, and nonsense in an address is no failure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.db.models import Field, ForeignKey, Model
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.text import capfirst
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper

# What dates and databases answer to a value that they cannot hold.
NONSENSE = (ValueError, OverflowError, DataError)


class ListFromAnyAddress(admin.ModelAdmin):
    """An address that asks for what cannot be (the year 99999, a key too long) leads to the whole list.

    Django does so where a filter refuses its value, and fails where the database or a date does.
    """

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        try:
            return super().get_changelist_instance(request)
        except NONSENSE as error:
            if set(request.GET) <= {ERROR_FLAG}:
                raise
            raise IncorrectLookupParameters(str(error)) from error

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Headed by what it lists."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django asks only once it has found the row, and so tells anybody which rows there are."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)


class FormWithReason(forms.ModelForm):
    """A change of a row that is there says why; the history keeps it."""

    change_reason = forms.CharField(
        label="Why",
        max_length=100,  # as long as the history's own column
        help_text="Kept in the history, for whoever asks in five years. Name no private person.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and "change_reason" in self.fields:
            self.fields["change_reason"].required = False


class ReadableChanges(HistoricalRecordContextHelper):
    """What changed, in the words that the forms use."""

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        choices = dict(getattr(self.model._meta.get_field(change.field), "flatchoices", ()) or ())
        if choices:
            return choices.get(value, value)
        return super().prepare_delta_change_value(change, value)


@dataclass(frozen=True)
class Beside:
    """One line of the history of a row that is edited on the page of another."""

    name: str
    line: Any
    columns: tuple[tuple[str, object], ...]


class HistoryToRead(ListFromAnyAddress, SimpleHistoryAdmin):
    """Asks why at each change, shows what a row was, and puts nothing back.

    simple-history's own page of an old version saves whatever is posted to it, by anybody who may view the
    row, read-only fields included, and past the checks of the form that the row is edited with.
    """

    form = FormWithReason
    # So many lines of rows that are edited on this page.
    beside = 200

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Who adds a row or only reads it is not asked why."""
        asked = obj is not None and self.has_change_permission(request, obj)
        names = list(super().get_fields(request, obj))
        return names if asked else [name for name in names if name != "change_reason"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj._change_reason = form.cleaned_data.get("change_reason") or None
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """What is edited on the same page is changed, added or taken away for the same reason."""
        for one in formset.forms:
            one.instance._change_reason = form.cleaned_data.get("change_reason") or None
        super().save_formset(request, form, formset, change)

    def get_historical_record_context_helper(
        self, request: HttpRequest, historical_record: Any
    ) -> HistoricalRecordContextHelper:
        return ReadableChanges(self.model, historical_record)

    def has_change_history_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        _demand_key(self.model._meta.pk, object_id)
        context = {
            "rows_beside": SimpleLazyObject(lambda: list(self._rows_beside(unquote(object_id)))),
            **(extra_context or {}),
        }
        return super().history_view(request, object_id, context)

    def _rows_beside(self, key: str) -> Iterator[Beside]:
        """The history of the rows that are edited on the page of this one, latest first."""
        for inline in self.inlines:
            model = inline.model
            if not hasattr(model, "history"):
                continue
            parent = next(
                one.name
                for one in model._meta.fields
                if isinstance(one, ForeignKey) and one.related_model is self.model
            )
            tracked = [one for one in model.history.model.tracked_fields if one.name not in ("id", parent)]
            foreign = [one.name for one in tracked if isinstance(one, ForeignKey)]
            lines = model.history.filter(**{parent: key}).select_related("history_user", *foreign)
            for line in lines.order_by("-history_date", "-history_id")[: self.beside]:
                columns = tuple((str(one.verbose_name), getattr(line, one.name)) for one in tracked)
                yield Beside(f"{model._meta.verbose_name} {line.id}", line, columns)

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied("An old version is not put back.")
        _demand_key(self.model._meta.pk, object_id)
        _demand_key(self.model.history.model._meta.pk, version_id)
        return super().history_form_view(request, object_id, version_id, extra_context)


def _demand_key(field: Field, written: str) -> None:
    """An address that names no key is not found, and no failure."""
    try:
        field.get_prep_value(unquote(written))
    except (ValueError, TypeError) as error:
        raise Http404(f"{written[:40]} is no key.") from error
