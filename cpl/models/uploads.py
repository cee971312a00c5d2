"""Files that were handed in, and the rows in them: what they said, how it was read, what became of it."""

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models

from cpl.models.parties import Party
from cpl.models.submissions import Submission
from ledger.history import AppendOnlyHistory


class UploadQuerySet(models.QuerySet["Upload"]):
    def for_user(self, user: AbstractBaseUser | AnonymousUser) -> "UploadQuerySet":
        """The uploads of the organisations that `user` acts for; colleagues see each other's."""
        return self.filter(party__in=Party.objects.for_user(user))


class Upload(models.Model):
    """A file of new entries, or several handed in together, on its way to being submissions."""

    class Shape(models.TextChoices):
        ENTRY_FORM = "entry_form", "CPL - New Entry"
        BULK = "bulk", "One device a row"

    class Status(models.TextChoices):
        RECEIVED = "received", "Being read"
        CHECKED = "checked", "Checked"
        TAKEN = "taken", "Taken"
        DISCARDED = "discarded", "Discarded"
        UNREADABLE = "unreadable", "Not readable"

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="uploads")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    shape = models.CharField(max_length=10, choices=Shape)
    status = models.CharField(max_length=10, choices=Status, default=Status.RECEIVED)
    words = models.TextField(blank=True, help_text="Why it could not be read.")
    source_name = models.CharField(max_length=255)
    files = models.JSONField(default=list, help_text="Name, SHA-256 and size of each file.")
    columns = models.JSONField(default=list, blank=True, help_text="Names of the fields that the file has.")
    further = models.JSONField(
        default=dict, blank=True, help_text="Answers for every row that gives none itself."
    )
    problems = models.JSONField(
        default=list, blank=True, help_text="What is wrong with a file as such: its columns."
    )
    rows_read = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    repairs_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    repairs_confirmed_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(
        null=True, blank=True, help_text="When what the files said was taken away."
    )
    history = AppendOnlyHistory(excluded_fields=["further", "problems"])

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"U-{self.pk:06d}" if self.pk else "not yet saved"


class UploadRow(models.Model):
    """One device of an upload: its cells as they stood, the answers as read, and every problem."""

    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="rows")
    place = models.PositiveIntegerField(help_text="From 0, in the order of the files and their rows.")
    file_name = models.CharField(max_length=255, blank=True)
    sheet = models.CharField(max_length=100, blank=True)
    row = models.PositiveIntegerField(help_text="As the file counts it.")
    cells = models.JSONField(default=dict, help_text="By field: address, kind and value of its cell.")
    remarks = models.JSONField(
        default=list, blank=True, help_text="What its reader found wrong with the row as such."
    )
    corrected = models.JSONField(default=dict, blank=True, help_text="By field: what was typed in its place.")
    answers = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    refused = models.BooleanField(default=False)
    repaired = models.BooleanField(default=False)
    warned = models.BooleanField(default=False)
    device_key = models.CharField(max_length=120, blank=True)
    submission = models.OneToOneField(
        Submission, null=True, blank=True, on_delete=models.PROTECT, related_name="upload_row"
    )

    class Meta:
        ordering = ["upload", "place"]
        indexes = [
            models.Index(fields=["upload", "device_key"], name="cpl_uploadrow_device"),
            models.Index(fields=["upload", "refused"], name="cpl_uploadrow_refused"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["upload", "place"], name="cpl_uploadrow_once"),
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}: row {self.row}"
