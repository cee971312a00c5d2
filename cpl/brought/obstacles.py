"""What stands in the way of bringing a list forward: rows never change, and the register's own word counts.

A later edition may add entries, removals, certificates and versions. Whatever else it says otherwise than
the register does cannot be brought forward: it is named here, by entry and field.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from textwrap import shorten

from cpl import fields as f
from cpl.brought.certificates import showings
from cpl.brought.standing import Standing
from cpl.fields import Field
from cpl.formats.listing import CertificateShown, ListedEntry, Listing
from cpl.models import REMOVED, Entry, Scheme

# Which column of the list stands in which column of an entry.
FIXED: dict[str, Field] = {
    "device_type": f.DEVICE_TYPE,
    "manufacturer": f.MANUFACTURER,
    "model": f.MODEL,
    "hardware_version": f.HARDWARE_VERSION,
    "hardware_revision": f.HARDWARE_REVISION,
    "firmware": f.FIRMWARE,
    "technical_specification": f.TS_VERSION,
    "gbcs_version": f.GBCS_VERSION,
    "image_creator": f.IMAGE_CREATOR,
    "image_hash": f.IMAGE_HASH,
    "image_descriptor": f.IMAGE_DESCRIPTOR,
}
IDENTIFIERS = {Scheme.CPA: f.CPA_ID, Scheme.DLMS: f.DLMS_ID, Scheme.ZIGBEE: f.ZSE_ID}


@dataclass(frozen=True)
class Obstacle:
    """One thing that the file says and that cannot be brought forward; `subject` such as `entry 000012`."""

    subject: str
    field: str
    found: str
    registered: str
    message: str

    def __str__(self) -> str:
        field = f" ({self.field})" if self.field else ""
        says = f" The file says {self.found or 'nothing'}; the register says {self.registered or 'nothing'}."
        return f"{self.subject}{field}: {self.message}{says if self.found or self.registered else ''}"


def fixed_values(entry: ListedEntry) -> dict[str, str]:
    """What an entry's own columns are to hold, by their names."""
    return {
        "device_type": entry.device_type,
        "manufacturer": entry.manufacturer,
        "model": entry.model,
        "hardware_version": entry.hardware_version,
        "hardware_revision": entry.hardware_revision,
        "firmware": entry.firmware,
        "technical_specification": entry.ts_version,
        "gbcs_version": entry.gbcs_version,
        "image_creator": entry.image.creator,
        "image_hash": entry.image.hash,
        "image_descriptor": entry.image.descriptor,
    }


def obstacles(listing: Listing, held: Standing) -> Iterator[Obstacle]:
    """All of them, in the order in which a person would look; none if the list can be brought forward."""
    if held.first_release:
        message = f"Release {held.first_release} has been published: since then the list is kept here."
        yield Obstacle(f"version {listing.version}", "", "", "", message)
        return
    out_of_turn = list(_issues(listing, held))
    yield from out_of_turn
    if out_of_turn:
        # Compared with another list than the one that was continued, everything would differ.
        return
    yield from _numbers(listing, held)
    for entry in listing.entries:
        yield from _incomplete(entry)
        if entry.number in held.entries and entry.number not in held.our_entries:
            yield from _entry(entry, held.entries[entry.number], held)


def _issues(listing: Listing, held: Standing) -> Iterator[Obstacle]:
    """The history must go on from what was brought forward: nothing left out, nothing said otherwise."""
    numbers = [issue.number for issue in listing.history]
    if held.last and held.last.version not in numbers:
        older = listing.version in held.versions
        message = "This is an older edition." if older else "This edition does not continue the one held."
        yield Obstacle(f"version {listing.version}", "Version", listing.version, held.last.version, message)
        return
    for issue, found in zip(held.issues, listing.history, strict=False):
        if (issue.number, issue.issued_on) != (found.number, found.date):
            subject, field = f"version {issue.number}", "Version Number, Date Of Issue"
            told, registered = f"{found.number} of {found.date}", f"{issue.number} of {issue.issued_on}"
            yield Obstacle(subject, field, told, registered, "An issued version has changed.")
        elif (told := found.text) != (kept := replace(found, verbatim=issue.changes).text):
            # Read as text: how a cell breaks its lines may differ from file to file.
            message = "The text of an issued version has changed."
            subject, field = f"version {issue.number}", "Changes incorporated"
            yield Obstacle(subject, field, shorten(told, 200), shorten(kept, 200), message)


def _numbers(listing: Listing, held: Standing) -> Iterator[Obstacle]:
    """Numbers are used once: ours are ours, dropped ones stay dropped, listed ones stay listed."""
    listed = {entry.number for entry in listing.entries}
    highest = max(listed, default=0)
    for number in sorted(n for n in held.our_entries if n <= highest):
        message = "This number was given by this register" + (
            "; the file's edition has gone past it."
            if held.last
            else " before any list was brought forward. Bring the list into a register without entries."
        )
        yield Obstacle(f"entry {number:06d}", f.ENTRY_NUMBER.name, "", "", message)
    for number in sorted(held.reserved & listed):
        message = "This number was used and dropped before; it cannot come back."
        yield Obstacle(f"entry {number:06d}", f.ENTRY_NUMBER.name, "", "", message)
    for number in sorted(set(held.entries) - held.our_entries - listed):
        message = "The register has this entry, the file has not. An entry may be Removed, never left out."
        yield Obstacle(f"entry {number:06d}", f.ENTRY_NUMBER.name, "", "", message)


def _entry(found: ListedEntry, entry: Entry, held: Standing) -> Iterator[Obstacle]:
    subject = f"entry {entry}"
    for column, value in fixed_values(found).items():
        if value != getattr(entry, column):
            message = "An entry's own fields never change; a correction is a new entry that replaces it."
            yield Obstacle(subject, FIXED[column].name, value, getattr(entry, column), message)
    if not found.cpa.identifier and found.cpa.security_characteristics != entry.security_characteristics:
        message = "An entry without a CPA certificate keeps what it says of Security Characteristics."
        told, registered = found.cpa.security_characteristics, entry.security_characteristics
        yield Obstacle(subject, f.CPA_SECURITY.name, told, registered, message)
    yield from _status(subject, found, held)
    yield from _certificates(subject, found, held)


def _status(subject: str, found: ListedEntry, held: Standing) -> Iterator[Obstacle]:
    if found.number in held.removed and found.status != REMOVED:
        ours = found.number in held.our_removals
        message = (
            "The entry was removed in this register."
            if ours
            else "A removal cannot be undone; the same device may be entered again."
        )
        yield Obstacle(subject, f.ENTRY_STATUS.name, found.status, REMOVED, message)


def _certificates(subject: str, found: ListedEntry, held: Standing) -> Iterator[Obstacle]:
    now = {one.scheme: one for one in showings(found)}
    for scheme, carried in held.shown.get(found.number, {}).items():
        one, field = now.get(scheme), IDENTIFIERS[Scheme(scheme)].name
        if one is None:
            message = "A certificate that carried an entry may be followed by another, not by none."
            yield Obstacle(subject, field, "", carried.identifier, message)
        elif one.words != (carried.identifier, carried.version, carried.date) and (
            (found.number, scheme) in held.our_coverage or carried.certificate in held.our_events
        ):
            message = "What carries this entry was decided in this register."
            yield Obstacle(subject, field, one.listed, carried.identifier, message)


def _incomplete(found: ListedEntry) -> Iterator[Obstacle]:
    """Facts of a certificate that is not named would have nowhere to stand."""
    subject = f"entry {found.written_number}"
    message = "The entry shows this and names no certificate."
    if found.cpa.date and not found.cpa.identifier:
        yield Obstacle(subject, f.CPA_DATE.name, str(found.cpa.date), "", message)
    loose: tuple[tuple[Field, CertificateShown], ...] = (
        (f.DLMS_VERSION, found.dlms),
        (f.ZSE_VERSION, found.zse),
    )
    for field, shown in loose:
        if shown.version and not shown.identifier:
            yield Obstacle(subject, field.name, shown.version, "", message)
