import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger.checks import missing_triggers
from ledger.models import Head
from ledger.verify import Anchor, differences


class Command(BaseCommand):
    help = "Proves that the journal and its rows are as written. Exit 1 names what differs, by subject."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--manifest",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help="a kept release manifest (JSON with serial and digest) to compare with as well",
        )

    def handle(self, *args: Any, manifest: list[Path], **options: Any) -> None:
        for fault in missing_triggers():
            self.stderr.write(f"warning: {fault}")
        serial, digest = _head()
        found = 0
        for difference in differences([_anchor(path) for path in manifest]):
            self.stdout.write(str(difference))
            found += 1
        if found:
            raise CommandError(f"{found} found that differ from what was written.")
        self.stdout.write(f"Nothing differs, up to record {serial} with digest {digest}.")


def _head() -> tuple[int, str]:
    """Before verifying, which goes at least so far."""
    head = Head.objects.first() or Head()
    return head.serial, head.digest


def _anchor(path: Path) -> Anchor:
    try:
        kept = json.loads(path.read_bytes())
        return Anchor(path.name, int(kept["serial"]), str(kept["digest"]))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CommandError(f"{path}: no manifest with serial and digest: {error!r}") from error
