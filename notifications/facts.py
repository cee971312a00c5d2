"""What the register holds that notices are about. A fixed number of queries, however long the list."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cpl.models import CertificateEvent, Coverage, DateKind, Entry, Shown, shown
from notifications.audiences import Directory
from notifications.due import Carried, Obligation, reached
from notifications.models import Notice

LONDON = ZoneInfo("Europe/London")
What = CertificateEvent.What


@dataclass(frozen=True)
class Nearing:
    """A Current SMETS2+ entry, and a certificate that carries it and has reached a milestone.

    `since` and `brought` are as in `notifications.due.Carried`.
    """

    entry: Entry
    shown: Shown
    date: datetime.date
    since: datetime.date
    brought: bool

    @property
    def key(self) -> tuple[int, int, datetime.date]:
        return self.entry.number, self.shown.certificate, self.date

    def carried(self, directory: Directory) -> Carried:
        return Carried(*self.key, self.since, self.brought, directory.of(self.entry))


@dataclass(frozen=True)
class Candidate:
    """An entry that may be removed, and why. A person decides; nothing is removed by a clock."""

    entry: int
    certificate: str
    date: datetime.date | None
    why: str


def nearing(on: datetime.date) -> list[Nearing]:
    """By entry number, what has reached a milestone that day. Six queries.

    A withdrawn or cancelled certificate will not expire any more: its entries are candidates for removal.
    """
    ended = _ended(on)
    rows = [
        (row, row.date)
        for row in _shown(on)
        if row.date and row.certificate not in ended and reached(row.date, on)
    ]
    entries = _entries({row.entry for row, _ in rows}, on)
    since = _since([row for row, _ in rows], on)
    return [
        Nearing(entries[row.entry], row, date, *since[row.serial])
        for row, date in rows
        if row.entry in entries
    ]


def told(on: datetime.date) -> set[Obligation]:
    """What has been dealt with, for certificates whose date is still ahead. One query."""
    rows = Notice.objects.filter(date__gte=on).select_related("recipient")
    return {
        Obligation(row.entry_id, row.certificate_id, row.date, row.milestone, row.recipient.to)
        for row in rows.iterator(chunk_size=5000)
    }


def candidates(on: datetime.date) -> list[Candidate]:
    """Current entries whose certificate is past its date, or was withdrawn or cancelled. Four queries."""
    ended = _ended(on)
    rows = [row for row in _shown(on) if row.certificate in ended or (row.date and row.date < on)]
    entries = _entries({row.entry for row in rows}, on)
    return [
        Candidate(row.entry, row.identifier, row.date, ended.get(row.certificate) or _past(row))
        for row in rows
        if row.entry in entries
    ]


def _shown(on: datetime.date) -> list[Shown]:
    certificates = shown(on=on)
    return [row for number in sorted(certificates) for row in certificates[number].values()]


def _ended(on: datetime.date) -> dict[int, str]:
    """The certificates that were withdrawn or cancelled by that day, and which of the two."""
    events = CertificateEvent.objects.filter(what__in=[What.WITHDRAWN, What.CANCELLED], on__lte=on)
    return {event.certificate_id: event.what for event in events.order_by("pk")}


def _past(row: Shown) -> str:
    return "past its renewal date" if row.date_kind == DateKind.RENEWS else "expired"


def _entries(numbers: Collection[int], on: datetime.date) -> dict[int, Entry]:
    """Those that are Current and SMETS2+ on that day."""
    rows = Entry.objects.current(on).filter(number__in=numbers).select_related("submission")
    return {entry.number: entry for entry in rows if not entry.is_smets1}


def _since(rows: Collection[Shown], on: datetime.date) -> dict[int, tuple[datetime.date, bool]]:
    """By the coverage's key: since when that entry, certificate and date belong together, and if brought."""
    coverage = Coverage.objects.filter(pk__in=[row.serial for row in rows])
    columns = ("pk", "record__at", "brought_by__issued_on")
    result = {
        pk: _day(at, covers_from, issued_on)
        for pk, at, issued_on, covers_from in coverage.values_list(*columns, "covers_from")
    }
    dated = CertificateEvent.objects.filter(
        what=What.DATED, on__lte=on, certificate__in={row.certificate for row in rows}
    )
    events = {
        certificate: (pk, _day(at, day, issued_on))
        for pk, at, issued_on, day, certificate in dated.order_by("pk").values_list(
            *columns, "on", "certificate"
        )
    }
    for row in rows:
        serial, since = events.get(row.certificate, (0, None))
        if since and serial > row.serial:
            result[row.serial] = since
    return result


def _day(
    at: datetime.datetime, legal: datetime.date, issued_on: datetime.date | None
) -> tuple[datetime.date, bool]:
    """What came with a list counts from its issue; what is ours from when it held and we knew it."""
    return (issued_on, True) if issued_on else (max(legal, at.astimezone(LONDON).date()), False)
