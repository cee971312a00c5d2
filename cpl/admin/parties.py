"""Parties, their people and addresses, manufacturer identifiers, grounds for removal."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cpl.admin.days import day_asked
from cpl.admin.exports import PartyTable, TableToTake
from cpl.admin.imports import TablesOfParties
from cpl.admin.read_only import KeptAdmin
from cpl.as_it_was import party_on
from cpl.models import Contact, ManufacturerIdentifier, Membership, Party, RemovalGround
from ledger.admin import HistoryToRead


class NamedRows(BaseInlineFormSet):
    """In a table of rows the label stands in the header alone: each box says its own, too."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            field.widget.attrs["aria-label"] = str(field.label or "")


class MembershipInline(admin.TabularInline):
    model = Membership
    formset = NamedRows
    extra = 0
    autocomplete_fields = ["user"]


class ContactInline(admin.TabularInline):
    model = Contact
    formset = NamedRows
    extra = 0


class ManufacturerIdentifierInline(admin.TabularInline):
    model = ManufacturerIdentifier
    formset = NamedRows
    extra = 0
    can_delete = False
    fields = ["code", "holder", "held_from", "held_to"]


@admin.register(Party)
class PartyAdmin(TableToTake, TablesOfParties, KeptAdmin, HistoryToRead):
    resource_classes = [PartyTable]
    list_display = ["name", "category", "verified", "active", "identifiers"]
    list_filter = ["category", "verified", "active"]
    search_fields = ["name", "manufacturer_identifiers__code"]
    inlines = [MembershipInline, ContactInline, ManufacturerIdentifierInline]
    change_list_template = "admin/cpl/party/list.html"
    change_form_template = "admin/cpl/party/page.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Party]:
        return super().get_queryset(request).prefetch_related("manufacturer_identifiers")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With `?on=` a day: how its history has it then."""
        today = timezone.localdate()
        asked = day_asked(request, today)
        party = self.get_object(request, unquote(object_id)) if asked.on else None
        then = party_on(party, asked.on) if party and asked.on else None
        context = {"asked": asked, "today": today, "then": then}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    @admin.display(description="manufacturer identifiers")
    def identifiers(self, party: Party) -> str:
        return ", ".join(row.code for row in party.manufacturer_identifiers.all())


@admin.register(ManufacturerIdentifier)
class ManufacturerIdentifierAdmin(KeptAdmin, HistoryToRead):
    list_display = ["code", "holder", "party", "held_from", "held_to"]
    list_select_related = ["party"]
    search_fields = ["code", "holder", "party__name"]


@admin.register(RemovalGround)
class RemovalGroundAdmin(KeptAdmin, HistoryToRead):
    list_display = ["words", "code", "fits", "names_other_entry", "dcc_status", "may_be_chosen"]
    list_filter = ["fits", "dcc_status"]
    search_fields = ["words", "code"]

    def get_readonly_fields(self, request: HttpRequest, obj: RemovalGround | None = None) -> list[str]:
        # Removals keep the code as it was on their day; a code that changed would no longer be found.
        return ["code"] if obj else []
