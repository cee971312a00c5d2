"""What an officer does on the review page: decides, assigns, holds, notes; and goes on to the next."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from cpl import handling, register, workflow
from cpl.admin.proposing import propose
from cpl.admin.queue_place import FILTERS, GO_ON, filters_of, place_of
from cpl.admin.read_only import ReadOnlyAdmin, signed_in
from cpl.forms import words_of
from cpl.keys import keys_of
from cpl.models import Submission
from cpl.workflow import NotPossible

ANY_REASON = "why"
# Longer than any reason that somebody reads.
LONGEST = 2000
# So many are chosen in a list at once.
MOST_CHOSEN = 200
Done = Callable[[HttpRequest, int], str]


class Deciding(ReadOnlyAdmin):
    """The addresses behind the review page. Each takes the right to decide, and is asked for by POST."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/decide/", view(require_POST(self.decide_view)), name="cpl_submission_decide"),
            path("<int:pk>/handle/", view(require_POST(self.handle_view)), name="cpl_submission_handle"),
            path("<int:pk>/anew/", view(require_POST(self.anew_view)), name="cpl_submission_anew"),
            path(
                "assign/",
                view(require_http_methods(["GET", "POST"])(self.assign_view)),
                name="cpl_submission_assign",
            ),
        ]
        return own + super().get_urls()

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Approves, returns or refuses, and shows what comes next in the queue."""
        demand_officer(request)
        after = place_of(self, request, pk).after
        request.session[GO_ON] = bool(request.POST.get("go_on"))
        try:
            submission = decide(pk, request)
        except Submission.DoesNotExist:
            raise Http404(f"There is no submission {pk}.") from None
        except NotPossible as error:
            messages.error(request, str(error))
            return _review(pk, request)
        messages.success(request, told(submission))
        if request.session[GO_ON] and after:
            return _review(after, request)
        return _queue(request)

    def handle_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Notes, holds, releases or assigns; the submission stays where it is."""
        demand_officer(request)
        try:
            done = HANDLED.get(request.POST.get("verb", ""))
            if done is None:
                raise NotPossible("Press one of the buttons of the page.")
            messages.success(request, done(request, pk))
        except Submission.DoesNotExist:
            raise Http404(f"There is no submission {pk}.") from None
        except NotPossible as error:
            messages.error(request, str(error))
        return _review(pk, request)

    def anew_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Withdraws what the Panel proposed itself, and shows the form with its answers to propose anew."""
        if not request.user.has_perm("cpl.raise_submission"):
            raise PermissionDenied
        submission = get_object_or_404(Submission, pk=pk)
        seen = request.POST.get("seen", "")
        try:
            if submission.party_id is not None:
                raise NotPossible("Its organisation withdraws it, and submits anew.")
            workflow.move(pk, "withdraw", by=signed_in(request), at=timezone.now(), seen=seen)
        except NotPossible as error:
            messages.error(request, str(error))
            return _review(pk, request)
        messages.success(request, f"{submission.reference} is withdrawn. Its files are not carried over.")
        came_from = (submission.reference, reverse("admin:cpl_submission_change", args=[pk]))
        kind = Submission.Kind(submission.kind)
        return propose(request, self.admin_site, kind, submission.answers, came_from=came_from)

    def assign_view(self, request: HttpRequest) -> HttpResponse:
        """Gives those that were chosen in the list to an officer."""
        demand_officer(request)
        given = request.POST if request.method == "POST" else request.GET
        chosen = numbers_of(given.get("chosen", ""))
        if request.method == "POST":
            try:
                say_assigned(request, chosen, _officer(request.POST.get("officer", "")))
            except NotPossible as error:
                messages.error(request, str(error))
            return _queue(request)
        context = {
            **self.admin_site.each_context(request),
            "title": "Assign to an officer",
            "opts": self.opts,
            "rows": Submission.objects.filter(pk__in=chosen).select_related("party", "assigned_to"),
            "chosen": ",".join(map(str, chosen)),
            "officers": handling.officers(),
            "filters": filters_of(given),
        }
        return render(request, "admin/cpl/submission/assign.html", context)


def decide(pk: int, request: HttpRequest) -> Submission:
    """One of the officer's moves, as the review page posts it."""
    at, seen, verb = timezone.now(), request.POST.get("seen", ""), request.POST.get("verb", "")
    by, words = signed_in(request), request.POST.get("words", "")
    if verb in ("approve", workflow.FIRST):
        return register.approve(
            pk, by=by, at=at, on=timezone.localdate(at), words=words, acknowledged=reasons(request.POST),
            seen=seen,
        )  # fmt: skip
    if verb == "refuse":
        ground = request.POST.get("ground", "")
        return workflow.refuse(pk, ground=ground, words=words, by=by, at=at, seen=seen)
    if verb == "return":
        return workflow.move(pk, verb, by=by, at=at, words=words_to_return(pk, request.POST), seen=seen)
    raise NotPossible("Press one of the buttons of the page.")


def reasons(given: QueryDict) -> dict[str, str]:
    """By rule why its warning is no obstacle: in its own words, else in those that hold for all ticked."""
    common = given.get(ANY_REASON, "").strip()[:LONGEST]
    return {
        rule: given.get(f"{ANY_REASON}:{rule}", "").strip()[:LONGEST] or common
        for rule in given.getlist("acknowledged")
    }


def words_to_return(pk: int, given: QueryDict) -> str:
    """What the submitter reads: the words for all of it, and a line for each field that was chosen."""
    kind = Submission.objects.values_list("kind", flat=True).get(pk=pk)
    of_fields = {name: given.get(f"say:{name}", "") for name in given.getlist("field")}
    if empty := [name for name, text in of_fields.items() if not text.strip()]:
        raise NotPossible(f"Say what is wrong with each field that you chose: {', '.join(empty)}.")
    return words_of(kind, given.get("words", ""), of_fields)


def told(submission: Submission) -> str:
    """What came of a decision."""
    if submission.status == Submission.Status.SUBMITTED:
        return f"{submission.reference} is approved by you as the first of two; it waits for another officer."
    if submission.kind == Submission.Kind.NEW_ENTRY and hasattr(submission, "entry"):
        return f"{submission.reference} is approved: it is entry {submission.entry}."
    return f"{submission.reference} is {submission.get_status_display().lower()}."


def chosen_of(queryset: QuerySet[Submission]) -> str:
    """The keys that an action was given, for an address."""
    return ",".join(map(str, queryset.order_by("pk").values_list("pk", flat=True)[:MOST_CHOSEN]))


def numbers_of(text: str) -> list[int]:
    """The keys of an address; what is none is passed over."""
    return keys_of(text[:LONGEST].split(","))


def say_assigned(request: HttpRequest, chosen: Sequence[int], to: User | None) -> None:
    """Assigns, and says of how many, and of which not."""
    done = handling.assign(chosen, to=to, by=signed_in(request))
    who = workflow.name_of(to) if to else "nobody"
    for words in done.refused:
        messages.warning(request, words)
    if done.count:
        messages.success(request, f"{done.count} assigned to {who}.")


def onward(address: str, request: HttpRequest, **more: Any) -> HttpResponseRedirect:
    """To another page of ours, with the queue that the officer works through."""
    given = request.POST if FILTERS in request.POST else request.GET
    return HttpResponseRedirect(f"{address}?{urlencode({**more, FILTERS: filters_of(given)})}")


def _noted(request: HttpRequest, pk: int) -> str:
    handling.note(pk, by=signed_in(request), at=timezone.now(), words=request.POST.get("words", ""))
    return "Your note is kept. Officers and auditors read it, the submitter does not."


def _held(request: HttpRequest, pk: int) -> str:
    words = request.POST.get("words", "")
    return f"{handling.hold(pk, by=signed_in(request), at=timezone.now(), words=words).reference} is on hold."


def _released(request: HttpRequest, pk: int) -> str:
    words = request.POST.get("words", "")
    return f"{handling.release(pk, by=signed_in(request), at=timezone.now(), words=words).reference} goes on."


def _assigned(request: HttpRequest, pk: int) -> str:
    to = _officer(request.POST.get("officer", ""))
    done = handling.assign([pk], to=to, by=signed_in(request))
    if done.refused:
        raise NotPossible(done.refused[0])
    if not done.count:
        raise Submission.DoesNotExist
    return f"Assigned to {workflow.name_of(to) if to else 'nobody'}."


HANDLED: dict[str, Done] = {"note": _noted, "hold": _held, "release": _released, "assign": _assigned}


def _officer(key: str) -> User | None:
    if not key:
        return None
    found = next((one for one in handling.officers() if str(one.pk) == key), None)
    if found is None:
        raise NotPossible("Choose an officer of the list.")
    return found


def _queue(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('admin:cpl_submission_changelist')}?{filters_of(request.POST)}")


def _review(pk: int, request: HttpRequest) -> HttpResponseRedirect:
    return onward(reverse("admin:cpl_submission_change", args=[pk]), request)


def demand_officer(request: HttpRequest) -> None:
    if not request.user.has_perm("cpl.decide_submission"):
        raise PermissionDenied
