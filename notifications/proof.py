"""The proof that nothing was missed, for a certificate, a Party or a period.

It has two halves. The ledger says what became of each notice. Beside it stands what should be in the ledger,
worked out anew from the register by `notifications.due`: what has no row there is outstanding.
"""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from applicability.openness import say
from cpl.models import Certificate, CertificateEvent, Coverage, Party
from cpl.rules.milestones import milestones
from notifications import audiences, facts, planning
from notifications.audiences import Directory
from notifications.due import State, To
from notifications.further import milestones_told
from notifications.models import Audience, Message, Notice, Recipient, Run

A_DAY = datetime.timedelta(days=1)
CHUNK = 2000
HEADERS = (
    "Entry", "Certificate", "Date", "Months before", "Due on", "Recipient", "State", "Reason", "Run of",
    "Message", "Message-ID", "Delivery", "Attempts", "Mail server's answer", "Sent at", "Came back",
)  # fmt: skip


@dataclass(frozen=True)
class Scope:
    """What is to be proved: about one certificate, to one Party, in a period; whichever are given."""

    certificate: Certificate | None = None
    party: Party | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None

    @property
    def words(self) -> str:
        parts = [
            f"about {self.certificate}" if self.certificate else "",
            f"to {self.party}" if self.party else "",
            f"from {say(self.since)}" if self.since else "",
            f"until {say(self.until)}" if self.until else "",
        ]
        return " ".join(filter(None, parts)) or "to everybody, about everything"

    def has(self, day: datetime.date) -> bool:
        return not (self.since and day < self.since) and not (self.until and day > self.until)


@dataclass(frozen=True)
class Missing:
    """A notice that the ledger should have and has not. Without a recipient: nobody was told."""

    entry: int
    certificate: int
    date: datetime.date
    milestone: int
    due_on: datetime.date
    why: str
    to: To | None = None


@dataclass(frozen=True)
class Summary:
    """How many notices the ledger has, by what became of them and by how their messages fared."""

    states: dict[str, int]
    deliveries: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def undelivered(self) -> int:
        """Told to nobody as yet, whatever was written down."""
        return sum(number for state, number in self.deliveries.items() if state != Message.State.SENT)


@dataclass(frozen=True)
class Days:
    """The runs of a period, and the stretches of days that had none which came to its end."""

    runs: tuple[Run, ...]
    without: tuple[tuple[datetime.date, datetime.date], ...]


def ledger(scope: Scope) -> QuerySet[Notice]:
    """What became of each notice that was due, or was dealt with, in the period."""
    rows = Notice.objects.all()
    if scope.certificate:
        rows = rows.filter(certificate=scope.certificate)
    if scope.party:
        rows = rows.filter(recipient__party=scope.party)
    for name, day in (("gte", scope.since), ("lte", scope.until)):
        if day:
            rows = rows.filter(Q(**{f"due_on__{name}": day}) | Q(**{f"run__on__{name}": day}))
    rows = rows.select_related("certificate", "message", "run", "recipient__party", "recipient__user")
    return rows.prefetch_related("message__bounces").order_by("due_on", "pk")


def summary(scope: Scope) -> Summary:
    """Two queries."""
    rows = ledger(scope).prefetch_related(None).select_related(None).order_by()
    states = dict(rows.values_list("state").annotate(Count("pk")))
    told = rows.filter(message__isnull=False)
    return Summary(states, dict(told.values_list("message__state").annotate(Count("pk"))))


def line(notice: Notice) -> tuple[object, ...]:
    """A row of the ledger as the report has it, in the order of HEADERS."""
    message = notice.message
    told: tuple[object, ...] = ("", "", "Not sent", "", "", "", "")
    if message:
        bounces = [f"{bounce.get_kind_display()} {bounce.status}".strip() for bounce in message.bounces.all()]
        sent_at = timezone.localtime(message.sent_at).isoformat(timespec="seconds") if message.sent_at else ""
        told = (
            message.pk, message.message_id, message.get_state_display(), message.attempts,
            message.last_answer, sent_at, "; ".join(bounces),
        )  # fmt: skip
    return (
        f"{notice.entry_id:06d}", str(notice.certificate), notice.date.isoformat(), notice.milestone,
        notice.due_on.isoformat(), str(notice.recipient), notice.get_state_display(), notice.reason,
        notice.run.on.isoformat(), *told,
    )  # fmt: skip


def lines(scope: Scope) -> Iterator[tuple[object, ...]]:
    """All of them, as a stream."""
    return (line(notice) for notice in ledger(scope).iterator(chunk_size=CHUNK))


def missing(scope: Scope, today: datetime.date) -> Iterator[Missing]:
    """What should be in the ledger and is not, by certificates whose date is ahead, then those past it.

    While a date is ahead, each recipient is looked for. Once it is past, who was concerned then can no longer
    be told from today's Parties: it is looked for whether anybody was told, and not for one Party.
    """
    yield from _still_ahead(scope, min(scope.until or today, today))
    if scope.party is None:
        for date in _dates_past(scope, min(scope.until or today, today)):
            yield from _past(scope, date)


def days(since: datetime.date, until: datetime.date, today: datetime.date) -> Days:
    """The runs for the days of a period until today, and the days without. One query."""
    rows = tuple(Run.objects.filter(on__range=(since, until)).order_by("on", "pk"))
    had = {run.on for run in rows if run.state == Run.State.ENDED}
    without: list[tuple[datetime.date, datetime.date]] = []
    day = since
    while day <= min(until, today):
        if day not in had:
            if without and without[-1][1] == day - A_DAY:
                without[-1] = (without[-1][0], day)
            else:
                without.append((day, day))
        day += A_DAY
    return Days(rows, tuple(without))


def find_certificates(written: str) -> list[Certificate]:
    """Those that somebody means: by identifier, with or without the scheme and the list's own prefix."""
    words = [
        word for word in written.replace("\0", "").split() if word.upper() not in ("[E]", "[R]", "[N/A]")
    ]
    schemes = [word for word in words if word.upper() in ("CPA", "DLMS", "ZIGBEE")]
    rows = Certificate.objects.filter(identifier__iexact=" ".join(w for w in words if w not in schemes)[:40])
    return list(rows.filter(scheme__iexact=schemes[0]) if schemes else rows)


def _still_ahead(scope: Scope, on: datetime.date) -> Iterator[Missing]:
    """What a run on that day would still have to send, or to own up to as missed. What it would write down as
    overtaken, or as from before this register, is owed to nobody."""
    directory = Directory(audiences.rows(Audience.Kind.CERTIFICATE), on)
    for found, notices in planning.stream(on, directory, milestones_told(on)):
        fact = found.fact
        if scope.certificate and fact.certificate != scope.certificate.pk:
            continue
        for notice in notices:
            to = notice.obligation.recipient
            if not notice.state.is_sent and notice.state is not State.MISSED:
                continue
            if scope.has(notice.due_on) and (scope.party is None or to == _as_told(scope.party)):
                yield Missing(
                    fact.entry, fact.certificate, fact.date, notice.obligation.milestone, notice.due_on,
                    _why(notice.state, notice.due_on, on), to,
                )  # fmt: skip


def _past(scope: Scope, date: datetime.date) -> Iterator[Missing]:
    """Of certificates that ended on that day: milestones of which the ledger says nothing at all."""
    told_of = milestones_told(date)
    only = dict.fromkeys(told_of.months, date)
    rows = facts.carried(date, Directory([], date), only)
    for found, its in planning.beside(rows, facts.told(date, only)):
        fact = found.fact
        ours_too_late = fact.since > date or (fact.held is not None and fact.held > date)
        if ours_too_late or (scope.certificate and fact.certificate != scope.certificate.pk):
            continue
        written = {one.milestone for one in its}
        for one in milestones(date, told_of.months):
            if one.months not in written and scope.has(one.day):
                why = "Nobody was told before the date."
                yield Missing(fact.entry, fact.certificate, date, one.months, one.day, why)


def _dates_past(scope: Scope, on: datetime.date) -> list[datetime.date]:
    """The dates before a day that certificates in question had. Two queries."""
    coverage = Coverage.objects.filter(date_shown__lt=on)
    events = CertificateEvent.objects.filter(what=CertificateEvent.What.DATED, date__lt=on)
    if scope.certificate:
        coverage = coverage.filter(certificate=scope.certificate)
        events = events.filter(certificate=scope.certificate)
    if scope.since:
        coverage, events = coverage.filter(date_shown__gte=scope.since), events.filter(date__gte=scope.since)
    dates = {day for day in coverage.order_by().values_list("date_shown", flat=True).distinct() if day}
    dates |= {day for day in events.order_by().values_list("date", flat=True).distinct() if day}
    return sorted(dates)


def _why(state: State, due_on: datetime.date, on: datetime.date) -> str:
    if not state.is_sent:
        return f"Missed, and not written down by {say(on)}: a nearer milestone has come."
    if due_on == on:
        return "Due that day, and not told."
    return f"To be told since {say(due_on)}, and not told by {say(on)}."


def _as_told(party: Party) -> To:
    return To(Recipient.Kind.PARTY, str(party.pk))


def totals(found: list[Missing]) -> Counter[str]:
    """How many are missing, by why."""
    return Counter(one.why for one in found)
