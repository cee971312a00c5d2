"""`manage.py load_applicability [FILE...]`: the founding files, or the given ones."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from applicability.load import Loaded, Refused, founding_files, load


class Command(BaseCommand):
    help = "Loads the TS Applicability Tables and all that they name. Safe to run twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="*", type=Path, help="None: the project's own.")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        try:
            contents = {str(path): path.read_bytes() for path in files} or founding_files()
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}. Nothing was loaded.") from error
        try:
            self._tell(load(contents, at=timezone.now()))
        except Refused as refused:
            raise CommandError(f"Nothing was loaded.\n{refused}") from refused

    def _tell(self, loaded: Loaded) -> None:
        for kind in sorted(loaded.added | loaded.unchanged):
            self.stdout.write(f"{kind}: {loaded.added[kind]} added, {loaded.unchanged[kind]} unchanged")
        for line in (*loaded.kept, *(f"{edition} designated" for edition in loaded.designated)):
            self.stdout.write(line)
