"""Editions of the TS Applicability Tables: prepared as drafts by one officer, designated by another."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Field, Model
from django.forms import ModelForm, TypedChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from applicability.designating import DesignationRefused, designate
from applicability.differences import Difference, differences
from applicability.drafting import DraftRefused, copy_edition
from applicability.editions import edition_before, edition_in_force, tables_from
from applicability.gaps import gaps
from applicability.models import Edition
from applicability.models.designation import draft_digest
from applicability.tables import Tables
from cpl.admin.days import day_asked
from cpl.admin.edition_imports import FileViews
from cpl.admin.edition_parts import PARTS, Part
from cpl.admin.edition_rows import claim, is_draft
from cpl.admin.impacts import EditionImpact
from cpl.admin.read_only import signed_in
from cpl.as_it_was import edition_on

KINDS_OF_SOURCE = [kind for kind in Edition.SourceKind.choices if kind[0] != Edition.SourceKind.FOUNDING]


class CopyForm(forms.Form):
    """What a new draft has to say of itself before it has rows of its own."""

    title = forms.CharField(max_length=200)
    effective_from = forms.DateField(
        label="Effective date",
        help_text="The first day on which the edition is in force.",
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    source_kind = forms.ChoiceField(label="Kind of source", choices=KINDS_OF_SOURCE)
    source = forms.CharField(
        label="Source reference",
        max_length=500,
        help_text="The direction or release, so that anybody can find it.",
    )


class DesignateForm(forms.Form):
    """The second officer says that they looked; `seen` tells at what."""

    seen = forms.CharField(widget=forms.HiddenInput)
    compared = forms.BooleanField(label="I have compared rows, effective date and source reference")


@dataclass(frozen=True)
class Shown:
    """One part of an edition on its page: its name, and rows as cells with the row's own address."""

    part: Part
    rows: list[Model]


@admin.register(Edition)
class EditionAdmin(FileViews, EditionImpact):
    """Whoever changes a draft last has prepared it, so that somebody else must designate it."""

    list_display = ("__str__", "title", "effective_from", "status", "prepared_by", "designated_by")
    list_filter = ("series", "status")
    list_select_related = ("prepared_by", "designated_by")
    ordering = ("-series", "-number")
    readonly_fields = ("status", "prepared_by", "designated_by", "designated_at")
    change_form_template = "admin/applicability/edition/page.html"
    change_list_template = "admin/applicability/edition/list.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Edition | None = None) -> tuple[str, ...]:
        """Its rows name versions of its series: neither that nor its number is changed afterwards."""
        return (*self.readonly_fields, "series", "number") if obj else self.readonly_fields

    def has_change_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return False

    def formfield_for_choice_field(
        self, db_field: Field, request: HttpRequest, **kwargs: Any
    ) -> TypedChoiceField | None:
        if db_field.name == "source_kind":
            kwargs["choices"] = KINDS_OF_SOURCE
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Edition, form: ModelForm, change: bool) -> None:
        if change:
            claim(request, obj)
        obj.prepared_by_id = request.user.pk
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/copy/", view(self.copy_view), name="applicability_edition_copy"),
            path("<int:pk>/designate/", view(self.designate_view), name="applicability_edition_designate"),
            path(
                "<int:pk>/differences/", view(self.differences_view), name="applicability_edition_differences"
            ),
        ]
        return own + super().get_urls()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        in_force = edition_in_force(Edition._meta.get_field("series").default, timezone.localdate())
        return super().changelist_view(request, {"in_force": in_force, **(extra_context or {})})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        edition = self.get_object(request, object_id)
        if edition is None or not self.has_view_permission(request, edition):
            return super().change_view(request, object_id, form_url, extra_context)
        asked = day_asked(request, timezone.localdate())
        shown = {
            "edition": edition,
            "asked": asked,
            "today": timezone.localdate(),
            "then": edition_on(edition, asked.on) if asked.on else None,
            "parts": [Shown(part, list(part.rows(edition))) for part in PARTS],
            "draft": is_draft(edition),
            "open": self.has_change_permission(request, edition),
            "gaps": gaps(tables_from(edition)),
            "may_designate": request.user.has_perm("applicability.designate_edition") and is_draft(edition),
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def copy_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks what the next edition is called; posting makes the draft."""
        source = get_object_or_404(Edition, pk=pk)
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = CopyForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                draft = self._copy(source, form, request)
            except DraftRefused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, f"{str(draft).capitalize()} is a draft, copied from {source}.")
                return HttpResponseRedirect(reverse("admin:applicability_edition_change", args=[draft.pk]))
        return self._page(request, "copy", f"Copy {source} into a draft", edition=source, form=form)

    def _copy(self, source: Edition, form: CopyForm, request: HttpRequest) -> Edition:
        said = dict(form.cleaned_data)
        return copy_edition(source, source_reference=said.pop("source"), by=signed_in(request).pk, **said)

    def designate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Everything that the second officer needs to see; posting makes the edition final."""
        edition = get_object_or_404(Edition.objects.select_related("prepared_by"), pk=pk)
        if not request.user.has_perm("applicability.designate_edition") or not is_draft(edition):
            raise PermissionDenied
        form = DesignateForm(request.POST or None, initial={"seen": draft_digest(edition)})
        if request.method == "POST" and form.is_valid():
            at, seen = timezone.now(), form.cleaned_data["seen"]
            try:
                designate(edition, by=signed_in(request).pk, at=at, seen=seen)
            except DesignationRefused as error:
                messages.error(request, str(error))
                return HttpResponseRedirect(reverse("admin:applicability_edition_designate", args=[pk]))
            messages.success(request, f"{str(edition).capitalize()} is designated. It never changes again.")
            return HttpResponseRedirect(reverse("admin:applicability_edition_change", args=[pk]))
        before, found = changes_of(edition)
        return self._page(
            request, "designate", f"Designate {edition}", edition=edition, form=form, before=before,
            found=found, gaps=gaps(tables_from(edition)), own=edition.prepared_by_id == request.user.pk,
            past=edition.effective_from < timezone.localdate(),
        )  # fmt: skip

    def differences_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        edition = get_object_or_404(Edition, pk=pk)
        if not self.has_view_permission(request, edition):
            raise PermissionDenied
        before, found = changes_of(edition)
        title = f"What {edition} changes"
        return self._page(request, "differences", title, edition=edition, before=before, found=found)

    def _page(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        return render(request, f"admin/applicability/edition/{name}.html", context)


def changes_of(edition: Edition) -> tuple[Edition | None, tuple[Difference, ...]]:
    """The edition before it, and how its rows differ from that one's, or from nothing."""
    before = edition_before(edition)
    tables = tables_from(before) if before else Tables.none_in_force()
    return before, differences(tables, tables_from(edition))
