"""What every admin of ours keeps to: history is only read, and nonsense in an address is no failure."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.db.models import Field, Model
from django.http import Http404, HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin

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


class HistoryToRead(ListFromAnyAddress, SimpleHistoryAdmin):
    """Shows what a row was, and writes nothing.

    simple-history's own page of an old version saves whatever is posted to it, by anybody who may view the
    row, read-only fields included, and past the checks of the form that the row is edited with.
    """

    def has_change_history_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        _demand_key(self.model._meta.pk, object_id)
        return super().history_view(request, object_id, extra_context)

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
