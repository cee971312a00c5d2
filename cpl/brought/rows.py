"""The rows that bring a list forward, each with its act; only what the register does not hold already."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

from cpl.brought.certificates import Key, Showing, by_certificate, facts_of, showings
from cpl.brought.obstacles import Obstacle, fixed_values
from cpl.brought.past import Past
from cpl.brought.standing import Standing
from cpl.formats.history import HistoricRemoval
from cpl.formats.listing import ListedEntry, Listing
from cpl.models import (
    REMOVED,
    Certificate,
    CertificateEvent,
    Coverage,
    Entry,
    ListImport,
    Release,
    Removal,
    RemovalGround,
    ReservedNumber,
)
from ledger.journal import Act
from ledger.models import Recorded

NOT_STATED = "not_stated"
NUL = "\x00"


@dataclass
class Rows:
    """The acts that bring `listing` forward in the name of `brought`, in the order of the journal."""

    listing: Listing
    held: Standing
    past: Past
    brought: ListImport
    grounds: dict[str, RemovalGround]
    certificates: dict[Key, Certificate] = field(init=False)
    acts: list[Act] = field(init=False)
    _redated: dict[int, datetime.date] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.certificates = dict(self.held.certificates)
        groups = by_certificate(one for entry in self.listing.entries for one in showings(entry))
        self.acts = [
            *self._reserved(),
            *self._recorded(groups),
            *self._dated(groups),
            *self._listed(),
            *self._issues(),
        ]

    def _reserved(self) -> Iterator[Act]:
        used = {entry.number for entry in self.listing.entries} | self.held.reserved
        for number in sorted(set(range(1, max(used, default=0))) - used):
            row = ReservedNumber(number=number, reason=self._why_dropped(number), brought_by=self.brought)
            yield Act("number.reserved", f"entry {number:06d}", row)

    def _why_dropped(self, number: int) -> str:
        issue = self.listing.version
        removal = self.past.facts.removal_of(number)
        if removal:
            return f"Removed in version {removal.version} and not on the list in version {issue}."
        return f"Used before or left out: it is not on the list in version {issue}."

    def _recorded(self, groups: dict[Key, list[Showing]]) -> Iterator[Act]:
        for (scheme, identifier), group in groups.items():
            if (scheme, identifier) in self.certificates:
                continue
            facts = facts_of(group)
            row = Certificate(
                scheme=scheme,
                identifier=identifier,
                date_kind=facts.kind,
                date=facts.date,
                version=facts.version,
                brought_by=self.brought,
            )
            self.certificates[scheme, identifier] = row
            yield Act("certificate.recorded", f"certificate {row}", row)

    def _dated(self, groups: dict[Key, list[Showing]]) -> Iterator[Act]:
        """A date on which all Current entries now agree, and which is not the certificate's date so far."""
        for key, group in groups.items():
            certificate = self.held.certificates.get(key)
            days = {one.date for one in group if one.status != REMOVED}
            if certificate is None or len(days) != 1 or certificate.date is None:
                continue
            (day,) = days
            if day is not None and day != self.held.dates[certificate.pk]:
                on = self.listing.issued_on
                row = CertificateEvent(
                    certificate=certificate,
                    what=CertificateEvent.What.DATED,
                    on=on,
                    date=day,
                    reference=f"Central Products List, version {self.listing.version}",
                    brought_by=self.brought,
                )
                self._redated[certificate.pk] = day
                yield Act("certificate.dated", f"certificate {certificate}", row)

    def _listed(self) -> Iterator[Act]:
        for entry in self.listing.entries:
            new = entry.number not in self.held.entries
            if new:
                yield Act("entry.brought_forward", f"entry {entry.written_number}", self._entry(entry))
            for showing in showings(entry):
                if not self._stands(showing):
                    yield self._covers(showing, new)
            if entry.status == REMOVED and entry.number not in self.held.removed:
                yield Act("entry.removed", f"entry {entry.written_number}", self._removal(entry))

    def _entry(self, entry: ListedEntry) -> Entry:
        return Entry(
            number=entry.number,
            security_characteristics="" if entry.cpa.identifier else entry.cpa.security_characteristics,
            product_name=self.past.product_name(entry.number)[:200],
            admitted_on=self.past.admitted_on(entry.number),
            brought_by=self.brought,
            **fixed_values(entry),
        )

    def _stands(self, showing: Showing) -> bool:
        """Whether the register shows exactly this, before and after the dates put right above."""
        carried = self.held.shown.get(showing.entry, {}).get(showing.scheme)
        if carried is None or showing.words != (carried.identifier, carried.version, carried.date):
            return False
        return self._redated.get(carried.certificate, carried.date) == carried.date

    def _covers(self, showing: Showing, new: bool) -> Act:
        row = Coverage(
            entry_id=showing.entry,
            certificate=self.certificates[showing.key],
            scheme=showing.scheme,
            identifier_shown=showing.listed,
            version_shown=showing.version,
            date_shown=showing.date,
            covers_from=self.past.covers_from(showing, new=new),
            brought_by=self.brought,
        )
        return Act("certificate.covers", f"entry {showing.entry:06d}", row)

    def _removal(self, entry: ListedEntry) -> Removal:
        told = self.past.removal_of(entry)
        ground = self.grounds[told.ground if told else NOT_STATED]
        row = Removal(entry_id=entry.number, ground=ground, ground_code=ground.code, brought_by=self.brought)
        if told:
            row.reason = _shortened(told.words, 1000)
            row.decided_by = told.decided_by
            row.reference = f"Central Products List, version {told.version}"
            row.decision_date = told.decided_on
            row.effective_date = self.past.effective_on(told)
            row.other_entry_id = self._other(told)
        return row

    def _other(self, told: HistoricRemoval) -> int | None:
        """The one entry that it names, if it is on the list: what replaced 000070 was dropped again."""
        listed = {entry.number for entry in self.listing.entries} - {told.number}
        named = [number for number in (*told.replaced_by, *told.duplicate_of) if number in listed]
        return named[0] if len(named) == 1 else None

    def _issues(self) -> Iterator[Act]:
        for position, issue in enumerate(self.listing.history, 1):
            if issue.number not in self.held.versions:
                row = Release(
                    number=issue.number,
                    position=position,
                    issued_on=issue.date,
                    changes=issue.verbatim,
                    brought_by=self.brought,
                )
                yield Act("release.brought_forward", f"release {issue.number}", row)


def unfit(acts: list[Act]) -> Iterator[Obstacle]:
    """Text that a column cannot hold; SQLite alone would take what is too long."""
    for act in acts:
        if act.row is not None:
            yield from _unfit(act.subject, act.row)


def _unfit(subject: str, row: Recorded) -> Iterator[Obstacle]:
    for column in row._meta.concrete_fields:
        value = getattr(row, column.attname)
        if isinstance(value, str) and NUL in value:
            yield Obstacle(subject, column.attname, repr(value[:80]), "", "This text holds a NUL character.")
        elif isinstance(value, str) and column.max_length and len(value) > column.max_length:
            message = f"This is {len(value)} characters long; {column.max_length} are kept."
            yield Obstacle(subject, column.attname, value[:80], "", message)


def _shortened(words: str, length: int) -> str:
    return words if len(words) <= length else f"{words[: length - 1]}…"
