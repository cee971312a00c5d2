"""What somebody wants to be told beyond what the Panel owes: how often, of which entries, and no more of it.

Without a wish the default of the kind holds, which may depend on what sort of Party it is. What the Panel
owes (certificates, an edition of the tables) is no kind here: nobody can end it.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from cpl.models import Entry, Party
from notifications.models import Audience, Message, Recipient, Subscription

Kind, How = Subscription.Kind, Subscription.How
SALT = "notifications.subscriptions"
# The kinds of e-mail that can be ended, and the kind of news that each tells.
OPTIONAL: dict[str, str] = {
    Message.Kind.STEP: Kind.STEP,
    Message.Kind.RELEASE: Kind.RELEASE,
    Message.Kind.VALIDITY: Kind.VALIDITY,
    Message.Kind.DIGEST: "digest",
}
DIGESTS = (How.DAILY, How.WEEKLY)
# Whom a release is told without being asked stands in the table of audiences; the rest is told who asks.
DEFAULTS: dict[str, str] = {Kind.STEP: How.AT_ONCE, Kind.VALIDITY: How.OFF, Kind.NEARING: How.OFF}


@dataclass(frozen=True)
class Selection:
    """Entries that somebody wants to be told of: those that fit one of each list that is not empty."""

    manufacturers: frozenset[str] = frozenset()
    device_types: frozenset[str] = frozenset()
    entries: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.manufacturers or self.device_types or self.entries)

    def wants(self, entry: Entry) -> bool:
        """Entries named by number are wanted whatever else is selected."""
        if entry.number in self.entries:
            return True
        if self.entries and not (self.manufacturers or self.device_types):
            return False
        return (not self.manufacturers or entry.manufacturer in self.manufacturers) and (
            not self.device_types or entry.device_type.strip() in self.device_types
        )


@dataclass(frozen=True)
class Wish:
    """How somebody wants to be told one kind of news, and of what; `said` where they said so themselves."""

    kind: str
    how: str
    selection: Selection = Selection()
    said: bool = False


EVERYTHING = Selection()


class Wishes:
    """Everybody's wishes, read once. Three queries, however many are asked for."""

    def __init__(self) -> None:
        rows = Subscription.objects.all()
        self._said = {(row.recipient_id, row.kind): _wish(row) for row in rows}
        told = set(Audience.objects.filter(kind=Audience.Kind.RELEASE).values_list("who", flat=True))
        categories: set[str] = set()
        if Audience.Who.PARTIES in told:
            categories |= set(Party.Category.values) - {Party.Category.NOT_A_PARTY.value}
        if Audience.Who.SUPPLIERS in told:
            categories |= {category.value for category in Party.SUPPLIERS}
        if Audience.Who.DCC in told:
            categories.add(Party.Category.DCC)
        self._told_of_releases = categories

    def of(self, recipient: Recipient, kind: str) -> Wish:
        return self._said.get((recipient.pk, kind)) or Wish(kind, self.default(recipient, kind))

    def default(self, recipient: Recipient, kind: str) -> str:
        if kind != Kind.RELEASE:
            return DEFAULTS[kind]
        party = recipient.party
        return How.AT_ONCE if party and party.category in self._told_of_releases else How.OFF

    def asked(self, kind: str, hows: Collection[str]) -> list[int]:
        """The keys of recipients who said that they want a kind in one of these ways."""
        return [pk for (pk, of), wish in self._said.items() if of == kind and wish.how in hows]


@transaction.atomic
def choose(recipient: Recipient, kind: str, how: str, selection: Selection = EVERYTHING) -> Subscription:
    """Writes down what somebody wishes; the history keeps what they wished before."""
    row = Subscription.objects.select_for_update().filter(recipient=recipient, kind=kind).first()
    row = row or Subscription(recipient=recipient, kind=kind)
    row.how = how
    row.manufacturers = sorted(selection.manufacturers)
    row.device_types = sorted(selection.device_types)
    row.entries = sorted(selection.entries)
    row.save()
    return row


@transaction.atomic
def end(recipient: Recipient, kind: str) -> list[Subscription]:
    """No more of a kind of e-mail: of one kind of news, or of all that comes in digests."""
    if kind != "digest":
        return [choose(recipient, kind, How.OFF, selection_of(recipient, kind))]
    rows = Subscription.objects.filter(recipient=recipient, how__in=DIGESTS)
    return [choose(recipient, row.kind, How.OFF, _wish(row).selection) for row in rows]


def selection_of(recipient: Recipient, kind: str) -> Selection:
    row = Subscription.objects.filter(recipient=recipient, kind=kind).first()
    return _wish(row).selection if row else EVERYTHING


def wished_since(row: Subscription) -> datetime.datetime:
    """When somebody came to want this kind as often as now; other entries may have been chosen since."""
    lines = row.history.order_by("-history_id").values_list("how", "history_date")
    return min(at for _, at in takewhile(lambda line: line[0] == row.how, lines))


def selected(entries: Iterable[Entry], selection: Selection) -> list[Entry]:
    return [entry for entry in entries if not selection or selection.wants(entry)]


def leave(recipient: Recipient, kind: str) -> str:
    """The address at which a recipient ends a kind of e-mail: without an account, and not to be guessed."""
    # Without a time in it: the same message has the same address at each attempt.
    token = signing.Signer(salt=SALT).sign_object([recipient.pk, kind])
    return settings.PORTAL_URL + reverse("end_subscription", args=[token])


def read_token(token: str) -> tuple[int, str]:
    """Whose e-mails of which kind. Raises `signing.BadSignature` for what we did not write."""
    value = signing.Signer(salt=SALT).unsign_object(token)
    match value:
        case [int(pk), str(kind)] if kind in OPTIONAL.values():
            return pk, kind
    raise signing.BadSignature("It is none of ours.")


def headers(message: Message) -> Mapping[str, str]:
    """For mail programs that end a subscription with one click (RFC 8058)."""
    kind = OPTIONAL.get(message.kind)
    if kind is None:
        return {}
    return {
        "List-Unsubscribe": f"<{leave(message.recipient, kind)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _wish(row: Subscription) -> Wish:
    chosen = Selection(frozenset(row.manufacturers), frozenset(row.device_types), frozenset(row.entries))
    return Wish(row.kind, row.how, chosen, said=True)
