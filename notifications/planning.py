"""Finds what is owed on a day and writes it down: notices, and a message for each recipient."""

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice

from notifications import facts, letters, outbox, reasons
from notifications.audiences import Directory
from notifications.due import DueNotice, Obligation, To, owed
from notifications.facts import Found, Key, Nearing, Told
from notifications.further import Milestones, milestones_told
from notifications.models import Audience, Message, Notice, Recipient, Run
from notifications.wording import Wording, words_of

BATCH = 2000
# Part of every digest: raise it when the code, not a table, changes whom a notice concerns.
RULES = 1
# So often everything is looked at again, whatever the tables say.
AGAIN = datetime.timedelta(days=7)


@dataclass(frozen=True)
class Plan:
    """What is owed on a day and not yet told, and the facts behind it.

    `count` is how many notices would be sent. Where that is more than was allowed, nothing else is kept:
    memory stays that of an ordinary run. `nobody` is how many facts concern nobody on record.
    """

    on: datetime.date
    notices: tuple[DueNotice, ...] = ()
    nearing: dict[Key, Nearing] = field(default_factory=dict)
    count: int = 0
    nobody: int = 0
    too_many: bool = False
    digest: str = ""
    looked_at_all: bool = True

    def behind(self, notice: DueNotice) -> Nearing:
        owed = notice.obligation
        return self.nearing[owed.entry, owed.certificate, owed.date]

    def by_recipient(self) -> dict[To, list[DueNotice]]:
        """What is to be sent, one message each."""
        messages: defaultdict[To, list[DueNotice]] = defaultdict(list)
        for notice in self.notices:
            if notice.state.is_sent:
                messages[notice.obligation.recipient].append(notice)
        return dict(sorted(messages.items()))


def plan(on: datetime.date, audience: Sequence[Audience], *, most: int | None = None) -> Plan:
    """What is owed on that day to those audiences. Writes nothing.

    Eleven statements, and one for each thousand certificates that something is owed for. What somebody was
    told of already is looked at again only where somebody else may have come to be concerned since, and once
    a week. More than `most` notices are counted, not kept.
    """
    directory, milestones = Directory(audience, on), milestones_told(on)
    digest = _digest(directory, milestones)
    fresh = _only_fresh(digest, on)
    notices: list[DueNotice] = []
    behind: list[Found] = []
    count = nobody = 0
    for found, its in stream(on, directory, milestones, fresh=fresh):
        count += sum(notice.state.is_sent for notice in its)
        nobody += not found.fact.recipients
        if most is not None and count > most:
            notices, behind = [], []
        elif its:
            notices += its
            behind.append(found)
    too_many = most is not None and count > most
    return Plan(
        on,
        notices=tuple(notices),
        nearing=facts.nearing(behind),
        count=count,
        nobody=nobody,
        too_many=too_many,
        digest=digest,
        looked_at_all=not fresh,
    )


def write(planned: Plan, run: Run, at: datetime.datetime) -> list[Message]:
    """The notices with what became of each, and the messages that tell them; all of it in one transaction."""
    known = outbox.recipients({notice.obligation.recipient for notice in planned.notices})
    told = planned.by_recipient()
    wording = words_of(Message.Kind.CERTIFICATE)
    # One by one, as they are put in the queue.
    mails = (
        outbox.Mail(known[to], _words(planned, known[to], notices, wording)) for to, notices in told.items()
    )
    messages = outbox.queue(Message.Kind.CERTIFICATE, mails, at=at, run=run)
    by_recipient = dict(zip(told, messages, strict=True))
    runs = reasons.runs_until(planned.on)
    rows = (_row(notice, known, by_recipient, run, reasons.reason(notice, runs, planned.on))
            for notice in planned.notices)  # fmt: skip
    while batch := list(islice(rows, BATCH)):
        Notice.objects.bulk_create(batch)
    return messages


def stream(
    on: datetime.date, directory: Directory, milestones: Milestones, *, fresh: bool = False
) -> Iterator[tuple[Found, list[DueNotice]]]:
    """Facts and what was told of them, read side by side in the same order."""
    last_dates = milestones.last_dates(on)
    rows = facts.carried(on, directory, last_dates, fresh=fresh)
    for found, its in beside(rows, facts.told(on, last_dates, fresh=fresh)):
        told = {Obligation(*one.key, one.milestone, one.to) for one in its}
        dealt_with = {one.milestone for one in its}
        yield found, list(owed(found.fact, on, milestones.months, milestones.added, told, dealt_with))


def beside(rows: Iterable[Found], told: Iterable[Told]) -> Iterator[tuple[Found, list[Told]]]:
    """Each fact with what was told of it. Both come by entry and certificate, and one of each is held."""
    groups = groupby(told, key=lambda one: one.key[:2])
    at, its = next(groups, (None, iter(())))
    for found in rows:
        fact = found.fact
        wanted = (fact.entry, fact.certificate)
        while at is not None and at < wanted:
            at, its = next(groups, (None, iter(())))
        if at == wanted:
            yield found, [one for one in its if one.key[2] == fact.date]
            at, its = next(groups, (None, iter(())))
        else:
            yield found, []


def _digest(directory: Directory, milestones: Milestones) -> str:
    known = (RULES, directory.digest(), milestones.months, sorted(milestones.added.items()))
    return hashlib.sha256(repr(known).encode()).hexdigest()


def _only_fresh(digest: str, on: datetime.date) -> bool:
    """Whether whoever is concerned by what was told has been told, so that only the rest need be looked at.

    It is so where the last run that wrote could tell the same recipients of the same milestones, since each
    writes all that is owed to all of them in one transaction.
    """
    wrote = Run.objects.exclude(directory="").order_by("-pk")
    last, last_of_all = wrote.first(), wrote.filter(looked_at_all=True).first()
    if last is None or last_of_all is None:
        return False
    return last.directory == digest and abs(on - last_of_all.on) < AGAIN


def _words(
    planned: Plan, recipient: Recipient, notices: Sequence[DueNotice], wording: Wording
) -> letters.Words:
    pairs = [(notice, planned.behind(notice)) for notice in notices]
    return letters.of_certificates(pairs, addressee=recipient.addressed, on=planned.on, wording=wording)


def _row(
    notice: DueNotice, known: dict[To, Recipient], messages: dict[To, Message], run: Run, reason: str
) -> Notice:
    owed = notice.obligation
    return Notice(
        entry_id=owed.entry,
        certificate_id=owed.certificate,
        date=owed.date,
        milestone=owed.milestone,
        recipient=known[owed.recipient],
        state=notice.state.value,
        reason=reason,
        due_on=notice.due_on,
        run=run,
        message=messages[owed.recipient] if notice.state.is_sent else None,
    )
