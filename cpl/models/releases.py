"""Numbered releases of the list and their files, and the issues that came before them."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Q

from cpl.models.decided import ListImport
from ledger.models import Record, Recorded
from ledger.verify import Anchor


class Release(Recorded):
    """One issue of the list. Those from before this register know their number, date and changes only."""

    number = models.CharField(max_length=20, primary_key=True)
    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="+", editable=False)
    position = models.PositiveIntegerField(unique=True)
    issued_on = models.DateField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    changes = models.TextField(blank=True)
    serial = models.BigIntegerField(null=True, blank=True, help_text="The journal's last record in it.")
    digest = models.CharField(max_length=64, blank=True, help_text="That record's digest.")
    brought_by = models.ForeignKey(
        ListImport, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(Recorded.Meta):
        ordering = ["-position"]
        permissions = [("publish_release", "Can publish a release")]
        constraints = [
            *Recorded.Meta.constraints,
            models.CheckConstraint(
                name="cpl_release_ours_is_complete",
                condition=Q(brought_by__isnull=False, serial__isnull=True)
                | Q(brought_by__isnull=True, serial__isnull=False, issued_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def ledger_subject(self) -> str:
        return f"release {self}"

    @property
    def is_ours(self) -> bool:
        return self.serial is not None

    @classmethod
    def ledger_anchors(cls) -> Iterable[Anchor]:
        """What each release says of the journal, so that a journal cut shorter is found out."""
        for number, serial, digest in cls.objects.filter(serial__isnull=False).values_list(
            "number", "serial", "digest"
        ):
            yield Anchor(f"release {number}", serial, digest)


class ReleaseFile(Recorded):
    """The bytes of one published file, rendered once and served as stored."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=40)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta(Recorded.Meta):
        ordering = ["name"]
        constraints = [
            *Recorded.Meta.constraints,
            models.UniqueConstraint(fields=["release", "name"], name="cpl_release_file_once"),
        ]

    def __str__(self) -> str:
        return f"{self.release_id}/{self.name}"

    def ledger_subject(self) -> str:
        return f"release {self.release_id} {self.name}"
