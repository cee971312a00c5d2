"""What came back, and whom nobody can reach: a list, and a part of the first page."""

import datetime

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone

from cpl.admin.dashboard import Figure, Panel, listed, panel
from cpl.admin.read_only import ReadOnlyAdmin
from cpl.models import Contact, Party
from notifications.bounces import digest_of
from notifications.models import Bounce, Message, Subscription

LATELY = datetime.timedelta(days=30)


@admin.register(Bounce)
class BounceAdmin(ReadOnlyAdmin):
    list_display = ["at", "message", "to", "whose", "kind", "status", "answer"]
    list_filter = ["kind", "at"]
    list_select_related = ["message__recipient__party", "message__recipient__user"]
    search_fields = ["message__subject", "message__message_id", "message__recipient__party__name"]
    fields = ["message", "to", "whose", "kind", "at", "status", "answer"]
    readonly_fields = ["to", "whose"]

    @admin.display(description="recipient")
    def to(self, bounce: Bounce) -> str:
        return str(bounce.message.recipient)

    @admin.display(description="address")
    def whose(self, bounce: Bounce) -> str:
        """Which of the addresses that are on record today it is; the bounce itself keeps none."""
        recipient = bounce.message.recipient
        known = recipient.addresses(bounce.message.purpose)
        if recipient.party is not None:
            known = sorted({one.email for one in Contact.objects.filter(party=recipient.party)})
        return next((one for one in known if digest_of(one) == bounce.address), "not on record any more")


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    """What Parties wish to be told; they choose it themselves, in the portal."""

    list_display = ["recipient", "kind", "how", "manufacturers", "device_types"]
    list_filter = ["kind", "how"]
    list_select_related = ["recipient__party", "recipient__user"]
    search_fields = ["recipient__party__name"]


@panel(46)
def reachable(request: HttpRequest, on: datetime.date) -> Panel | None:
    if not request.user.has_perm("notifications.view_message"):
        return None
    # One who is no Party owes nothing to be told, and is told of its own submissions only.
    parties = Party.objects.filter(active=True).exclude(category=Party.Category.NOT_A_PARTY)
    without = parties.filter(~Exists(Contact.objects.filter(party=OuterRef("pk")))).count()
    bounced = Message.objects.filter(state=Message.State.BOUNCED).count()
    since = timezone.now() - LATELY
    recent = Bounce.objects.filter(at__gte=since).exclude(kind=Bounce.Kind.DELAYED).count()
    return Panel(
        "Addresses",
        (
            Figure("Parties without any address", without,
                   listed("cpl_party", active__exact=1, contacts__isnull="True"), "stop" if without else ""),
            Figure("messages came back from every address", bounced,
                   listed("notifications_message", state__exact=Message.State.BOUNCED.value),
                   "stop" if bounced else ""),
            Figure("addresses refused or returned mail in the last 30 days", recent,
                   listed("notifications_bounce"), "warn" if recent else ""),
        ),
        note="What Parties without an address are owed goes to the stand-in address." if without else "",
    )  # fmt: skip
