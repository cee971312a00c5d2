"""The runs: when they took place and what they did."""

from django.contrib import admin

from cpl.admin.read_only import ReadOnlyAdmin
from notifications.models import Run


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ["on", "started_at", "ended_at", "due", "sent", "failed"]
    date_hierarchy = "on"
