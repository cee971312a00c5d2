"""E-mails. Each is a row with a state before it is a mail, and the runs that made them."""

from django.db import models
from django.db.models import F, Q

from applicability.openness import say
from cpl.models import Contact
from notifications.models.audiences import Recipient


class Run(models.Model):
    """One look at what is due. A row without an end: it was cut short, and the next run takes up its work."""

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    on = models.DateField(help_text="The day that it looked at.")
    due = models.PositiveIntegerField(default=0, help_text="Notices that were to be sent.")
    sent = models.PositiveIntegerField(default=0, help_text="Notices whose e-mail went out in this run.")
    failed = models.PositiveIntegerField(default=0, help_text="Notices whose e-mail did not, by its end.")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="notifications_run_adds_up",
                condition=Q(ended_at__isnull=True) | Q(due=F("sent") + F("failed")),
            ),
        ]

    def __str__(self) -> str:
        return f"Run for {say(self.on)}"


class Message(models.Model):
    """One e-mail to one recipient. Only `notifications.delivery` writes its state."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", "Certificates that end"
        STEP = "step", "A step of a submission"
        RELEASE = "release", "Additions and removals"

    kind = models.CharField(max_length=20, choices=Kind)
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="messages")
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.PROTECT, related_name="messages")
    subject = models.CharField(max_length=200)
    # Made once: a repeat after a crash carries the same, so that mail programs show it once.
    message_id = models.CharField("Message-ID", max_length=200, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    queued_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(help_text="Not before this.")
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_answer = models.TextField(blank=True, help_text="What the mail server said, or why none was asked.")
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        permissions = [("send_again", "Can send failed messages again")]
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="notifications_message_queue")]
        constraints = [
            models.CheckConstraint(
                name="notifications_message_sent_says_when",
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="notifications_message_claimed_while_sending",
                condition=~Q(state="sending") | Q(claimed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def purpose(self) -> str:
        """Which of a Party's contacts it is for."""
        return Contact.Purpose.SUBMISSIONS if self.kind == self.Kind.STEP else Contact.Purpose.NOTICES


class Letter(models.Model):
    """What a message says, and the bytes that were handed to the mail server. Names people; can be erased."""

    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="letter", primary_key=True)
    text = models.TextField()
    html = models.TextField()
    content = models.BinaryField(default=b"", help_text="The e-mail as it was last handed over.")

    def __str__(self) -> str:
        return f"Letter of {self.message}"
