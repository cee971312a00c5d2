"""What was owed of dates that are over, and that the ledger does not have: by entry, date and recipient.

Read in blocks of entries: six statements each, however long the list.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.db.models import F, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from cpl import fields
from cpl.fields import SMETS1_GBCS, SMETS1_TS
from cpl.models import CertificateEvent, Coverage, Entry, Removal
from notifications.due import To
from notifications.further import Milestones, milestones_told
from notifications.models import Notice, Recipient
from notifications.terms import Cover, Event, Fate, Gone, Since, Term, fates, over
from notifications.then import Then

LONDON = ZoneInfo("Europe/London")
A_DAY = datetime.timedelta(days=1)
BLOCK = 500
What = CertificateEvent.What
WORDS = {What.WITHDRAWN: "withdrawn", What.CANCELLED: "cancelled"}
# By entry, certificate and date.
Key = tuple[int, int, datetime.date]


@dataclass(frozen=True, slots=True)
class Past:
    """A milestone of a date that is over, for one recipient; `to` is nobody where nobody was concerned."""

    entry: int
    certificate: int
    date: datetime.date
    gone: Gone
    to: To | None


@dataclass(frozen=True, slots=True)
class Period:
    """From a day until another, both included; without one it is open."""

    since: datetime.date | None
    until: datetime.date | None

    def has(self, day: datetime.date) -> bool:
        return not (self.since and day < self.since) and not (self.until and day > self.until)


@dataclass(frozen=True, slots=True)
class _Concerned:
    """What decides whom an entry concerns."""

    device_type: str
    manufacturer: str
    party: int | None
    contacts: str


def gone_by(
    on: datetime.date, then: Then, period: Period, *, certificate: int | None = None
) -> Iterator[Past]:
    """Of terms that were over on a day, by entry: each milestone of the period, and each recipient, that the
    ledger does not have."""
    told_of = milestones_told(on)
    last = period.until and period.until + relativedelta(months=max(told_of.months) + 1)
    entries = _entries(certificate, period.since, last).values_list("pk", flat=True)
    keys = list(entries.order_by("pk"))
    for start in range(0, len(keys), BLOCK):
        yield from _of_block(keys[start : start + BLOCK], on, then, told_of, certificate, period)


def _entries(
    certificate: int | None, since: datetime.date | None, until: datetime.date | None
) -> QuerySet[Entry]:
    """SMETS2+ entries that ever had a date between these, of that certificate or of any."""
    shown, dated = Q(date_shown__isnull=False), Q(what=What.DATED)
    if since:
        shown, dated = shown & Q(date_shown__gte=since), dated & Q(date__gte=since)
    if until:
        shown, dated = shown & Q(date_shown__lte=until), dated & Q(date__lte=until)
    covers = Coverage.objects.all()
    if certificate:
        covers = covers.filter(certificate=certificate)
    events = CertificateEvent.objects.filter(dated).values("certificate")
    its = covers.filter(shown | Q(certificate__in=events)).order_by().values("entry")
    smets1 = Q(technical_specification=SMETS1_TS, gbcs_version=SMETS1_GBCS)
    return Entry.objects.filter(pk__in=its).exclude(smets1)


def _of_block(
    keys: Sequence[int],
    on: datetime.date,
    then: Then,
    told_of: Milestones,
    certificate: int | None,
    period: Period,
) -> Iterator[Past]:
    covers, events = _covers(keys), _events(keys)
    told, concerned = _told(keys), _concerned(keys)
    removed = dict(Removal.objects.filter(entry__in=keys).values_list("entry", "effective_date"))
    for entry in keys:
        if entry in removed and removed[entry] is None:
            # The list that brought it called it Removed, and no more: it was owed nothing here.
            continue
        for term in over(covers[entry], events, removed.get(entry), on):
            if certificate and term.certificate != certificate:
                continue
            its = told.get((entry, term.certificate, term.date), {})
            for gone in fates(term, told_of.months, told_of.added):
                if not period.has(gone.day):
                    continue
                for to in _left(its.get(gone.months, set()), concerned[entry], term, gone, then):
                    yield Past(entry, term.certificate, term.date, gone, to)


def _left(told: set[To], entry: _Concerned, term: Term, gone: Gone, then: Then) -> Iterator[To | None]:
    """Those whom it concerned on its last day, less those of whom the ledger tells."""
    directory = then.directory(term.stop - A_DAY)
    found = directory.concerned(entry.device_type, entry.manufacturer, entry.party, entry.contacts)
    erased = To(Recipient.Kind.CONTACT, "")
    for to in found:
        if to not in told and not (to.kind == Recipient.Kind.CONTACT and erased in told):
            yield to
    if not found and not told and gone.fate is Fate.NEVER_TOLD:
        yield None


def _covers(keys: Sequence[int]) -> defaultdict[int, list[Cover]]:
    found = defaultdict[int, list[Cover]](list)
    rows = Coverage.objects.filter(entry__in=keys).order_by("pk").values_list(
        "entry_id", "pk", "scheme", "certificate_id", "identifier_shown", "date_shown", "covers_from",
        "record__at", "brought_by__issued_on",
    )  # fmt: skip
    for entry, pk, scheme, certificate, name, date, covers_from, at, issued in rows:
        known = _known(at, covers_from, issued)
        found[entry].append(Cover(pk, scheme, certificate, f"{scheme} {name}", date, covers_from, known))
    return found


def _events(keys: Sequence[int]) -> defaultdict[int, list[Event]]:
    found = defaultdict[int, list[Event]](list)
    its = Coverage.objects.filter(entry__in=keys).order_by().values("certificate")
    rows = CertificateEvent.objects.filter(certificate__in=its).exclude(what=What.REPLACED).order_by("pk")
    columns = ("certificate_id", "pk", "what", "on", "date", "record__at", "brought_by__issued_on")
    for certificate, pk, what, on, date, at, issued in rows.values_list(*columns):
        known = _known(at, on, issued)
        found[certificate].append(Event(pk, on, known, date, WORDS.get(what, "")))
    return found


def _told(keys: Sequence[int]) -> Mapping[Key, dict[int, set[To]]]:
    found: dict[Key, dict[int, set[To]]] = {}
    rows = Notice.objects.filter(entry__in=keys).order_by().values_list(
        "entry_id", "certificate_id", "date", "milestone",
        "recipient__kind", "recipient__party_id", "recipient__user_id", "recipient__email",
    )  # fmt: skip
    for entry, certificate, date, months, kind, party, user, email in rows.iterator():
        its = found.setdefault((entry, certificate, date), {})
        its.setdefault(months, set()).add(To(kind, str(party or user or email or "")))
    return found


def _concerned(keys: Sequence[int]) -> dict[int, _Concerned]:
    contacts = KeyTextTransform(fields.CONTACT_EMAIL.name, "submission__answers")
    rows = Entry.objects.filter(pk__in=keys).annotate(party=F("submission__party_id"), contacts=contacts)
    columns = ("pk", "device_type", "manufacturer", "party", "contacts")
    return {
        pk: _Concerned(kind, maker, party, written or "")
        for pk, kind, maker, party, written in rows.values_list(*columns)
    }


def _known(at: datetime.datetime, legal: datetime.date, issued_on: datetime.date | None) -> Since:
    """As `notifications.facts` reads it for what is ahead."""
    day = at.astimezone(LONDON).date()
    return Since(issued_on, True, day) if issued_on else Since(max(legal, day))
