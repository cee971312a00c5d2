"""Whom to tell: which audiences a kind of notice has, and everybody who was ever told anything."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from applicability.models import DeviceType
from cpl.models import Contact, Party
from ledger.history import AppendOnlyHistory
from notifications.due import To


class Audience(models.Model):
    """A kind of notice goes to these recipients, for entries of device types on which this actor acts."""

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", "A certificate will expire or needs renewal"
        RELEASE = "release", "Entries were added or removed"

    class Who(models.TextChoices):
        DCC = "dcc", "The DCC"
        SUPPLIERS = "suppliers", "Every Supplier Party"
        PARTIES = "parties", "Every Party"
        MANUFACTURER = "manufacturer", "The Party that holds the manufacturer identifier"
        SUBMITTER = "submitter", "The organisation that submitted the entry"
        CPA_CONTACT = "cpa_contact", "The contact given for CPA with the entry"

    kind = models.CharField(max_length=20, choices=Kind)
    acts = models.CharField(
        "for device types on which acts", max_length=8, choices=DeviceType.Actor, blank=True,
        help_text="Empty: for every device type.",
    )  # fmt: skip
    who = models.CharField("is told", max_length=20, choices=Who)
    history = AppendOnlyHistory()

    class Meta:
        ordering = ["kind", "acts", "who"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "acts", "who"], name="notifications_audience_once"),
            models.CheckConstraint(
                name="notifications_audience_of_release_is_general",
                condition=~Q(kind="release") | Q(acts="", who__in=["dcc", "suppliers", "parties"]),
                violation_error_message="A release concerns every device type, and Parties alone.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_who_display()}"


class Recipient(models.Model):
    """Somebody who was told something: a Party, a person with an account, or a contact named for CPA.

    Notices name this row for ever. Addresses are looked up when an e-mail is sent; the only one that is kept
    here is the contact's, and it can be erased.
    """

    class Kind(models.TextChoices):
        PARTY = "party", "Party"
        USER = "user", "Person with an account"
        CONTACT = "contact", "Contact for CPA"

    kind = models.CharField(max_length=10, choices=Kind)
    party = models.OneToOneField(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    email = models.EmailField(null=True, blank=True, unique=True, max_length=400, help_text="In lower case.")
    digest = models.CharField(
        "digest of the address", max_length=64, null=True, blank=True, unique=True,
        help_text="Of a contact's. It stays when the address is erased, so that nobody writes there again.",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notifications_recipient_as_its_kind",
                condition=Q(kind="party", party__isnull=False, user__isnull=True, email__isnull=True)
                | Q(kind="user", party__isnull=True, user__isnull=False, email__isnull=True)
                | Q(kind="contact", party__isnull=True, user__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        if self.party is not None:
            return self.party.name
        if self.user is not None:
            return self.user.get_full_name() or self.user.get_username()
        return self.email or "a contact whose address was erased"

    @property
    def to(self) -> To:
        return To(self.kind, str(self.party_id or self.user_id or self.email or ""))

    @property
    def addressed(self) -> str:
        """How an e-mail addresses it; a contact for CPA gave no name that we would keep."""
        return "the contact for CPA" if self.kind == self.Kind.CONTACT else str(self)

    @classmethod
    def of(cls, to: To) -> "Recipient":
        """A row, not yet stored, for somebody who was never told anything."""
        column = {cls.Kind.PARTY: "party_id", cls.Kind.USER: "user_id", cls.Kind.CONTACT: "email"}[
            cls.Kind(to.kind)
        ]
        if column == "email":
            return cls(kind=to.kind, email=to.key, digest=cls.digest_of(to.key))
        return cls(kind=to.kind, **{column: int(to.key)})

    @staticmethod
    def digest_of(address: str) -> str:
        """By which an address at hand is known to be one that was erased; nobody can tell it from that."""
        key = salted_hmac("notifications.recipients", address.strip().lower(), algorithm="sha256")
        return key.hexdigest()

    def addresses(self, purpose: str) -> list[str]:
        """Where to write today: a Party's contacts for that purpose, or its others where it has none."""
        if self.party is not None:
            contacts = list(Contact.objects.filter(party=self.party))
            meant = [one.email for one in contacts if one.purpose == purpose]
            return sorted(set(meant or [one.email for one in contacts]))
        if self.user is not None:
            return [self.user.email] if self.user.is_active and self.user.email else []
        return [self.email] if self.email else []
