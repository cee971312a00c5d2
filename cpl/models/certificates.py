"""Assurance Certificates: what was recorded of each, and what happened to it afterwards."""

import datetime

from django.db import models
from django.db.models import Q

from cpl import prefixes
from cpl.models.decided import Decided


class Scheme(models.TextChoices):
    CPA = "CPA", "CPA"
    DLMS = "DLMS", "DLMS"
    ZIGBEE = "Zigbee", "Zigbee"


class DateKind(models.TextChoices):
    """What the certificate's date says. CPA writes it before the identifier: `[E] ` or `[R] `."""

    EXPIRES = prefixes.EXPIRES, "expires"
    RENEWS = prefixes.RENEWS, "renews"
    NONE = prefixes.UNDATED, "has no date"


class Certificate(Decided):
    """One Assurance Certificate as it was first recorded; later facts are further events.

    `identifier` is without the prefix that tells the date kind. `version` is the Security Characteristics,
    CTT or ZSE version that it was issued against.
    """

    scheme = models.CharField(max_length=10, choices=Scheme)
    identifier = models.CharField(max_length=40)
    date_kind = models.CharField(max_length=10, choices=DateKind)
    date = models.DateField(null=True, blank=True)
    version = models.CharField(max_length=40, blank=True)

    class Meta(Decided.Meta):
        ordering = ["scheme", "identifier"]
        indexes = [models.Index(fields=["date"], name="cpl_certificate_date")]
        constraints = [
            *Decided.Meta.constraints,
            models.UniqueConstraint(fields=["scheme", "identifier"], name="cpl_certificate_once"),
            models.CheckConstraint(
                name="cpl_certificate_date_as_its_kind",
                condition=Q(date_kind="none", date__isnull=True)
                | Q(date_kind__in=["expires", "renews"], date__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.identifier}"

    def ledger_subject(self) -> str:
        return f"certificate {self}"

    @property
    def listed_identifier(self) -> str:
        """As the list writes it, with its prefix."""
        return prefixes.PREFIXES[self.date_kind] + self.identifier

    def date_now(self) -> datetime.date | None:
        """The date after every event that extended it or put it right. One query."""
        last = self.events.filter(what=CertificateEvent.What.DATED).order_by("pk").last()
        return last.date if last else self.date


class CertificateEvent(Decided):
    """What happened to a certificate: withdrawn, cancelled, its date extended or put right, replaced."""

    class What(models.TextChoices):
        WITHDRAWN = "withdrawn", "Withdrawn"
        CANCELLED = "cancelled", "Cancelled"
        DATED = "dated", "Date extended or put right"
        REPLACED = "replaced", "Replaced"

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="events")
    what = models.CharField(max_length=10, choices=What)
    on = models.DateField()
    date = models.DateField(null=True, blank=True, help_text="The new date.")
    successor = models.ForeignKey(
        Certificate, null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )
    reference = models.CharField(max_length=200, blank=True)

    class Meta(Decided.Meta):
        ordering = ["pk"]
        constraints = [
            *Decided.Meta.constraints,
            models.CheckConstraint(
                name="cpl_certificate_event_complete",
                condition=Q(what__in=["withdrawn", "cancelled"], date__isnull=True, successor__isnull=True)
                | Q(what="dated", date__isnull=False, successor__isnull=True)
                | Q(what="replaced", date__isnull=True, successor__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certificate}: {self.get_what_display().lower()}"
