"""The bytes of a message: built once, kept, and sent as they were kept, however often it is tried.

A repeat of what may have gone out is thus the same mail to the last octet. Only where it goes to other
addresses now, since somebody put them right meanwhile, is it built anew: with the same Message-ID.
"""

import datetime
from email import charset, message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from notifications import bounces, diverting, envelopes
from notifications.models import Letter, Message

# Seven bits whatever the words, and no long line: no mail server has to be asked whether it takes more.
SEVEN_BITS = charset.Charset("utf-8")
SEVEN_BITS.body_encoding = charset.QP


class Kept(EmailMessage):
    """A mail to be read as it stands; its bytes are those that were kept."""

    raw = b""

    def as_bytes(self, unixfrom: bool = False, policy: object = None, linesep: str = "\n") -> bytes:
        """With the line ends that the backend asks for, as Django's own messages give them."""
        return self.raw.replace(b"\n", linesep.encode())


class Mail(EmailMultiAlternatives):
    """A mail whose bytes are at hand before it is sent; afterwards, what the mail server said.

    `left` are the addresses that have not got it yet, where others have. `refused` are replies by address.
    """

    kept = b""
    left: frozenset[str] = frozenset()
    answer = ""
    refused: dict[str, tuple[int, bytes]] = {}

    def recipients(self) -> list[str]:
        every = super().recipients()
        return [one for one in every if not self.left or bounces.digest_of(one) in self.left]

    def message(self) -> Any:  # type: ignore[override]  # the stubs are of Django 6
        if not self.kept:
            return super().message()
        mail: Any = message_from_bytes(self.kept, _class=Kept, policy=policy.default)
        mail.raw = self.kept
        return mail


def mail_of(message: Message, letter: Letter, to: envelopes.Where, at: datetime.datetime) -> Mail:
    """With the bytes that were kept at an earlier attempt, or else with new ones, which are kept now."""
    mail = _mail(message, letter, to.addresses, at)
    envelopes.dress(mail, message, letter, to)
    diverting.divert(mail)
    kept = bytes(letter.content)
    if bounces.addresses_in(kept) == sorted({one.lower() for one in mail.to}):
        mail.kept, mail.left = kept, frozenset(message.left)
        return mail
    built: bytes = mail.message().as_bytes()
    # Kept first: what may have gone out can be read, whatever happens next.
    Letter.objects.filter(pk=letter.pk).update(content=built)
    Message.objects.filter(pk=message.pk, attempts=message.attempts).update(left=[])
    message.left = []
    mail.kept = built
    return mail


def _mail(message: Message, letter: Letter, addresses: list[str], at: datetime.datetime) -> Mail:
    mail = Mail(
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
    mail.encoding = SEVEN_BITS
    mail.attach_alternative(letter.html, "text/html")
    return mail
