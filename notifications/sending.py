"""Tells people: a run over what is due, and the delivery of what is queued.

A message is claimed by a conditional update before it is sent, so that of two who try one does. A claim holds
for `LEASE`. Handing one message over is broken off after `SEND_WITHIN`, which is much less: so whoever claims
anew knows that the other has stopped, or is dead. Where a crash falls between the mail server's acceptance
and our record, the message is sent again with the same Message-ID.
"""

import contextlib
import datetime
import hashlib
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, Max, Q

from notifications import audiences, bounces, diverting, envelopes, mails, planning
from notifications.due import DueNotice
from notifications.mails import Mail
from notifications.models import Attempt, Audience, Letter, Message, Run

log = logging.getLogger(__name__)
State = Message.State
Clock = Callable[[], datetime.datetime]
# After so many hours a failed attempt is repeated; after the last one a person is asked to look.
PAUSES = (1, 2, 4, 8, 16)
# Handing over one message takes no longer than this; what takes longer is broken off.
SEND_WITHIN = datetime.timedelta(minutes=2)
# Whoever claimed a message, or last spoke of a run, this long ago is gone.
LEASE = datetime.timedelta(minutes=5)
# Messages are handed over one after the other for no longer than this; the next look takes up the rest.
AT_IT = datetime.timedelta(minutes=4)
NO_ADDRESS = "no address"
# A run that would send more than the limit waits for an officer: so many times the largest so far, at least
# so many notices. What comes between the officer's release and the run may be a tenth more.
TIMES, AT_LEAST = 3, 200


@dataclass(frozen=True)
class Outcome:
    """What a run found on a day, and its row; a dry run has none."""

    plan: planning.Plan
    run: Run | None = None

    @property
    def notices(self) -> tuple[DueNotice, ...]:
        return self.plan.notices

    @property
    def is_held(self) -> bool:
        return self.run is not None and self.run.state == Run.State.HELD


def run(on: datetime.date, at: datetime.datetime, dry_run: bool = False) -> Outcome:
    """Tells whom the Panel owes notice of certificates on that day. Run twice, or two at once, it tells once.

    A run that would send more than `limit` writes nothing but its row, which waits for an officer. A dry run
    writes and sends nothing.
    """
    if dry_run:
        return Outcome(planning.plan(on, audiences.rows(Audience.Kind.CERTIFICATE)))
    return _run(_open(on, at), clock(at))


def run_of_the_day(on: datetime.date, at: datetime.datetime) -> Outcome | None:
    """The run that the clock asks for, as often as it likes: nothing where the day has had its run.

    It has where one ended, was held, or is at work. One that was cut short is made up for.
    """
    with transaction.atomic():
        # Of two who ask at once, the second sees the row of the first. Locked in the order of the run itself,
        # or each could wait for the other.
        list(Audience.objects.filter(kind=Audience.Kind.CERTIFICATE).order_by("pk").select_for_update())
        if _had(on, at):
            return None
        row = _open(on, at)
    return _run(row, clock(at))


def limit(row: Run) -> int:
    """How many notices a run may send; a release that it follows lets it send more. Two queries."""
    usual = settings.NOTICE_LIMIT or max(AT_LEAST, TIMES * _largest())
    released = row.follows.due + row.follows.due // 10 if row.follows else 0
    return max(usual, released)


def deliver_all(messages: Sequence[Message], now: Clock) -> None:
    """Of messages that were just queued: what takes too long is left to the next look at what waits."""
    for _ in _one_by_one([message.pk for message in messages], now):
        pass


def deliver(message_id: int, at: datetime.datetime) -> None:
    """Sends one message, if it waits and nobody else is at it, and records what the mail server said."""
    message = _claim(message_id, at)
    if message is None:
        return
    to = envelopes.where(message.recipient, message.purpose)
    addresses = to.addresses
    letter = Letter.objects.filter(pk=message_id).first()
    if letter is None or not addresses:
        _finish(message, state=State.FAILED, last_answer=NO_ADDRESS if letter else "the letter was erased")
        return
    mail: Mail | None = None
    try:
        mail = mails.mail_of(message, letter, to, at)
        accepted = _hand_over(mail)
    except Exception as error:
        # Each backend has its own: none may leave the message claimed, or stop those after it.
        answer = _without(addresses, f"{type(error).__name__}: {error}")
        _note(message, mail, answer, at)
        least = 400 if message.left and _is_last(message) else 500
        if bounces.note_refused(message, error, at, least=least):
            # For good: asking five times more would be told the same.
            _give_up(message, at, answer)
        else:
            _try_later(message, at, answer)
    else:
        answer = _without(addresses, _said(mail, to, accepted))
        _note(message, mail, answer, at)
        if accepted:
            _accepted(message, mail, at, answer)
        else:
            _try_later(message, at, answer)


def redeliver(at: datetime.datetime) -> int:
    """Tries every message whose pause is over, that somebody claimed and left, or whose recipient had no
    address and has one now; returns how many."""
    now = clock(at)
    _addressed_since(at)
    waiting = list(Message.objects.filter(_claimable(at)).order_by("pk").values_list("pk", flat=True))
    return sum(1 for _ in _one_by_one(waiting, now))


def send_again(message_ids: Sequence[int], at: datetime.datetime) -> int:
    """Puts failed messages back in the queue, with all attempts before them; returns how many."""
    failed = Message.objects.filter(pk__in=message_ids, state__in=[State.FAILED, State.BOUNCED])
    return failed.update(state=State.QUEUED, attempts=0, next_attempt_at=at, sent_at=None, left=[])


def clock(at: datetime.datetime) -> Clock:
    """What time it is, where it was `at` when this was called. A claim is dated by when it was made: who has
    letters to write first has the clock begin before it."""
    started = time.monotonic()
    return lambda: at + datetime.timedelta(seconds=time.monotonic() - started)


def _one_by_one(message_ids: Sequence[int], now: Clock) -> Iterator[None]:
    """Delivers them, for `AT_IT` at most: with a dead mail server all other work would wait for its silence.

    One that fails in a way that nobody foresaw stops none of those after it. All are found again.
    """
    until = now() + AT_IT
    for message_id in message_ids:
        if now() > until:
            return
        try:
            deliver(message_id, now())
        except Exception as error:
            # Not its words, which may name people.
            log.error("Message %s could not be delivered: %s", message_id, type(error).__name__)
        yield


def _open(on: datetime.date, at: datetime.datetime) -> Run:
    """The row of a new run. Those that fell silent are said to have been cut short."""
    silent = Q(heard_at__isnull=True) | Q(heard_at__lte=at - LEASE)
    Run.objects.filter(silent, state=Run.State.RUNNING).update(state=Run.State.CUT_SHORT)
    return Run.objects.create(started_at=at, heard_at=at, on=on, follows=_released())


def _had(on: datetime.date, at: datetime.datetime) -> bool:
    at_work = Run.objects.filter(state=Run.State.RUNNING, heard_at__gt=at - LEASE, on=on)
    if at_work.exists():
        return True
    # What an officer has let go is not kept waiting until tomorrow; what one has set aside is.
    set_aside = Q(state=Run.State.SET_ASIDE, released_by__isnull=False)
    done = Q(state__in=[Run.State.ENDED, Run.State.HELD]) | set_aside
    # One that somebody asked for days before looked at the register as it stood then.
    return _released() is None and Run.objects.filter(done, on=on, started_at__date=on).exists()


def _released() -> Run | None:
    """The last run that was stopped, if an officer released it and no run has made use of that yet.

    One that was stopped after a release waits for a decision of its own.
    """
    last = Run.objects.filter(state__in=Run.STOPPED).order_by("-pk").first()
    if last is None or last.state != Run.State.RELEASED or last.followed_by.exclude(directory="").exists():
        return None
    return last


def _largest() -> int:
    return Run.objects.exclude(directory="").aggregate(largest=Max("due"))["largest"] or 0


def _run(row: Run, now: Clock) -> Outcome:
    with transaction.atomic():
        audience = audiences.rows(Audience.Kind.CERTIFICATE, lock=True)
        row.limit = limit(row)
        planned = planning.plan(row.on, audience, most=row.limit)
        row.due, row.nobody = planned.count, planned.nobody
        if planned.too_many:
            _hold(row, now())
            return Outcome(planned, row)
        messages = planning.write(planned, row, now())
        row.directory, row.looked_at_all, row.heard_at = planned.digest, planned.looked_at_all, now()
        # What was held before is told by this one, or waits no more.
        Run.objects.filter(state=Run.State.HELD).update(state=Run.State.SET_ASIDE)
        row.save()
    for _ in _one_by_one([message.pk for message in messages], now):
        Run.objects.filter(pk=row.pk).update(heard_at=now())
    _close(row, now())
    return Outcome(planned, row)


def _hold(row: Run, at: datetime.datetime) -> None:
    """It has written nothing. One run at most waits for an officer: the last."""
    Run.objects.filter(state=Run.State.HELD).update(state=Run.State.SET_ASIDE)
    row.state, row.ended_at = Run.State.HELD, at
    row.save()


def _addressed_since(at: datetime.datetime) -> None:
    """Puts back what failed for want of an address, where there is one now."""
    failed = Message.objects.filter(state=State.FAILED, last_answer=NO_ADDRESS)
    found = [
        message.pk
        for message in failed.select_related("recipient__party", "recipient__user")
        if envelopes.where(message.recipient, message.purpose).addresses
    ]
    send_again(found, at)


def _hand_over(mail: Mail) -> int:
    connection = get_connection()
    with _broken_off(connection, SEND_WITHIN):
        return connection.send_messages([mail]) or 0


@contextlib.contextmanager
def _broken_off(connection: BaseEmailBackend, after: datetime.timedelta) -> Iterator[None]:
    """Shuts the line to the mail server when the time is over: what waits for its answer then fails.

    The timeout of each answer is not enough: a server that sends an octet now and then never reaches it.
    """
    done = threading.Event()

    def watch() -> None:
        pause = after.total_seconds()
        while not done.wait(pause):
            line = getattr(getattr(connection, "connection", None), "sock", None)
            if line is not None:
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
            pause = 1

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _claimable(at: datetime.datetime) -> Q:
    return Q(state=State.QUEUED, next_attempt_at__lte=at) | Q(state=State.SENDING, claimed_at__lte=at - LEASE)


def _claim(message_id: int, at: datetime.datetime) -> Message | None:
    # Durable: nothing may be sent on a claim that can still be rolled back.
    with transaction.atomic(durable=True):
        claimed = Message.objects.filter(_claimable(at), pk=message_id).update(
            state=State.SENDING, claimed_at=at, attempts=F("attempts") + 1
        )
    if not claimed:
        return None
    return Message.objects.select_related("recipient__party", "recipient__user").get(pk=message_id)


def _accepted(message: Message, mail: Mail, at: datetime.datetime, answer: str) -> None:
    """Sent; but for addresses that were put off, while others took it: those alone are tried again."""
    is_last = _is_last(message)
    bounces.note_refused(message, mail.refused, at, least=400 if is_last else 500)
    left = [bounces.digest_of(one) for one, (code, _) in mail.refused.items() if code < 500]
    if left and not is_last:
        Message.objects.filter(pk=message.pk).update(left=left)
        _try_later(message, at, answer)
    else:
        _finish(message, state=State.SENT, sent_at=at, last_answer=answer)


def _said(mail: Mail, to: envelopes.Where, accepted: int) -> str:
    if not accepted:
        return "the mail server took none of it"
    words = "accepted for the stand-in address" if to.stands_in else "accepted"
    if settings.NOTICE_DIVERT_TO:
        words = diverting.ACCEPTED
    if any(code < 500 for code, _ in mail.refused.values()):
        words += ", some addresses put off"
    return f"{words}: {mail.answer}" if mail.answer else words


def _note(message: Message, mail: Mail | None, answer: str, at: datetime.datetime) -> None:
    """What came of this attempt. Of one that was cut off nothing is known, and no row is there."""
    handed = hashlib.sha256(mail.kept).hexdigest() if mail else ""
    Attempt.objects.create(message=message, at=at, answer=answer, content=handed)


def _try_later(message: Message, at: datetime.datetime, answer: str) -> None:
    if _is_last(message):
        _give_up(message, at, answer)
        return
    pause = datetime.timedelta(hours=PAUSES[message.attempts - 1])
    _finish(message, state=State.QUEUED, next_attempt_at=at + pause, last_answer=answer)


def _is_last(message: Message) -> bool:
    return message.attempts > len(PAUSES)


def _give_up(message: Message, at: datetime.datetime, answer: str) -> None:
    """A person has to look; but where only some addresses were left to try, others have it."""
    if message.left:
        _finish(message, state=State.SENT, sent_at=at, last_answer=answer)
    else:
        _finish(message, state=State.FAILED, last_answer=answer)


def _finish(message: Message, **values: object) -> None:
    # Only of the attempt that is ours: somebody may have taken us for gone.
    Message.objects.filter(pk=message.pk, state=State.SENDING, attempts=message.attempts).update(**values)


def _without(addresses: list[str], answer: str) -> str:
    """A mail server's answer without the addresses that it repeats: they are looked up, never kept."""
    for address in addresses:
        answer = answer.replace(address, "(address)")
    return answer[:2000]


def _close(row: Run, at: datetime.datetime) -> None:
    row.sent = row.notices.filter(message__state=State.SENT).count()
    row.failed = row.due - row.sent
    row.ended_at = row.heard_at = at
    row.state = Run.State.ENDED
    row.save()
