"""Finds what is owed on a day and writes it down: notices, and a message for each recipient."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from notifications import facts, letters, outbox
from notifications.audiences import Directory
from notifications.due import DueNotice, To, due
from notifications.facts import Nearing
from notifications.models import Audience, Message, Notice, Recipient, Run

BATCH = 500


@dataclass(frozen=True)
class Plan:
    """What is owed on a day and not yet told, and the facts behind it."""

    on: datetime.date
    notices: tuple[DueNotice, ...] = ()
    nearing: dict[tuple[int, int, datetime.date], Nearing] = field(default_factory=dict)

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


def plan(on: datetime.date, audience: Sequence[Audience]) -> Plan:
    """What is owed on that day to those audiences. Writes nothing; twelve queries."""
    directory = Directory(audience, on)
    rows = facts.nearing(on)
    notices = due([row.carried(directory) for row in rows], facts.told(on), on)
    return Plan(on, tuple(notices), {row.key: row for row in rows})


def write(planned: Plan, run: Run, at: datetime.datetime) -> list[Message]:
    """The notices with what became of each, and the messages that tell them; all of it in one transaction."""
    known = outbox.recipients(notice.obligation.recipient for notice in planned.notices)
    told = planned.by_recipient()
    mails = [outbox.Mail(known[to], _words(planned, known[to], notices)) for to, notices in told.items()]
    messages = outbox.queue(Message.Kind.CERTIFICATE, mails, at=at, run=run)
    by_recipient = dict(zip(told, messages, strict=True))
    Notice.objects.bulk_create(
        [_row(notice, known, by_recipient, run) for notice in planned.notices], batch_size=BATCH
    )
    return messages


def _words(planned: Plan, recipient: Recipient, notices: Sequence[DueNotice]) -> letters.Words:
    pairs = [(notice, planned.behind(notice)) for notice in notices]
    return letters.of_certificates(pairs, addressee=recipient.addressed, on=planned.on)


def _row(notice: DueNotice, known: dict[To, Recipient], messages: dict[To, Message], run: Run) -> Notice:
    owed = notice.obligation
    return Notice(
        entry_id=owed.entry,
        certificate_id=owed.certificate,
        date=owed.date,
        milestone=owed.milestone,
        recipient=known[owed.recipient],
        state=notice.state.value,
        due_on=notice.due_on,
        run=run,
        message=messages[owed.recipient] if notice.state.is_sent else None,
    )
