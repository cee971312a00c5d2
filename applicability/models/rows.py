"""The rows of an edition. Free while it is a draft, frozen with it once it is designated.

Lapsed rows leave the next edition and stay readable in this one.
"""

from typing import Any

from django.db import models

from applicability.fields import OpenDateField, period_checks
from applicability.models.device_types import DeviceType
from applicability.models.editions import DESIGNATED, Edition
from applicability.models.specifications import SpecificationVersion
from ledger.constraints import FrozenWith

Document = SpecificationVersion.Document


def version(*documents: Document, **kwargs: Any) -> Any:
    """A foreign key to a version of one of these documents."""
    only = {"document__in": [document.value for document in documents]}
    return models.ForeignKey(
        SpecificationVersion, models.PROTECT, related_name="+", limit_choices_to=only, **kwargs
    )


class Validity(models.Model):
    """The Installation and Maintenance Validity Periods of a TS version for a device type."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="validities")
    device_type = models.ForeignKey(DeviceType, models.PROTECT, related_name="+")
    ts = version(Document.SMETS, Document.CHTS, verbose_name="TS version")
    ivp_from = OpenDateField("IVP from")
    ivp_to = OpenDateField("IVP to")
    mvp_from = OpenDateField("MVP from")
    mvp_to = OpenDateField("MVP to")

    class Meta:
        verbose_name_plural = "validities"
        ordering = ["edition", "device_type__position", "ts__label"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "device_type", "ts"], name="validity_once"),
            *period_checks("ivp_from", "ivp_to", "validity_ivp"),
            *period_checks("mvp_from", "mvp_to", "validity_mvp"),
            FrozenWith(name="validity_frozen_with_edition", parent="edition", when=DESIGNATED),
        ]

    def __str__(self) -> str:
        return f"{self.device_type}, {self.ts}"


class Period(models.Model):
    """The Applicability Period: the time in which a TS version is bound to a GBCS version."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="periods")
    ts = version(Document.SMETS, Document.CHTS, verbose_name="TS version")
    gbcs = version(Document.GBCS, verbose_name="GBCS version")
    applies_from = OpenDateField("from")
    applies_to = OpenDateField("to")

    class Meta:
        verbose_name = "applicability period"
        ordering = ["edition", "ts__label", "gbcs__label"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "ts", "gbcs"], name="period_once"),
            *period_checks("applies_from", "applies_to", "period"),
            FrozenWith(name="period_frozen_with_edition", parent="edition", when=DESIGNATED),
        ]

    def __str__(self) -> str:
        return f"{self.ts}, {self.gbcs}"


class Combination(models.Model):
    """A device type, TS version and GBCS version that a new entry may name together."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="combinations")
    device_type = models.ForeignKey(DeviceType, models.PROTECT, related_name="+")
    ts = version(Document.SMETS, Document.CHTS, verbose_name="TS version")
    gbcs = version(Document.GBCS, verbose_name="GBCS version")

    class Meta:
        ordering = ["edition", "device_type__position", "ts__label", "gbcs__label"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "device_type", "ts", "gbcs"], name="combination_once"),
            FrozenWith(name="combination_frozen_with_edition", parent="edition", when=DESIGNATED),
        ]

    def __str__(self) -> str:
        return f"{self.device_type}, {self.ts}, {self.gbcs}"


class SecurityTie(models.Model):
    """A version of the Security Characteristics that devices of a GBCS version must comply with."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="security_ties")
    gbcs = version(Document.GBCS, verbose_name="GBCS version")
    security_characteristics = version(Document.SECURITY)

    class Meta:
        ordering = ["edition", "gbcs__label", "security_characteristics__label"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "gbcs", "security_characteristics"], name="security_tie_once"
            ),
            FrozenWith(name="security_tie_frozen_with_edition", parent="edition", when=DESIGNATED),
        ]

    def __str__(self) -> str:
        return f"{self.gbcs}, {self.security_characteristics}"


class Companion(models.Model):
    """A version of the DUIS or of the MMC that goes with a GBCS version (guidance 2)."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="companions")
    gbcs = version(Document.GBCS, verbose_name="GBCS version")
    version = version(Document.DUIS, Document.MMC, verbose_name="DUIS or MMC version")

    class Meta:
        verbose_name = "DUIS or MMC version"
        ordering = ["edition", "gbcs__label", "version__label"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "gbcs", "version"], name="companion_once"),
            FrozenWith(name="companion_frozen_with_edition", parent="edition", when=DESIGNATED),
        ]

    def __str__(self) -> str:
        return f"{self.gbcs}, {self.version}"
