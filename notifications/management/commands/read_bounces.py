"""Reads what mail servers returned, from files, a mailbox or a pipe, and notes it at its message."""

import mailbox
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from notifications import bounces


class Command(BaseCommand):
    help = (
        "Notes mail that came back: give the bounce as a file, or pipe it in (as an alias of the mail server "
        "does). Other mail is passed over. Read twice, it is noted once."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "files",
            nargs="*",
            help="one message each, or a folder (Maildir); none: one message from standard input",
        )
        parser.add_argument("--mailbox", action="store_true", help="the files are mailboxes (mbox) of many")

    def handle(self, *args: Any, **options: Any) -> None:
        noted, ours, other = 0, 0, 0
        for raw in _messages(options["files"], options["mailbox"]):
            report = bounces.read_report(raw)
            ours += report is not None
            other += report is None
            noted += report is not None and bounces.record(report, timezone.now()) is not None
        self.stdout.write(
            f"{noted} of {ours} reports are about messages of ours; {other} other mails were passed over."
        )


def _messages(files: list[str], many: bool) -> Iterator[bytes]:
    if not files:
        yield sys.stdin.buffer.read(bounces.LARGEST + 1)
        return
    for name in files:
        path = Path(name)
        if path.is_dir() and (path / "new").is_dir():
            folder = mailbox.Maildir(path, create=False)
            yield from (folder.get_bytes(key) for key in folder.iterkeys())
            continue
        if not path.is_file():
            raise CommandError(f"There is no file {name}.")
        if many:
            box = mailbox.mbox(path, create=False)
            yield from (box.get_bytes(key) for key in box.iterkeys())
        else:
            yield path.read_bytes()
