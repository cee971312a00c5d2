"""The certificates of one's own organisations: what each carries, how long it lasts, what became of it."""

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest

from cpl import fields as f
from cpl.models import Certificate, CertificateEvent, Coverage, Entry, Submission, shown
from cpl.models.certificates import DateKind
from cpl.models.entries import CURRENT
from cpl.portal import own
from cpl.portal.entries import SOON, months_left
from cpl.prefixes import split_prefix
from cpl.published import Published, published

# The longest that a dated certificate is given (form, row 19), and so the length of the whole bar.
LONGEST = 72
What = CertificateEvent.What


@dataclass(frozen=True)
class Held:
    """One certificate on a day. `carries` are the numbers of the Current entries that it carries."""

    certificate: Certificate
    date: datetime.date | None
    months: int | None
    state: str
    carries: tuple[int, ...] = ()
    open: tuple[Submission, ...] = field(default=(), compare=False)

    @property
    def pk(self) -> int:
        return int(self.certificate.pk)

    @property
    def scheme(self) -> str:
        return self.certificate.scheme

    @property
    def identifier(self) -> str:
        return self.certificate.listed_identifier

    @property
    def is_ended(self) -> bool:
        return self.state not in ("in force", "past its date")

    @property
    def shape(self) -> str:
        """The shape that stands for its state (static/tokens.css)."""
        if self.is_ended:
            return "removed"
        if self.state != "in force":
            return "no"
        return "waiting" if self.months is not None and self.months < SOON else "yes"

    @property
    def left(self) -> str:
        if self.months is None:
            return "no date"
        if self.months < 0:
            return "past"
        if self.months == 0:
            return "less than a month"
        return f"{self.months} month{'' if self.months == 1 else 's'}"

    @property
    def bar(self) -> int:
        """Its months as a length of at most LONGEST."""
        return min(max(self.months or 0, 0), LONGEST)

    @property
    def what_its_date_says(self) -> str:
        return str(DateKind(self.certificate.date_kind).label)


def of_own(request: HttpRequest, on: datetime.date) -> list[Held]:
    """Those that carry entries of one's own, or that one's own submissions brought. Bounded queries."""
    numbers = list(own.entries(request).values_list("number", flat=True))
    brought = Q(submission__in=own.submissions(request))
    rows = Certificate.objects.filter(Q(coverage__entry__in=numbers) | brought).distinct()
    return _held(rows, numbers, on, None, _open(request))


def readable(request: HttpRequest, on: datetime.date) -> "Readable":
    """What the person may know of: their own as they stand, everybody's as published."""
    return Readable(of_own(request, on), published(), on)


@dataclass(frozen=True)
class Readable:
    own: Sequence[Held]
    public: Published
    on: datetime.date

    def one(self, pk: int) -> Held | None:
        """A certificate by its key; None where the person may not know of it."""
        mine = next((held for held in self.own if held.pk == pk), None)
        return mine or next(iter(self.of_others(Q(pk=pk))), None)

    def is_own(self, held: Held) -> bool:
        return any(held.pk == mine.pk for mine in self.own)

    def of_others(self, wanted: Q, at_most: int | None = None) -> list[Held]:
        """Published ones, as they were published: what came later nobody outside is told."""
        covering = self.public.rows(Coverage.objects.all()).values("certificate")
        rows = Certificate.objects.filter(wanted, pk__in=covering)
        rows = rows.exclude(pk__in=[held.pk for held in self.own]).order_by("identifier")[:at_most]
        return _held(rows, None, self.on, self.public, {})


def _held(
    rows: QuerySet[Certificate],
    numbers: Sequence[int] | None,
    on: datetime.date,
    public: Published | None,
    open_ones: Mapping[tuple[str, str], list[Submission]],
) -> list[Held]:
    events = CertificateEvent.objects.filter(on__lte=on).select_related("successor").order_by("pk")
    if public:
        events = public.rows(events)
    found = list(rows.prefetch_related(Prefetch("events", events)))
    carried = _carried(found, numbers, on, public)
    return [
        _one(row, on, tuple(carried.get(row.pk, ())), tuple(open_ones.get((row.scheme, row.identifier), ())))
        for row in found
    ]


def _carried(
    found: Sequence[Certificate], numbers: Sequence[int] | None, on: datetime.date, public: Published | None
) -> dict[int, list[int]]:
    """By certificate, the Current entries that it carries on the day; `numbers`: among these alone."""
    entries = public.entries() if public else Entry.objects.all()
    asked = (
        Q(pk__in=Coverage.objects.filter(certificate__in=[row.pk for row in found]).values("entry"))
        if numbers is None
        else Q(number__in=numbers)
    )
    serial = public.serial if public else None
    standing = entries.filter(asked).with_status(on, serial=serial)
    current = list(standing.filter(Q(status_on_day=CURRENT)).values_list("number", flat=True))
    carried: dict[int, list[int]] = defaultdict(list)
    for number, schemes in sorted(shown(current, on=on, serial=serial).items()):
        for one in schemes.values():
            carried[one.certificate].append(number)
    return carried


def _one(
    row: Certificate, on: datetime.date, carries: tuple[int, ...], open_ones: tuple[Submission, ...]
) -> Held:
    date, ended = row.date, ""
    for event in row.events.all():
        if event.what == What.DATED:
            date = event.date
        elif event.what == What.REPLACED and event.successor:
            ended = ended or f"renewed by {event.successor.listed_identifier}"
        else:
            ended = f"{event.get_what_display().lower()} on {event.on:%-d %B %Y}"
    months = months_left(date, on)
    state = ended or ("past its date" if months is not None and months < 0 else "in force")
    return Held(row, date, months, state, carries, open_ones)


def _open(request: HttpRequest) -> dict[tuple[str, str], list[Submission]]:
    """One's own open submissions about a certificate, by its scheme and identifier."""
    kinds = (Submission.Kind.RENEWAL, Submission.Kind.WITHDRAWAL, Submission.Kind.OFFER)
    statuses = (Submission.Status.DRAFT, Submission.Status.SUBMITTED, Submission.Status.RETURNED)
    found: dict[tuple[str, str], list[Submission]] = defaultdict(list)
    for row in own.submissions(request).filter(kind__in=kinds, status__in=statuses).order_by("pk"):
        scheme = row.answers.get(f.CERTIFICATE_SCHEME.name, "")
        for asked in (f.CERTIFICATE_ID, f.CERTIFICATE_REPLACES):
            identifier = split_prefix(row.answers.get(asked.name, ""))[1]
            if identifier and row not in found[scheme, identifier]:
                found[scheme, identifier].append(row)
    return found
