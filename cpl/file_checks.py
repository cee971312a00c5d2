"""What is to be said of a file of new entries, row by row and cell by cell. Nothing is stored.

Every door that takes a file asks here: an upload, the page for a look beforehand, the API, the command line.
"""

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType
from typing import Literal

from cpl import fields as f
from cpl.checking import Checked, Earlier, check_many, image_of
from cpl.formats.bulk_header import NEEDED
from cpl.formats.device_files import BULK_LIMITS, DeviceRow, read_device_file
from cpl.formats.guard import Limits
from cpl.formats.problems import CellProblem
from cpl.models import Party, Submission
from cpl.rules.problem import Level, Problem
from cpl.rules.reading import LAID_OUT
from cpl.rules.registry import Finding

# Certificates are attached after a file was read; at submission only what really came with a row counts.
ASSUMED = frozenset({"CPA", "DLMS", "Zigbee"})
# So many rows are judged with one set of queries.
AT_ONCE = 1_000
_PLACES_NEEDED = frozenset(one.name for one in NEEDED)
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class FileProblem:
    """A problem and where it stands. `row` is as the file counts it; None where no row is meant."""

    problem: Problem
    row: int | None
    cell: str = ""
    file: str = ""
    # That a row lacks an answer for which the file lacks the column: told of the file, once for all rows.
    by_the_file: bool = False

    def as_json(self) -> dict[str, object]:
        told: dict[str, object] = {"row": self.row, "cell": self.cell, **self.problem.as_json()}
        return {**told, "by_the_file": True} if self.by_the_file else told


@dataclass(frozen=True)
class CheckedRow:
    """A row of a file, what was read in it, and every problem, each with its cell."""

    row: DeviceRow
    checked: Checked
    problems: tuple[FileProblem, ...]


@dataclass(frozen=True)
class FileReport:
    """All that is to be said of a file, each mistake once. `good_rows`: those of which none is refused.

    `asked_later`: fields that it has no place for and that are asked after the upload.
    """

    shape: Literal["entry_form", "bulk"]
    rows: int
    problems: tuple[FileProblem, ...]
    asked_later: tuple[str, ...] = ()
    good_rows: int = 0

    @property
    def refused(self) -> bool:
        return any(one.problem.level == Level.REFUSE for one in self.problems)


class TooManyRows(ValueError):
    """A file has more rows than this door takes."""

    def __init__(self, most: int) -> None:
        super().__init__(f"The file has more than {most:,} rows. Divide it, and send the parts one by one.")


def check_file(
    data: bytes,
    name: str,
    *,
    party: Party | None,
    by_panel: bool,
    on: datetime.date,
    most_rows: int | None = None,
    limits: Limits = BULK_LIMITS,
) -> FileReport:
    """Reads a file and judges every row. `limits`: how large a workbook may be once it is unpacked.

    Raises:
        UnreadableFile: it is no such file.
        TooManyRows: it has more than `most_rows`.
    """
    file = read_device_file(data, name, limits=limits)
    later = tuple(
        field.name for field in f.NEW_ENTRY if field not in f.FORM and field.name not in file.columns
    )
    found = [file_problem(one, None, name) for one in file.problems]
    earlier = Earlier()
    count = good = 0
    for rows in _in_parts(file.rows):
        count += len(rows)
        if most_rows is not None and count > most_rows:
            raise TooManyRows(most_rows)
        for one in check_rows(rows, party=party, by_panel=by_panel, on=on, earlier=earlier, file=name):
            earlier.note(one.checked.device_key, *image_of(one.checked.answers), label(one.row))
            told = [said for said in one.problems if said.problem.field not in later]
            good += all(said.problem.level != Level.REFUSE for said in told)
            found += [said for said in told if not said.by_the_file]
    return FileReport(file.shape, count, tuple(found), later, good)


def check_rows(
    rows: Sequence[DeviceRow],
    *,
    party: Party | None,
    on: datetime.date,
    by_panel: bool = False,
    further: Mapping[str, str] = NOTHING,
    earlier: Earlier | None = None,
    corrected: Sequence[Mapping[str, str]] | None = None,
    file: str = "",
) -> list[CheckedRow]:
    """Judges up to 1,000 rows of one file with one set of queries.

    `further` answers for every row that gives nothing itself; `corrected` holds, for each row, what was typed
    in place of its cells. `earlier` tells of the rows before these.
    """
    changes = corrected or [NOTHING] * len(rows)
    checked = check_many(
        Submission.Kind.NEW_ENTRY,
        [_raw(row, further, typed) for row, typed in zip(rows, changes, strict=True)],
        party=party,
        by_panel=by_panel,
        on=on,
        evidence=ASSUMED,
        earlier=earlier,
        labels=[label(row) for row in rows],
    )
    return [
        CheckedRow(
            row, one, (*_of_layout(row, file, typed), *(_placed(row, said, file) for said in one.problems))
        )
        for row, one, typed in zip(rows, checked, changes, strict=True)
    ]


def is_told(problem: Mapping[str, object]) -> bool:
    """Whether a row's problem, as JSON, is told where all of a file are: not what the file's own say."""
    return not problem.get("by_the_file")


def label(row: DeviceRow) -> str:
    """How a row is named to its reader."""
    return f"row {row.row}" if row.row else "the form"


def file_problem(said: CellProblem, row: int | None, file: str) -> FileProblem:
    """What the reader of the file has to say, in the form in which rules say it."""
    finding = Finding(f.DEVICE_TYPE, said.found, said.expected, {"why": said.message})
    # A file can name a field that nobody knows.
    problem = replace(LAID_OUT.problem(finding), field=said.field, level=Level(said.level))
    return FileProblem(problem, row or _row_of(said.cell), said.cell, file)


def _raw(row: DeviceRow, further: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, object]:
    """What a row says: what was typed in place of a cell, the cell itself, else what holds for all rows."""
    said = {name: cell for name, cell in row.cells.items() if not cell.is_blank}
    return {**further, **said, **typed}


def _of_layout(row: DeviceRow, file: str, typed: Mapping[str, str]) -> Iterator[FileProblem]:
    for said in row.problems:
        # What a form had no place for may be typed instead.
        if said.field in row.cells or said.field not in typed:
            yield file_problem(said, row.row or None, file)


def _placed(row: DeviceRow, said: Problem, file: str) -> FileProblem:
    """Where a problem stands: the cell of its field, if the file has one."""
    cell = row.cells.get(said.field)
    address = cell.address if cell else ""
    return FileProblem(said, row.row or _row_of(address), address, file, _is_missing(row, said))


def _is_missing(row: DeviceRow, said: Problem) -> bool:
    """Whether nothing is given because the file has no place for it, and its reader says so."""
    if said.found or said.level != Level.REFUSE or said.field in row.cells:
        return False
    return said.field in _PLACES_NEEDED if row.row else said.field in {one.field for one in row.problems}


def _row_of(address: str) -> int | None:
    digits = re.sub(r"\D", "", address)
    return int(digits) if digits else None


def _in_parts(rows: Iterable[DeviceRow]) -> Iterator[list[DeviceRow]]:
    left = iter(rows)
    while part := list(islice(left, AT_ONCE)):
        yield part
