"""What is submitted to the Panel, each step that it took, and the evidence that came with it."""

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import F, Q

from cpl import fields
from cpl.models.parties import Party
from ledger.constraints import AppendOnly
from ledger.history import AppendOnlyHistory


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def for_user(self, user: AbstractBaseUser | AnonymousUser) -> "SubmissionQuerySet":
        """The submissions of the organisations that `user` acts for; colleagues see each other's."""
        return self.filter(party__in=Party.objects.for_user(user))


class Submission(models.Model):
    """Answers to one of the Panel's forms, on their way to a decision.

    `answers` maps the form's field names (`cpl.fields`) to text. The status is written by
    `cpl.workflow.move` alone.
    """

    class Kind(models.TextChoices):
        NEW_ENTRY = "new_entry", "New entry"
        RENEWAL = "renewal", "Renewed certificate"
        OFFER = "offer", "Offered certificate"
        WITHDRAWAL = "withdrawal", "Notice of withdrawal"
        REMOVAL = "removal", "Recommendation to remove"
        STATEMENT = "statement", "Upgrade paths and firmware information"

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        RETURNED = "returned", "Returned"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    FIELDS = fields.BY_KIND
    EDITABLE = (Status.DRAFT, Status.RETURNED)

    kind = models.CharField(max_length=20, choices=Kind)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    on_hold = models.BooleanField(default=False)
    party = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="submissions",
        help_text="Empty where Panel staff raised it.",
    )  # fmt: skip
    answers = models.JSONField(default=dict, blank=True)
    device_key = models.CharField(
        max_length=120, blank=True, editable=False,
        help_text="Device Model, TS and GBCS version of a new entry run together, to find the same again.",
    )  # fmt: skip
    source_name = models.CharField(max_length=255, blank=True, help_text="The file it was uploaded from.")
    copied_from = models.ForeignKey(
        "cpl.Entry", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        editable=False, help_text="Who wrote the answers last.",
    )  # fmt: skip
    saved_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The answers name people; their digests stand in the steps, so that the data itself can be erased.
    history = AppendOnlyHistory(excluded_fields=["answers", "device_key", "saved_by", "saved_at"])

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["status", "submitted_at"], name="cpl_submission_queue"),
            models.Index(fields=["device_key"], name="cpl_submission_device"),
        ]
        constraints = [
            models.CheckConstraint(
                name="cpl_submission_four_eyes",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("submitted_by")),
            ),
            models.CheckConstraint(
                name="cpl_submission_approved_by_two",
                condition=~Q(status="approved") | Q(submitted_by__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="cpl_submission_of_somebody",
                condition=Q(party__isnull=False)
                | Q(kind__in=["renewal", "withdrawal", "removal", "statement"]),
            ),
        ]
        permissions = [
            ("decide_submission", "Can return, refuse and approve submissions"),
            ("raise_submission", "Can raise removals, renewals and withdrawals for the Panel"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"S-{self.pk:06d}" if self.pk else "not yet saved"

    @property
    def fields(self) -> tuple[fields.Field, ...]:
        return self.FIELDS[self.kind]

    @property
    def editable(self) -> bool:
        return self.status in self.EDITABLE

    @property
    def title(self) -> str:
        """What it is about, in a line: `1A2B 0C0D 01.02 firmware 01020304` or the certificate or entries."""
        answer = self.answers.get
        if self.kind == self.Kind.NEW_ENTRY:
            model = [answer(f.name, "") for f in fields.DEVICE_FIELDS[1:]]
            return " ".join(filter(None, [answer(fields.PRODUCT_NAME.name, ""), *model])) or "New entry"
        if self.kind in (self.Kind.REMOVAL, self.Kind.STATEMENT):
            return f"Entries {answer(fields.ENTRIES.name, '')}"
        certificate = answer(fields.CERTIFICATE_ID.name, "")
        return f"{answer(fields.CERTIFICATE_SCHEME.name, '')} {certificate}".strip() or "Certificate"


class Step(models.Model):
    """One move of a submission: who, when, from where to where, in which words. Never changed."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=20)
    from_status = models.CharField(max_length=20)
    to_status = models.CharField(max_length=20)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    words = models.TextField(blank=True)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the answers and evidence at this step.")

    class Meta:
        ordering = ["pk"]
        constraints = [AppendOnly(name="cpl_step_append_only")]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.verb}"


class SubmittedAnswers(models.Model):
    """What was handed in at a step, so that a receipt can be checked and two rounds be compared.

    Kept beside the step, which has its digest alone, so that what names people can be erased.
    """

    step = models.OneToOneField(Step, on_delete=models.PROTECT, related_name="submitted")
    answers = models.JSONField(default=dict)
    files = models.JSONField(default=list, help_text="What each file is, and its SHA-256, in order.")

    class Meta:
        verbose_name_plural = "submitted answers"

    def __str__(self) -> str:
        return f"Answers at step {self.step}"


class Evidence(models.Model):
    """A private file that came with a submission, stored by its content's digest."""

    class What(models.TextChoices):
        CPA = "CPA", "CPA certificate"
        DLMS = "DLMS", "DLMS certificate"
        ZIGBEE = "Zigbee", "Zigbee certificate"
        OTHER = "other", "Other evidence"

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="evidence")
    what = models.CharField(max_length=10, choices=What)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="In octets.")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "evidence"
        constraints = [
            models.UniqueConstraint(fields=["submission", "what", "sha256"], name="cpl_evidence_once"),
        ]

    def __str__(self) -> str:
        return self.file_name


class FileReading(models.Model):
    """What a kept PDF says, read once for each content: its text is searched for what the form says."""

    class State(models.TextChoices):
        TEXT = "text", "Text was found"
        NO_TEXT = "no_text", "No text: a picture or a scan"
        NOT_READ = "not_read", "Could not be read"

    sha256 = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10, choices=State)
    pages = models.PositiveIntegerField(null=True, blank=True)
    text = models.TextField(blank=True)
    words = models.TextField(blank=True, help_text="Why it could not be read.")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.sha256[:16]}: {self.get_state_display()}"

    @property
    def is_picture(self) -> bool:
        """A PNG or JPEG: only a PDF has pages."""
        return self.state == self.State.NO_TEXT and self.pages is None


class OfficerNote(models.Model):
    """A private remark of an officer on a submission: never shown to the submitter, never changed."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="officer_notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    words = models.TextField()

    class Meta:
        ordering = ["pk"]
        constraints = [AppendOnly(name="cpl_officer_note_append_only")]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.author}"
