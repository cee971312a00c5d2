"""What an organisation, or oneself, wants to be told: how often and of which entries; and the end of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from applicability.models import DeviceType
from cpl.models import Entry
from cpl.portal import own
from notifications import digests, outbox
from notifications import subscriptions as verbs
from notifications.due import To
from notifications.models import Recipient
from notifications.subscriptions import How, Kind, Selection, Wish, Wishes

CODE = re.compile(r"[0-9A-F]{4}")
MOST_ENTRIES = 1000
# A person has submissions of their own; the rest is their organisation's.
OF_A_PERSON = (Kind.STEP,)
NARROWED = (Kind.RELEASE, Kind.VALIDITY, Kind.NEARING)


@dataclass(frozen=True)
class Row:
    """One kind of news on the page."""

    kind: str
    label: str
    wish: Wish
    hows: list[tuple[str, str]]
    narrowed: bool

    @property
    def manufacturers(self) -> str:
        return " ".join(sorted(self.wish.selection.manufacturers))

    @property
    def entries(self) -> str:
        return " ".join(f"{number:06d}" for number in sorted(self.wish.selection.entries))


class NotUnderstood(ValueError):
    """What somebody wrote cannot be meant; says where, and what to do."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def subscriptions(request: HttpRequest) -> HttpResponse:
    """The wishes of each of one's organisations and one's own; a POST changes one of them."""
    recipients = _recipients(request)
    if request.method != "POST":
        return _page(request, recipients)
    recipient = recipients.get(request.POST.get("whose", ""))
    kind, how = request.POST.get("kind", ""), request.POST.get("how", "")
    if recipient is None or kind not in _kinds(recipient):
        raise Http404("There is nothing of yours to choose here.")
    if how not in dict(_hows(kind)):
        return _page(request, recipients, refused="Choose how you want to be told.", status=400)
    try:
        selection = _selection(request) if kind in NARROWED else verbs.EVERYTHING
    except NotUnderstood as refused:
        return _page(request, recipients, refused=str(refused), status=400)
    if how != How.OFF:
        _tell_what_stands(recipient, kind, how)
    row = verbs.choose(recipient, kind, how, selection)
    messages.success(request, f"{recipient}: {row}.")
    return redirect("inbox:subscriptions")


@csrf_exempt  # Mail programs post it, which have no cookie of ours; the token is the proof.
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, token: str) -> HttpResponse:
    """Ends a kind of optional e-mail, without an account: a GET asks, a POST does it (RFC 8058)."""
    try:
        key, kind = verbs.read_token(token)
    except signing.BadSignature:
        return render(request, "notices/end.html", {"broken": True}, status=404)
    recipient = get_object_or_404(Recipient.objects.select_related("party", "user"), pk=key)
    if request.method == "POST":
        verbs.end(recipient, kind)
    label = "A digest of what happened" if kind == "digest" else Kind(kind).label
    context = {"recipient": recipient, "label": label, "ended": request.method == "POST"}
    return render(request, "notices/end.html", context)


def _tell_what_stands(recipient: Recipient, kind: str, how: str) -> None:
    if how != Wishes().of(recipient, kind).how:
        digests.tell_what_stands(recipient, kind, timezone.localdate(), timezone.now())


def _page(
    request: HttpRequest, recipients: dict[str, Recipient], refused: str = "", status: int = 200
) -> HttpResponse:
    wishes = Wishes()
    context = {
        "groups": [
            (whose, recipient, [_row(recipient, kind, wishes) for kind in _kinds(recipient)])
            for whose, recipient in recipients.items()
        ],
        "device_types": list(DeviceType.objects.order_by("position").values_list("name", flat=True)),
        "identifiers": own.identifiers(request),
        "refused": refused,
        "tried": request.POST if refused else None,
    }
    return render(request, "notices/subscriptions.html", context, status=status)


def _row(recipient: Recipient, kind: str, wishes: Wishes) -> Row:
    return Row(kind, Kind(kind).label, wishes.of(recipient, kind), _hows(kind), kind in NARROWED)


def _recipients(request: HttpRequest) -> dict[str, Recipient]:
    """One's organisations, then oneself, by what the form calls them."""
    wanted = [To(Recipient.Kind.PARTY, str(party.pk)) for party in own.parties(request)]
    wanted.append(To(Recipient.Kind.USER, str(own.person(request).pk)))
    known = outbox.recipients(wanted)
    return {f"{to.kind}-{to.key}": known[to] for to in wanted}


def _kinds(recipient: Recipient) -> tuple[str, ...]:
    return tuple(Kind.values) if recipient.party_id else OF_A_PERSON


def _hows(kind: str) -> list[tuple[str, str]]:
    """What draws near comes in a digest only: each certificate's own notices the Panel sends anyway."""
    return [one for one in How.choices if not (kind == Kind.NEARING and one[0] == How.AT_ONCE)]


def _selection(request: HttpRequest) -> Selection:
    codes = _words(request.POST.get("manufacturers", ""))
    numbers = _words(request.POST.get("entries", ""))
    codes = [code.replace(":", "").upper() for code in codes]
    for code in codes:
        if not CODE.fullmatch(code):
            raise NotUnderstood(
                f"“{code[:20]}” is no manufacturer identifier: write four hex digits, as 7A01."
            )
    for number in numbers:
        if not (number.isascii() and number.isdigit() and len(number) <= 6):
            raise NotUnderstood(f"“{number[:20]}” is no entry number: write up to six digits, as 000123.")
    if len(numbers) > MOST_ENTRIES:
        raise NotUnderstood(f"At most {MOST_ENTRIES} entries can be named. Select by manufacturer instead.")
    known = set(Entry.objects.filter(number__in=map(int, numbers)).values_list("number", flat=True))
    missing = [number for number in numbers if int(number) not in known]
    if missing:
        raise NotUnderstood(f"There is no entry {missing[0]}. Look it up on the list, and write its number.")
    types = request.POST.getlist("device_types")
    if not set(types) <= set(DeviceType.objects.values_list("name", flat=True)):
        raise NotUnderstood("One of the device types is not known. Choose from those on the page.")
    return Selection(frozenset(codes), frozenset(types), frozenset(map(int, numbers)))


def _words(text: str) -> list[str]:
    parts: Iterable[str] = re.split(r"[\s,;]+", text.replace("\x00", "")[:20_000])
    return [part for part in parts if part]
