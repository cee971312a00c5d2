"""What one's organisations were told, and oneself: the e-mails as they went out, with their files."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cpl.models import Party
from cpl.portal import own
from notifications.models import Attachment, Letter, Message, StepNotice

A_PAGE = 50
LARGEST = 2**63
# A letter in a frame of our own page: nothing in it runs, loads or leads away within the frame.
SHOWN = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; frame-ancestors 'self'"
KEPT = "sandbox; default-src 'none'"


@dataclass(frozen=True)
class Asked:
    """What the list was asked for; what makes no sense asks for nothing."""

    q: str = ""
    kind: str = ""
    state: str = ""
    since: datetime.date | None = None
    until: datetime.date | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        text = {name: query.get(name, "")[:100].replace("\x00", "") for name in ("q", "kind", "state")}
        return cls(**text, since=_day(query.get("since", "")), until=_day(query.get("until", "")))

    def among(self, every: QuerySet[Message]) -> QuerySet[Message]:
        found = every
        for word in self.q.split():
            found = found.filter(Q(subject__icontains=word) | Q(letter__text__icontains=word))
        if self.kind in Message.Kind.values:
            found = found.filter(kind=self.kind)
        if self.state in Message.State.values:
            found = found.filter(state=self.state)
        if self.since:
            found = found.filter(queued_at__date__gte=self.since)
        return found.filter(queued_at__date__lte=self.until) if self.until else found

    def __bool__(self) -> bool:
        return bool(self.q or self.kind or self.state or self.since or self.until)


def readable(request: HttpRequest) -> QuerySet[Message]:
    """Messages to the organisations that one acts for today, and to oneself; nobody else's exist.

    What one was told of a submission of an organisation that one has left since is its own again.
    """
    person = own.person(request)
    parties = Party.objects.for_user(person)
    mine = Q(recipient__party__in=parties) | Q(recipient__user=person)
    others = StepNotice.objects.filter(message=OuterRef("pk"), step__submission__party__isnull=False)
    theirs = Q(recipient__user=person) & Exists(others.exclude(step__submission__party__in=parties))
    found = Message.objects.filter(mine).exclude(theirs)
    return found.select_related("recipient__party", "recipient__user")


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Every message, the latest first."""
    asked = Asked.of(request.GET)
    found = asked.among(readable(request)).order_by("-queued_at", "-pk")
    context = {
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "asked": asked,
        "kinds": Message.Kind.choices,
        "states": Message.State.choices,
        "several": len(own.parties(request)) > 1,
    }
    return render(request, "notices/inbox.html", context)


@login_required
@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
def message(request: HttpRequest, number: int) -> HttpResponse:
    """One message: how it was delivered, its text, its HTML in a frame, its files."""
    shown = _one(request, number)
    letter = Letter.objects.filter(pk=shown.pk).first()
    context = {
        "message": shown,
        "letter": letter,
        "files": Attachment.objects.filter(letter=shown.pk).defer("content") if letter else [],
        "returned": shown.bounces.exists(),
    }
    return render(request, "notices/message.html", context)


@login_required
@require_safe
def as_html(request: HttpRequest, number: int) -> HttpResponse:
    """The letter alone, for the frame."""
    return in_frame(get_object_or_404(Letter, pk=_one(request, number).pk).html)


@login_required
@require_safe
def attachment(request: HttpRequest, number: int, file: int) -> HttpResponse:
    """A file of a message, to be saved: the bytes that were sent."""
    key = file if file < LARGEST else 0
    return to_save(get_object_or_404(Attachment, letter=_one(request, number).pk, pk=key))


def in_frame(html: str) -> HttpResponse:
    """A letter's HTML as a frame of our own pages shows it."""
    answer = HttpResponse(html)
    answer["Content-Security-Policy"] = SHOWN
    answer["X-Frame-Options"] = "SAMEORIGIN"
    answer["Cache-Control"] = "private, no-store"
    return answer


def to_save(row: Attachment) -> HttpResponse:
    answer = HttpResponse(bytes(row.content), content_type=row.media_type)
    answer["Content-Disposition"] = content_disposition_header(True, row.name) or "attachment"
    answer["Content-Security-Policy"] = KEPT
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _one(request: HttpRequest, number: int) -> Message:
    """No database knows a larger number."""
    return get_object_or_404(readable(request), pk=number if number < LARGEST else 0)


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text[:10])
    except ValueError:
        return None
