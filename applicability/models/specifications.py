"""Versions of the specification documents and standards that entries and certificates name."""

import datetime as dt

from django.db import models

from applicability.fields import OpenDateField, period_checks
from applicability.openness import within
from ledger.history import AppendOnlyHistory


class Series(models.TextChoices):
    """Which world a row belongs to: the law's, or the guidance's invented example."""

    STATUTORY = "statutory", "Statutory"
    EXAMPLE = "example", "Worked example"


class SpecificationVersionSet(models.QuerySet["SpecificationVersion"]):
    def choices(self, document: str, on: dt.date) -> "list[SpecificationVersion]":
        """The statutory versions of a document that may be named that day; an unknown date bars none."""
        versions = self.filter(document=document, series=Series.STATUTORY)
        return [
            version for version in versions if within(version.valid_from, version.valid_to, on) is not False
        ]


class SpecificationVersion(models.Model):
    """One version of one document; `label` is the form's own spelling and never changes: entries hold it as
    text.

    `valid_from` and `valid_to` bound the days on which a new entry may name it. For SMETS, CHTS and GBCS the
    rows of the edition in force decide, and these dates are mostly unknown.
    """

    class Document(models.TextChoices):
        SMETS = "SMETS", "SMETS"
        CHTS = "CHTS", "CHTS"
        GBCS = "GBCS", "GBCS"
        DUIS = "DUIS", "DUIS"
        MMC = "MMC", "MMC"
        SECURITY = "Security Characteristics", "Security Characteristics"
        CTT = "CTT", "CTT (DLMS conformance test tool)"
        ZSE = "ZSE", "ZigBee Smart Energy"

    class Kind(models.TextChoices):
        PRINCIPAL = "principal", "Principal version"
        SUB = "sub", "Sub-version"
        UNKNOWN = "unknown", "Not known"

    document = models.CharField(max_length=30, choices=Document)
    label = models.CharField(max_length=40, unique=True)
    series = models.CharField(max_length=9, choices=Series, default=Series.STATUTORY)
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.UNKNOWN)
    predecessor = models.ForeignKey("self", models.PROTECT, related_name="successors", null=True, blank=True)
    valid_from = OpenDateField()
    valid_to = OpenDateField()
    source = models.CharField(max_length=300)

    history = AppendOnlyHistory()
    objects = SpecificationVersionSet.as_manager()

    class Meta:
        ordering = ["document", "label"]
        constraints = [
            *period_checks("valid_from", "valid_to", "specification_period"),
            models.CheckConstraint(
                name="specification_label_trimmed_and_filled",
                condition=~models.Q(label="")
                & ~models.Q(label__startswith=" ")
                & ~models.Q(label__endswith=" "),
                violation_error_message="The label is empty or has a space at an end.",
            ),
            models.CheckConstraint(
                name="specification_source_stated",
                condition=~models.Q(source=""),
                violation_error_message="State where this version and its dates come from.",
            ),
            models.CheckConstraint(
                name="specification_not_its_own_predecessor",
                condition=models.Q(predecessor=None) | ~models.Q(predecessor=models.F("id")),
                violation_error_message="A version cannot be its own predecessor.",
            ),
            models.CheckConstraint(
                name="specification_sub_version_has_predecessor",
                condition=~models.Q(kind="sub") | models.Q(predecessor__isnull=False),
                violation_error_message="A sub-version names the version that it follows.",
            ),
        ]

    def __str__(self) -> str:
        return self.label
