"""E-mails. Each is a row with a state before it is a mail, and the runs that made them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applicability.openness import say
from cpl.models import Contact
from ledger.constraints import AppendOnly
from notifications.models.audiences import Recipient


class Run(models.Model):
    """One look at what is due. Only `notifications.sending` writes its state.

    Notices and messages are written in one transaction, which puts `directory` beside them: a run that has
    one wrote all it found, and its messages go out even if it was cut short afterwards.
    """

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        ENDED = "ended", "Ended"
        CUT_SHORT = "cut_short", "Cut short"
        HELD = "held", "Held: waits for an officer"
        SET_ASIDE = "set_aside", "Held, and set aside for a later run"
        RELEASED = "released", "Held, and released"

    # What a run was stopped by, before it wrote anything, and what came of it.
    STOPPED = (State.HELD, State.SET_ASIDE, State.RELEASED)

    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(
        null=True, blank=True, help_text="When it last showed that it is at work."
    )
    on = models.DateField(help_text="The day that it looked at.")
    due = models.PositiveIntegerField(
        default=0, help_text="Notices that were to be sent; of a held run, those that it would send."
    )
    sent = models.PositiveIntegerField(default=0, help_text="Notices whose e-mail went out in this run.")
    nobody = models.PositiveIntegerField(
        default=0, help_text="Certificates of entries, near their date, that concern nobody on record."
    )
    failed = models.PositiveIntegerField(default=0, help_text="Notices whose e-mail did not, by its end.")
    limit = models.PositiveIntegerField(
        default=0, help_text="More than so many notices would have stopped it."
    )
    directory = models.CharField(
        max_length=64, blank=True, help_text="Digest of whom it could tell; empty until it has written."
    )
    looked_at_all = models.BooleanField(
        default=False, help_text="Also at what had been told before, for recipients who joined since."
    )
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by",
        help_text="The held run whose release let this one send more than the limit.",
    )  # fmt: skip
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)
    words = models.TextField(blank=True, help_text="Why the officer released it.")

    class Meta:
        ordering = ["-pk"]
        permissions = [("release_run", "Can release a run that was held")]
        indexes = [models.Index(fields=["state", "on"], name="notifications_run_state")]
        constraints = [
            models.CheckConstraint(
                name="notifications_run_adds_up",
                condition=~Q(state="ended") | Q(ended_at__isnull=False, due=F("sent") + F("failed")),
            ),
            models.CheckConstraint(
                name="notifications_run_held_sent_nothing",
                condition=~Q(state__in=["held", "set_aside", "released"])
                | Q(ended_at__isnull=False, sent=0, failed=0, directory=""),
            ),
            models.CheckConstraint(
                name="notifications_run_released_by_somebody",
                condition=Q(state="released", released_by__isnull=False, released_at__isnull=False)
                & ~Q(words="")
                | ~Q(state="released"),
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
        # Accepted, and returned afterwards from every address that it went to.
        BOUNCED = "bounced", "Came back"
        FAILED = "failed", "Failed"

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", "Certificates that end"
        STEP = "step", "A step of a submission"
        RELEASE = "release", "Additions and removals"
        DESIGNATION = "designation", "An edition of the tables"
        VALIDITY = "validity", "Versions that end"
        DIGEST = "digest", "A digest of what happened"

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
    left = models.JSONField(
        default=list, blank=True,
        help_text="Digests of the addresses that put it off while others took it; empty: all of them get it.",
    )  # fmt: skip
    last_answer = models.TextField(blank=True, help_text="What the mail server said, or why none was asked.")
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        permissions = [("send_again", "Can send failed messages again")]
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="notifications_message_queue")]
        constraints = [
            models.CheckConstraint(
                name="notifications_message_sent_says_when",
                condition=Q(state__in=["sent", "bounced"], sent_at__isnull=False)
                | (~Q(state__in=["sent", "bounced"]) & Q(sent_at__isnull=True)),
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
    content = models.BinaryField(
        default=b"", help_text="The e-mail, with single line feeds: built once, and sent so at each attempt."
    )

    def __str__(self) -> str:
        return f"Letter of {self.message}"


class Attachment(models.Model):
    """A file that goes with a letter: made once, so that every attempt sends the same bytes."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=100)
    media_type = models.CharField(max_length=100)
    content = models.BinaryField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["letter", "name"], name="notifications_attachment_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Attempt(models.Model):
    """What came of handing a message over once. Written afterwards: one that was cut off has no row."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="tries")
    at = models.DateTimeField()
    answer = models.TextField(help_text="What the mail server said, without addresses.")
    content = models.CharField(
        "digest of the e-mail", max_length=64, blank=True, help_text="SHA-256 of the bytes that were sent."
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [AppendOnly(name="notifications_attempt_append_only")]

    def __str__(self) -> str:
        return f"{say(self.at.date())}: {self.answer[:60]}"


class Bounce(models.Model):
    """A mail server said that a message cannot be delivered to an address. Written once.

    The address is not kept, only a keyed digest of it: whoever has the contacts at hand can tell which it is.
    """

    class Kind(models.TextChoices):
        REFUSED = "refused", "Refused when it was handed over"
        RETURNED = "returned", "Came back afterwards"
        DELAYED = "delayed", "Is delayed"

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="bounces")
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    address = models.CharField("digest of the address", max_length=64, blank=True)
    status = models.CharField(max_length=20, blank=True, help_text="As 5.1.1 (RFC 3463), or the reply code.")
    answer = models.TextField(blank=True, help_text="What the mail server said, without addresses.")
    report = models.CharField("digest of the report", max_length=64)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            AppendOnly(name="notifications_bounce_append_only"),
            models.UniqueConstraint(
                fields=["message", "report", "address"], name="notifications_bounce_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.status}"
