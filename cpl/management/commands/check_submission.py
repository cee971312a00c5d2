"""Checks a filled-in `CPL - New Entry` sheet: every problem at once, nothing stored."""

import json
import re
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from cpl.checking import problems_of_answers
from cpl.formats.entry_form import FormAnswers, read_entry_form
from cpl.formats.problems import UnreadableFile
from cpl.models import Submission
from cpl.rules.problem import Level


class Command(BaseCommand):
    help = "Every problem of a filled-in entry form, by row, field, value and remedy. Nothing is stored."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="A list of objects instead of text.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            form = read_entry_form(options["file"].read_bytes())
        except UnreadableFile as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        found = [*_of_cells(form), *_of_rules(form)]
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))
        else:
            for problem in found:
                self.stdout.write(
                    "row {row}, {field}: {message} Found {found!r}. [{level}, {rule}]".format(**problem)
                )
            self.stdout.write(f"{len(found)} found." if found else "No problem found.")
        if any(problem["level"] == Level.REFUSE for problem in found):
            raise SystemExit(1)


def _of_cells(form: FormAnswers) -> list[dict[str, Any]]:
    """What the cells themselves have to say, before any rule: unreadable values and repairs."""
    unreadable = [
        _said(form, p.field, "F-cell", Level.REFUSE, p.found, p.expected, p.message) for p in form.problems
    ]
    repaired = [
        _said(
            form,
            r.field,
            "F-repaired",
            Level.REPAIR,
            r.found,
            r.taken,
            f"Read as {r.taken}: {', '.join(r.words)}.",
        )
        for r in form.repairs
    ]
    return unreadable + repaired


def _of_rules(form: FormAnswers) -> list[dict[str, Any]]:
    """What the rules say. What the sheet has no field for is asked at the portal, and so are the files."""
    told = {problem.field for problem in form.problems}
    found = problems_of_answers(
        Submission.Kind.NEW_ENTRY,
        form.answers,
        party=None,
        by_panel=False,
        on=timezone.localdate(),
        evidence=frozenset({"CPA", "DLMS", "Zigbee"}),
    )
    return [
        _said(form, p.field, p.rule, p.level, p.found, p.expected, p.message)
        for p in found
        if p.field in form.cells and p.field not in told
    ]


def _said(
    form: FormAnswers, field: str, rule: str, level: Level, found: str, expected: str, message: str
) -> dict[str, Any]:
    row = re.sub(r"\D", "", form.cells.get(field, ""))
    return {
        "row": int(row) if row else None,
        "field": field,
        "rule": rule,
        "level": str(level),
        "found": found,
        "expected": expected,
        "message": message,
    }
