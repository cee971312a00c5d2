"""What goes around a letter when it is sent: where to, for whom, its files, and how to end such mail."""

from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.html import format_html

from notifications import subscriptions
from notifications.layout import laid_out
from notifications.models import Letter, Message, Recipient


@dataclass(frozen=True)
class Where:
    """The addresses of a message today; `stands_in` where they are not its recipient's own."""

    addresses: list[str]
    stands_in: bool = False


def where(recipient: Recipient, purpose: str) -> Where:
    """A Party without any address is written to at the stand-in's: what the Panel owes it is not lost."""
    own = recipient.addresses(purpose)
    if own or recipient.party is None or not settings.STAND_IN_EMAIL:
        return Where(own)
    return Where([settings.STAND_IN_EMAIL], stands_in=True)


def dress(mail: EmailMultiAlternatives, message: Message, letter: Letter, to: Where) -> None:
    """Adds what the letter itself does not say. The same message is dressed alike at each attempt."""
    if to.stands_in:
        _say_for_whom(mail, message)
    for file in letter.attachments.all():
        mail.attach(file.name, bytes(file.content), file.media_type)
    # What the Panel owes can be ended by nobody, and says so by having no such header. Nor does whoever reads
    # the stand-in's post end with one click what another organisation is told.
    if not to.stands_in:
        mail.extra_headers |= subscriptions.headers(message)


def _say_for_whom(mail: EmailMultiAlternatives, message: Message) -> None:
    words = (
        f"This e-mail is for {message.recipient}, which has no address on record. It came to you because "
        f"this is the Panel's stand-in address. Find out how to reach {message.recipient}, pass it on, and "
        "enter the address in the admin, under Parties."
    )
    mail.body = f"{laid_out(words)}\n{mail.body}"
    mail.alternatives = [
        type(one)(_on_top(str(one[0]), words), one[1])  # type: ignore[misc]  # the stubs are of Django 6
        for one in mail.alternatives
    ]


def _on_top(html: str, words: str) -> str:
    return html.replace("<body>", format_html("<body>\n<p><strong>{}</strong></p>", words), 1)
