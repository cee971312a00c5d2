"""Whom a kind of notice goes to: a table that officers edit, and look at before and after an edit."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone

from applicability.models import DeviceType
from cpl.models import Certificate, Entry
from ledger.admin import FormWithReason, HistoryToRead
from notifications.audiences import left_out
from notifications.models import Audience, FurtherMilestone
from notifications.proof import find_certificates
from notifications.reach import Edit, Reached, entries_of, reached, unreachable


class PreviewForm(forms.Form):
    """What a notice would be about, and the edit that is tried. Nothing of it is saved."""

    kind = forms.ChoiceField(choices=Audience.Kind, label="Kind of notice")
    about = forms.CharField(
        required=False, max_length=60, label="Entry or certificate",
        help_text="An entry's number in six digits, such as 000679, or a certificate's identifier.",
    )  # fmt: skip
    without = forms.ModelMultipleChoiceField(
        Audience.objects.order_by("kind", "acts", "who"), required=False, label="Leave out these rows",
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    who = forms.ChoiceField(
        choices=[("", "Nobody"), *Audience.Who.choices], required=False, label="Tell also"
    )
    acts = forms.ChoiceField(
        choices=[("", "whoever acts"), *DeviceType.Actor.choices], required=False,
        label="For device types on which acts",
    )  # fmt: skip

    def clean_about(self) -> Entry | Certificate | None:
        written = self.cleaned_data["about"].strip()
        if not written:
            return None
        if len(written) == 6 and written.isascii() and written.isdigit():
            entry = Entry.objects.filter(number=int(written)).select_related("submission").first()
            if entry:
                return entry
        found = find_certificates(written)
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(
                f"“{written}” is the identifier of several. Write CPA, DLMS or Zigbee before it."
            )
        raise ValidationError(f"No entry and no certificate is called “{written}”. Look it up in the list.")

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        if (
            asked.get("kind") != Audience.Kind.RELEASE
            and not asked.get("about")
            and "about" not in self.errors
        ):
            self.add_error("about", "Name the entry or certificate that the notice would be about.")
        return asked

    def edit(self) -> Edit:
        asked = self.cleaned_data
        added = Audience(kind=asked["kind"], acts=asked["acts"], who=asked["who"]) if asked["who"] else None
        return Edit(frozenset(row.pk for row in asked["without"]), added)


class AudienceForm(FormWithReason):
    """Nobody whom the Panel owes a notice falls out of the table by a slip; and each row says why it came."""

    change_reason = forms.CharField(
        label="Why", max_length=100, help_text="Kept in the history. Name no private person."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "change_reason" in self.fields:
            self.fields["change_reason"].required = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and "who" in cleaned:
            changed = Audience(kind=self.instance.kind, acts=cleaned.get("acts", ""), who=cleaned["who"])
            if refused := owed_to([*_others(self.instance), changed], self.instance):
                raise ValidationError(refused)
        return cleaned


@admin.register(Audience)
class AudienceAdmin(HistoryToRead):
    """Whom a kind of notice goes to. The last row for a kind stays: without it nobody would be told.

    For the same reason a row stays with its kind; one for another kind is added.
    """

    form = AudienceForm
    list_display = ["kind", "who", "acts"]
    list_filter = ["kind"]
    actions = None
    delete_confirmation_template = "admin/notifications/audience_delete.html"
    change_list_template = "admin/notifications/audiences.html"

    def has_delete_permission(self, request: HttpRequest, obj: Audience | None = None) -> bool:
        if obj and not Audience.objects.filter(kind=obj.kind).exclude(pk=obj.pk).exists():
            return False
        return super().has_delete_permission(request, obj)

    def get_form(
        self, request: HttpRequest, obj: Audience | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if obj and "kind" in form.base_fields:
            form.base_fields["kind"].disabled = True
        return form

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Who adds a row is asked why, too."""
        return ["kind", "acts", "who", *(["change_reason"] if self._may_write(request, obj) else [])]

    def _may_write(self, request: HttpRequest, obj: Audience | None) -> bool:
        return self.has_change_permission(request, obj) if obj else self.has_add_permission(request)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Leads back, with the reason, where the Panel owes notices to whom the row names."""
        row = self.get_object(request, object_id)
        if row and self.has_delete_permission(request, row):
            refused = owed_to(_others(row), row)
            if not refused and request.method == "POST" and not _why(request):
                refused = "Nothing was taken away: say why, the history keeps it."
            if refused:
                self.message_user(request, refused, messages.ERROR)
                return redirect("admin:notifications_audience_change", row.pk)
        return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request: HttpRequest, obj: Audience) -> None:
        obj._change_reason = _why(request)  # type: ignore[attr-defined]
        super().delete_model(request, obj)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("preview/", view(self.preview_view), name="notifications_audience_preview"),
            path("unreachable/", view(self.unreachable_view), name="notifications_audience_unreachable"),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """Who would be told, at which addresses, as the table is and as it would be."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = PreviewForm(request.GET or None, initial={"kind": Audience.Kind.CERTIFICATE})
        context = self._context(request, "Who would be told") | {"form": form}
        if form.is_valid():
            context |= self._told(form)
        return render(request, "admin/notifications/preview.html", context)

    def unreachable_view(self, request: HttpRequest) -> HttpResponse:
        """The Parties without an address."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        page = Paginator(unreachable(), 100).get_page(request.GET.get("page"))
        context = self._context(request, "Parties without an address") | {"page": page}
        return render(request, "admin/notifications/unreachable.html", context)

    def _told(self, form: PreviewForm) -> dict[str, object]:
        asked, on, edit = form.cleaned_data, timezone.localdate(), form.edit()
        about = asked["about"]
        entries = list(entries_of(about, on)) if isinstance(about, Certificate) else [about] if about else []
        now = reached(asked["kind"], entries, on)
        then = reached(asked["kind"], entries, on, edit) if edit else now
        return {
            "about": about,
            "entries": entries,
            "edited": bool(edit),
            "told": _beside(now, then),
            "nobody": not then,
        }

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title}


@admin.register(FurtherMilestone)
class FurtherMilestoneAdmin(HistoryToRead):
    """Milestones beside the two that the Panel owes. Added or taken away, never changed to another."""

    list_display = ["months", "added_on"]
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: FurtherMilestone | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: FurtherMilestone, form: Any, change: bool) -> None:
        obj.added_on = timezone.localdate()
        super().save_model(request, obj, form, change)


def owed_to(table: list[Audience], row: Audience) -> str:
    """Why the table may not be so: whom it would leave out who is told by this row today. Or nothing."""
    before = set(left_out([*_others(row), row]))
    lost = [who for who in left_out(table) if who not in before]
    if not lost:
        return ""
    return (
        f"The Panel owes notices of certificates to: {', '.join(lost)}. Without this row none of them would "
        "be told. Add the row that is to take its place first."
    )


def _others(row: Audience) -> list[Audience]:
    return list(Audience.objects.exclude(pk=row.pk))


def _why(request: HttpRequest) -> str:
    return " ".join(request.POST.get("change_reason", "").replace("\0", "").split())[:100]


def _beside(now: list[Reached], then: list[Reached]) -> list[tuple[str, Reached]]:
    """Each recipient once, with whether the edit takes it away, brings it or leaves it."""
    before, after = {one.to for one in now}, {one.to for one in then}
    told = {one.to: one for one in [*now, *then]}
    words = {(True, True): "", (True, False): "gone", (False, True): "added"}
    rows = [(words[to in before, to in after], one) for to, one in told.items()]
    return sorted(rows, key=lambda row: (row[1].name, row[1].to))
