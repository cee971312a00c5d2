"""Tells people: a run over what is due, and the delivery of what is queued.

A message is claimed by a conditional update before it is sent, so that of two who try one does. Where a crash
falls between the mail server's acceptance and our record, it is sent again with the same Message-ID.
"""

import datetime
import time
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from functools import cached_property

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, SafeMIMEMultipart, SafeMIMEText
from django.db import transaction
from django.db.models import F, Q

from notifications import audiences, planning
from notifications.due import DueNotice
from notifications.models import Audience, Letter, Message, Run

State = Message.State
# After so many hours a failed attempt is repeated; after the last one a person is asked to look.
PAUSES = (1, 2, 4, 8, 16)
# Whoever claimed a message this long ago is gone.
STUCK = datetime.timedelta(hours=1)
NO_ADDRESS = "no address"


@dataclass(frozen=True)
class Outcome:
    """What a run found on a day, and its row; a dry run has none."""

    plan: planning.Plan
    run: Run | None = None

    @property
    def notices(self) -> tuple[DueNotice, ...]:
        return self.plan.notices


def run(on: datetime.date, at: datetime.datetime, dry_run: bool = False) -> Outcome:
    """Tells whom the Panel owes notice of certificates on that day. Run twice, or two at once, it tells once.

    A dry run writes and sends nothing.
    """
    kind = Audience.Kind.CERTIFICATE
    if dry_run:
        return Outcome(planning.plan(on, audiences.rows(kind)))
    row = Run.objects.create(started_at=at, on=on)
    watch = time.monotonic()
    with transaction.atomic():
        planned = planning.plan(on, audiences.rows(kind, lock=True))
        messages = planning.write(planned, row, at)
    deliver_all(messages, at)
    _close(row, planned, at + datetime.timedelta(seconds=time.monotonic() - watch))
    return Outcome(planned, row)


def deliver_all(messages: Sequence[Message], at: datetime.datetime) -> None:
    for message in messages:
        deliver(message.pk, at)


def deliver(message_id: int, at: datetime.datetime) -> None:
    """Sends one message, if it waits and nobody else is at it, and records what the mail server said."""
    message = _claim(message_id, at)
    if message is None:
        return
    addresses = message.recipient.addresses(message.purpose)
    letter = Letter.objects.filter(pk=message_id).first()
    if letter is None or not addresses:
        _finish(message, state=State.FAILED, last_answer=NO_ADDRESS if letter else "the letter was erased")
        return
    mail = _mail(message, letter, addresses, at)
    try:
        # Kept first: what may have gone out can be read, whatever happens next.
        Letter.objects.filter(pk=message_id).update(content=mail.message().as_bytes())
        accepted = mail.send()
    except Exception as error:
        # Each backend has its own: none may leave the message claimed, or stop those after it.
        _try_later(message, at, _without(addresses, f"{type(error).__name__}: {error}"))
    else:
        if accepted:
            _finish(message, state=State.SENT, sent_at=at, last_answer="accepted")
        else:
            _try_later(message, at, "the mail server took none of it")


def redeliver(at: datetime.datetime) -> int:
    """Tries every message whose pause is over, or that somebody claimed and left; returns how many."""
    waiting = list(Message.objects.filter(_claimable(at)).order_by("pk").values_list("pk", flat=True))
    for message_id in waiting:
        deliver(message_id, at)
    return len(waiting)


def send_again(message_ids: Sequence[int], at: datetime.datetime) -> int:
    """Puts failed messages back in the queue, with all attempts before them; returns how many."""
    failed = Message.objects.filter(pk__in=message_ids, state=State.FAILED)
    return failed.update(state=State.QUEUED, attempts=0, next_attempt_at=at)


class _Mail(EmailMultiAlternatives):
    """Builds its bytes once, so that what is kept is what was sent."""

    @cached_property
    def built(self) -> SafeMIMEText | SafeMIMEMultipart:
        return super().message()  # type: ignore[return-value]  # the stubs are of Django 6

    def message(self) -> SafeMIMEText | SafeMIMEMultipart:  # type: ignore[override]
        return self.built


def _claimable(at: datetime.datetime) -> Q:
    return Q(state=State.QUEUED, next_attempt_at__lte=at) | Q(state=State.SENDING, claimed_at__lte=at - STUCK)


def _claim(message_id: int, at: datetime.datetime) -> Message | None:
    # Durable: nothing may be sent on a claim that can still be rolled back.
    with transaction.atomic(durable=True):
        claimed = Message.objects.filter(_claimable(at), pk=message_id).update(
            state=State.SENDING, claimed_at=at, attempts=F("attempts") + 1
        )
    if not claimed:
        return None
    return Message.objects.select_related("recipient__party", "recipient__user").get(pk=message_id)


def _mail(message: Message, letter: Letter, addresses: list[str], at: datetime.datetime) -> _Mail:
    mail = _Mail(
        subject=message.subject,
        body=letter.text,
        to=addresses,
        reply_to=[settings.PANEL_EMAIL] if settings.PANEL_EMAIL else None,
        headers={
            "Message-ID": message.message_id,
            "Date": format_datetime(at),
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(letter.html, "text/html")
    return mail


def _try_later(message: Message, at: datetime.datetime, answer: str) -> None:
    if message.attempts > len(PAUSES):
        _finish(message, state=State.FAILED, last_answer=answer)
        return
    pause = datetime.timedelta(hours=PAUSES[message.attempts - 1])
    _finish(message, state=State.QUEUED, next_attempt_at=at + pause, last_answer=answer)


def _finish(message: Message, **values: object) -> None:
    # Only of the attempt that is ours: somebody may have taken us for gone.
    Message.objects.filter(pk=message.pk, state=State.SENDING, attempts=message.attempts).update(**values)


def _without(addresses: list[str], answer: str) -> str:
    """A mail server's answer without the addresses that it repeats: they are looked up, never kept."""
    for address in addresses:
        answer = answer.replace(address, "(address)")
    return answer[:2000]


def _close(row: Run, planned: planning.Plan, ended_at: datetime.datetime) -> None:
    row.due = sum(notice.state.is_sent for notice in planned.notices)
    row.sent = row.notices.filter(message__state=State.SENT).count()
    row.failed = row.due - row.sent
    row.ended_at = ended_at
    row.save(update_fields=["due", "sent", "failed", "ended_at"])
