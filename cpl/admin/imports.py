"""Organisations and their contacts as files, out and in: shown row by row first, then all of them or none.

Only who keeps these rows brings them in, with the reason that the history keeps; and only they take the
addresses out, which are people's. Nothing is deleted this way: a row that a file does not name stays.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import tablib
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from import_export import resources
from import_export.fields import Field
from import_export.results import RowResult
from import_export.widgets import Widget

from cpl.admin.edition_files import (
    FORMATS,
    LIMITS,
    PLACE,
    WORDS,
    Line,
    NameWidget,
    Preview,
    again,
    read,
    reasons_of,
)
from cpl.admin.edition_imports import MEDIA_TYPES
from cpl.formats.formulas import STARTS, harmless
from cpl.formats.problems import UnreadableFile
from cpl.models import Contact, Party


class TextWidget(Widget):
    """Text as it stands; the apostrophe that keeps a spreadsheet from running it comes off again."""

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **_: Any) -> str:
        text = str(value or "").strip()
        return text[1:] if text.startswith("'") and text[1:].startswith(STARTS) else text

    def render(self, value: Any, obj: Any = None, **_: Any) -> str:
        return harmless(str(value or ""))


class ChoiceWidget(Widget):
    """One of a few words, as the pages write it."""

    def __init__(self, choices: list[tuple[str, str]]) -> None:
        super().__init__()
        self.labels = dict(choices)
        self.values = {label.casefold(): value for value, label in choices}

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **_: Any) -> str:
        found = self.values.get(str(value or "").strip().casefold())
        if found is None:
            raise ValueError(f"{value!r}: write one of {', '.join(self.labels.values())}")
        return found

    def render(self, value: Any, obj: Any = None, **_: Any) -> str:
        return self.labels.get(value, str(value))


class YesNoWidget(Widget):
    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **_: Any) -> bool:
        text = str(value).strip().casefold()
        # A workbook's own truth comes as True or False.
        if text not in ("yes", "no", "true", "false"):
            raise ValueError(f"{value!r}: write yes or no")
        return text in ("yes", "true")

    def render(self, value: Any, obj: Any = None, **_: Any) -> str:
        return "yes" if value else "no"


class KeptResource(resources.ModelResource):
    """Rows known by what they are called; each change says why."""

    def __init__(self, reason: str = "") -> None:
        super().__init__()
        self.reason = reason
        self.places: dict[tuple[str, ...], str] = {}

    def before_import(self, dataset: tablib.Dataset, **_: Any) -> None:
        columns = set(self._meta.fields)
        if missing := [name for name in self._meta.fields if name not in dataset.headers]:
            raise UnreadableFile(f"The file lacks the column {' and '.join(missing)}.")
        if unknown := [name for name in dataset.headers if name not in columns | {PLACE}]:
            raise UnreadableFile(f"No column here is called {' or '.join(unknown)}. Take it out.")

    def before_import_row(self, row: Mapping[str, str], **_: Any) -> None:
        key = tuple(str(row[name]).strip().casefold() for name in self._meta.import_id_fields)
        earlier = self.places.setdefault(key, row[PLACE])
        if earlier != row[PLACE]:
            raise ValueError(f"row {earlier} of the file is for the same thing; keep one of them")

    def before_save_instance(self, instance: Any, row: Any, **_: Any) -> None:
        instance._change_reason = self.reason


class _Meta:
    clean_model_instances = True
    skip_unchanged = True
    report_skipped = True
    skip_html_diff = True
    store_instance = True
    store_row_values = True
    use_transactions = True


class Parties(KeptResource):
    name = Field("name", "name", TextWidget())
    category = Field("category", "category", ChoiceWidget(Party.Category.choices))
    verified = Field("verified", "verified", YesNoWidget())
    active = Field("active", "active", YesNoWidget())

    class Meta(_Meta):
        model = Party
        fields = ("name", "category", "verified", "active")
        import_id_fields = ("name",)


class Contacts(KeptResource):
    party = Field("party", "party")
    purpose = Field("purpose", "purpose", ChoiceWidget(Contact.Purpose.choices))
    email = Field("email", "email", TextWidget())
    name = Field("name", "name", TextWidget())
    telephone = Field("telephone", "telephone", TextWidget())

    class Meta(_Meta):
        model = Contact
        fields = ("party", "purpose", "email", "name", "telephone")
        import_id_fields = ("party", "purpose", "email")

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        # All organisations are read once.
        self.fields["party"].widget = NameWidget(Party.objects.all())

    def get_queryset(self) -> models.QuerySet[Contact]:
        return Contact.objects.select_related("party")


RESOURCES: dict[str, type[KeptResource]] = {"parties": Parties, "contacts": Contacts}
TITLES = {"parties": "Organisations", "contacts": "Contacts of organisations"}


class UploadForm(forms.Form):
    """A file, and why what is in it changes."""

    file = forms.FileField(
        help_text=f"Excel workbook or CSV as it is exported here, at most {LIMITS.packed // 2**20} MB."
    )
    reason = forms.CharField(
        label="Why", max_length=100,
        help_text="Kept in the history, for whoever asks in five years. Name no private person.",
    )  # fmt: skip


class ConfirmForm(forms.Form):
    """The rows as they were shown, and the table as it was: what has changed since is shown anew."""

    rows = forms.CharField(widget=forms.HiddenInput, strip=False)
    seen = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(widget=forms.HiddenInput, max_length=100)


@dataclass(frozen=True)
class Brought:
    """What a file does, and the digest of the table that it was compared with."""

    preview: Preview
    seen: str


def bring_in(
    slug: str, dataset: tablib.Dataset, *, reason: str, keep: bool, seen: str | None = None
) -> Brought:
    """Brings the rows in, all or none; without `keep`, or where the table is not the one `seen`, only says
    what that would do. Raises UnreadableFile."""
    resource = RESOURCES[slug](reason)
    with transaction.atomic():
        before = {row.pk: resource.export_resource(row) for row in resource.get_queryset()}
        digest = hashlib.sha256(repr(sorted(before.items())).encode()).hexdigest()
        keep = keep and seen == digest
        result = resource.import_data(dataset, dry_run=not keep, raise_errors=False)
        if result.base_errors:
            raise UnreadableFile(str(result.base_errors[0].error))
        lines = tuple(_line(resource, row, before) for row in result.rows)
        preview = Preview(lines, len(before) - sum(line.what in ("same", "changed") for line in lines))
        if preview.refused or not keep:
            transaction.set_rollback(True)
    return Brought(preview, digest)


def _line(resource: KeptResource, row: RowResult, before: Mapping[int, list[str]]) -> Line:
    names = resource._meta.fields
    found = tuple(("", str(row.row_values.get(name, ""))) for name in names)
    place = row.row_values[PLACE]
    if not row.is_valid():
        return Line(place, "refused", found, tuple(reasons_of(row)))
    was = before.get(row.original.pk) if row.original else None
    cells = zip(was or [""] * len(names), resource.export_resource(row.instance), strict=True)
    return Line(place, WORDS[row.import_type], tuple(cells))


class TablesOfParties(admin.ModelAdmin):
    """The addresses under the organisations that give and take files."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("rows/<slug:slug>.<slug:ending>", view(self.table_view), name="cpl_party_table"),
            path("rows/<slug:slug>/import/", view(self.import_view), name="cpl_party_import"),
        ]
        return own + super().get_urls()

    def table_view(self, request: HttpRequest, slug: str, ending: str) -> HttpResponse:
        """The file as it may come back: unaltered it changes nothing."""
        _demand(request, slug)
        if ending not in MEDIA_TYPES:
            raise Http404("There are workbooks (xlsx) and CSV.")
        written = FORMATS[ending]().export_data(RESOURCES[slug]().export())
        answer = HttpResponse(written, content_type=MEDIA_TYPES[ending])
        answer["Content-Disposition"] = f'attachment; filename="{slug}.{ending}"'
        return answer

    def import_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Asks for the file; the file is answered with the preview, and that, posted, is done."""
        _demand(request, slug)
        if "rows" in request.POST:
            return self._confirmed(request, slug)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                dataset = read(form.cleaned_data["file"].read())
                return self._preview(request, slug, dataset, form.cleaned_data["reason"])
            except UnreadableFile as error:
                form.add_error("file", str(error))
        return self._page(request, slug, form=form)

    def _preview(self, request: HttpRequest, slug: str, dataset: tablib.Dataset, reason: str) -> HttpResponse:
        brought = bring_in(slug, dataset, reason=reason, keep=False)
        sent = {"rows": again(dataset), "seen": brought.seen, "reason": reason}
        return self._page(
            request, slug, preview=brought.preview, confirm=ConfirmForm(initial=sent), reason=reason
        )

    def _confirmed(self, request: HttpRequest, slug: str) -> HttpResponse:
        form = ConfirmForm(request.POST)
        if not form.is_valid():
            messages.error(request, "What you confirmed came in part only. Choose the file again.")
            return HttpResponseRedirect(request.path)
        reason, seen = form.cleaned_data["reason"], form.cleaned_data["seen"]
        try:
            dataset = read(form.cleaned_data["rows"].encode())
            brought = bring_in(slug, dataset, reason=reason, keep=True, seen=seen)
        except UnreadableFile as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(request.path)
        if brought.seen != seen or brought.preview.refused:
            messages.warning(request, "The table has changed meanwhile. This is what the file would do now.")
            return self._preview(request, slug, dataset, reason)
        new, changed = brought.preview.count("new"), brought.preview.count("changed")
        messages.success(request, f"{TITLES[slug]}: {new} added, {changed} changed.")
        return HttpResponseRedirect(reverse("admin:cpl_party_changelist"))

    def _page(self, request: HttpRequest, slug: str, **context: Any) -> HttpResponse:
        columns = RESOURCES[slug]()._meta.fields
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "slug": slug}
        context |= {"title": f"Bring in a file: {TITLES[slug]}", "columns": columns, "headers": columns}
        return render(request, "admin/cpl/party/import.html", context)


def _demand(request: HttpRequest, slug: str) -> None:
    """Who may add and change such rows one by one may do so by a file, and take the file out."""
    if slug not in RESOURCES:
        raise Http404("There is no such table.")
    name = RESOURCES[slug]._meta.model._meta.model_name
    if not request.user.has_perms(list(_needed(str(name)))):
        raise PermissionDenied


def _needed(name: str) -> Iterator[str]:
    return (f"cpl.{verb}_{name}" for verb in ("view", "add", "change"))
