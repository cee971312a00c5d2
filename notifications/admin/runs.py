"""The runs: when they took place, what they did, and what an officer decides of one that was held."""

import datetime

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpl.admin.read_only import ReadOnlyAdmin, signed_in
from notifications import held, tasks
from notifications.admin.named import Recipients, certificates
from notifications.models import Run


class HeldForm(forms.Form):
    """An officer's decision. The number is typed, so that it was looked at."""

    words = forms.CharField(
        label="Why", widget=forms.Textarea({"rows": 3}), max_length=2000,
        help_text="Kept with the run. Name no private person.",
    )  # fmt: skip
    notices = forms.IntegerField(
        label="To release it: how many notices", min_value=0, required=False,
        help_text="Type the number that stands above. To set the run aside, leave it open.",
    )  # fmt: skip


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ["on", "how", "started_at", "lasted", "due", "sent", "failed", "decided", "words"]
    list_select_related = ["released_by"]
    list_filter = ["state"]
    date_hierarchy = "on"

    @admin.display(description="state", ordering="state")
    def how(self, run: Run) -> str | SafeString:
        if run.state != Run.State.HELD:
            return run.get_state_display()
        url = reverse("admin:notifications_run_held", args=[run.pk])
        return format_html('<a href="{}">{}</a>', url, run.get_state_display())

    @admin.display(description="took")
    def lasted(self, run: Run) -> str:
        """To the second; nothing for one that did not end."""
        if run.ended_at is None:
            return ""
        return str(datetime.timedelta(seconds=round((run.ended_at - run.started_at).total_seconds())))

    @admin.display(description="decided")
    def decided(self, run: Run) -> str:
        """By whom and when a held run was released or set aside; nothing where the next run came first."""
        if run.released_by is None or run.released_at is None:
            return ""
        who = run.released_by.get_full_name() or run.released_by.get_username()
        return f"{who}, {date_format(timezone.localtime(run.released_at), 'j F Y, H:i')}"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.held_view)
        return [path("<int:pk>/held/", view, name="notifications_run_held"), *super().get_urls()]

    def held_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How many, to whom, the first letters; then release it with a reason, or set it aside."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = get_object_or_404(Run, pk=pk)
        form = HeldForm(request.POST if request.method == "POST" else None)
        if request.method == "POST":
            if not request.user.has_perm("notifications.release_run"):
                raise PermissionDenied
            if form.is_valid() and self._decide(request, run, form):
                return HttpResponseRedirect(reverse("admin:notifications_run_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Held: {run}",
            "run": run,
            "form": form,
            "waits": run.state == Run.State.HELD,
            "decided": self.decided(run),
            "may": request.user.has_perm("notifications.release_run"),
        }
        if run.state == Run.State.HELD:
            context |= _seen(run)
        return render(request, "admin/notifications/held.html", context)

    def _decide(self, request: HttpRequest, run: Run, form: HeldForm) -> bool:
        words, notices = form.cleaned_data["words"], form.cleaned_data["notices"]
        at, by = timezone.now(), signed_in(request)
        try:
            if "release" in request.POST:
                held.release(run.pk, notices=-1 if notices is None else notices, words=words, by=by, at=at)
                self.log_change(request, run, "Released.")
                # Robust: without a broker the hourly run finds what was released.
                transaction.on_commit(tasks.run.delay, robust=True)
                said = "Released. The next run sends what is owed; it is asked for now, and hourly."
            else:
                held.set_aside(run.pk, words=words, by=by, at=at)
                self.log_change(request, run, "Set aside.")
                said = "Set aside. Nothing was sent; the run of the next day looks at what is owed anew."
        except held.NotPossible as error:
            self.message_user(request, str(error), messages.ERROR)
            run.refresh_from_db()
            return False
        self.message_user(request, said, messages.SUCCESS)
        return True


def _seen(run: Run) -> dict[str, object]:
    found, names = held.look(run.on), Recipients()
    about = certificates(key for key, _ in found.by_certificate)
    letters = held.first_letters(run.on, [to for to, _ in found.by_recipient])
    return {
        "found": found,
        "recipients": [(names.name(to), number) for to, number in found.by_recipient],
        "certificates": [(key, about[key], number) for key, number in found.by_certificate],
        "letters": [(names.name(to), words) for to, words in letters],
    }
