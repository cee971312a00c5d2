"""Work in the background and files that were handed in, to look at."""

from django.contrib import admin

from cpl.admin.read_only import ReadOnlyAdmin
from cpl.models import Job, Upload


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = [
        "what",
        "subject",
        "state",
        "done",
        "total",
        "problems",
        "started_by",
        "created_at",
        "words",
    ]
    list_filter = ["state", "what"]
    list_select_related = ["started_by"]
    search_fields = ["=subject", "words", "party__name"]


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    list_display = ["reference", "source_name", "party", "status", "rows_read", "rows_refused", "created_at"]
    list_filter = ["status", "shape"]
    list_select_related = ["party"]
    # What it says is its Party's own until it is submitted.
    exclude = ["further", "problems", "columns"]
    search_fields = ["=pk", "source_name", "party__name"]
