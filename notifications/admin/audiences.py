"""Whom a kind of notice goes to: a table that officers edit."""

from django.contrib import admin
from django.http import HttpRequest

from ledger.admin import HistoryToRead
from notifications.models import Audience


@admin.register(Audience)
class AudienceAdmin(HistoryToRead):
    """Whom a kind of notice goes to. The last row for a kind stays: without it nobody would be told."""

    list_display = ["kind", "who", "acts"]
    list_filter = ["kind"]
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Audience | None = None) -> bool:
        if obj and not Audience.objects.filter(kind=obj.kind).exclude(pk=obj.pk).exists():
            return False
        return super().has_delete_permission(request, obj)
