"""The tokens of Parties' programs, to look at: who made them, and whether they still let a program in."""

from django.contrib import admin

from cpl.admin.read_only import ReadOnlyAdmin
from cpl.models import ApiToken


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    # Nobody but the database has any use for the digest.
    exclude = ["digest"]
    list_display = [
        "name",
        "begins",
        "party",
        "made_by",
        "made_at",
        "expires_at",
        "revoked_at",
        "last_used_at",
    ]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["party", "made_by"]
    search_fields = ["name", "begins", "party__name", "made_by__email"]
    search_help_text = "Name of the program, first characters, organisation, e-mail of who made it"
