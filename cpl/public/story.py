"""What happened to an entry, as far as it is public: each act with its journal serial and the release."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from applicability.openness import say
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
from cpl.published import Published


@dataclass(frozen=True)
class Happening:
    """One act. `release` is the first release in which it stands, or the issue it was brought from."""

    serial: int
    at: datetime
    words: str
    release: str


def story(entry: Entry, known: Published) -> list[Happening]:
    """Oldest first. Nobody is named. Six queries."""
    told = [(row, words) for rows in _rows(entry, known) for row, words in rows]
    published = (
        Release.objects.filter(serial__isnull=False).order_by("serial").values_list("serial", "number")
    )
    releases = [(serial, number) for serial, number in published if serial is not None]
    happenings = [_happening(row, words, releases) for row, words in told]
    return sorted(happenings, key=lambda happening: happening.serial)


def _happening(row: Decided, words: str, releases: list[tuple[int, str]]) -> Happening:
    serial = row.record_id
    place = bisect_left(releases, (serial, ""))
    release = releases[place][1] if place < len(releases) else ""
    if row.brought_by:
        release = row.brought_by.version
    return Happening(serial, row.record.at, words, release)


def _rows(entry: Entry, known: Published) -> Iterator[Iterator[tuple[Decided, str]]]:
    yield iter([(entry, _admitted(entry))])
    together = ("record", "brought_by")
    coverage = known.rows(Coverage.objects.filter(entry=entry)).select_related(*together)
    yield ((row, _covered(row)) for row in coverage)
    events = CertificateEvent.objects.filter(certificate__coverage__entry=entry).distinct()
    events = known.rows(events).select_related(*together, "certificate", "successor")
    yield ((row, _event(row)) for row in events)
    paths = known.rows(UpgradePath.objects.filter(target=entry)).select_related(*together)
    yield ((row, _path(row)) for row in paths)
    information = known.rows(FirmwareInformation.objects.filter(entry=entry)).select_related(*together)
    yield ((row, f"Firmware information given by {row.company}.") for row in information)
    removals = known.rows(Removal.objects.filter(entry=entry)).select_related(*together, "ground")
    yield ((row, _removed(row)) for row in removals)


def _admitted(entry: Entry) -> str:
    since = f" It had been listed on {say(entry.admitted_on)}." if entry.admitted_on else ""
    if entry.brought_by:
        issued = say(entry.brought_by.issued_on)
        return f"Brought forward from version {entry.brought_by.version} of the list, issued {issued}.{since}"
    replaces = f", in place of entry {entry.replaces_id:06d}" if entry.replaces_id else ""
    return f"Admitted to the list{replaces}."


def _covered(row: Coverage) -> str:
    date = f", with the date {say(row.date_shown)}" if row.date_shown else ""
    return f"Carried by {row.scheme} certificate {row.identifier_shown}{date}, from {say(row.covers_from)}."


def _event(row: CertificateEvent) -> str:
    certificate = f"{row.certificate.scheme} certificate {row.certificate.identifier}"
    on = say(row.on)
    if row.what == CertificateEvent.What.DATED:
        return f"{certificate} now has the date {say(row.date) if row.date else 'none'}, as of {on}."
    if row.what == CertificateEvent.What.REPLACED:
        return f"{certificate} was replaced by {row.successor and row.successor.identifier} on {on}."
    return f"{certificate} was {row.get_what_display().lower()} on {on}."


def _path(row: UpgradePath) -> str:
    if row.source_id is None:
        return "The submitter stated that no devices can be upgraded to this firmware."
    return f"The submitter stated that devices of entry {row.source_id:06d} can be upgraded to this firmware."


def _removed(row: Removal) -> str:
    if row.effective_date is None:
        return f"Removed, on a day that is not stated. Ground: {row.ground.words}."
    return f"Removed with effect from {say(row.effective_date)}. Ground: {row.ground.words}."
