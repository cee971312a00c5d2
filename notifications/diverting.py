"""Test mode: everything goes to one address, and says whom it was for."""

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.message import EmailAlternative
from django.utils.html import format_html

from notifications.layout import laid_out

HEADER = "X-Meant-For"
# Begins the answer of a message that went there: nobody whom it was for has got it.
ACCEPTED = "accepted for the test address"


def divert(mail: EmailMessage) -> None:
    """Where NOTICE_DIVERT_TO is set, gives the mail that one recipient, and names its true ones on top."""
    if not settings.NOTICE_DIVERT_TO:
        return
    meant_for = ", ".join(mail.recipients())
    words = f"TEST: this portal sends all its mail to this one address. This was meant for {meant_for}."
    mail.extra_headers[HEADER] = meant_for
    # Headers may name recipients too, and would go out as they are.
    for header in ("To", "Cc", "Bcc"):
        mail.extra_headers.pop(header, None)
    mail.to, mail.cc, mail.bcc = [settings.NOTICE_DIVERT_TO], [], []
    mail.subject = f"[TEST] {mail.subject}"
    mail.body = f"{laid_out(words)}\n{mail.body}"
    if isinstance(mail, EmailMultiAlternatives):
        mail.alternatives = [
            EmailAlternative(_on_top(str(one[0]), words), one[1]) if one[1] == "text/html" else one
            for one in mail.alternatives
        ]


def _on_top(html: str, words: str) -> str:
    note = format_html("<p><strong>{}</strong></p>", words)
    head, body, rest = html.partition("<body")
    if not body:
        return note + html
    attributes, end, rest = rest.partition(">")
    return f"{head}{body}{attributes}{end}{note}{rest}"
