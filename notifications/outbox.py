"""Puts messages in the queue. What is queued is sent by `notifications.sending`, now or by a later run."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import make_msgid
from functools import reduce
from operator import or_
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q

from notifications.attachments import File
from notifications.due import To
from notifications.letters import Words
from notifications.models import Attachment, Letter, Message, Recipient, Run

BATCH = 500


@dataclass(frozen=True)
class Mail:
    """What somebody is to be told."""

    recipient: Recipient
    words: Words


def recipients(wanted: Iterable[To]) -> dict[To, Recipient]:
    """The rows of these recipients; who was never told anything gets one. Three queries a thousand."""
    wanted = sorted(set(wanted))
    known = _known(wanted)
    # Another process may add the same ones meanwhile.
    new = [Recipient.of(to) for to in wanted if to not in known]
    Recipient.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    return {**known, **_known([to for to in wanted if to not in known])}


def queue(
    kind: str, mails: Iterable[Mail], *, at: datetime.datetime, run: Run | None = None
) -> list[Message]:
    """Inside the transaction that records what the mails tell. One is held at a time: those of a large run
    take megabytes each."""
    return [_queue(kind, mail, at, run) for mail in mails]


def _queue(kind: str, mail: Mail, at: datetime.datetime, run: Run | None) -> Message:
    message = Message.objects.create(
        kind=kind,
        recipient=mail.recipient,
        run=run,
        subject=mail.words.subject[:200],
        message_id=make_msgid(domain=urlsplit(settings.PORTAL_URL).hostname),
        queued_at=at,
        next_attempt_at=at,
    )
    # By its key: the message, which is kept, would keep the letter else.
    Letter.objects.create(message_id=message.pk, text=mail.words.text, html=mail.words.html)
    for file in mail.words.files:
        _attached(message, file).save(force_insert=True)
    return message


def _attached(message: Message, file: File) -> Attachment:
    return Attachment(letter_id=message.pk, name=file.name, media_type=file.media_type, content=file.content)


def _known(wanted: Sequence[To]) -> dict[To, Recipient]:
    found: dict[To, Recipient] = {}
    for start in range(0, len(wanted), 1000):
        rows = Recipient.objects.filter(_any_of(wanted[start : start + 1000]))
        found |= {row.to: row for row in rows.select_related("party", "user")}
    return found


def _any_of(wanted: Sequence[To]) -> Q:
    columns = {"party": "party_id", "user": "user_id", "contact": "email"}
    keys = {kind: [to.key for to in wanted if to.kind == kind] for kind in columns}
    return reduce(or_, (Q(**{f"{column}__in": keys[kind]}) for kind, column in columns.items()))
