"""`import_cpl FILE`: brings the published list forward."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from applicability.openness import say
from cpl.bringing import NotBrought, bring_forward
from cpl.brought.report import as_text
from cpl.formats.problems import DamagedFile, UnreadableFile
from cpl.models import ListImport
from ledger import journal


class Command(BaseCommand):
    help = (
        "Brings the published Central Products List (its workbook) forward, all or nothing, and reports what"
        " was normalised and which facts disagree. Running it twice changes nothing; a later edition is taken"
        " as an increment until the first release of this register."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the published workbook (.xlsx)")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print the report as JSON")

    def handle(self, *args: Any, file: Path, as_json: bool, **options: Any) -> None:
        data = _read(file)
        before, _ = journal.head()
        try:
            brought = bring_forward(data, file_name=file.name, by=None, at=timezone.now())
        except UnreadableFile as error:
            raise self._refusal([error.message], as_json) from error
        except DamagedFile as error:
            raise self._refusal([str(one) for one in error.problems], as_json) from error
        except NotBrought as error:
            raise self._refusal([str(one) for one in error.obstacles], as_json) from error
        # An import's key is its journal serial.
        self._tell(brought, already=brought.pk <= before, as_json=as_json)

    def _tell(self, brought: ListImport, *, already: bool, as_json: bool) -> None:
        report = json.loads(brought.report)
        if as_json:
            told = {"already_brought_forward": already, **report}
            self.stdout.write(json.dumps(told, indent=2, ensure_ascii=False))
        elif already:
            day = say(timezone.localdate(brought.record.at))
            self.stdout.write(
                f"Version {brought.version} was already brought forward on {day} from"
                f" {brought.file_name}. Nothing was changed."
            )
        else:
            self.stdout.write(as_text(report))

    def _refusal(self, reasons: list[str], as_json: bool) -> CommandError:
        if as_json:
            self.stdout.write(json.dumps({"refused": reasons}, indent=2, ensure_ascii=False))
        return CommandError("\n".join(["Refused; nothing was stored.", *reasons]))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise CommandError(f"There is no file {file}.") from None
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
