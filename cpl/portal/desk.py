"""The first page of the portal: the submissions of one's own organisations, and the start of a new one."""

import re
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cpl import fields as f
from cpl import workflow
from cpl.keys import key_of
from cpl.models import Party, Submission
from cpl.models.submissions import SubmissionQuerySet
from cpl.portal import own
from cpl.workflow import NotPossible

A_PAGE = 25
# An SSC recommendation is the Panel's own; everybody else may begin these.
KINDS = {
    Submission.Kind.NEW_ENTRY: "A device model that is to join the list, or to replace a wrong entry.",
    Submission.Kind.RENEWAL: "A certificate was renewed or replaced, and carries entries from now on.",
    Submission.Kind.OFFER: "A certificate that you offer for entries or submissions of others.",
    Submission.Kind.WITHDRAWAL: "A certificate was withdrawn or cancelled.",
    Submission.Kind.STATEMENT: "Upgrade paths or firmware information for your entries; the latest counts.",
}
# Uploads on the desk; the others are in their own list.
LATEST = 3
COLUMNS = (("reference", "Reference"), ("status", "Status"), ("kind", "Kind"), ("submitted", "Submitted"),
           ("decided", "Decided"))  # fmt: skip
_BY = {
    "reference": "pk",
    "status": "status",
    "kind": "kind",
    "submitted": "submitted_at",
    "decided": "decided_at",
}
# What `sort` may say, a minus before it turns it round. What has no such day comes last.
SORTS = {
    **{name: (F(column).asc(nulls_last=True), "-pk") for name, column in _BY.items()},
    **{f"-{name}": (F(column).desc(nulls_last=True), "-pk") for name, column in _BY.items()},
}
SEARCHED = (f.PRODUCT_NAME, *f.DEVICE_FIELDS, f.CPA_ID, f.DLMS_ID, f.ZSE_ID, f.CERTIFICATE_ID)


@dataclass(frozen=True)
class Asked:
    """What the desk is asked to show."""

    status: str = ""
    kind: str = ""
    q: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> "Asked":
        """The questions of an address, cut to a length and without what no database takes."""
        names = ("status", "kind", "q", "sort")
        return cls(*(query.get(name, "")[:100].replace("\x00", "") for name in names))

    def columns(self) -> list[tuple[str, str, str, str]]:
        """Each column that sorts: name, label, its order now (as ARIA says), what a press asks for."""
        order = {name: "ascending" for name in _BY if self.sort == name}
        order |= {name: "descending" for name in _BY if self.sort == f"-{name}"}
        return [
            (name, label, order.get(name, ""), f"-{name}" if self.sort == name else name)
            for name, label in COLUMNS
        ]


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Own submissions, newest first; filtered by `status`, `kind`, `q`, sorted by `sort`. Seven queries."""
    asked = Asked.of(request.GET)
    context = {
        "page": Paginator(found(request, asked), A_PAGE).get_page(request.GET.get("page")),
        "asked": asked,
        "narrows": bool(asked.status or asked.kind or asked.q),
        "counts": _counts(request),
        "columns": asked.columns(),
        "uploads": own.uploads(request)[:LATEST],
        "parties": own.parties(request),
        "kinds": [(kind, kind.label, words) for kind, words in KINDS.items()],
        "every_kind": Submission.Kind.choices,
        "statuses": Submission.Status.choices,
    }
    return render(request, "portal/desk.html", context)


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begins a draft of `kind` for `party` and leads to its form."""
    kind = request.POST.get("kind", "")
    if kind not in KINDS:
        messages.error(request, "Choose what you want to submit.")
        return redirect("portal:desk")
    try:
        draft = workflow.start(kind, party=chosen_party(request), by=own.person(request), at=timezone.now())
    except NotPossible as refused:
        messages.error(request, str(refused))
        return redirect("portal:desk")
    return redirect("portal:edit", draft.pk)


def chosen_party(request: HttpRequest) -> Party:
    """The organisation named in the request, or the only one that the person acts for.

    Raises:
        NotPossible: the person acts for none, or has to say for which.
    """
    known = own.parties(request)
    if not known:
        raise NotPossible("You act for no organisation yet. Ask the Panel's staff to add you to yours.")
    named = request.POST.get("party", "")
    if named.isdigit():
        return get_object_or_404(Party.objects.for_user(own.person(request)), pk=key_of(named))
    if len(known) > 1:
        raise NotPossible("You act for several organisations. Choose one of them.")
    return known[0]


def found(request: HttpRequest, asked: Asked) -> SubmissionQuerySet:
    """One's own submissions that were asked for, in the order that was asked for."""
    submissions = own.submissions(request)
    if asked.status:
        submissions = submissions.filter(status=asked.status)
    if asked.kind:
        submissions = submissions.filter(kind=asked.kind)
    for word in asked.q.split():
        submissions = submissions.filter(_names(word))
    return submissions.order_by(*SORTS.get(asked.sort, ("-pk",)))


def _counts(request: HttpRequest) -> list[tuple[str, str, int]]:
    """Each status with how many of one's own have it, those that there are."""
    rows = own.submissions(request).order_by().values_list("status").annotate(count=Count("pk"))
    counted = dict(rows)
    return [(value, label, counted[value]) for value, label in Submission.Status.choices if value in counted]


def _names(word: str) -> Q:
    """A reference (`S-000012`, `12`) or a part of an answer; hexadecimal with or without colons."""
    found = Q()
    if reference := re.fullmatch(r"(?:[sS]-)?([0-9]{1,9})", word):
        found |= Q(pk=int(reference[1]))
    for asked in SEARCHED:
        text = word.replace(":", "") if asked.kind == "hex" else word
        found |= Q(**{f"answers__{asked.name}__icontains": text})
    return found
