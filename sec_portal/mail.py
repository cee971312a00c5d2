"""E-mail as files that a person can read, and a mail server whose every answer is told."""

import contextlib
import smtplib
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend


class _Telling(smtplib.SMTP):
    """Keeps what smtplib drops: the answer to the message, and which of several addresses were refused."""

    answer = ""
    refused: dict[str, tuple[int, bytes]] = {}

    def data(self, msg: Any) -> tuple[int, bytes]:
        code, said = super().data(msg)
        self.answer = f"{code} {said.decode('utf-8', 'replace')}"
        return code, said

    def sendmail(self, *args: Any, **kwargs: Any) -> dict[str, tuple[int, bytes]]:
        self.refused = super().sendmail(*args, **kwargs)
        return self.refused


class _TellingOverTls(_Telling, smtplib.SMTP_SSL):
    pass


class Smtp(EmailBackend):
    """Django's, but that what the server said is told, not lost: each message has it afterwards.

    `answer` is the reply to the message; `refused` are the replies about addresses that did not get it, where
    others did (where none does, smtplib raises).
    """

    @property
    def connection_class(self) -> Callable[..., smtplib.SMTP]:  # type: ignore[override]  # all that is asked of it
        """Calls the server with the line in our hands already: who waits too long for a greeting hangs up."""

        def call(host: str, port: int, **how: Any) -> smtplib.SMTP:
            line: Any = (_TellingOverTls if self.use_ssl else _Telling)(**how)
            # What a certificate has to name; smtplib takes it from a call that it makes itself.
            line._host, self.connection = host, line
            code, said = line.connect(host, port)
            if code != 220:
                line.close()
                raise smtplib.SMTPConnectError(code, said)
            return cast(smtplib.SMTP, line)

        return call

    def _send(self, email_message: EmailMessage) -> bool:
        sent: bool = super()._send(email_message)  # type: ignore[misc]
        line: Any = self.connection
        email_message.answer, email_message.refused = line.answer, line.refused  # type: ignore[attr-defined]
        return sent

    def _close_connection(self, connection: smtplib.SMTP) -> None:
        """A farewell that goes wrong says nothing of the message, which may have been taken before it."""
        with contextlib.suppress(OSError, smtplib.SMTPException):
            connection.quit()
        connection.close()


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
