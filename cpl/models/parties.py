"""Who takes part: SEC Parties and others, their people, and the manufacturer identifiers that they hold."""

import datetime
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Upper
from django.db.models.lookups import Exact

from ledger.history import AppendOnlyHistory


class PartyQuerySet(models.QuerySet["Party"]):
    def for_user(self, user: AbstractBaseUser | AnonymousUser) -> "PartyQuerySet":
        """The organisations that `user` acts for."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(active=True, memberships__user=user).distinct()

    def suppliers(self) -> "PartyQuerySet":
        return self.filter(active=True, category__in=Party.SUPPLIERS)

    def dcc(self) -> "PartyQuerySet":
        return self.filter(active=True, category=Party.Category.DCC)


class Party(models.Model):
    """An organisation: a signatory of the SEC in one of its five categories, the DCC, or *not a Party*."""

    class Category(models.TextChoices):
        LARGE_SUPPLIER = "large_supplier", "Large Supplier"
        SMALL_SUPPLIER = "small_supplier", "Small Supplier"
        ELECTRICITY_NETWORK = "electricity_network", "Electricity Network"
        GAS_NETWORK = "gas_network", "Gas Network"
        OTHER = "other", "Other SEC Party"
        DCC = "dcc", "DCC"
        NOT_A_PARTY = "not_a_party", "Not a Party"

    SUPPLIERS = (Category.LARGE_SUPPLIER, Category.SMALL_SUPPLIER)

    name = models.CharField(max_length=200, unique=True)
    category = models.CharField(max_length=20, choices=Category)
    verified = models.BooleanField(default=False, help_text="An officer has made sure who this is.")
    active = models.BooleanField(default=True)
    users = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="parties")
    history = AppendOnlyHistory()

    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "parties"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_dcc(self) -> bool:
        return self.category == self.Category.DCC


class Membership(models.Model):
    """A person who may act for an organisation."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="memberships")
    history = AppendOnlyHistory()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "party"], name="cpl_membership_once")]

    def __str__(self) -> str:
        return f"{self.user} for {self.party}"


class Contact(models.Model):
    """Where an organisation is written to. Its history keeps that it changed, never the person's data."""

    class Purpose(models.TextChoices):
        NOTICES = "notices", "Notices"
        SUBMISSIONS = "submissions", "Submissions"

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="contacts")
    purpose = models.CharField(max_length=20, choices=Purpose, default=Purpose.NOTICES)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField()
    telephone = models.CharField(max_length=100, blank=True)
    history = AppendOnlyHistory(excluded_fields=["name", "email", "telephone"])

    class Meta:
        ordering = ["party", "purpose", "email"]
        constraints = [
            models.UniqueConstraint(fields=["party", "purpose", "email"], name="cpl_contact_once"),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.party})"


class IdentifierQuerySet(models.QuerySet["ManufacturerIdentifier"]):
    def held(self, on: datetime.date) -> Self:
        """Those that somebody holds on a day, both ends included."""
        begun = Q(held_from__isnull=True) | Q(held_from__lte=on)
        return self.filter(begun, Q(held_to__isnull=True) | Q(held_to__gte=on))


class ManufacturerIdentifier(models.Model):
    """Four hex digits assigned by Zigbee and held by one manufacturer; a manufacturer may hold several."""

    code = models.CharField(
        max_length=4,
        unique=True,
        validators=[RegexValidator(r"^(?!FFFF)[0-9A-F]{4}$", "Write four hex digits, 0000 to FFFE.")],
    )
    holder = models.CharField(max_length=200)
    party = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="manufacturer_identifiers"
    )
    held_from = models.DateField(null=True, blank=True)
    held_to = models.DateField(null=True, blank=True)
    history = AppendOnlyHistory()

    objects = IdentifierQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="cpl_manufacturer_identifier_form",
                condition=Q(code=Upper("code")) & Q(Exact(Length("code"), 4)) & ~Q(code="FFFF"),
            ),
            models.CheckConstraint(
                name="cpl_manufacturer_identifier_period",
                condition=Q(held_from__isnull=True)
                | Q(held_to__isnull=True)
                | Q(held_from__lte=F("held_to")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code[:2]}:{self.code[2:]} {self.holder}"
