"""Takes the place of simple-history's command of this name, which would delete what is never deleted."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Refuses: the history of rows is never pruned (docs/decisions/0012-history-is-kept.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        # Whatever the command of the library is called with, the answer is the same.
        parser.add_argument("anything", nargs="*")
        parser.add_argument("--auto", action="store_true")
        parser.add_argument("--days", type=int)
        parser.add_argument("--dry", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError(
            "The history is never pruned: auditors read it, and the database refuses it. To forget a person,"
            " erase what names them beside the frozen rows."
        )
