"""Which Assurance Certificates a SMETS2+ entry must, may or must not have (guidance 4.1 and the form)."""

import datetime as dt
from collections import defaultdict

from django.db import models

from applicability.fields import OpenDateField, period_checks
from applicability.models.device_types import DeviceType
from applicability.openness import NONE, within
from ledger.history import AppendOnlyHistory


class CertificateRequirementSet(models.QuerySet["CertificateRequirement"]):
    def needs(self, on: dt.date) -> dict[str, dict[str, str]]:
        """By device type, scheme to need on a day (`{"CPA": "required", ...}`). One query.

        Where two rows of one scheme could both hold (an unknown date), the later row in the table's order
        wins.
        """
        needs: dict[str, dict[str, str]] = defaultdict(dict)
        for row in self.select_related("device_type"):
            if within(row.valid_from, row.valid_to, on) is not False:
                needs[row.device_type.name][row.scheme] = row.need
        return dict(needs)


class CertificateRequirement(models.Model):
    """SMETS1 entries have no certificates at all; that is a rule of its own and no row here."""

    class Scheme(models.TextChoices):
        CPA = "CPA", "CPA"
        DLMS = "DLMS", "DLMS"
        ZIGBEE = "Zigbee", "Zigbee"

    class Need(models.TextChoices):
        REQUIRED = "required", "Required"
        OPTIONAL = "optional", "Optional"
        FORBIDDEN = "forbidden", "Forbidden"

    device_type = models.ForeignKey(DeviceType, models.PROTECT, related_name="requirements")
    scheme = models.CharField(max_length=6, choices=Scheme)
    need = models.CharField(max_length=9, choices=Need)
    valid_from = OpenDateField()
    valid_to = OpenDateField(default=NONE)
    source = models.CharField(max_length=300)

    history = AppendOnlyHistory()
    objects = CertificateRequirementSet.as_manager()

    class Meta:
        # `unknown` sorts after every date, so an undated row must come first to be overruled by a dated one.
        ordering = ["device_type__position", "scheme", "id"]
        constraints = [
            models.UniqueConstraint(fields=["device_type", "scheme", "valid_from"], name="requirement_once"),
            *period_checks("valid_from", "valid_to", "requirement_period"),
            models.CheckConstraint(
                name="requirement_source_stated",
                condition=~models.Q(source=""),
                violation_error_message="State where this requirement stands.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device_type}: {self.scheme} {self.need}"
