"""Entries, certificates, editions, Parties, accounts as they were on a past day; what the list showed then.

Two things are told apart: how it was on that day by what is recorded today, and what the list in force on
that day showed. Where nobody knows, it says so: what came with the list before this register speaks of the
day of its issue, and of earlier days only where the version history names the entry.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, Model, Q, QuerySet

from applicability.models import Edition
from applicability.openness import say
from cpl.models import (
    CURRENT,
    REMOVED,
    Certificate,
    CertificateEvent,
    Coverage,
    DateKind,
    Entry,
    FirmwareInformation,
    ListImport,
    ManufacturerIdentifier,
    Membership,
    Party,
    Release,
    Removal,
    Shown,
    UpgradePath,
    shown,
)
from cpl.models.decided import Decided
from cpl.models.entries import NOT_KNOWN, NOT_LISTED, effective_by
from cpl.models.shown import in_its_place

LONDON = ZoneInfo("Europe/London")
What = CertificateEvent.What
ENDS = (What.WITHDRAWN, What.CANCELLED)


@dataclass(frozen=True)
class Status:
    """A status on a day, and in words why it was that; `name` is as the list writes it."""

    name: str
    because: str


@dataclass(frozen=True)
class CarriedThen:
    """What carried an entry, and how the certificate stood on the day."""

    shown: Shown
    ended: CertificateEvent | None
    past: bool


@dataclass(frozen=True)
class ListedThen:
    """What the list in force on the day showed of an entry; no `issue`: there was no list that we know."""

    issue: Release | None
    status: str
    carried: tuple[Shown, ...]
    words: str


@dataclass(frozen=True)
class EntryThen:
    """An entry on a day. Where `carried` is empty, `carried_known` tells none from not known."""

    on: datetime.date
    status: Status
    removal: Removal | None
    carried: tuple[CarriedThen, ...]
    carried_known: bool
    information: FirmwareInformation | None
    paths: tuple[UpgradePath, ...]
    listed: ListedThen


@dataclass(frozen=True)
class CertificateThen:
    """A certificate on a day; `events` are those up to it, `carried` the coverage of Current entries."""

    on: datetime.date
    status: Status
    date: datetime.date | None
    events: tuple[CertificateEvent, ...]
    carried: QuerySet[Coverage]


@dataclass(frozen=True)
class PartyThen:
    """An organisation as its history has it; `row` is None on days before it was entered."""

    on: datetime.date
    row: Any
    known_from: datetime.date | None
    identifiers: tuple[Any, ...]
    members: tuple[str, ...]


@dataclass(frozen=True)
class AccountThen:
    """An account as its history has it, with the names of its roles; `row` is None before it was known."""

    on: datetime.date
    row: Any
    known_from: datetime.date | None
    roles: tuple[str, ...]
    permissions: tuple[str, ...]


@dataclass(frozen=True)
class EditionThen:
    """An edition on a day, and the one of its series that was in force."""

    on: datetime.date
    status: Status
    in_force: Edition | None


def end_of(on: datetime.date) -> datetime.datetime:
    """The first instant after that day in London."""
    return datetime.datetime.combine(on + datetime.timedelta(days=1), datetime.time(), LONDON)


# Entries ------------------------------------------------------------


def entry_on(entry: Entry, on: datetime.date) -> EntryThen:
    """A dozen queries. The entry wants its `record`, `brought_by` and `removal` fetched with it."""
    removal: Removal | None = getattr(entry, "removal", None)
    carried = tuple(_carried(entry, on))
    return EntryThen(
        on=on,
        status=_status_of_entry(entry, removal, on),
        removal=removal if removal and (decided_by(removal) or datetime.date.max) <= on else None,
        carried=carried,
        carried_known=bool(carried) or _is_known(entry, on),
        information=_known_then(FirmwareInformation.objects.filter(entry=entry), on).last(),
        paths=tuple(_paths(entry, on)),
        listed=_listed(entry, on),
    )


def decided_by(removal: Removal) -> datetime.date | None:
    """The first day on which a removal is known of: its decision, or the issue of the list that tells it."""
    if removal.decision_date:
        return removal.decision_date
    return removal.brought_by.issued_on if removal.brought_by else removal.effective_date


def _status_of_entry(entry: Entry, removal: Removal | None, on: datetime.date) -> Status:
    first = entry.admitted_on or (None if entry.brought_by else recorded_on(entry))
    if first and first > on:
        return Status(NOT_LISTED, f"It is on the list since {say(first)}.")
    if removal and removal.effective_date and removal.effective_date <= on:
        return Status(
            REMOVED,
            f"With effect from {say(removal.effective_date)}: {removal.ground.words}.{_told(removal, on)}",
        )
    issued = entry.brought_by.issued_on if entry.brought_by else None
    if removal and removal.effective_date is None and removal.brought_by:
        told = removal.brought_by.issued_on
        if on >= told:
            return Status(REMOVED, f"On a day that is not stated, up to {say(told)}.")
        return Status(NOT_KNOWN, f"It was removed by {say(told)}; on which day is not stated.")
    if first is None and issued and on < issued:
        return Status(NOT_KNOWN, f"The list of {say(issued)} has it; since when is not stated.")
    since = f"Since {say(first)}." if first else f"The list of {say(issued)} has it." if issued else ""
    return Status(CURRENT, since)


def _told(row: Decided, on: datetime.date) -> str:
    """A word where the register came to know it only later."""
    recorded = recorded_on(row)
    return "" if row.brought_by or recorded <= on else f" This was recorded on {say(recorded)} only."


def recorded_on(row: Decided) -> datetime.date:
    """The day in London on which the row was journalled."""
    return row.record.at.astimezone(LONDON).date()


def _carried(entry: Entry, on: datetime.date) -> Iterable[CarriedThen]:
    rows = shown([entry.number], on=on).get(entry.number, {})
    ends = CertificateEvent.objects.filter(
        certificate__in=[row.certificate for row in rows.values()], what__in=ENDS, on__lte=on
    )
    ended = {event.certificate_id: event for event in ends.order_by("pk")}
    for _, row in sorted(rows.items()):
        yield CarriedThen(row, ended.get(row.certificate), bool(row.date and row.date < on))


def _is_known(entry: Entry, on: datetime.date) -> bool:
    """Whether "no certificate" is an answer for that day: nothing came with a list of a later day."""
    first = Coverage.objects.filter(entry=entry, brought_by__isnull=False).order_by("covers_from").first()
    return first is None or first.covers_from <= on


def _known_then(rows: QuerySet[Any], on: datetime.date) -> QuerySet[Any]:
    """Rows that have no day of their own count from when they were recorded, or from the list's issue."""
    ours = Q(brought_by__isnull=True, record__at__lt=end_of(on))
    return rows.filter(ours | Q(brought_by__issued_on__lte=on)).order_by("pk")


def _paths(entry: Entry, on: datetime.date) -> list[UpgradePath]:
    """What the latest statement up to the day says."""
    rows = list(_known_then(UpgradePath.objects.filter(target=entry).select_related("source"), on))
    return [row for row in rows if row.submission_id == rows[-1].submission_id]


def _listed(entry: Entry, on: datetime.date) -> ListedThen:
    issues = Release.objects.filter(issued_on__lte=on).select_related("brought_by").order_by("position")
    issue = issues.last()
    if issue is None or issue.issued_on is None:
        return ListedThen(None, NOT_KNOWN, (), "No list of that day is known here.")
    if issue.serial is None:
        return _listed_before(entry, issue, issue.issued_on)
    row = Entry.objects.as_published(issue.serial).with_status(issue.issued_on, serial=issue.serial)
    found = row.filter(pk=entry.pk).first()
    if found is None:
        return ListedThen(issue, NOT_LISTED, (), "It was not on that list.")
    carried = shown([entry.pk], on=issue.issued_on, serial=issue.serial).get(entry.pk, {})
    status = found.status_on_day  # type: ignore[attr-defined]
    return ListedThen(issue, status, _in_order(carried), "")


def _listed_before(entry: Entry, issue: Release, issued_on: datetime.date) -> ListedThen:
    """An issue from before this register: what it showed is held for those that were brought forward."""
    if entry.brought_by is None:
        return ListedThen(issue, NOT_LISTED, (), "It was not on that list.")
    brought = ListImport.objects.filter(version=issue.number).first()
    if brought is None or brought.pk < entry.brought_by.pk:
        words = "What that issue showed is not held here, but for the changes that it tells."
        return ListedThen(issue, NOT_KNOWN, (), words)
    gone = Removal.objects.filter(effective_by(issued_on), entry=entry, brought_by__lte=brought.pk).exists()
    rows = Coverage.objects.filter(brought_by__lte=brought.pk).order_by("pk")
    last = rows.values_list("pk", flat=True).last() or 0
    carried = shown([entry.pk], on=issued_on, serial=last).get(entry.pk, {})
    return ListedThen(issue, REMOVED if gone else CURRENT, _in_order(carried), "")


def _in_order(carried: dict[str, Shown]) -> tuple[Shown, ...]:
    return tuple(row for _, row in sorted(carried.items()))


# Certificates ------------------------------------------------------------


def certificate_on(certificate: Certificate, on: datetime.date) -> CertificateThen:
    """Three queries, and one for the entries. The certificate wants its `record` and `brought_by`."""
    events = certificate.events.filter(on__lte=on).select_related("successor", "submission", "approved_by")
    happened = tuple(events.order_by("pk"))
    dates = [event.date for event in happened if event.what == What.DATED]
    date = dates[-1] if dates else certificate.date
    rows = certificate.coverage.filter(covers_from__lte=on).exclude(Exists(in_its_place(on)))
    rows = rows.filter(entry__in=Entry.objects.current(on)).exclude(entry__admitted_on__gt=on)
    rows = rows.select_related("entry__submission__party")
    return CertificateThen(
        on,
        _status_of_certificate(certificate, happened, date, on),
        date,
        happened,
        rows.order_by("entry", "pk"),
    )


def known_from(certificate: Certificate) -> datetime.date:
    """The first day of which anything is known: it carried an entry, or it was recorded."""
    first = certificate.coverage.order_by("covers_from").values_list("covers_from", flat=True).first()
    brought = certificate.brought_by
    recorded = brought.issued_on if brought else recorded_on(certificate)
    return min(first, recorded) if first else recorded


def _status_of_certificate(
    certificate: Certificate,
    events: Iterable[CertificateEvent],
    date: datetime.date | None,
    on: datetime.date,
) -> Status:
    if on < (first := known_from(certificate)):
        return Status("Not known", f"Nothing is known here of days before {say(first)}.")
    ended = [event for event in events if event.what in ENDS]
    if ended:
        return Status(ended[-1].get_what_display(), f"On {say(ended[-1].on)}.")
    if date and date < on:
        renews = certificate.date_kind == DateKind.RENEWS
        return Status("Past its renewal date" if renews else "Expired", f"Its date was {say(date)}.")
    replaced = [event for event in events if event.what == What.REPLACED]
    if replaced:
        return Status("Replaced", f"By {replaced[-1].successor} on {say(replaced[-1].on)}.")
    return Status("In force", f"Until {say(date)}." if date else "It has no date.")


# Parties, accounts and editions ------------------------------------------------------------


def version_on(row: Model, on: datetime.date) -> Any:
    """The row of a mutable model as its history has it at the end of that day; None where there was none."""
    history = row.history  # type: ignore[attr-defined]
    last = history.filter(history_date__lt=end_of(on)).order_by("history_date", "history_id").last()
    return None if last is None or last.history_type == "-" else last


def party_on(party: Party, on: datetime.date) -> PartyThen:
    """Five queries. Addresses are not among what is kept: people must be able to have them erased."""
    first = party.history.order_by("history_date", "history_id").first()
    return PartyThen(
        on=on,
        row=version_on(party, on),
        known_from=first.history_date.astimezone(LONDON).date() if first else None,
        identifiers=tuple(_identifiers(party, on)),
        members=tuple(_members(party, on)),
    )


def _identifiers(party: Party, on: datetime.date) -> list[Any]:
    """The manufacturer identifiers that it held that day, as was known at the end of that day."""
    rows = _latest(ManufacturerIdentifier.history.filter(history_date__lt=end_of(on)))
    held = [
        row
        for row in rows
        if row.party_id == party.pk
        and (row.held_from or datetime.date.min) <= on <= (row.held_to or datetime.date.max)
    ]
    return sorted(held, key=lambda row: row.code)


def _members(party: Party, on: datetime.date) -> list[str]:
    rows = Membership.history.filter(history_date__lt=end_of(on), party=party.pk)
    return sorted(str(row.user) for row in _latest(rows.select_related("user")))


def _latest(rows: QuerySet[Any]) -> list[Any]:
    """Of each row its last version, without those that were deleted."""
    last = {row.id: row for row in rows.order_by("history_date", "history_id")}
    return [row for row in last.values() if row.history_type != "-"]


def account_on(user: Any, on: datetime.date) -> AccountThen:
    """Four queries. Names and addresses are not among what is kept: they must be erasable."""
    row, first = version_on(user, on), user.history.order_by("history_date", "history_id").first()
    roles = row.groups.select_related("group") if row else ()
    further = row.user_permissions.select_related("permission__content_type") if row else ()
    return AccountThen(
        on=on,
        row=row,
        known_from=first.history_date.astimezone(LONDON).date() if first else None,
        roles=tuple(sorted(line.group.name for line in roles)),
        permissions=tuple(sorted(str(line.permission) for line in further)),
    )


def edition_on(edition: Edition, on: datetime.date) -> EditionThen:
    """Three queries. What was known on that day counts: what was designated later was no edition yet."""
    founding = Q(source_kind=Edition.SourceKind.FOUNDING)
    known = Edition.objects.filter(founding | Q(designated_at__lt=end_of(on)))
    in_force = known.in_force(edition.series, on)
    return EditionThen(on, _status_of_edition(edition, in_force, on), in_force)


def _status_of_edition(edition: Edition, in_force: Edition | None, on: datetime.date) -> Status:
    designated = edition.designated_at.astimezone(LONDON).date() if edition.designated_at else None
    if edition.source_kind == Edition.SourceKind.FOUNDING:
        designated = edition.effective_from
    if designated is None or designated > on:
        later = f" It was designated on {say(designated)}." if designated else ""
        return Status("Not designated", f"No edition of that day yet.{later}")
    if edition.effective_from > on:
        return Status("To come", f"In force from {say(edition.effective_from)}.")
    if in_force and in_force.pk != edition.pk:
        return Status("Superseded", f"{in_force} is in force since {say(in_force.effective_from)}.")
    return Status("In force", f"Since {say(edition.effective_from)}.")
