"""Whom a notice would reach today, and at which addresses; and what an edit of the audiences would change."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from cpl.candidates import carrying
from cpl.models import Certificate, Contact, Entry, Party
from notifications import audiences, envelopes
from notifications.audiences import Directory
from notifications.due import To
from notifications.models import Audience, Recipient

# So many entries of a certificate are looked at: a few hundred is the most that one ever carried.
MOST = 5000


@dataclass(frozen=True)
class Reached:
    """A recipient, by which rows of the table, and its addresses; `stands_in`: they are not its own."""

    to: To
    name: str
    because: tuple[str, ...]
    addresses: tuple[str, ...]
    stands_in: bool = False


@dataclass(frozen=True)
class Edit:
    """A change of the table that is only tried: rows left out, and one that is added."""

    without: frozenset[int] = frozenset()
    added: Audience | None = None

    def of(self, rows: Iterable[Audience]) -> list[Audience]:
        kept = [row for row in rows if row.pk not in self.without]
        return [*kept, self.added] if self.added else kept

    def __bool__(self) -> bool:
        return bool(self.without or self.added)


def entries_of(certificate: Certificate, on: datetime.date) -> QuerySet[Entry]:
    """The Current SMETS2+ entries that it carries on a day."""
    numbers = carrying(on).filter(certificate=certificate).values("entry")
    return Entry.objects.filter(number__in=numbers).select_related("submission").order_by("number")[:MOST]


def reached(
    kind: str,
    entries: Sequence[Entry],
    on: datetime.date,
    edit: Edit = Edit(),
) -> list[Reached]:
    """By name. A notice of a release is about no entry; all others concern somebody through one."""
    rows = edit.of(audiences.rows(kind))
    because: dict[To, list[str]] = {}
    for row in rows:
        directory = Directory([row], on)
        found = (
            directory.everybody()
            if kind == Audience.Kind.RELEASE
            else {to for entry in entries for to in directory.of(entry)}
        )
        for to in found:
            because.setdefault(to, []).append(_words(row))
    found_ones = (_reached(to, tuple(why)) for to, why in because.items())
    return sorted(found_ones, key=lambda one: (one.name, one.to))


def unreachable() -> QuerySet[Party]:
    """Active Parties without any address: what they are owed goes to the stand-in."""
    return Party.objects.filter(active=True, contacts__isnull=True).order_by("name")


def _words(row: Audience) -> str:
    acts = f", for device types on which {row.get_acts_display()} acts" if row.acts else ""
    return f"{row.get_who_display()}{acts}"


def _reached(to: To, because: tuple[str, ...]) -> Reached:
    recipient = Recipient.of(to)
    where = envelopes.where(recipient, Contact.Purpose.NOTICES)
    return Reached(to, recipient.addressed, because, tuple(where.addresses), where.stands_in)
