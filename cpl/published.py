"""What the public may read: the register up to the record that the latest release names."""

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Max, QuerySet

from cpl import publishing
from cpl.models import (
    CertificateEvent,
    Coverage,
    Entry,
    FirmwareInformation,
    Release,
    Removal,
    UpgradePath,
)
from cpl.models.decided import Decided
from cpl.models.entries import EntryQuerySet

R = TypeVar("R", bound=Decided)


@dataclass(frozen=True)
class Published:
    """`release` is the latest of our own. Without one, only what was brought forward is public, and
    `brought_from` is the issue that it came from."""

    serial: int
    release: Release | None
    brought_from: Release | None

    def entries(self) -> EntryQuerySet:
        entries = Entry.objects.as_published(self.serial)
        return entries if self.release else entries.filter(brought_by__isnull=False)

    def rows(self, rows: QuerySet[R]) -> QuerySet[R]:
        """Further rows (removals, coverage, paths) as far as they are public."""
        rows = rows.filter(record__serial__lte=self.serial)
        return rows if self.release else rows.filter(brought_by__isnull=False)


def published() -> Published:
    """What is public now. One query once there is a release of our own."""
    release = publishing.latest()
    if release and release.serial is not None:
        return Published(release.serial, release, None)
    return Published(_last_brought(), None, Release.objects.order_by("position").last())


TELLING = (Entry, Removal, Coverage, CertificateEvent, UpgradePath, FirmwareInformation)


def _last_brought() -> int:
    """The serial of the last row that came with the list before ours; 0 for an empty register."""
    lasts = [
        model.objects.filter(brought_by__isnull=False).aggregate(last=Max("record"))["last"] or 0
        for model in TELLING
    ]
    return max(lasts)
