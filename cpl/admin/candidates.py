"""Candidates for removal: the list, and what an officer does about those chosen: propose, or keep."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from applicability.models import DeviceType
from applicability.openness import say
from cpl.admin.exports import CandidateTable, TableToTake
from cpl.admin.proposing import propose
from cpl.admin.read_only import ReadOnlyAdmin, signed_in
from cpl.candidates import MOST, State, candidates, counts, keep, proposal, removals_in_hand
from cpl.keys import keys_of
from cpl.models import Candidate, Cause, Entry, Keeping, ManufacturerIdentifier, Submission
from cpl.workflow import NotPossible

SHAPES = {State.DUE: "waiting", State.KEPT: "yes", State.RAISED: "draft"}
# So many of those chosen are shown one by one; the rest are counted.
SHOWN = 200


class KeepForm(forms.Form):
    """Why the chosen entries are kept, and when they are looked at again."""

    words = forms.CharField(
        label="Why they are kept", widget=forms.Textarea({"rows": 3}), max_length=2000,
        help_text="Auditors read it. Name no private person.",
    )  # fmt: skip
    review_on = forms.DateField(
        label="To be looked at again on", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text="From this day on they are due again.",
    )  # fmt: skip


class StateFilter(admin.SimpleListFilter):
    title = "what was done"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in State.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Candidate]) -> QuerySet[Candidate]:
        return queryset.filter(state=self.value()) if self.value() else queryset  # type: ignore[misc]


class CauseFilter(admin.SimpleListFilter):
    title = "cause"
    parameter_name = "cause"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in Cause.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Candidate]) -> QuerySet[Candidate]:
        return queryset.filter(cause=self.value()) if self.value() else queryset  # type: ignore[misc]


class DeviceTypeFilter(admin.SimpleListFilter):
    title = "device type"
    parameter_name = "device_type"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(name, name) for name in DeviceType.objects.order_by("name").values_list("name", flat=True)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Candidate]) -> QuerySet[Candidate]:
        return queryset.filter(entry__device_type=self.value()) if self.value() else queryset


class ManufacturerFilter(admin.SimpleListFilter):
    title = "manufacturer"
    parameter_name = "manufacturer"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        holders = dict(ManufacturerIdentifier.objects.values_list("code", "holder"))
        codes = Entry.objects.order_by("manufacturer").values_list("manufacturer", flat=True).distinct()
        return [(code, f"{code} {holders.get(code, '')}".strip()) for code in codes]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Candidate]) -> QuerySet[Candidate]:
        return queryset.filter(entry__manufacturer=self.value()) if self.value() else queryset


@admin.register(Candidate)
class CandidateAdmin(TableToTake, ReadOnlyAdmin):
    resource_classes = [CandidateTable]
    list_display = ["number", "device", "manufacturer", "carried_by", "why", "covers_from", "done"]
    list_display_links = None
    list_filter = [StateFilter, CauseFilter, "scheme", DeviceTypeFilter, ManufacturerFilter]
    search_fields = [
        "=entry__number", "identifier_shown", "entry__manufacturer", "entry__model", "entry__product_name",
    ]  # fmt: skip
    search_help_text = "Entry number, certificate, manufacturer or model identifier, product name"
    list_per_page = 100
    actions = ["remove", "keep"]
    change_list_template = "admin/cpl/candidate/list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Candidate]:
        holder = ManufacturerIdentifier.objects.filter(code=OuterRef("entry__manufacturer")).values("holder")
        rows = candidates(timezone.localdate())
        return rows.annotate(holder=Coalesce(Subquery(holder[:1]), Value("")))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Candidate], search_term: str
    ) -> tuple[QuerySet[Candidate], bool]:
        """Entry numbers are written with six digits and kept as numbers."""
        term = search_term.strip()
        six = len(term) == 6 and term.isascii() and term.isdigit()
        return super().get_search_results(request, queryset, str(int(term)) if six else term)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        may = {"remove": "cpl.raise_submission", "keep": "cpl.decide_submission"}
        found = super().get_actions(request)
        return {name: one for name, one in found.items() if request.user.has_perm(may.get(name, ""))}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.keep_view))
        return [path("keep/", view, name="cpl_candidate_keep"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {
            "title": "Candidates for removal",
            "counts": counts(timezone.localdate()),
            "today": timezone.localdate(),
            "in_hand": Submission.objects.filter(pk__in=removals_in_hand()).select_related("party"),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A candidate has no page of its own: it is an entry."""
        if request.method == "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        name, arguments = ("entry_change", [row.entry_id]) if row else ("candidate_changelist", [])
        return HttpResponseRedirect(reverse(f"admin:cpl_{name}", args=arguments))

    @admin.display(description="entry", ordering="entry")
    def number(self, row: Candidate) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:cpl_entry_change", args=[row.entry_id]), row.entry
        )

    @admin.display(ordering="entry__device_type")
    def device(self, row: Candidate) -> SafeString:
        return format_html("{}<br>{}", row.entry.device_type, row.entry.product_name)

    @admin.display(ordering="entry__manufacturer")
    def manufacturer(self, row: Candidate) -> SafeString:
        holder = row.holder  # type: ignore[attr-defined]
        return format_html('<span class="hex">{}</span> {}', row.entry.manufacturer, holder)

    @admin.display(description="certificate", ordering="identifier_shown")
    def carried_by(self, row: Candidate) -> SafeString:
        place = reverse("admin:cpl_certificate_change", args=[row.certificate_id])
        return format_html('{} <a href="{}">{}</a>', row.scheme, place, row.identifier_shown)

    @admin.display(ordering="since")
    def why(self, row: Candidate) -> str:
        return f"{Cause(row.cause).label}, {say(row.since)}"  # type: ignore[attr-defined]

    @admin.display(description="what was done", ordering="state")
    def done(self, row: Candidate) -> SafeString:
        state = State(row.state)  # type: ignore[attr-defined]
        more: str | SafeString = ""
        if state == State.RAISED:
            place = reverse("admin:cpl_submission_change", args=[row.raised_in])  # type: ignore[attr-defined]
            more = format_html(' in <a href="{}">S-{:0>6}</a>', place, row.raised_in)  # type: ignore[attr-defined]
        elif row.kept_until:  # type: ignore[attr-defined]
            before = " until" if state == State.KEPT else ": was kept until"
            more = f"{before} {say(row.kept_until)}"  # type: ignore[attr-defined]
        return format_html('<span class="status {}">{}</span>{}', SHAPES[state], state.label, more)

    @admin.action(description="Propose the removal of the chosen entries")
    def remove(self, request: HttpRequest, chosen: QuerySet[Candidate]) -> HttpResponse | None:
        rows = list(chosen[: MOST + 1])
        try:
            answers = proposal(rows, timezone.localdate())
        except NotPossible as error:
            messages.error(request, str(error))
            return None
        return propose(
            request,
            self.admin_site,
            Submission.Kind.REMOVAL,
            answers,
            came_from=("Candidates for removal", reverse("admin:cpl_candidate_changelist")),
            chosen=[(row.entry, self._told(row)) for row in rows[:SHOWN]],
            more=max(0, len(rows) - SHOWN),
        )

    @admin.action(description="Keep the chosen entries, to be looked at again on a day")
    def keep(self, request: HttpRequest, chosen: QuerySet[Candidate]) -> HttpResponse | None:
        rows = list(chosen[: MOST + 1])
        if len(rows) > MOST:
            messages.error(request, f"Choose {MOST} at most at a time.")
            return None
        return self._keep_page(request, KeepForm(), rows)

    def keep_view(self, request: HttpRequest) -> HttpResponse:
        """What the page of `keep` posts: the keys of the chosen rows, the reason, the day of review."""
        if not request.user.has_perm("cpl.decide_submission"):
            raise PermissionDenied
        at, form = timezone.now(), KeepForm(request.POST)
        keys = keys_of(request.POST.get("chosen", "").split(","))[:MOST]
        if form.is_valid():
            try:
                kept = keep(
                    keys, **form.cleaned_data, by=signed_in(request), at=at, on=timezone.localdate(at)
                )
            except NotPossible as error:
                form.add_error(None, str(error))
            else:
                entries = "entry is" if len(kept) == 1 else "entries are"
                review = say(form.cleaned_data["review_on"])
                messages.success(request, f"{len(kept)} {entries} kept until {review}.")
                return HttpResponseRedirect(reverse("admin:cpl_candidate_changelist"))
        return self._keep_page(request, form, list(self.get_queryset(request).filter(pk__in=keys)))

    def _keep_page(self, request: HttpRequest, form: KeepForm, rows: list[Candidate]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Keep on the list",
            "opts": self.opts,
            "form": form,
            "count": len({row.entry_id for row in rows}),
            "chosen": [(row.entry, self._told(row)) for row in rows[:SHOWN]],
            "more": max(0, len(rows) - SHOWN),
            "keys": ",".join(str(row.pk) for row in rows),
        }
        return render(request, "admin/cpl/candidate/keep.html", context)

    def _told(self, row: Candidate) -> str:
        why = self.why(row)
        return f"{row.scheme} certificate {row.identifier_shown}: {why[:1].lower()}{why[1:]}"


@admin.register(Keeping)
class KeepingAdmin(ReadOnlyAdmin):
    list_display = ["entry", "certificate", "cause", "since", "words", "review_on", "decided_by", "at"]
    list_filter = ["cause", "review_on"]
    list_select_related = ["entry", "certificate", "decided_by"]
    search_fields = ["=entry__number", "certificate__identifier", "words"]
