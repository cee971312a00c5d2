"""What every file of new entries comes to: devices, each with the cells that speak of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from cpl.formats.cells import Cell
from cpl.formats.problems import CellProblem

# A device is a submission: what is beyond this is another file.
MOST_DEVICES = 20_000


@dataclass(frozen=True)
class DeviceRow:
    """One device. `row` is counted as the file counts it; 0 in an entry form, where each cell has its own.

    `cells` are by field name, as they stand; every field that the file has a place for, blank ones too.
    """

    row: int
    cells: Mapping[str, Cell]
    problems: tuple[CellProblem, ...] = ()
    sheet: str = ""


@dataclass(frozen=True)
class DeviceFile:
    """A file of new entries. `rows` can be walked once, and raise UnreadableFile where it breaks off."""

    shape: Literal["entry_form", "bulk"]
    columns: tuple[str, ...]
    rows: Iterator[DeviceRow]
    problems: tuple[CellProblem, ...] = ()
