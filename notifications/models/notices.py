"""The notice ledger: who was told what. Rows are written once; delivery stands in the message."""

from django.db import models
from django.db.models import Q

from applicability.models import Edition
from applicability.openness import say
from cpl.models import Certificate, Entry, Release, Step
from ledger.constraints import AppendOnly
from notifications.due import State
from notifications.models.audiences import Recipient
from notifications.models.messages import Message, Run


class Notice(models.Model):
    """A milestone of a certificate's date, for one entry and one recipient, and what became of it."""

    STATES = [
        (State.DUE.value, "Due"),
        (State.LATE.value, "Late: came inside the window"),
        (State.OVERTAKEN.value, "Overtaken by a nearer one"),
        (State.MISSED.value, "Missed"),
        (State.BEFORE_REGISTER.value, "Before this register"),
    ]

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="notices")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="notices")
    date = models.DateField(help_text="The certificate's expiry or renewal date.")
    milestone = models.PositiveSmallIntegerField(help_text="In months before that date.")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="notices")
    state = models.CharField(max_length=20, choices=STATES)
    reason = models.CharField(
        max_length=200, blank=True, help_text="Why it was not sent, or late; empty where it was sent as due."
    )
    due_on = models.DateField()
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="notices")
    message = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.PROTECT, related_name="notices"
    )

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["date"], name="notifications_notice_date")]
        constraints = [
            AppendOnly(name="notifications_notice_append_only"),
            models.UniqueConstraint(
                fields=["entry", "certificate", "date", "milestone", "recipient"],
                name="notifications_notice_once",
            ),
            models.CheckConstraint(
                name="notifications_notice_sent_has_a_message",
                condition=Q(state__in=["due", "late"], message__isnull=False)
                | Q(state__in=["overtaken", "missed", "before_register"], message__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id:06d}, {self.milestone} months before {say(self.date)}"


class StepNotice(models.Model):
    """A step that officers took with a submission was told to one recipient."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="notices")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="step_notices")
    # None: its recipient had asked not to be told of it singly.
    message = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.PROTECT, related_name="step_notices"
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            AppendOnly(name="notifications_step_notice_append_only"),
            models.UniqueConstraint(fields=["step", "recipient"], name="notifications_step_notice_once"),
        ]

    def __str__(self) -> str:
        return f"Step {self.step_id} to {self.recipient}"


class ReleaseNotice(models.Model):
    """The additions and removals of a release were told to one recipient."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="notices")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="release_notices")
    # None: its recipient had asked not to be told of it singly.
    message = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.PROTECT, related_name="release_notices"
    )
    too_old = models.BooleanField(
        default=False, help_text="It was no news any more when it could first be told of: nothing was sent."
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            AppendOnly(name="notifications_release_notice_append_only"),
            models.UniqueConstraint(
                fields=["release", "recipient"], name="notifications_release_notice_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Release {self.release_id} to {self.recipient}"


class DesignationNotice(models.Model):
    """That an edition of the tables was designated, and what it changes, was told to one recipient."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="notices")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="designation_notices")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="designation_notices")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            AppendOnly(name="notifications_designation_notice_append_only"),
            models.UniqueConstraint(
                fields=["edition", "recipient"], name="notifications_designation_notice_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition} to {self.recipient}"


class ValidityNotice(models.Model):
    """That a date of the tables draws near was told to one recipient, who asked for it."""

    what = models.CharField(max_length=20, help_text="IVP end, MVP end or Applicability end.")
    row = models.CharField(max_length=300, help_text="The row of the tables, as they name it.")
    date = models.DateField()
    milestone = models.PositiveSmallIntegerField(help_text="In months before that date.")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="validity_notices")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="validity_notices")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            AppendOnly(name="notifications_validity_notice_append_only"),
            models.UniqueConstraint(
                fields=["what", "row", "date", "milestone", "recipient"],
                name="notifications_validity_notice_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row}: {self.what} {say(self.date)}"


class DigestNotice(models.Model):
    """What happened in a time was told to one recipient, who asked for a digest in their place."""

    every = models.CharField(max_length=10)
    since = models.DateTimeField()
    until = models.DateTimeField()
    on = models.DateField(help_text="The day of the digest: there is one a day, or one a week.")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="digest_notices")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="digest_notices")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            AppendOnly(name="notifications_digest_notice_append_only"),
            models.UniqueConstraint(
                fields=["every", "on", "recipient"], name="notifications_digest_notice_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.every} digest of {say(self.on)} to {self.recipient}"
