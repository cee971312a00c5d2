"""Finds a certificate on record while its identifier is typed, and puts it into a draft."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cpl import workflow
from cpl.models import Scheme, Submission
from cpl.portal import holdings, merging, own
from cpl.portal.certificates import FIELDS, answers_of
from cpl.portal.editing import attached, typed_of
from cpl.portal.holdings import Held
from cpl.prefixes import split_prefix
from cpl.workflow import ChangedMeanwhile, NotPossible

# A list that is read, not leafed through: who types more finds less.
MOST, MOST_LOOKED_AT = 6, 60
SHORTEST = 2


@login_required
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Certificates whose identifier holds `q` in a `scheme`: one's own, and published ones. With `draft`,
    each can be put into that draft. htmx is given the list alone."""
    scheme = request.GET.get("scheme", Scheme.CPA)
    scheme = scheme if scheme in FIELDS else Scheme.CPA.value
    # The box of the form sends itself, under the form's own name of its field.
    q = request.GET.get("q", request.GET.get(FIELDS[scheme][0].name, ""))[:60].replace("\x00", "").strip()
    context = {
        "scheme": scheme,
        "schemes": Scheme.choices,
        "q": q,
        "found": _found(request, scheme, split_prefix(q)[1]),
        "draft": _draft(request),
        "short": len(q) < SHORTEST,
        "most": MOST,
    }
    name = (
        "portal/_found_certificates.html"
        if request.headers.get("HX-Request")
        else "portal/find_certificate.html"
    )
    return render(request, name, context)


@login_required
@require_POST
def use(request: HttpRequest, number: int) -> HttpResponse:
    """Writes a certificate on record into a draft, with whatever its form held meanwhile."""
    draft = own.submission(request, number)
    if not draft.editable or draft.kind != Submission.Kind.NEW_ENTRY:
        messages.error(request, f"{draft.reference} takes no certificate over: it is fixed, or no new entry.")
        return redirect("portal:edit", number)
    held, told = _named(request), attached(request, draft)
    typed = {asked.name: typed_of(request, asked) for asked in draft.fields if asked.name in request.POST}
    answers = {**draft.answers, **typed, **(answers_of(held) if held else {})}
    try:
        workflow.save(
            number, answers, by=own.person(request), at=timezone.now(), seen=request.POST.get("seen", "")
        )
    except ChangedMeanwhile as changed:
        messages.warning(request, str(changed))
        return merging.ask(request, changed.submission, answers, told)
    except NotPossible as refused:
        messages.error(request, str(refused))
        return redirect("portal:edit", number)
    for problem in told:
        messages.error(request, f"{problem.found}: {problem.message}")
    if held:
        messages.success(
            request, f"{held.certificate} was taken over from the record. Nothing is submitted yet."
        )
    else:
        messages.error(request, "That certificate is not on record. Look for it again.")
    return redirect("portal:edit", number)


def _named(request: HttpRequest) -> Held | None:
    named = request.POST.get("certificate", "")
    if not (named.isascii() and named.isdigit() and len(named) < 19):
        return None
    return holdings.readable(request, timezone.localdate()).one(int(named))


def _found(request: HttpRequest, scheme: str, q: str) -> list[Held]:
    if len(q) < SHORTEST:
        return []
    readable = holdings.readable(request, timezone.localdate())
    mine = [
        held
        for held in readable.own
        if held.scheme == scheme and q.lower() in held.certificate.identifier.lower()
    ]
    others = readable.of_others(Q(scheme=scheme, identifier__icontains=q), at_most=MOST_LOOKED_AT)
    # What is in force comes first, then one's own: what is past can hardly be meant.
    rank = {held.pk: 0 for held in mine}
    found = sorted(
        [*mine, *others], key=lambda held: (held.state != "in force", rank.get(held.pk, 1), held.identifier)
    )
    return found[:MOST]


def _draft(request: HttpRequest) -> Submission | None:
    """The draft that the certificate is for, where one is named; somebody else's does not exist."""
    named = request.GET.get("draft", "")
    if not (named.isascii() and named.isdigit() and len(named) < 19):
        return None
    return get_object_or_404(own.submissions(request), pk=int(named), kind=Submission.Kind.NEW_ENTRY)
