"""Lists of the admin as spreadsheets: the rows as searched and filtered. Nothing comes in this way."""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from import_export import resources
from import_export.admin import ExportMixin
from import_export.fields import Field
from import_export.forms import ExportForm

from cpl.formats.formulas import harmless
from cpl.models import Candidate, Certificate, Entry, Party
from ledger.admin import NONSENSE


class TableToTake(ExportMixin):
    """A list with *Export* above it, for whoever may view it (settings: IMPORT_EXPORT_...)."""

    export_form_class = ExportForm
    to_encoding = "utf-8"

    def export_action(self, request: HttpRequest) -> HttpResponse:
        """Where the list would refuse its address, so does this: on to the whole list."""
        try:
            return super().export_action(request)
        except (IncorrectLookupParameters, *NONSENSE):
            if not request.GET:
                raise
            opts = self.model._meta
            place = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
            return HttpResponseRedirect(f"{place}?{ERROR_FLAG}=1")


class Table(resources.ModelResource):
    """Rows as plain cells; none of them does anything in a spreadsheet."""

    def export_field(self, field: Field, instance: Any, **kwargs: Any) -> Any:
        cell = super().export_field(field, instance, **kwargs)
        return harmless(cell) if isinstance(cell, str) else cell


class EntryTable(Table):
    number = Field(column_name="number")
    status = Field("status_on_day", "status")

    class Meta:
        model = Entry
        fields = (
            "number", "status", *Entry.DEVICE_MODEL, "technical_specification", "gbcs_version",
            "image_creator", "image_hash", "image_descriptor", "product_name", "admitted_on",
        )  # fmt: skip

    def dehydrate_number(self, entry: Entry) -> str:
        return str(entry)


class CertificateTable(Table):
    entries = Field("entries", "entries")

    class Meta:
        model = Certificate
        fields = ("scheme", "identifier", "date_kind", "date", "version", "entries")


class CandidateTable(Table):
    """Whose certificate ended, why, since when, and what was done about it."""

    entry = Field(column_name="entry")
    device_type = Field("entry__device_type", "device_type")
    manufacturer = Field("entry__manufacturer", "manufacturer")
    holder = Field("holder", "holder")
    product_name = Field("entry__product_name", "product_name")
    cause = Field("cause", "cause")
    since = Field("since", "since")
    state = Field("state", "state")
    kept_until = Field("kept_until", "kept_until")

    class Meta:
        model = Candidate
        fields = (
            "entry", "device_type", "manufacturer", "holder", "product_name", "scheme", "identifier_shown",
            "cause", "since", "covers_from", "state", "kept_until",
        )  # fmt: skip

    def dehydrate_entry(self, row: Candidate) -> str:
        return str(row.entry)


class PartyTable(Table):
    """Organisations alone: people and addresses stay where they can be erased."""

    identifiers = Field(column_name="manufacturer_identifiers")

    class Meta:
        model = Party
        fields = ("name", "category", "verified", "active", "identifiers")

    def dehydrate_identifiers(self, party: Party) -> str:
        return ", ".join(row.code for row in party.manufacturer_identifiers.all())
