"""The rows of an upload as its page shows them: what is wrong in which cell, and a box to put it right in."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator

from cpl import fields as f
from cpl.formats.cells import cell_from_json
from cpl.formats.problems import shown
from cpl.forms import Choices, choices
from cpl.models import Upload, UploadRow
from cpl.portal.boxes import anchor
from cpl.portal.upload_survey import Asked, fits, places
from cpl.rules.problem import Level

A_PAGE = 15
# So many problems of a row stand in the list; its own page has them all.
MOST_SHOWN = 5
# More than any field takes, so that an upload cannot be used as a store.
LONGEST = 10_000
Said = dict[str, Any]


@dataclass(frozen=True)
class CellBox:
    """One cell of a row, and what is said of it. `typed` is what stands in the box."""

    asked: f.Field
    id: str
    address: str
    stands: str
    typed: str
    is_corrected: bool
    options: Choices
    said: list[Said] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        return any(one["level"] == Level.REFUSE for one in self.said)

    @property
    def is_hex(self) -> bool:
        return self.asked.kind == "hex"


@dataclass(frozen=True)
class RowShown:
    """One device: the cells that something is said of, and what is said of no cell."""

    row: UploadRow
    boxes: list[CellBox]
    said: list[Said]
    more: int = 0

    @property
    def id(self) -> str:
        return f"row-{self.row.place}"

    @property
    def name(self) -> str:
        return name_of(self.row)

    @property
    def to_put_right(self) -> int:
        return sum(one["level"] == Level.REFUSE for one in self.row.problems)

    @property
    def device(self) -> list[tuple[str, str]]:
        """What it is, as far as it is known: label and text of the device's own fields."""
        return [
            (one.label, self.row.answers[one.name])
            for one in f.DEVICE_FIELDS[1:]
            if self.row.answers.get(one.name)
        ]


def name_of(row: UploadRow) -> str:
    """How a row is called: by its number, or by its file where the file has one device."""
    return f"Row {row.row}" if row.row else row.file_name or "The form"


def page_of_rows(upload: Upload, asked: Asked, number: str | None) -> Page[int]:
    return Paginator(places(upload, asked), A_PAGE).get_page(number)


def rows_shown(upload: Upload, asked: Asked, page: Iterable[int], on: datetime.date) -> list[RowShown]:
    """The rows of a page of places. One query, and one for each field of choice that is shown."""
    offered = Offered(on)
    rows = upload.rows.filter(place__in=list(page)).select_related("submission").order_by("-refused", "place")
    return [row_shown(row, offered, asked) for row in rows]


def row_shown(
    row: UploadRow, offered: "Offered", asked: Asked | None = None, *, whole: bool = False
) -> RowShown:
    """`whole`: with a box for every field and everything that is said."""
    problems = [one for one in row.problems if asked is None or fits(one, asked)] or row.problems
    told = problems if whole else sorted(problems, key=lambda one: one["level"] != Level.REFUSE)[:MOST_SHOWN]
    boxed = [one for one in f.NEW_ENTRY if whole or _wants_box(one, told)]
    names = {one.name for one in boxed}
    return RowShown(
        row,
        [_box(row, one, [p for p in told if p["field"] == one.name], offered) for one in boxed],
        [one for one in told if one["field"] not in names],
        len(row.problems) - len(told),
    )


class Offered:
    """What may be chosen on a day; each field is looked up once."""

    def __init__(self, on: datetime.date) -> None:
        self.on = on
        self._known: dict[str, Choices] = {}

    def of(self, asked: f.Field) -> Choices:
        if asked.kind != "choice":
            return []
        if asked.name not in self._known:
            self._known[asked.name] = choices(asked, self.on)
        return self._known[asked.name]


def text_of(row: UploadRow, name: str) -> str:
    """What a box begins with: what was typed, or the cell's own text. What is no text is typed anew."""
    if name in row.corrected:
        return str(row.corrected[name])
    kept = row.cells.get(name)
    cell = cell_from_json(kept) if kept else None
    return cell.value if cell and cell.kind == "text" and isinstance(cell.value, str) else ""


def _wants_box(asked: f.Field, told: list[Said]) -> bool:
    return any(one["field"] == asked.name and one["level"] == Level.REFUSE for one in told)


def _box(row: UploadRow, asked: f.Field, said: list[Said], offered: Offered) -> CellBox:
    kept = row.cells.get(asked.name)
    cell = cell_from_json(kept) if kept else None
    typed = text_of(row, asked.name)
    options = list(offered.of(asked))
    if options and typed and typed not in dict(options):
        # What stands there stays visible, even where it may not be chosen.
        options.append((typed, typed))
    return CellBox(
        asked,
        f"row-{row.place}-{anchor(asked.name)}",
        cell.address if cell else "",
        shown(cell.value) if cell else "",
        typed,
        asked.name in row.corrected,
        options,
        said,
    )
