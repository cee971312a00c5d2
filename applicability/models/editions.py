"""Editions of the TS Applicability Tables (SEC Schedule 11)."""

import datetime as dt

from django.conf import settings
from django.db import models

from applicability.models.specifications import Series
from ledger.constraints import FrozenOnce, WholeWhenFinal

DESIGNATED = {"status": "designated"}


def _whole(name: str, every: str, has: str, *on: str) -> WholeWhenFinal:
    """No edition is designated with a row of the one kind that lacks its partner of the other."""
    every, has = f"applicability.{every}", f"applicability.{has}"
    return WholeWhenFinal(name=name, when=DESIGNATED, every=every, of="edition", has=has, on=on)


class EditionSet(models.QuerySet["Edition"]):
    def in_force(self, series: str, on: dt.date) -> "Edition | None":
        """The designated edition with the latest effective date up to that day; None before the first."""
        known = self.filter(series=series, status=Edition.Status.DESIGNATED, effective_from__lte=on)
        return known.order_by("-effective_from", "-number").first()


class Edition(models.Model):
    """One edition. A draft until a second person designates it; from then on neither it nor its rows ever
    change.

    The founding load (edition 1, from the files that the program brings) has no two persons to name, and says
    so in `source_kind`; every other edition names both.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        DESIGNATED = "designated", "Designated"

    class SourceKind(models.TextChoices):
        FOUNDING = "founding load", "Founding load"
        DIRECTION = "direction", "Secretary of State direction"
        RELEASE = "SEC release", "SEC release"

    series = models.CharField(max_length=9, choices=Series, default=Series.STATUTORY)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    effective_from = models.DateField()
    source_kind = models.CharField(max_length=13, choices=SourceKind)
    source = models.CharField(
        max_length=500, help_text="The direction or release, so that anybody can find it."
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    designated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    designated_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = EditionSet.as_manager()

    class Meta:
        ordering = ["series", "number"]
        permissions = [("designate_edition", "Can designate an edition that somebody else prepared")]
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="edition_number_once"),
            models.CheckConstraint(
                name="edition_number_from_one",
                condition=models.Q(number__gte=1),
                violation_error_message="Editions are numbered from 1.",
            ),
            models.CheckConstraint(
                name="edition_source_stated",
                condition=~models.Q(source="") & ~models.Q(title=""),
                violation_error_message="State the edition's title and its source.",
            ),
            models.CheckConstraint(
                name="edition_founding_load_is_the_first",
                condition=~models.Q(source_kind="founding load") | models.Q(number=1),
                violation_error_message="Only edition 1 can come from the founding load.",
            ),
            models.CheckConstraint(
                name="edition_designated_when_it_says_when",
                condition=models.Q(status="designated", designated_at__isnull=False)
                | models.Q(status="draft", designated_at__isnull=True, designated_by__isnull=True),
                violation_error_message="A designated edition says when; a draft does not.",
            ),
            # Two CHECKs, because NULL passes "not equal": both people are there, and they are two.
            models.CheckConstraint(
                name="edition_designated_by_two_persons",
                condition=models.Q(status="draft")
                | models.Q(source_kind="founding load", prepared_by__isnull=True, designated_by__isnull=True)
                | models.Q(prepared_by__isnull=False, designated_by__isnull=False),
                violation_error_message="An edition is prepared by one person and designated by another.",
            ),
            models.CheckConstraint(
                name="edition_designated_by_another_person",
                condition=models.Q(designated_by__isnull=True)
                | ~models.Q(designated_by=models.F("prepared_by")),
                violation_error_message="Who prepared an edition cannot designate it.",
            ),
            FrozenOnce(name="edition_frozen_once_designated", when=DESIGNATED),
            # What `gaps` says in words.
            _whole("edition_combinations_have_periods", "Combination", "Period", "ts", "gbcs"),
            _whole("edition_combinations_have_validities", "Combination", "Validity", "device_type", "ts"),
            _whole("edition_security_ties_have_periods", "SecurityTie", "Period", "gbcs"),
            _whole("edition_companions_have_periods", "Companion", "Period", "gbcs"),
        ]

    def __str__(self) -> str:
        """As answers and the journal name it: `edition 1`, `example edition 1`."""
        prefix = "" if self.series == Series.STATUTORY else f"{self.series} "
        return f"{prefix}edition {self.number}"
