"""Entries of the Central Products List and the further rows that follow them. None is ever changed."""

import datetime

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, Length, Upper
from django.db.models.lookups import Exact

from cpl.fields import SMETS1_GBCS, SMETS1_TS
from cpl.models.certificates import Certificate
from cpl.models.decided import Decided, ListImport
from cpl.models.submissions import Submission
from ledger.history import AppendOnlyHistory
from ledger.models import Record, Recorded

CURRENT, REMOVED = "Current", "Removed"
# What the list does not write, since it speaks of its own day alone.
NOT_LISTED, NOT_KNOWN = "Not listed", "Not known"


def _hex_check(column: str, digits: int) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"cpl_entry_{column}_form",
        condition=Q(Exact(Length(column), digits)) & Q(**{column: Upper(column)}),
    )


class EntryQuerySet(models.QuerySet["Entry"]):
    def removed(self, on: datetime.date) -> "EntryQuerySet":
        """Removed on that day; a removal brought forward without its date counts from the import."""
        return self.filter(_removed_by(on))

    def current(self, on: datetime.date) -> "EntryQuerySet":
        return self.exclude(pk__in=Removal.objects.filter(effective_by(on)).values("entry"))

    def with_status(self, on: datetime.date, *, serial: int | None = None) -> "EntryQuerySet":
        """Adds `status_on_day`, as the list writes it; `serial` leaves out removals journalled later.

        Before its first day an entry is Not listed; where nobody knows that day, its status is Not known
        before the issue of the list that it came with.
        """
        removed = _removed_by(on)
        if serial is not None:
            removed &= Q(removal__record__serial__lte=serial)
        status = Case(
            When(removed, then=Value(REMOVED)),
            When(admitted_on__gt=on, then=Value(NOT_LISTED)),
            When(admitted_on__isnull=True, brought_by__issued_on__gt=on, then=Value(NOT_KNOWN)),
            default=Value(CURRENT),
        )
        return self.annotate(status_on_day=status)

    def as_published(self, serial: int) -> "EntryQuerySet":
        """The entries that stood in the journal when it ended with `serial`."""
        return self.filter(record__serial__lte=serial)

    def same_device(self, entry: "Entry") -> "EntryQuerySet":
        """Entries of the same Device Model, whatever their TS and GBCS versions."""
        return self.filter(**{name: getattr(entry, name) for name in Entry.DEVICE_MODEL})


def effective_by(on: datetime.date) -> Q:
    """For removals: whether one has taken effect by the end of that day."""
    return Q(effective_date__isnull=True) | Q(effective_date__lte=on)


def _removed_by(on: datetime.date) -> Q:
    return Q(removal__isnull=False) & (
        Q(removal__effective_date__isnull=True) | Q(removal__effective_date__lte=on)
    )


class Entry(Decided):
    """One row of the Central Products List. Hex is upper case without colons, of fixed length.

    Names of device types and versions stand here as text, so that a later edit of a table of names
    cannot change an entry.
    """

    DEVICE_MODEL = (
        "device_type", "manufacturer", "model", "hardware_version", "hardware_revision", "firmware",
    )  # fmt: skip

    number = models.PositiveIntegerField(primary_key=True)
    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="+", editable=False)
    device_type = models.CharField(max_length=60)
    manufacturer = models.CharField(max_length=4)
    model = models.CharField(max_length=4)
    hardware_version = models.CharField(max_length=2)
    hardware_revision = models.CharField(max_length=2)
    firmware = models.CharField(max_length=8)
    technical_specification = models.CharField(max_length=20)
    gbcs_version = models.CharField(max_length=20)
    security_characteristics = models.CharField(
        max_length=40, blank=True, help_text="Where no CPA certificate carries it: `Not Relevant`."
    )
    image_creator = models.CharField(max_length=100, blank=True)
    image_hash = models.CharField(max_length=64, blank=True)
    image_descriptor = models.CharField(max_length=100, blank=True)
    product_name = models.CharField(max_length=200, blank=True, help_text="No field of the list.")
    admitted_on = models.DateField(null=True, blank=True, help_text="Empty where it is not known.")
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    # Unique, so that admitting twice is impossible.
    submission = models.OneToOneField(
        Submission, null=True, blank=True, on_delete=models.PROTECT, related_name="entry"
    )

    objects = EntryQuerySet.as_manager()

    class Meta(Decided.Meta):
        ordering = ["number"]
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["manufacturer", "model", "firmware"], name="cpl_entry_model"),
            models.Index(fields=["device_type"], name="cpl_entry_device_type"),
            models.Index(fields=["image_hash"], name="cpl_entry_image_hash"),
        ]
        constraints = [
            *Decided.Meta.constraints,
            _hex_check("manufacturer", 4),
            _hex_check("model", 4),
            _hex_check("hardware_version", 2),
            _hex_check("hardware_revision", 2),
            _hex_check("firmware", 8),
            models.CheckConstraint(name="cpl_entry_number_range", condition=Q(number__range=(1, 999999))),
            models.CheckConstraint(
                name="cpl_entry_image_hash_form",
                condition=Q(image_hash="")
                | (Q(Exact(Length("image_hash"), 64)) & Q(image_hash=Upper("image_hash"))),
            ),
            models.CheckConstraint(
                name="cpl_entry_replaces_an_earlier_one",
                condition=Q(replaces__isnull=True) | Q(replaces__lt=F("number")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number:06d}"

    def ledger_subject(self) -> str:
        return f"entry {self}"

    @property
    def is_smets1(self) -> bool:
        return (self.technical_specification, self.gbcs_version) == (SMETS1_TS, SMETS1_GBCS)

    @property
    def model_with_hardware(self) -> str:
        """The model identifier, hardware version and revision run together: 8 hex digits."""
        return self.model + self.hardware_version + self.hardware_revision


class ReservedNumber(Recorded):
    """An entry number that may not be given: used before and dropped again."""

    number = models.PositiveIntegerField(primary_key=True)
    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="+", editable=False)
    reason = models.CharField(max_length=200)
    brought_by = models.ForeignKey(ListImport, on_delete=models.PROTECT, related_name="+")

    class Meta(Recorded.Meta):
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number:06d}"


class RemovalGround(models.Model):
    """A ground on which an entry may be removed, and which entries it fits."""

    class Fits(models.TextChoices):
        ANY = "any", "Any entry"
        SMETS1 = "smets1", "SMETS1 entries"
        SMETS2 = "smets2", "SMETS2+ entries"

    class DccWord(models.TextChoices):
        CANCELLED = "Cancelled", "Cancelled"
        EXPIRED = "Expired", "Expired"
        WITHDRAWN = "Withdrawn", "Withdrawn"

    code = models.SlugField(max_length=40, unique=True)
    words = models.CharField(max_length=200)
    fits = models.CharField(max_length=10, choices=Fits, default=Fits.ANY)
    names_other_entry = models.BooleanField(default=False, help_text="Replaced by, or duplicate of, another.")
    dcc_status = models.CharField("the DCC's word", max_length=10, choices=DccWord)
    may_be_chosen = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    history = AppendOnlyHistory()

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.words


class Removal(Decided):
    """An entry left the list: ground, who decided, reference, decision date, effective date.

    The dates are empty only where the list before ours said that an entry is Removed and no more.
    """

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="removal")
    ground = models.ForeignKey(RemovalGround, on_delete=models.PROTECT, related_name="+")
    ground_code = models.CharField(max_length=40, help_text="The ground's code on that day.")
    reason = models.CharField(max_length=1000, blank=True)
    decided_by = models.CharField(max_length=100, blank=True)
    reference = models.CharField(max_length=200, blank=True)
    decision_date = models.DateField(null=True, blank=True)
    effective_date = models.DateField(null=True, blank=True)
    other_entry = models.ForeignKey(
        Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="removals_naming"
    )

    class Meta(Decided.Meta):
        ordering = ["pk"]
        indexes = [models.Index(fields=["effective_date"], name="cpl_removal_effective")]
        constraints = [
            *Decided.Meta.constraints,
            models.CheckConstraint(
                name="cpl_removal_dated",
                condition=Q(brought_by__isnull=False)
                | Q(decision_date__isnull=False, effective_date__isnull=False),
            ),
            models.CheckConstraint(
                name="cpl_removal_names_another",
                condition=Q(other_entry__isnull=True) | ~Q(other_entry=F("entry")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id:06d} removed"

    def ledger_subject(self) -> str:
        return f"entry {self.entry_id:06d}"


class Coverage(Decided):
    """From a day on, a certificate carries an entry; the words are kept as the list shows them."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="coverage")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="coverage")
    scheme = models.CharField(max_length=10)
    identifier_shown = models.CharField(max_length=44)
    version_shown = models.CharField(max_length=40, blank=True)
    date_shown = models.DateField(null=True, blank=True)
    covers_from = models.DateField()

    class Meta(Decided.Meta):
        ordering = ["pk"]
        verbose_name_plural = "coverage"
        indexes = [
            models.Index(fields=["entry", "scheme"], name="cpl_coverage_entry_scheme"),
            # What ends within a window is a small part of all that ever was shown.
            models.Index(fields=["date_shown"], name="cpl_coverage_date_shown"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id:06d} by {self.certificate}"

    def ledger_subject(self) -> str:
        return f"entry {self.entry_id:06d}"


class UpgradePathQuerySet(models.QuerySet["UpgradePath"]):
    def in_force(self, serial: int | None = None) -> "UpgradePathQuerySet":
        """What each entry's latest statement says: it takes the place of the earlier ones.

        `serial` leaves out what was journalled later.
        """
        later = (
            UpgradePath.objects.filter(target=OuterRef("target"), pk__gt=OuterRef("pk"))
            .annotate(by=Coalesce("submission", 0))
            .exclude(by=Coalesce(OuterRef("submission"), 0))
        )
        rows = self
        if serial is not None:
            later, rows = later.filter(record__serial__lte=serial), rows.filter(record__serial__lte=serial)
        return rows.exclude(Exists(later))


class UpgradePath(Decided):
    """Devices of one entry may be upgraded to the firmware of another; no `source`: there is none."""

    target = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="upgrades_from")
    source = models.ForeignKey(
        Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="upgrades_to"
    )

    objects = UpgradePathQuerySet.as_manager()

    class Meta(Decided.Meta):
        ordering = ["pk"]
        constraints = [
            *Decided.Meta.constraints,
            models.UniqueConstraint(fields=["target", "source", "submission"], name="cpl_upgrade_path_once"),
            models.CheckConstraint(
                name="cpl_upgrade_path_leads_elsewhere",
                condition=Q(source__isnull=True) | ~Q(source=F("target")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id or 'none'} to {self.target_id}"

    def ledger_subject(self) -> str:
        return f"entry {self.target_id:06d}"


class FirmwareInformation(Decided):
    """What a manufacturer publishes of a firmware (SECMP0009); a later row supersedes an earlier one."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="firmware_information")
    company = models.CharField(max_length=45)
    website = models.CharField(max_length=100, blank=True)
    description = models.CharField(max_length=500)
    contact_digest = models.CharField(max_length=64, help_text="SHA-256 of the contact beside it.")

    class Meta(Decided.Meta):
        ordering = ["pk"]
        verbose_name_plural = "firmware information"

    def __str__(self) -> str:
        return f"{self.entry_id:06d} firmware information"

    def ledger_subject(self) -> str:
        return f"entry {self.entry_id:06d}"


class FirmwareContact(models.Model):
    """Where to write about a firmware. Kept beside the frozen row, so that a person can be erased."""

    information = models.OneToOneField(
        FirmwareInformation, on_delete=models.PROTECT, related_name="contact", primary_key=True
    )
    house = models.CharField(max_length=45, blank=True)
    street = models.CharField(max_length=45, blank=True)
    city = models.CharField(max_length=45, blank=True)
    post_code = models.CharField(max_length=8, blank=True)
    country = models.CharField(max_length=45, blank=True)
    telephone = models.CharField(max_length=45, blank=True)
    email = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return f"Contact of {self.information}"
