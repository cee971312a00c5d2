"""Checks a file of new entries: every problem at once, nothing stored."""

import json
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from cpl.fields import BY_NAME
from cpl.file_checks import FileProblem, FileReport, check_file
from cpl.formats.problems import UnreadableFile
from cpl.models import Party


class Command(BaseCommand):
    help = (
        "Every problem of a filled-in entry form, or of a file with one device a row (XLSX or CSV): by row, "
        "field, value and remedy. Nothing is stored. The exit code is 1 where anything is refused."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="A list of objects instead of text.")
        parser.add_argument("--party", help="The organisation that would submit it, by its name.")

    def handle(self, *args: Any, **options: Any) -> None:
        report = _report(options["file"], _party(options["party"]))
        if options["json"]:
            found = [one.as_json() for one in report.problems]
            self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_in_words(report)))
        if report.refused:
            raise SystemExit(1)


def _report(path: Path, party: Party | None) -> FileReport:
    try:
        data = path.read_bytes()
        return check_file(data, path.name, party=party, by_panel=False, on=timezone.localdate())
    except UnreadableFile as error:
        raise CommandError(error.message) from error
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _party(name: str | None) -> Party | None:
    if name is None:
        return None
    party = Party.objects.filter(name=name).first()
    if party is None:
        raise CommandError(f"The register has no organisation {name!r}. Write it as the register does.")
    return party


def _in_words(report: FileReport) -> list[str]:
    devices = "1 device" if report.rows == 1 else f"{report.rows:,} devices"
    count = f"{len(report.problems)} found" if report.problems else "No problem found"
    later = ", ".join(BY_NAME[name].label for name in report.asked_later)
    lines = [*map(_line, report.problems), f"{count} in {devices}."]
    return [*lines, f"Asked after the upload: {later}."] if later else lines


def _line(one: FileProblem) -> str:
    place = f"row {one.row}" if one.row else "the file"
    said = one.problem
    return f"{place}, {said.field}: {said.message} Found {said.found!r}. [{said.level}, {said.rule}]"
