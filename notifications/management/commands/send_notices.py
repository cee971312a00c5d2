"""Tells those concerned of certificates that will expire or need renewal."""

import datetime
import json
from argparse import ArgumentTypeError
from collections import Counter
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from applicability.openness import say
from notifications import printing, sending, watch
from notifications.audiences import NobodyToTell


class Command(BaseCommand):
    help = "Finds the notices that are owed on a day, and sends those that were not sent yet."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--on", type=_day, help="the day, such as 2023-02-28; today if not given")
        parser.add_argument("--dry-run", action="store_true", help="say what would be told; write nothing")
        parser.add_argument("--json", action="store_true", help="print a list of objects, one a notice")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        on = options["on"] or timezone.localdate(now)
        try:
            outcome = sending.run(on, now, dry_run=options["dry_run"])
        except NobodyToTell as error:
            raise CommandError(str(error)) from error
        if outcome.run and outcome.is_held:
            raise CommandError(
                f"The run is held: it would send {outcome.run.due} notices, and its limit is "
                f"{outcome.run.limit}. Nothing was sent. An officer releases it or sets it aside."
            )
        if watch.is_good(outcome.run):
            # The clock asks for no second run of the day, and it is that which sends the ping otherwise.
            watch.ping()
        rows = printing.rows(outcome.plan)
        if options["json"]:
            self.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False))
        else:
            self._print(rows, outcome, on)

    def _print(self, rows: list[printing.Row], outcome: sending.Outcome, on: datetime.date) -> None:
        for row in rows:
            self.stdout.write(
                f"{row['entry']}  {row['certificate']:<26} {row['date']}  {row['milestone']:>2} months  "
                f"{row['state']:<15} {row['recipient']}"
            )
        counts = Counter(row["state"] for row in rows)
        found = ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "nothing"
        self.stdout.write(f"On {say(on)}: {found}.")
        if outcome.run:
            self.stdout.write(f"Sent {outcome.run.sent} of {outcome.run.due}; {outcome.run.failed} not sent.")


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no day; write it as 2023-02-28.") from error
