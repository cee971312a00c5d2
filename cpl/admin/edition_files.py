"""Rows of an edition as a file and back: XLSX or CSV, the columns named as in the project's own tables.

django-import-export reads and writes the rows; the file itself is opened by our own reader, behind the guard
that looks through every workbook, and whatever a sheet says of its own size is not believed.
"""

import csv
import datetime
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.db import models, transaction
from import_export import resources
from import_export.fields import Field
from import_export.formats import base_formats
from import_export.results import RowResult
from import_export.widgets import ForeignKeyWidget, Widget

from applicability.models import Edition
from applicability.openness import Day
from cpl.admin.edition_parts import Part
from cpl.formats.cells import Row, open_book
from cpl.formats.guard import Limits
from cpl.formats.problems import UnreadableFile

# Where in the file a row stands; it travels with the row as a column of its own.
PLACE = "row of the file"
LIMITS = Limits(packed=2**20, inflated=16 * 2**20, rows=2_000, columns=50, cells=50_000)
WORDS = {
    RowResult.IMPORT_TYPE_NEW: "new",
    RowResult.IMPORT_TYPE_UPDATE: "changed",
    RowResult.IMPORT_TYPE_SKIP: "same",
}


class GuardedXLSX(base_formats.XLSX):
    """A workbook's first sheet."""

    def create_dataset(self, in_stream: bytes, **_: Any) -> tablib.Dataset:
        with open_book(in_stream, limits=LIMITS, formulas=True) as book:
            return _dataset(_cells(row) for row in book.rows(book.names[0]))


class PlainCSV(base_formats.CSV):
    """UTF-8, commas; a spreadsheet's byte order mark is forgiven."""

    def create_dataset(self, in_stream: bytes, **_: Any) -> tablib.Dataset:
        if len(in_stream) > LIMITS.packed:
            raise UnreadableFile(f"The file is larger than {LIMITS.packed:,} octets.")
        try:
            text = in_stream.decode("utf-8-sig")
            return _dataset(csv.reader(io.StringIO(text, newline=""), strict=True))
        except UnicodeDecodeError as error:
            raise UnreadableFile("The file is not UTF-8. Save it as CSV UTF-8.") from error
        except csv.Error as error:
            raise UnreadableFile(f"The file is no well-formed CSV ({error}). Save it again.") from error


FORMATS: dict[str, type[base_formats.TablibFormat]] = {"xlsx": GuardedXLSX, "csv": PlainCSV}


def read(data: bytes) -> tablib.Dataset:
    """The rows of an uploaded file, by what it is and not by its name. Raises UnreadableFile."""
    return FORMATS["xlsx" if data[:2] == b"PK" else "csv"]().create_dataset(data)


def write(part: Part, edition: Edition, ending: str) -> bytes:
    """A part of an edition as a file; what is brought in again unaltered changes nothing."""
    written = FORMATS[ending]().export_data(resource_of(part, edition).export())
    return written.encode() if isinstance(written, str) else written


def again(dataset: tablib.Dataset) -> str:
    """The rows as CSV, places and all, for a preview to send back."""
    return str(dataset.export("csv"))


def _cells(row: Row) -> list[str]:
    """What a formula came to when somebody last saved it is not what they wrote."""
    for cell in row:
        if cell.kind in ("formula", "error"):
            raise UnreadableFile(f"Cell {cell.address} holds a formula or an error. Put in its value.")
    return [_text(cell.value) for cell in row]


def _text(value: object) -> str:
    """A date cell becomes the text that a date is written in here."""
    if isinstance(value, datetime.datetime):
        value = value.date()
    return "" if value is None else str(value).strip()


def _dataset(rows: Iterable[list[str]]) -> tablib.Dataset:
    lines = [(place, [cell.strip() for cell in row]) for place, row in enumerate(rows, 1)]
    filled = [(place, row) for place, row in lines if any(row)]
    if not filled or len(filled) > LIMITS.rows:
        raise UnreadableFile(f"The file has no rows, or more than {LIMITS.rows:,}.")
    headers = [header or f"column {column}" for column, header in enumerate(filled[0][1], 1)]
    if len(set(headers)) != len(headers):
        raise UnreadableFile("The file has two columns of one name. Keep one of them.")
    known = PLACE in headers
    dataset = tablib.Dataset(headers=headers if known else [*headers, PLACE])
    for place, row in filled[1:]:
        cells = (row + [""] * len(headers))[: len(headers)]
        dataset.append(cells if known else [*cells, str(place)])
    return dataset


class DayWidget(Widget):
    """`2018-12-05`, `none` or `unknown`."""

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **_: Any) -> Day:
        return Day.parse(str(value or ""))

    def render(self, value: Any, obj: Any = None, **_: Any) -> str:
        return str(value)


class NameWidget(ForeignKeyWidget):
    """A row that is named by its name or label; all that may be named are read once."""

    def __init__(self, choices: models.QuerySet[Any]) -> None:
        super().__init__(choices.model)
        self.choices = {str(choice): choice for choice in choices}

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **_: Any) -> Any:
        if value not in self.choices:
            raise ValueError(f"{value!r}: there is none of this name; correct it or add it first")
        return self.choices[value]

    def render(self, value: Any, obj: Any = None, **_: Any) -> str:
        return str(value)


class RowsResource(resources.ModelResource):
    """One part of one edition; a row is known by what it may stand for only once."""

    def __init__(self, edition: Edition) -> None:
        super().__init__()
        self.edition = edition
        self.places: dict[tuple[str, ...], str] = {}

    def get_queryset(self) -> models.QuerySet[Any]:
        return self._meta.model._default_manager.filter(edition=self.edition)

    def init_instance(self, row: Any = None) -> models.Model:
        return self._meta.model(edition=self.edition)

    def before_import(self, dataset: tablib.Dataset, **_: Any) -> None:
        missing = [name for name in self._meta.fields if name not in dataset.headers]
        if missing:
            raise UnreadableFile(f"The file lacks the column {' and '.join(missing)}.")
        self.places = {}

    def before_import_row(self, row: Mapping[str, str], **_: Any) -> None:
        key = tuple(row[name] for name in self._meta.import_id_fields)
        earlier = self.places.setdefault(key, row[PLACE])
        if earlier != row[PLACE]:
            raise ValueError(f"row {earlier} of the file is for the same thing; keep one of them")


class _Meta:
    clean_model_instances = True
    skip_unchanged = True
    report_skipped = True
    skip_html_diff = True
    store_instance = True
    store_row_values = True
    use_transactions = True


def resource_of(part: Part, edition: Edition) -> RowsResource:
    """The resource that reads and writes one part of one edition."""
    columns = {
        name: Field(attribute=name, column_name=name, widget=_widget(part, name, edition))
        for name in part.columns
    }
    said = {"model": part.model, "fields": part.columns, "import_id_fields": part.named}
    meta = type("Meta", (_Meta,), said)
    made: type[RowsResource] = type("PartResource", (RowsResource,), {**columns, "Meta": meta})
    return made(edition)


def _widget(part: Part, name: str, edition: Edition) -> Widget:
    field: Any = part.model._meta.get_field(name)
    if name in part.dates:
        return DayWidget()
    choices = field.remote_field.model._default_manager.complex_filter(field.get_limit_choices_to())
    named_by_series = any(column.name == "series" for column in choices.model._meta.fields)
    return NameWidget(choices.filter(series=edition.series) if named_by_series else choices)


@dataclass(frozen=True)
class Line:
    """One row of the file, or one that it does not name; a pair of before and after for each column."""

    place: str
    what: str
    cells: tuple[tuple[str, str], ...]
    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preview:
    """What bringing a file in does, row by row; with a refused row nothing is done."""

    lines: tuple[Line, ...]
    unnamed: int

    @property
    def refused(self) -> int:
        return self.count("refused")

    @property
    def changes(self) -> int:
        return len(self.lines) - self.count("same")

    def count(self, what: str) -> int:
        return sum(line.what == what for line in self.lines)


def bring_in(part: Part, edition: Edition, dataset: tablib.Dataset, *, whole: bool, keep: bool) -> Preview:
    """Brings the rows into a draft, all or none, or (`keep` false) only says what that would do.

    With `whole` the rows that the file does not name are taken out. Raises UnreadableFile.
    """
    resource = resource_of(part, edition)
    with transaction.atomic():
        standing = {row.pk: row for row in part.rows(edition)}
        result = resource.import_data(dataset, dry_run=not keep, raise_errors=False)
        if result.base_errors:
            raise UnreadableFile(str(result.base_errors[0].error))
        lines = [_line(part, row, standing) for row in result.rows]
        named = {tuple(row.row_values.get(name, "") for name in part.named) for row in result.rows}
        unnamed = [row for row in standing.values() if _key(part, row) not in named]
        gone = unnamed if whole else []
        preview = Preview((*lines, *(_gone(part, row) for row in gone)), len(unnamed) - len(gone))
        if keep and preview.refused:
            transaction.set_rollback(True)
        elif keep:
            part.model._default_manager.filter(pk__in=[row.pk for row in gone]).delete()
    return preview


def _key(part: Part, row: models.Model) -> tuple[str, ...]:
    return tuple(str(getattr(row, name)) for name in part.named)


def _line(part: Part, row: RowResult, standing: Mapping[int, Any]) -> Line:
    found = tuple(("", row.row_values.get(name, "")) for name in part.columns)
    place = row.row_values[PLACE]
    if not row.is_valid():
        return Line(place, "refused", found, tuple(reasons_of(row)))
    before = standing.get(row.original.pk) if row.original else None
    cells = tuple(
        (str(getattr(before, name)) if before else "", str(getattr(row.instance, name)))
        for name in part.columns
    )
    return Line(place, WORDS[row.import_type], cells)


def reasons_of(row: RowResult) -> Iterator[str]:
    """Why a row cannot be brought in."""
    for error in row.errors:
        yield str(error.error)
    if isinstance(row.validation_error, ValidationError):
        for name, messages in row.validation_error.message_dict.items():
            yield f"{'' if name == '__all__' else f'{name}: '}{' '.join(messages)}"


def _gone(part: Part, row: models.Model) -> Line:
    return Line("", "gone", tuple((str(getattr(row, name)), "") for name in part.columns))
