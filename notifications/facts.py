"""What the register holds that notices are about, streamed from the database.

A fixed number of statements, and memory for what is owed, however long the list.
"""

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Case, Exists, F, IntegerField, OuterRef, QuerySet, Value, When
from django.db.models import Subquery as Sub
from django.db.models.fields.json import KeyTextTransform

from cpl import fields
from cpl.ending import ending
from cpl.models import Candidate, CertificateEvent, Coverage, DateKind, Entry, Shown
from cpl.prefixes import UNDATED, split_prefix
from notifications.audiences import Directory
from notifications.due import Carried, To
from notifications.models import Notice

LONDON = ZoneInfo("Europe/London")
# Rows that are fetched from the database at a time.
CHUNK = 5000
# Entries that are looked up in one statement.
BLOCK = 1000
# What a letter says of an entry.
NAMED = (
    "number", "device_type", "manufacturer", "model", "hardware_version", "hardware_revision", "firmware",
    "product_name",
)  # fmt: skip
# By entry, certificate and date.
Key = tuple[int, int, datetime.date]


@dataclass(frozen=True)
class Nearing:
    """A Current SMETS2+ entry, and a certificate that carries it and has reached a milestone.

    Of the entry only what is `NAMED` is at hand; there are as many of these as a run has to tell.
    `since` and `brought` are as in `notifications.due.Carried`.
    """

    entry: Entry
    shown: Shown
    date: datetime.date
    since: datetime.date
    brought: bool

    @property
    def key(self) -> Key:
        return self.entry.number, self.shown.certificate, self.date


@dataclass(frozen=True, slots=True)
class Found:
    """A fact, and the key of the coverage that it rests on."""

    coverage: int
    fact: Carried


@dataclass(frozen=True, slots=True)
class Told:
    """A milestone of a fact that one recipient was told, or that was written down as not sent."""

    key: Key
    milestone: int
    to: To


def carried(
    on: datetime.date, directory: Directory, last_dates: dict[int, datetime.date], *, fresh: bool = False
) -> Iterator[Found]:
    """By entry and certificate, what has reached a milestone that day. One statement.

    `last_dates` are those of `notifications.due`. `fresh` leaves out what somebody was told of at its
    nearest milestone. A withdrawn or cancelled certificate will not expire any more: its entries are
    candidates for removal.
    """
    rows = _carried(on, last_dates)
    if fresh:
        rows = rows.exclude(Exists(_dealt_with(OuterRef("ends_on"))))
    event = CertificateEvent.objects.filter(pk=OuterRef("redated"))
    columns = rows.order_by("entry_id", "certificate_id", "pk").values_list(
        *("pk", "entry_id", "certificate_id", "ends_on", "redated"),
        *("record__at", "covers_from", "brought_by__issued_on"),
        *(Sub(event.values(name)[:1]) for name in ("record__at", "on", "brought_by__issued_on")),
        *("entry__device_type", "entry__manufacturer", "entry__submission__party_id"),
        KeyTextTransform(fields.CONTACT_EMAIL.name, "entry__submission__answers"),
    )
    for pk, entry, certificate, date, redated, *rest in columns.iterator(chunk_size=CHUNK):
        at, legal, issued_on = rest[3:6] if redated else rest[:3]
        device_type, manufacturer, party, contacts = rest[6:]
        recipients = directory.concerned(device_type, manufacturer, party, contacts or "")
        since, brought, held = _since(at, legal, issued_on)
        yield Found(pk, Carried(entry, certificate, date, since, brought, recipients, held))


def told(on: datetime.date, last_dates: dict[int, datetime.date], *, fresh: bool = False) -> Iterator[Told]:
    """In the same order, what has been dealt with of certificates within their window. One statement.

    With `fresh`, only of what nobody was told of yet at its nearest milestone.
    """
    rows = Notice.objects.filter(date__range=(on, max(last_dates.values())))
    if fresh:
        rows = rows.annotate(nearest=_nearest("date", last_dates)).exclude(milestone=F("nearest"))
        rows = rows.exclude(Exists(_dealt_with(OuterRef("date"))))
    columns = rows.order_by("entry_id", "certificate_id").values_list(
        *("entry_id", "certificate_id", "date", "milestone", "recipient__kind"),
        *("recipient__party_id", "recipient__user_id", "recipient__email"),
    )
    for entry, certificate, date, milestone, kind, party, user, email in columns.iterator(chunk_size=CHUNK):
        yield Told((entry, certificate, date), milestone, To(kind, str(party or user or email or "")))


def nearing(found: Collection[Found]) -> dict[Key, Nearing]:
    """The entries and certificates behind facts. A statement for each thousand."""
    by_coverage = {one.coverage: one.fact for one in found}
    keys, result = sorted(by_coverage), {}
    for start in range(0, len(keys), BLOCK):
        rows = Coverage.objects.filter(pk__in=keys[start : start + BLOCK])
        rows = rows.select_related("entry", "certificate")
        shown = ("scheme", "identifier_shown", "version_shown", "covers_from", "certificate__date_kind")
        for row in rows.only(*shown, *(f"entry__{name}" for name in NAMED)):
            fact = by_coverage[row.pk]
            one = Nearing(row.entry, _shown(row, fact.date), fact.date, fact.since, fact.brought)
            result[one.key] = one
    return result


def _carried(on: datetime.date, last_dates: dict[int, datetime.date]) -> QuerySet[Candidate]:
    rows = ending(on, max(last_dates.values()), leaving=True)
    return rows.annotate(nearest=_nearest("ends_on", last_dates))


def _nearest(date: str, last_dates: dict[int, datetime.date]) -> Case:
    """The nearest milestone that a date has reached, in months."""
    by_months = sorted(last_dates.items())
    return Case(
        *(When(**{f"{date}__lte": last}, then=Value(months)) for months, last in by_months),
        output_field=IntegerField(),
    )


def _dealt_with(date: OuterRef) -> QuerySet[Notice]:
    """For a subquery: the notices of the same entry, certificate and date at its nearest milestone."""
    return Notice.objects.filter(
        entry=OuterRef("entry"), certificate=OuterRef("certificate"), date=date, milestone=OuterRef("nearest")
    )


def _shown(row: Coverage, date: datetime.date) -> Shown:
    kind, _ = split_prefix(row.identifier_shown)
    return Shown(
        row.entry_id,
        row.scheme,
        row.certificate_id,
        row.identifier_shown,
        row.version_shown,
        date,
        row.certificate.date_kind if kind == UNDATED else DateKind(kind),
        row.covers_from,
        row.pk,
    )


def _since(
    at: datetime.datetime, legal: datetime.date, issued_on: datetime.date | None
) -> tuple[datetime.date, bool, datetime.date | None]:
    """What came with a list counts from its issue, and is held since the import; what is ours counts from
    when it held and we knew it."""
    known = at.astimezone(LONDON).date()
    return (issued_on, True, known) if issued_on else (max(legal, known), False, None)
