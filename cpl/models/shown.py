"""Which certificate carries an entry on a day, in the words that the list shows."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import OuterRef, QuerySet

from cpl.models.certificates import CertificateEvent
from cpl.models.entries import Coverage
from cpl.prefixes import UNDATED, split_prefix


@dataclass(frozen=True)
class Shown:
    """The latest coverage of an entry under one scheme, with the certificate's date as it stands."""

    entry: int
    scheme: str
    certificate: int
    identifier: str
    version: str
    date: datetime.date | None
    date_kind: str
    covers_from: datetime.date
    serial: int


def shown(
    entries: Iterable[int] | None = None, *, on: datetime.date, serial: int | None = None
) -> dict[int, dict[str, Shown]]:
    """By entry number and scheme, what carried each entry `on` a day. Two queries, however many entries.

    `entries` narrows it to some numbers (none given: all); `serial` to what stood in the journal by then.
    """
    rows = Coverage.objects.filter(covers_from__lte=on).select_related("certificate").order_by("pk")
    events = CertificateEvent.objects.filter(what=CertificateEvent.What.DATED, on__lte=on).order_by("pk")
    if entries is not None:
        numbers = list(entries)
        rows = rows.filter(entry__in=numbers)
        events = events.filter(certificate__coverage__entry__in=numbers).distinct()
    if serial is not None:
        rows, events = rows.filter(pk__lte=serial), events.filter(pk__lte=serial)
    dated = {event.certificate_id: event for event in events}
    result: dict[int, dict[str, Shown]] = {}
    for row in rows.iterator(chunk_size=5000):
        result.setdefault(row.entry_id, {})[row.scheme] = _as_dated(_shown(row), dated)
    return result


def in_its_place(on: datetime.date) -> QuerySet[Coverage]:
    """For a subquery on coverage: what carries the same entry under the same scheme in the row's place."""
    return Coverage.objects.filter(
        entry=OuterRef("entry"), scheme=OuterRef("scheme"), pk__gt=OuterRef("pk"), covers_from__lte=on
    )


def _shown(row: Coverage) -> Shown:
    kind, _ = split_prefix(row.identifier_shown)
    return Shown(
        row.entry_id,
        row.scheme,
        row.certificate_id,
        row.identifier_shown,
        row.version_shown,
        row.date_shown,
        row.certificate.date_kind if kind == UNDATED else kind,
        row.covers_from,
        row.pk,
    )


def _as_dated(row: Shown, dated: dict[int, CertificateEvent]) -> Shown:
    """A date extended or put right after the coverage was written takes the place of the date in it."""
    event = dated.get(row.certificate)
    return replace(row, date=event.date) if event and event.pk > row.serial else row
