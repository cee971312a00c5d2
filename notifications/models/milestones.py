"""Milestones that the Panel added to the two that it owes."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from cpl.rules.milestones import MONTHS
from ledger.history import AppendOnlyHistory


class FurtherMilestone(models.Model):
    """So many months before a certificate's date, those concerned are told too.

    The two milestones that the Panel owes stand in `cpl.rules.milestones`: no row can take them away.
    """

    MOST = 60

    months = models.PositiveSmallIntegerField(
        unique=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST)],
        help_text="Calendar months before the certificate's date: 1 to 60. 12 and 6 are always told.",
    )
    added_on = models.DateField(
        editable=False,
        help_text="The day from which it counts: a milestone whose day had passed by then was not missed.",
    )
    history = AppendOnlyHistory()

    class Meta:
        ordering = ["-months"]
        constraints = [
            models.CheckConstraint(
                name="notifications_further_milestone_range",
                condition=Q(months__range=(1, 60)),
                violation_error_message="A milestone lies 1 to 60 months before the certificate's date.",
            ),
            models.CheckConstraint(
                name="notifications_further_milestone_is_further",
                condition=~Q(months__in=MONTHS),
                violation_error_message="12 and 6 months before the date are told anyway.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.months} months before the date"
