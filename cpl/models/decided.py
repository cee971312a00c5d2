"""Rows of the register that two persons stand behind, or that came with the list before ours."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cpl.models.submissions import Submission
from ledger.models import Recorded


class ListImport(Recorded):
    """An issue of the published list that was brought forward, and what was normalised in doing so."""

    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, unique=True)
    version = models.CharField(max_length=20)
    issued_on = models.DateField()
    report = models.TextField(blank=True, help_text="JSON: what was normalised, and which facts disagree.")

    class Meta(Recorded.Meta):
        verbose_name = "import of the published list"
        verbose_name_plural = "imports of the published list"

    def __str__(self) -> str:
        return f"{self.file_name} (version {self.version})"


class Decided(Recorded):
    """A row either proposed and approved by two different persons on a submission, or brought forward."""

    submission = models.ForeignKey(
        Submission, null=True, blank=True, on_delete=models.PROTECT, related_name="%(class)s_rows"
    )
    brought_by = models.ForeignKey(
        ListImport, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(Recorded.Meta):
        abstract = True
        constraints = [
            *Recorded.Meta.constraints,
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_two_persons_or_brought",
                condition=(
                    # "not equal" alone would let NULLs pass.
                    Q(
                        brought_by__isnull=True,
                        submission__isnull=False,
                        proposed_by__isnull=False,
                        approved_by__isnull=False,
                    )
                    & ~Q(proposed_by=F("approved_by"))
                )
                | Q(brought_by__isnull=False, submission__isnull=True),
            ),
        ]
