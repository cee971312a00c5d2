"""The CSV files of this room, read into plain rows: what is wrong is named by file, row, column, value and
remedy.

Pure. A file is known by its header row, not by its name. UTF-8, commas, one header row; rows are counted as a
spreadsheet counts them, the header being row 1. Outer spaces are forgiven, nothing else is repaired.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from applicability.openness import Day

Read = Callable[[str], Any]


@dataclass(frozen=True)
class Problem:
    """One thing to put right; `row` and `column` are empty where the whole file is meant."""

    file: str
    row: int | None
    column: str
    value: str
    remedy: str

    def __str__(self) -> str:
        place = [
            self.file,
            f"row {self.row}" if self.row else "",
            f"column {self.column}" if self.column else "",
        ]
        return f"{', '.join(part for part in place if part)}: {self.value!r}: {self.remedy}"


@dataclass(frozen=True)
class SheetRow:
    """A row as read: where it stands, its text as found and its values by column."""

    file: str
    row: int
    found: Mapping[str, str]
    values: Mapping[str, Any]

    def problem(self, column: str, remedy: str) -> Problem:
        return Problem(self.file, self.row, column, self.found.get(column, ""), remedy)


def text(value: str) -> str:
    if not value:
        raise ValueError("must not be empty")
    return value


def free(value: str) -> str:
    return value


def label(value: str) -> str | None:
    return value or None


def number(value: str) -> int:
    if not value.isascii() or not value.isdigit():
        raise ValueError("expected a whole number, such as 1")
    return int(value)


def yes_or_no(value: str) -> bool:
    if value not in ("yes", "no"):
        raise ValueError("expected yes or no")
    return value == "yes"


def date(value: str) -> dt.date:
    day = Day.parse(value).date
    if day is None:
        raise ValueError("expected a date as 2018-12-05")
    return day


EDITION: dict[str, Read] = {"series": text, "edition": number}
# In the order in which they can be stored: what is named comes before what names it.
SHEETS: dict[str, dict[str, Read]] = {
    "device_types": {
        "name": text, "kind": text, "esme": yes_or_no, "document": text, "acts": text, "licence": text,
        "active": yes_or_no, "valid_from": Day.parse, "valid_to": Day.parse, "position": number, "note": free,
    },
    "specification_versions": {
        "document": text, "label": text, "series": text, "kind": text, "predecessor": label,
        "valid_from": Day.parse, "valid_to": Day.parse, "source": text,
    },
    "certificate_requirements": {
        "device_type": text, "scheme": text, "need": text, "valid_from": Day.parse, "valid_to": Day.parse,
        "source": text,
    },
    "editions": {
        "series": text, "number": number, "title": text, "effective_from": date, "source_kind": text,
        "source": text,
    },
    "validities": EDITION | {
        "device_type": text, "ts": text,
        "ivp_from": Day.parse, "ivp_to": Day.parse, "mvp_from": Day.parse, "mvp_to": Day.parse,
    },
    "periods": EDITION | {"ts": text, "gbcs": text, "applies_from": Day.parse, "applies_to": Day.parse},
    "combinations": EDITION | {"device_type": text, "ts": text, "gbcs": text},
    "security_ties": EDITION | {"gbcs": text, "security_characteristics": text},
    "companions": EDITION | {"gbcs": text, "version": text},
}  # fmt: skip


def read(file: str, content: bytes) -> tuple[str, list[SheetRow], list[Problem]]:
    """The kind of sheet (a key of SHEETS, or empty), its rows, and everything that is wrong with it."""
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except UnicodeDecodeError as error:
        problem = Problem(
            file, None, "", f"byte {error.start}", "the file is not UTF-8; save it as CSV UTF-8"
        )
        return "", [], [problem]
    except csv.Error as error:
        return "", [], [Problem(file, None, "", str(error), "the file is not well-formed CSV; save it again")]
    header = [cell.strip() for cell in lines[0]] if lines else []
    kind = next((kind for kind, columns in SHEETS.items() if list(columns) == header), "")
    if not kind:
        known = "; ".join(f"{kind}: {','.join(columns)}" for kind, columns in SHEETS.items())
        return (
            "",
            [],
            [Problem(file, 1, "", ",".join(header), f"no such header row is known. Known are {known}")],
        )
    return kind, *_rows(file, SHEETS[kind], lines)


def _rows(
    file: str, columns: Mapping[str, Read], lines: list[list[str]]
) -> tuple[list[SheetRow], list[Problem]]:
    rows: list[SheetRow] = []
    problems: list[Problem] = []
    for place, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            remedy = f"expected {len(columns)} cells: {','.join(columns)}"
            problems.append(Problem(file, place, "", f"{len(cells)} cells", remedy))
            continue
        found = dict(zip(columns, (cell.strip() for cell in cells), strict=True))
        wrong = list(_wrong(file, place, columns, found))
        problems += wrong
        if not wrong:
            rows.append(
                SheetRow(file, place, found, {name: take(found[name]) for name, take in columns.items()})
            )
    return rows, problems


def _wrong(file: str, place: int, columns: Mapping[str, Read], found: Mapping[str, str]) -> Iterator[Problem]:
    for name, take in columns.items():
        try:
            take(found[name])
        except ValueError as error:
            yield Problem(file, place, name, found[name], str(error))
