"""Publishes the list in numbered, signed releases: rendered once, stored, and served as stored."""

import datetime
import hashlib
import json
from dataclasses import dataclass
from functools import partial

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from applicability.models import DeviceType, SpecificationVersion
from cpl import signals, signing
from cpl.changes import Changes, Counted, between, count_between
from cpl.formats.choices import Choices
from cpl.formats.interchange import write_csv
from cpl.formats.listing import (
    CertificateShown,
    CpaShown,
    ImageShown,
    IssuedVersion,
    ListedEntry,
    Listing,
)
from cpl.formats.listing_json import write_json
from cpl.formats.workbook import write_workbook
from cpl.models import Entry, Release, ReleaseFile, Scheme, Shown, shown
from cpl.workflow import NotPossible
from ledger import journal
from ledger.journal import Act

MEDIA_TYPES = {
    "cpl.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "cpl.csv": "text/csv; charset=utf-8",
    "cpl.json": "application/json",
    "manifest.json": "application/json",
    "manifest.sig": "application/octet-stream",
}


@dataclass(frozen=True)
class Point:
    """Where the journal stands: its last record's serial and digest."""

    serial: int
    digest: str


def latest() -> Release | None:
    """The last release of this register; the issues brought forward from before it do not count."""
    return Release.objects.filter(serial__isnull=False).order_by("position").last()


def unreleased(on: datetime.date) -> Changes:
    """What would be new in a release made on that day."""
    return _changes(latest(), journal.head()[0], on)


def count_unreleased(on: datetime.date) -> tuple[Counted, datetime.date | None]:
    """How much would be new, and the first day on which a removal among it took effect. Five queries."""
    previous = latest()
    since = (previous.serial, previous.issued_on) if previous else None
    return count_between(since, (journal.head()[0], on))  # type: ignore[arg-type]


def changes_of(release: Release) -> Changes:
    """What one of our releases added, removed and covered, as rows: its own text says the same in words."""
    earlier = Release.objects.filter(position__lt=release.position, serial__isnull=False)
    previous = earlier.order_by("-position").first()
    return _changes(previous, release.serial or 0, release.issued_on or datetime.date.min)


def next_number() -> str:
    """The number of the next release; the first of all is `1.0`."""
    last = Release.objects.order_by("position").last()
    return number_after(last.number) if last else "1.0"


def number_after(number: str) -> str:
    """`2.052` after `2.051`, `1.100` after `1.99`."""
    major, _, minor = number.partition(".")
    return f"{major}.{int(minor) + 1:0{len(minor)}d}"


def publish(*, by: User | None, at: datetime.datetime, on: datetime.date, changes: str = "") -> Release:
    """Makes the next release from what the journal holds now.

    `by` is empty where an operator publishes from the command line. `changes` takes the place of the text
    that is otherwise made from the entries.

    Raises:
        NotPossible: there is nothing new to publish, or somebody published in the meantime.
    """
    if by is not None and not by.has_perm("cpl.publish_release"):
        raise NotPossible("Only a publisher may publish a release.")
    previous, point = latest(), Point(*journal.head())
    if previous and not _changes(previous, point.serial, on):
        raise NotPossible(f"Nothing has changed since release {previous}, so there is nothing to publish.")
    release = _release(previous, point, by, at, on, changes)
    # Rendering is slow and reads only rows up to `point`, which never change: no lock is held for it.
    files = _files(release, point)
    with transaction.atomic():
        journal.lock()
        if latest() != previous:
            raise NotPossible("Somebody published a release just now. Reload the page to see it.")
        journal.append(
            [_act(release), *(_act_of_file(file) for file in files)], actor=by.pk if by else None, at=at
        )
        transaction.on_commit(partial(signals.released.send_robust, sender=Release, number=release.number))
    return release


def listing_of(release: Release, point: Point) -> Listing:
    """The whole list as this release shows it."""
    on = release.issued_on
    if on is None:
        raise ValueError(f"Release {release} has no date of issue.")
    certificates = shown(on=on, serial=point.serial)
    entries = Entry.objects.as_published(point.serial).with_status(on, serial=point.serial).order_by("number")
    return Listing(
        version=release.number,
        issued_on=on,
        entries=tuple(listed(entry, certificates.get(entry.number, {})) for entry in entries.iterator()),
        history=_history(release),
    )


def listed(entry: Entry, certificates: dict[str, Shown]) -> ListedEntry:
    """One row of the list, from an entry with its `status_on_day` and what carries it."""
    cpa, dlms, zse = (certificates.get(scheme) for scheme in (Scheme.CPA, Scheme.DLMS, Scheme.ZIGBEE))
    return ListedEntry(
        number=entry.number,
        status=entry.status_on_day,  # type: ignore[attr-defined]
        device_type=entry.device_type,
        manufacturer=entry.manufacturer,
        model=entry.model,
        hardware_version=entry.hardware_version,
        hardware_revision=entry.hardware_revision,
        firmware=entry.firmware,
        ts_version=entry.technical_specification,
        gbcs_version=entry.gbcs_version,
        cpa=CpaShown(cpa.identifier, cpa.version, cpa.date)
        if cpa
        else CpaShown(security_characteristics=entry.security_characteristics),
        dlms=CertificateShown(dlms.identifier, dlms.version) if dlms else CertificateShown(),
        zse=CertificateShown(zse.identifier, zse.version) if zse else CertificateShown(),
        image=ImageShown(entry.image_creator, entry.image_hash, entry.image_descriptor),
    )


def _changes(previous: Release | None, serial: int, on: datetime.date) -> Changes:
    since = (previous.serial, previous.issued_on) if previous else None
    return between(since, (serial, on))  # type: ignore[arg-type]


def _release(
    previous: Release | None,
    point: Point,
    by: User | None,
    at: datetime.datetime,
    on: datetime.date,
    words: str,
) -> Release:
    last = Release.objects.aggregate(last=Max("position"))["last"] or 0
    return Release(
        number=next_number(),
        position=last + 1,
        issued_on=on,
        issued_at=at,
        changes=words or _words(previous, point, on),
        serial=point.serial,
        digest=point.digest,
        published_by=by,
    )


def _words(previous: Release | None, point: Point, on: datetime.date) -> str:
    changes = _changes(previous, point.serial, on)
    brought = Release.objects.order_by("position").last()
    if previous is None and brought:
        first = (
            f"From this version on the list is kept in the register. It was brought forward from {brought}."
        )
        return f"{first}\n{changes.as_text()}" if changes else first
    return changes.as_text()


def _history(release: Release) -> tuple[IssuedVersion, ...]:
    earlier = Release.objects.filter(position__lt=release.position).order_by("position")
    return tuple(
        IssuedVersion(issue.number, issue.issued_on, issue.changes)
        for issue in (*earlier, release)
        if issue.issued_on
    )


def _files(release: Release, point: Point) -> list[ReleaseFile]:
    listing = listing_of(release, point)
    contents = {
        "cpl.xlsx": write_workbook(listing, _choices(listing.issued_on)),
        "cpl.csv": write_csv(listing),
        "cpl.json": write_json(listing),
    }
    contents["manifest.json"] = _manifest(release, point, contents)
    contents["manifest.sig"] = signing.sign(contents["manifest.json"])
    return [_file(release, name, content) for name, content in contents.items()]


def _choices(on: datetime.date) -> Choices:
    """What the form in the workbook offers: the tables' names on the day of issue."""
    labels = SpecificationVersion.objects.choices
    documents = SpecificationVersion.Document
    ts = [*labels(documents.CHTS, on), *labels(documents.SMETS, on)]
    return Choices(
        device_types=tuple(sorted(kind.name for kind in DeviceType.objects.choices(on))),
        ts_versions=tuple(version.label for version in ts),
        gbcs_versions=tuple(version.label for version in labels(documents.GBCS, on)),
        security_characteristics=("Not Relevant", *(v.label for v in labels(documents.SECURITY, on))),
        dlms_versions=tuple(version.label for version in labels(documents.CTT, on)),
        zse_versions=tuple(version.label for version in labels(documents.ZSE, on)),
    )


def _manifest(release: Release, point: Point, contents: dict[str, bytes]) -> bytes:
    """What is signed: the release, where the journal stood, and the digest of every file."""
    content = {
        "release": release.number,
        "issued_on": str(release.issued_on),
        "serial": point.serial,
        "digest": point.digest,
        "files": [
            {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in contents.items()
        ],
    }
    return (json.dumps(content, indent=2) + "\n").encode()


def _file(release: Release, name: str, content: bytes) -> ReleaseFile:
    return ReleaseFile(
        release=release,
        name=name,
        media_type=MEDIA_TYPES[name],
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )


def _act(release: Release) -> Act:
    return Act("release.published", release.ledger_subject(), release)


def _act_of_file(file: ReleaseFile) -> Act:
    return Act("release.file", file.ledger_subject(), file)
