"""What somebody wishes to be told beyond what the Panel owes, how often, and of which entries."""

from django.db import models

from ledger.history import AppendOnlyHistory
from notifications.models.audiences import Recipient


class Subscription(models.Model):
    """The wish of a Party, or of a person, about one kind of optional notice.

    Without a row the default of the kind holds. An empty selection is none: everything is told.
    """

    class Kind(models.TextChoices):
        RELEASE = "release", "Additions to the list and removals from it"
        VALIDITY = "validity", "Ends of installation, maintenance and applicability periods"
        STEP = "step", "Steps of own submissions"
        NEARING = "nearing", "Certificates that draw near their date, and submissions that wait"

    class How(models.TextChoices):
        OFF = "off", "Not at all"
        AT_ONCE = "at_once", "An e-mail each time"
        DAILY = "daily", "In a daily digest"
        WEEKLY = "weekly", "In a weekly digest"

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="subscriptions")
    kind = models.CharField(max_length=10, choices=Kind)
    how = models.CharField(max_length=10, choices=How)
    manufacturers = models.JSONField(default=list, blank=True, help_text="Manufacturer identifiers.")
    device_types = models.JSONField(default=list, blank=True, help_text="Device types, by name.")
    entries = models.JSONField(default=list, blank=True, help_text="Entry numbers.")
    history = AppendOnlyHistory()

    class Meta:
        ordering = ["recipient", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "kind"], name="notifications_subscription_once"),
            models.CheckConstraint(
                name="notifications_subscription_nearing_in_digests",
                condition=~models.Q(kind="nearing", how="at_once"),
                violation_error_message="What draws near comes in a digest; the Panel's notices come singly.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_how_display()}"
