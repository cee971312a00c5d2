"""Loading the CSV files: all or nothing, and loading twice changes nothing.

The files (their header rows stand in `sheets.SHEETS`):

- `device_types`, `specification_versions`, `certificate_requirements`: rows that staff may edit afterwards. A
row that exists is left as staff have it and reported as kept; a file only ever adds. - `editions`: an edition
by series and number. `source_kind` is `founding load` (edition 1 alone, designated by the load itself),
`direction` or `SEC release` (loaded as a draft, for two officers to take further). - `validities`, `periods`,
`combinations`, `security_ties`: an edition's rows. What a designated edition does not hold exactly as the
file has it is refused: an edition never changes, the next one may differ.

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
from django.db import models, transaction

from applicability import sheets
from applicability.designating import DesignationRefused, designate
from applicability.models import (
    CertificateRequirement,
    Combination,
    DeviceType,
    Edition,
    Period,
    SecurityTie,
    SpecificationVersion,
    Validity,
)
from applicability.sheets import Problem, SheetRow

DATA = Path(__file__).parent / "data"
REFERENCES = ("device_type", "edition", "ts", "gbcs", "security_characteristics", "predecessor")
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
    if problems:
        raise Refused(problems)
    with transaction.atomic():
        work = _Load(at)
        for kind in sheets.SHEETS:
            for row in by_kind.get(kind, []):
                work.take(kind, row)
        work.designate_founding()
        if work.problems:
            raise Refused(work.problems)
    return work.loaded


def _read(files: Mapping[str, bytes]) -> tuple[dict[str, list[SheetRow]], list[Problem]]:
    by_kind: dict[str, list[SheetRow]] = {}
    problems: list[Problem] = []
    for file, content in files.items():
        kind, rows, wrong = sheets.read(file, content)
        by_kind.setdefault(kind, []).extend(rows)
        problems += wrong
    return by_kind, problems


class _Load:
    """One load in one transaction: what it knows of the database, and what it has found wrong."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at
        self.loaded = Loaded()
        self.problems: list[Problem] = []
        self.types = {row.name: row for row in DeviceType.objects.all()}
        self.versions = {row.label: row for row in SpecificationVersion.objects.all()}
        self.editions = {(row.series, row.number): row for row in Edition.objects.all()}
        self.first: dict[tuple[Any, ...], SheetRow] = {}
        self.founded: list[tuple[Edition, SheetRow]] = []

    def take(self, kind: str, row: SheetRow) -> None:
        """One row of a file: add it, find it unchanged, keep what staff made of it, or say what is wrong."""
        values = self._resolved(row)
        if values is None:
            return
        model, keys = FILLS[kind]
        key = {name: values[name] for name in keys}
        earlier = self.first.setdefault((kind, *map(str, key.values())), row)
        if earlier is not row:
            self._wrong(
                row, keys[-1], f"the same row stands in {earlier.file}, row {earlier.row}; keep one of them"
            )
            return
        existing = model._default_manager.filter(**key).first()
        if existing is None:
            self._add(kind, model(**values), row)
        else:
            self._compare(kind, existing, values, row)

    def _resolved(self, row: SheetRow) -> dict[str, Any] | None:
        """The row's values, with what it names in place of the names; None where something is missing."""
        naming = [column for column in REFERENCES if row.values.get(column) is not None]
        named = {column: self._named(row, column) for column in naming}
        if None in named.values():
            return None
        return {
            name: value for name, value in row.values.items() if name != "series" or "edition" not in named
        } | named

    def _named(self, row: SheetRow, column: str) -> models.Model | None:
        name = row.values[column]
        if column == "edition":
            named = self.editions.get((row.values["series"], name))
            remedy = f"there is no {row.values['series']} edition {name}; add it to the editions"
        elif column == "device_type":
            named, remedy = self.types.get(name), "there is no such device type; correct it or add it"
        else:
            named, remedy = self.versions.get(name), "there is no such version; correct it or add it"
            if named is not None and named.series != row.values["series"]:
                named, remedy = None, f"is a version of the {named.series} series; name one of this series"
        if named is None:
            self._wrong(row, column, remedy)
        return named

    def _add(self, kind: str, new: models.Model, row: SheetRow) -> None:
        edition = getattr(new, "edition", None)
        if edition is not None and edition.status == Edition.Status.DESIGNATED:
            self._wrong(
                row,
                FILLS[kind][1][-1],
                f"{edition} is designated and has no such row; put it into the next edition",
            )
            return
        try:
            new.clean_fields()
            new.validate_constraints()
        except ValidationError as error:
            self._invalid(row, error)
            return
        new.save()
        self.loaded.added[kind] += 1
        self._remember(new, row)

    def _remember(self, new: models.Model, row: SheetRow) -> None:
        match new:
            case DeviceType():
                self.types[new.name] = new
            case SpecificationVersion():
                self.versions[new.label] = new
            case Edition():
                self.editions[new.series, new.number] = new
                if new.source_kind == Edition.SourceKind.FOUNDING:
                    self.founded.append((new, row))

    def _compare(self, kind: str, existing: models.Model, values: dict[str, Any], row: SheetRow) -> None:
        differing = [name for name, value in values.items() if getattr(existing, name) != value]
        if not differing:
            self.loaded.unchanged[kind] += 1
            return
        edition = existing if isinstance(existing, Edition) else getattr(existing, "edition", None)
        if edition is not None and edition.status == Edition.Status.DESIGNATED:
            for name in differing:
                now = getattr(existing, name)
                self._wrong(
                    row, name, f"{edition} is designated with {now}; put a change into the next edition"
                )
            return
        self.loaded.kept.append(
            f"{row.file}, row {row.row}: {existing} is kept as it is ({', '.join(differing)} differ)"
        )

    def designate_founding(self) -> None:
        """Editions that this load founded become final with the rows that came with them."""
        for edition, row in [] if self.problems else self.founded:
            try:
                designate(edition, by=None, at=self.at)
            except DesignationRefused as error:
                self._wrong(row, "number", str(error))
                return
            self.loaded.designated.append(str(edition))

    def _wrong(self, row: SheetRow, column: str, remedy: str) -> None:
        self.problems.append(row.problem(column, remedy))

    def _invalid(self, row: SheetRow, error: ValidationError) -> None:
        for column, messages in error.message_dict.items():
            self._wrong(row, "" if column == "__all__" else column, " ".join(messages))
