"""What a task in the background is doing: read by progress bars, and found again after a lost worker."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from cpl.models.parties import Party


class Job(models.Model):
    """One piece of long work. `claim` names the worker that has it: only that one writes its progress."""

    class What(models.TextChoices):
        CHECK_UPLOAD = "check_upload", "Checking a file"
        TAKE_UPLOAD = "take_upload", "Taking the rows of a file"
        SUBMIT_UPLOAD = "submit_upload", "Submitting what a file brought"
        APPROVE = "approve", "Approving a family"
        EXPORT = "export", "Writing an export"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    OPEN = (State.WAITING, State.RUNNING)

    what = models.CharField(max_length=20, choices=What)
    subject = models.CharField(max_length=60, help_text="What it works on: a key, in the words of its kind.")
    asked = models.JSONField(default=dict, blank=True, help_text="What it was told to do.")
    party = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    claim = models.CharField(max_length=36, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    heard_at = models.DateTimeField(null=True, blank=True, help_text="When its worker was last heard of.")
    ended_at = models.DateTimeField(null=True, blank=True)
    total = models.PositiveIntegerField(null=True, blank=True, help_text="Rows to do; empty: not known yet.")
    done = models.PositiveIntegerField(default=0)
    problems = models.PositiveIntegerField(default=0)
    words = models.TextField(blank=True, help_text="What came of it, or why it failed.")
    result = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "heard_at"], name="cpl_job_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["what", "subject"],
                condition=Q(state__in=["waiting", "running"]),
                name="cpl_job_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.subject}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN
