"""Physical Device Types (form field `Device_Type.name`)."""

import datetime as dt

from django.db import models

from applicability.fields import OpenDateField, period_checks
from applicability.openness import NONE, within
from ledger.history import AppendOnlyHistory


class DeviceTypeSet(models.QuerySet["DeviceType"]):
    def choices(self, on: dt.date) -> "list[DeviceType]":
        """The types that a new entry may name that day, in order; an unknown date does not bar one."""
        return [
            kind
            for kind in self.filter(active=True)
            if within(kind.valid_from, kind.valid_to, on) is not False
        ]


class DeviceType(models.Model):
    """One Physical Device Type. Type 2 Devices (in-home displays, CADs) are never on the list and never rows
    here.

    `name` is the form's own spelling and never changes: entries hold it as text.
    """

    class Kind(models.TextChoices):
        HUB = "hub", "Communications Hub"
        METER = "meter", "Meter"
        PPMID = "ppmid", "Pre-payment interface"
        HCALCS = "hcalcs", "Load control switch"
        OTHER = "other", "Other"

    class Actor(models.TextChoices):
        DCC = "DCC", "the DCC"
        SUPPLIER = "Supplier", "the responsible Supplier"

    class Document(models.TextChoices):
        CHTS = "CHTS", "CHTS"
        SMETS = "SMETS", "SMETS"

    name = models.CharField(max_length=50, unique=True)
    kind = models.CharField(max_length=6, choices=Kind)
    esme = models.BooleanField("electricity meter", default=False)
    document = models.CharField(
        max_length=5,
        choices=Document,
        help_text="The specification that a SMETS2+ entry of this type names.",
    )
    acts = models.CharField(
        max_length=8, choices=Actor, help_text="Who must update or replace an installed device of this type."
    )
    licence = models.CharField(max_length=200, help_text="The licence condition that says so.")
    active = models.BooleanField(default=True, help_text="Whether a new entry may name this type.")
    valid_from = OpenDateField()
    valid_to = OpenDateField(default=NONE)
    position = models.PositiveSmallIntegerField(unique=True)
    note = models.CharField(max_length=300, blank=True, default="")

    history = AppendOnlyHistory()
    objects = DeviceTypeSet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            *period_checks("valid_from", "valid_to", "device_type_period"),
            models.CheckConstraint(
                name="device_type_name_trimmed_and_filled",
                condition=~models.Q(name="")
                & ~models.Q(name__startswith=" ")
                & ~models.Q(name__endswith=" "),
                violation_error_message="The name is empty or has a space at an end.",
            ),
            models.CheckConstraint(
                name="device_type_esme_is_a_meter",
                condition=models.Q(esme=False) | models.Q(kind="meter"),
                violation_error_message="Only a meter can be an electricity meter.",
            ),
            models.CheckConstraint(
                name="device_type_licence_stated",
                condition=~models.Q(licence=""),
                violation_error_message="State the licence condition under which somebody must act.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
