"""Publishes the next release of the list."""

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from cpl import publishing
from cpl.workflow import NotPossible


class Command(BaseCommand):
    help = "Publishes the next numbered, signed release from what the register holds now."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--changes", default="", help="Words for the version history, in place of ours.")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            release = publishing.publish(
                by=None, at=now, on=timezone.localdate(now), changes=options["changes"]
            )
        except NotPossible as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Release {release} is published, up to record {release.serial} of the journal.")
        for file in release.files.all():
            self.stdout.write(f"  {file.name:14} {file.size:>9} octets  sha256 {file.sha256}")
