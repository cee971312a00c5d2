"""What officers decide of entries whose certificates ended, and the checks as they stood at a step."""

from django.conf import settings
from django.db import models

from cpl.models.certificates import Certificate
from cpl.models.entries import Coverage, Entry
from cpl.models.submissions import Step
from ledger.constraints import AppendOnly


class Cause(models.TextChoices):
    """Why a person has to look at an entry that is on the list. None of them removes it."""

    EXPIRED = "expired", "Expired"
    PAST_RENEWAL = "past_renewal", "Past its renewal date"
    WITHDRAWN = "withdrawn", "Withdrawn"
    CANCELLED = "cancelled", "Cancelled"


class Candidate(Coverage):
    """The latest coverage of a Current entry whose certificate has ended. Nobody writes such rows:
    `cpl.candidates` finds them for a day."""

    class Meta:
        proxy = True
        ordering = ["entry", "scheme"]
        verbose_name = "candidate for removal"
        verbose_name_plural = "candidates for removal"


class Keeping(models.Model):
    """An officer keeps an entry on the list although its certificate ended: why, until when. Never changed.

    It is about that certificate and that cause alone: when another day or another end comes, the entry is due
    again.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="keepings")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="keepings")
    cause = models.CharField(max_length=20, choices=Cause)
    since = models.DateField(help_text="The certificate's date, or the day on which it was ended.")
    words = models.TextField(help_text="Why it is kept.")
    review_on = models.DateField(help_text="The day on which it is due again.")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["entry", "certificate"], name="cpl_keeping_entry")]
        constraints = [AppendOnly(name="cpl_keeping_append_only")]

    def __str__(self) -> str:
        return f"{self.entry_id:06d} kept until {self.review_on}"


class StepChecks(models.Model):
    """What the rules said when a submission was handed in or approved: kept with the step, never changed.

    What people wrote of themselves is left out: of such a field only the rule and its general words stand.
    """

    step = models.OneToOneField(Step, on_delete=models.PROTECT, related_name="checks", primary_key=True)
    on = models.DateField(help_text="The day for which the rules were asked.")
    rules = models.CharField(max_length=64, help_text="SHA-256 of the rules as they read on that day.")
    problems = models.JSONField(default=list, help_text="Every problem: rule, level, field, message.")
    acknowledged = models.JSONField(default=dict, help_text="By rule: why its warning was no obstacle.")

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "checks at a step"
        constraints = [AppendOnly(name="cpl_step_checks_append_only")]

    def __str__(self) -> str:
        return f"Checks at step {self.step_id}"
