"""The proof that nothing was missed, for a certificate, a Party or a period.

It has two halves. The ledger says what became of each notice. Beside it stands what the ledger does not have,
worked out anew from the register: what is outstanding, and what never was owed, or is not owed any more, and
why. So each entry, certificate, date, milestone and recipient has one outcome.
"""

import datetime
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from applicability.openness import say
from cpl.models import Certificate, Party
from notifications import diverting, planning, reasons
from notifications.due import Carried, DueNotice, State, To, reached
from notifications.further import milestones_told
from notifications.gone_by import Period, gone_by
from notifications.models import Audience, Message, Notice, Recipient, Run
from notifications.terms import Fate
from notifications.then import Then

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

    @property
    def period(self) -> Period:
        return Period(self.since, self.until)

    def has(self, day: datetime.date) -> bool:
        return self.period.has(day)


class Outcome(StrEnum):
    """What became of a notice of which the ledger has no row."""

    OUTSTANDING = "outstanding"
    NEVER_TOLD = Fate.NEVER_TOLD
    STOPPED = Fate.STOPPED
    OVERTAKEN = Fate.OVERTAKEN
    BEFORE_REGISTER = Fate.BEFORE_REGISTER

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS: dict[str, str] = {
    Outcome.OUTSTANDING: "Outstanding",
    Outcome.NEVER_TOLD: "Never told",
    Outcome.STOPPED: "Not owed any more",
    Outcome.OVERTAKEN: "Overtaken by a nearer one",
    Outcome.BEFORE_REGISTER: "Before this register",
}
OUTCOMES = {
    State.DUE: Outcome.OUTSTANDING,
    State.LATE: Outcome.OUTSTANDING,
    State.MISSED: Outcome.NEVER_TOLD,
    State.OVERTAKEN: Outcome.OVERTAKEN,
    State.BEFORE_REGISTER: Outcome.BEFORE_REGISTER,
}
# What the Panel owed, or owes. The rest was owed to nobody.
OMITTED = (Outcome.OUTSTANDING, Outcome.NEVER_TOLD)


CONCERNS_NOBODY = "It concerns nobody on record: look at the audiences, and at who holds the identifier."


@dataclass(frozen=True)
class Unwritten:
    """A notice that is not in the ledger, and why. Without a recipient: it concerned nobody on record."""

    entry: int
    certificate: int
    date: datetime.date
    milestone: int
    due_on: datetime.date
    outcome: Outcome
    why: str
    to: To | None = None

    @property
    def is_omitted(self) -> bool:
        return self.outcome in OMITTED


@dataclass(frozen=True)
class Summary:
    """How many notices the ledger has, by what became of them and by how their messages fared."""

    states: dict[str, int]
    deliveries: dict[str, int]
    # Of those that were sent: in test mode, to nobody whom they were for.
    diverted: int = 0

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
    """Three queries."""
    rows = ledger(scope).prefetch_related(None).select_related(None).order_by()
    states = dict(rows.values_list("state").annotate(Count("pk")))
    told = rows.filter(message__isnull=False)
    deliveries = dict(told.values_list("message__state").annotate(Count("pk")))
    diverted = told.filter(message__last_answer__startswith=diverting.ACCEPTED).count()
    return Summary(states, deliveries, diverted)


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


def unwritten(scope: Scope, today: datetime.date) -> Iterator[Unwritten]:
    """What has an outcome and no row in the ledger: of dates that are ahead, then of those that are over."""
    on = min(scope.until or today, today)
    then = Then(Audience.Kind.CERTIFICATE)
    for one in chain(_ahead(scope, on, then), _over(scope, on, then)):
        if scope.has(one.due_on) and (scope.party is None or one.to == _as_told(scope.party)):
            yield one


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


def _ahead(scope: Scope, on: datetime.date, then: Then) -> Iterator[Unwritten]:
    """What a run on that day would write down: as sent, or as not sent and why."""
    runs, milestones = reasons.runs_until(on), milestones_told(on)
    nobodys: list[Carried] = []
    for found, notices in planning.stream(on, then.directory(on), milestones):
        fact = found.fact
        if scope.certificate and fact.certificate != scope.certificate.pk:
            continue
        if not fact.recipients:
            nobodys.append(fact)
        for notice in notices:
            yield Unwritten(
                fact.entry, fact.certificate, fact.date, notice.obligation.milestone, notice.due_on,
                OUTCOMES[notice.state], _why(notice, runs, on), notice.obligation.recipient,
            )  # fmt: skip
    yield from _nobodys(nobodys, milestones.months, on)


def _nobodys(facts: Sequence[Carried], months: Collection[int], on: datetime.date) -> Iterator[Unwritten]:
    """What concerns nobody today, and was told nobody while it did. One query."""
    if not facts:
        return
    rows = Notice.objects.filter(date__gte=on)
    told = set(rows.values_list("entry", "certificate", "date", "milestone").distinct())
    for fact in facts:
        key = (fact.entry, fact.certificate, fact.date)
        for one in reached(fact.date, on, months):
            if (*key, one.months) not in told:
                yield Unwritten(*key, one.months, one.day, Outcome.OUTSTANDING, CONCERNS_NOBODY)


def _over(scope: Scope, on: datetime.date, then: Then) -> Iterator[Unwritten]:
    certificate = scope.certificate.pk if scope.certificate else None
    runs = reasons.runs_until(on)
    for one in gone_by(on, then, scope.period, certificate=certificate):
        gone, outcome = one.gone, Outcome(one.gone.fate.value)
        why = gone.why
        if outcome is Outcome.NEVER_TOLD:
            why = f"{runs.missed(gone.day, gone.until)} {why}"
        yield Unwritten(one.entry, one.certificate, one.date, gone.months, gone.day, outcome, why, one.to)


def _why(notice: DueNotice, runs: reasons.Runs, on: datetime.date) -> str:
    if not notice.state.is_sent:
        return reasons.reason(notice, runs, on)
    if notice.due_on == on:
        return "Due that day, and not told."
    return f"To be told since {say(notice.due_on)}, and not told by {say(on)}."


def _as_told(party: Party) -> To:
    return To(Recipient.Kind.PARTY, str(party.pk))
