"""A form of a submission filled in with what was chosen on another page; posted where all such forms are."""

from collections.abc import Mapping, Sequence

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from cpl.admin.read_only import ReadOnlyAdmin
from cpl.forms import AnswersForm
from cpl.models import Entry, Evidence, Submission


class RaisingAdmin(ReadOnlyAdmin):
    """Read-only rows from which staff raise a submission about those chosen."""

    def get_actions(self, request: HttpRequest) -> dict:
        # `actions = None` above turns the checkboxes off as well; here they are wanted.
        return super().get_actions(request) if request.user.has_perm("cpl.raise_submission") else {}


def raise_about(kind: Submission.Kind, **answers: str) -> HttpResponseRedirect:
    """On to the form of that kind, with some answers given."""
    return HttpResponseRedirect(f"{reverse('admin:cpl_submission_raise', args=[kind])}?{urlencode(answers)}")


def propose(
    request: HttpRequest,
    site: AdminSite,
    kind: Submission.Kind,
    answers: Mapping[str, str],
    *,
    came_from: tuple[str, str],
    chosen: Sequence[tuple[Entry, str]] = (),
    more: int = 0,
) -> HttpResponse:
    """The page. `chosen` are entries with a word on each, `more` how many are not shown, `came_from` a page's
    name and address."""
    context = {
        **site.each_context(request),
        "title": kind.label,
        "form": AnswersForm(kind, on=timezone.localdate(), initial=dict(answers)),
        "action": reverse("admin:cpl_submission_raise", args=[kind.value]),
        "what": Evidence.What.choices,
        "came_from": came_from,
        "chosen": chosen,
        "more": more,
    }
    return render(request, "admin/cpl/candidate/propose.html", context)
