"""The words of the e-mails: changed by officers, looked at with real facts before they are saved."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator

from ledger.admin import FormWithReason, HistoryToRead
from notifications import previews, wording
from notifications.models import LetterWords, Message
from notifications.portal.inbox import in_frame
from notifications.wording import BROUGHT, Wording

FIELDS = ("subject", "opening", "closing")
# Where a session keeps the letter that its frame shows.
FRAMED = "letter_previewed"


class WordsForm(FormWithReason):
    """Places that nobody fills are named here, not found by a reader."""

    class Meta:
        model = LetterWords
        fields = ["kind", *FIELDS]
        widgets = {
            "subject": forms.TextInput(attrs={"size": 90}),
            "opening": forms.Textarea(attrs={"rows": 6, "cols": 90}),
            "closing": forms.Textarea(attrs={"rows": 6, "cols": 90}),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = self.instance.kind or cleaned.get("kind")
        for name in FIELDS if kind else ():
            for problem in wording.problems(str(kind), cleaned.get(name) or "", one_line=name == "subject"):
                self.add_error(name, problem)
        return cleaned


@admin.register(LetterWords)
class LetterWordsAdmin(HistoryToRead):
    """One row a kind of letter; a kind without a row says what the program brings."""

    form = WordsForm
    list_display = ["kind", "subject"]
    change_form_template = "admin/notifications/letterwords/change_form.html"

    def get_readonly_fields(self, request: HttpRequest, obj: LetterWords | None = None) -> list[str]:
        return ["kind"] if obj else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """`?kind=` begins with what the program says of that kind."""
        initial = super().get_changeform_initial_data(request)
        brought = BROUGHT.get(str(initial.get("kind", "")))
        return {**initial, **vars(brought)} if brought else initial

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": "Words of letters", **(extra_context or {})})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        obj = kwargs.get("obj")
        kinds = [obj.kind] if obj else list(BROUGHT)
        labels = dict(Message.Kind.choices)
        context["places"] = [(labels[kind], wording.places(kind)) for kind in kinds]
        context["begin"] = [] if obj else list(labels.items())
        context["kind_shown"] = obj.kind if obj else ""
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview)
        return [path("preview/", view, name="notifications_letterwords_preview"), *super().get_urls()]

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def preview(self, request: HttpRequest) -> HttpResponse:
        """The letter with real facts: by POST with words that are not saved yet, else with those in force."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.GET.get("frame"):
            # What the page around it has put there: words of any length, which no address could carry.
            return in_frame(request.session.get(FRAMED, ""))
        kind = request.GET.get("kind") or request.POST.get("kind", "")
        if kind not in BROUGHT:
            raise Http404("There is no such kind of letter.")
        asked = wording.words_of(kind)
        if request.method == "POST":
            asked = Wording(*(request.POST.get(name, "")[:4000].replace("\0", "") for name in FIELDS))
        problems = [
            f"{name.capitalize()}: {problem}"
            for name in FIELDS
            for problem in wording.problems(kind, getattr(asked, name), one_line=name == "subject")
        ]
        words = None if problems else previews.preview(kind, asked, timezone.localdate())
        request.session[FRAMED] = words.html if words else ""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": f"Preview: {Message.Kind(kind).label}",
            "kind": kind,
            "unsaved": request.method == "POST",
            "problems": problems,
            "words": words,
        }
        return render(request, "admin/notifications/letterwords/preview.html", context)
