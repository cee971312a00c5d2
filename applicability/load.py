"""Loading the CSV files: all or nothing, and loading twice changes nothing.

The files (their header rows stand in `sheets.SHEETS`):

- `device_types`, `specification_versions`, `certificate_requirements`: rows that staff may edit afterwards. A
  row that exists is left as staff have it and reported as kept; a file only ever adds.
- `editions`: an edition by series and number. `source_kind` is `founding load` (edition 1 alone, designated
  by the load itself), `direction` or `SEC release` (loaded as a draft, for two officers to take further).
- `validities`, `periods`, `combinations`, `security_ties`, `companions`: an edition's rows. What a designated
  edition does not hold exactly as the file has it is refused: an edition never changes, the next may differ.

Dates are `2018-12-05`, `none` (there is no end) or `unknown`. Names and labels are the form's own.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from applicability import sheets
from applicability.designating import DesignationRefused, designate
from applicability.models import (
    CertificateRequirement,
    Combination,
    Companion,
    DeviceType,
    Edition,
    Period,
    SecurityTie,
    SpecificationVersion,
    Validity,
)
from applicability.sheets import Problem, SheetRow

DATA = Path(__file__).parent / "data"
REFERENCES = ("device_type", "edition", "ts", "gbcs", "security_characteristics", "version", "predecessor")
DOCUMENTS = {
    "ts": ("SMETS", "CHTS"),
    "gbcs": ("GBCS",),
    "security_characteristics": ("Security Characteristics",),
    "version": ("DUIS", "MMC"),
}
Key = tuple[str, ...]
# What each kind of sheet fills, and the columns that say which row it is.
FILLS: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "device_types": (DeviceType, ("name",)),
    "specification_versions": (SpecificationVersion, ("label",)),
    "certificate_requirements": (CertificateRequirement, ("device_type", "scheme", "valid_from")),
    "editions": (Edition, ("series", "number")),
    "validities": (Validity, ("edition", "device_type", "ts")),
    "periods": (Period, ("edition", "ts", "gbcs")),
    "combinations": (Combination, ("edition", "device_type", "ts", "gbcs")),
    "security_ties": (SecurityTie, ("edition", "gbcs", "security_characteristics")),
    "companions": (Companion, ("edition", "gbcs", "version")),
}


class Refused(Exception):
    """Nothing was loaded; `problems` says why, one for each thing to put right."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass
class Loaded:
    """What a load did: rows by kind of sheet, rows that differ and were kept, editions that it designated."""

    added: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)
    designated: list[str] = field(default_factory=list)


def founding_files() -> dict[str, bytes]:
    """The project's own files, by name."""
    return {path.name: path.read_bytes() for path in sorted(DATA.glob("*.csv"))}


def load(files: Mapping[str, bytes], *, at: dt.datetime) -> Loaded:
    """Store what the files say; designate the editions they found. Raises Refused, having stored nothing."""
    by_kind, problems = _read(files)
    _stop_at(problems)
    with transaction.atomic():
        work = _Load()
        for kind in sheets.SHEETS:
            for row in by_kind.get(kind, []):
                work.take(kind, row)
        _stop_at(work.problems)
        for kind in work.new:
            work.store(kind)
            _stop_at(work.problems)
        work.designate_founding(at)
        _stop_at(work.problems)
    return work.loaded


def _stop_at(problems: list[Problem]) -> None:
    if problems:
        raise Refused(problems)


def _read(files: Mapping[str, bytes]) -> tuple[dict[str, list[SheetRow]], list[Problem]]:
    by_kind: dict[str, list[SheetRow]] = {}
    problems: list[Problem] = []
    for file, content in files.items():
        kind, rows, wrong = sheets.read(file, content)
        by_kind.setdefault(kind, []).extend(rows)
        problems += wrong
    return by_kind, problems


def _known(kind: str) -> dict[Key, models.Model]:
    """The rows that are there already, by their key in words."""
    model, columns = FILLS[kind]
    named = [column for column in REFERENCES if column in columns]
    rows = model._default_manager.select_related(*named)
    return {tuple(str(getattr(row, column)) for column in columns): row for row in rows}


class _Load:
    """One load in one transaction: what is there, what is new, and what is wrong.

    First every row is taken, in memory, so that all problems come at once; then the new ones are stored.
    """

    def __init__(self) -> None:
        self.loaded = Loaded()
        self.problems: list[Problem] = []
        self.known = {kind: _known(kind) for kind in FILLS}
        self.first: dict[tuple[str, Key], SheetRow] = {}
        self.new: dict[str, list[tuple[models.Model, SheetRow]]] = {}

    def take(self, kind: str, row: SheetRow) -> None:
        """One row of a file: it is new, unchanged, kept as staff have it, or something is wrong with it."""
        values = self._resolved(row)
        if values is None:
            return
        model, columns = FILLS[kind]
        key = tuple(str(values[column]) for column in columns)
        earlier = self.first.setdefault((kind, key), row)
        if earlier is not row:
            remedy = f"the same row stands in {earlier.file}, row {earlier.row}; keep one of them"
            self._wrong(row, columns[-1], remedy)
        elif key in self.known[kind]:
            self._compare(kind, self.known[kind][key], values, row)
        else:
            self.known[kind][key] = new = model(**values)
            self._add(kind, new, row)

    def _resolved(self, row: SheetRow) -> dict[str, Any] | None:
        """The row's values, with what it names in place of the names; None where something is missing."""
        naming = [column for column in REFERENCES if row.values.get(column) is not None]
        named = {column: self._named(row, column) for column in naming}
        if None in named.values():
            return None
        own = {
            name: value for name, value in row.values.items() if name != "series" or "edition" not in named
        }
        return own | named

    def _named(self, row: SheetRow, column: str) -> models.Model | None:
        name, series = row.values[column], row.values.get("series")
        named: models.Model | None
        match column:
            case "edition":
                named = self.known["editions"].get((str(series), str(name)))
                remedy = f"there is no {series} edition {name}; add it to the editions"
            case "device_type":
                named = self.known["device_types"].get((name,))
                remedy = "there is no such device type; correct it or add it"
            case _:
                named, remedy = self._version(name, column, str(series))
        if named is None:
            self._wrong(row, column, remedy)
        return named

    def _version(self, label: str, column: str, series: str) -> tuple[SpecificationVersion | None, str]:
        version = self.known["specification_versions"].get((label,))
        if not isinstance(version, SpecificationVersion):
            return None, "there is no such version; correct it or add it"
        if version.series != series:
            return None, f"is a version of the {version.series} series; name one of this series"
        documents = DOCUMENTS.get(column, (version.document,))
        if version.document not in documents:
            return None, f"is a version of {version.document}; name one of {' or '.join(documents)}"
        return version, ""

    def _add(self, kind: str, new: models.Model, row: SheetRow) -> None:
        edition = getattr(new, "edition", None)
        if edition is not None and edition.status == Edition.Status.DESIGNATED:
            remedy = f"{edition} is designated and has no such row; put it into the next edition"
            self._wrong(row, FILLS[kind][1][-1], remedy)
            return
        try:
            new.clean_fields(exclude=REFERENCES)
        except ValidationError as error:
            self._invalid(row, error)
        self.new.setdefault(kind, []).append((new, row))

    def _compare(self, kind: str, known: models.Model, values: dict[str, Any], row: SheetRow) -> None:
        differing = [name for name, value in values.items() if getattr(known, name) != value]
        edition = known if isinstance(known, Edition) else getattr(known, "edition", None)
        if not differing:
            self.loaded.unchanged[kind] += 1
        elif edition is not None and edition.status == Edition.Status.DESIGNATED:
            for name in differing:
                now = getattr(known, name)
                self._wrong(
                    row, name, f"{edition} is designated with {now}; put a change into the next edition"
                )
        else:
            place = f"{row.file}, row {row.row}"
            self.loaded.kept.append(f"{place}: {known} is kept as it is ({', '.join(differing)} differ)")

    def store(self, kind: str) -> None:
        """The new rows of one kind; where a constraint refuses, each row is asked which and why."""
        rows = [new for new, _ in self.new[kind]]
        try:
            with transaction.atomic():
                _store(FILLS[kind][0], rows)
        except IntegrityError:
            for new, row in self.new[kind]:
                self._explain(new, row)
            if not self.problems:
                raise
        self.loaded.added[kind] += len(rows)

    def designate_founding(self, at: dt.datetime) -> None:
        """Editions that this load founded become final with the rows that came with them."""
        for edition, row in self.new.get("editions", []):
            if not isinstance(edition, Edition) or edition.source_kind != Edition.SourceKind.FOUNDING:
                continue
            try:
                designate(edition, by=None, at=at)
                self.loaded.designated.append(str(edition))
            except DesignationRefused as error:
                self._wrong(row, "number", str(error))

    def _explain(self, new: models.Model, row: SheetRow) -> None:
        try:
            new.validate_constraints()
        except ValidationError as error:
            self._invalid(row, error)

    def _invalid(self, row: SheetRow, error: ValidationError) -> None:
        for column, messages in error.message_dict.items():
            self._wrong(row, "" if column == "__all__" else column, " ".join(messages))

    def _wrong(self, row: SheetRow, column: str, remedy: str) -> None:
        self.problems.append(row.problem(column, remedy))


def _store(model: type[models.Model], rows: list[models.Model]) -> None:
    """One statement for an edition's rows; one each for what has a history or may point at its own kind."""
    if hasattr(model, "edition"):
        model._default_manager.bulk_create(rows)
        return
    for row in rows:
        row.save()
