"""E-mail as files that a person can read, and a mail server that says whom it refused."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend


class Smtp(EmailBackend):
    """Django's, but for one thing: which of several addresses were refused is told, not lost.

    smtplib raises only where all of them were; of some it returns them, and Django drops what it returns.
    Here each message has them afterwards, in `refused`: replies by address.
    """

    refused: dict[str, tuple[int, bytes]] = {}

    def open(self) -> bool | None:
        opened = super().open()
        if opened and self.connection is not None:
            self._send_mail = self.connection.sendmail
            self.connection.sendmail = self._telling  # type: ignore[method-assign]
        return opened

    def _telling(self, *args: Any, **kwargs: Any) -> dict[str, tuple[int, bytes]]:
        self.refused = self._send_mail(*args, **kwargs)
        return self.refused

    def _send(self, email_message: EmailMessage) -> bool:
        self.refused = {}
        sent: bool = super()._send(email_message)  # type: ignore[misc]
        email_message.refused = self.refused  # type: ignore[attr-defined]
        return sent


class ReadableFiles(BaseEmailBackend):
    """Writes each message to `EMAIL_FILE_PATH/<time>-<random>.txt`: a few headers, a blank line, the text."""

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self.folder = Path(settings.EMAIL_FILE_PATH)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Returns how many were written, which is all of them."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            self._write(message, datetime.now(UTC))
        return len(email_messages)

    def _write(self, message: EmailMessage, at: datetime) -> None:
        path = self.folder / f"{at:%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}.txt"
        unfinished = path.with_suffix(".part")
        unfinished.touch(mode=0o600)
        unfinished.write_text(readable(message, at), encoding="utf-8")
        unfinished.rename(path)


def readable(message: EmailMessage, at: datetime) -> str:
    """The message as its reader would see it, with the names of what is attached."""
    headers = {
        "Date": f"{at:%a, %d %b %Y %H:%M:%S +0000}",
        "From": message.from_email,
        "To": ", ".join(message.to),
        "Cc": ", ".join(message.cc),
        "Bcc": ", ".join(message.bcc),
        "Reply-To": ", ".join(message.reply_to),
        "Subject": message.subject,
        **message.extra_headers,
        "Attached": ", ".join(_name(attachment) for attachment in message.attachments),
    }
    # A header is one line, whatever somebody put into a subject.
    lines = [f"{name}: {' '.join(str(value).split())}" for name, value in headers.items() if value]
    return "\n".join([*lines, "", str(message.body).rstrip(), ""])


def _name(attachment: Any) -> str:
    name = attachment.get_filename() if hasattr(attachment, "get_filename") else attachment[0]
    return str(name or "(no name)")
