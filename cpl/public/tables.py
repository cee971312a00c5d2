"""What timelines and calendars both read: the tables in force, and their names as addresses write them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404
from django.utils import timezone

from applicability.editions import schedule_as_known
from applicability.models import SpecificationVersion
from applicability.models.specifications import Series
from applicability.schedule import Schedule
from applicability.tables import Tables
from applicability.timelines import Mark, changes_to_come
from applicability.windows import Version


@dataclass(frozen=True)
class Named:
    """A name of the tables, and what stands for it in an address: `SMETS V4.2` and `smets-v4.2`."""

    name: str

    @property
    def address(self) -> str:
        return "-".join(self.name.lower().replace("/", " ").split())


@dataclass(frozen=True)
class Read:
    """The tables of a series as known today, with the versions of specifications that they name."""

    schedule: Schedule
    versions: tuple[Version, ...]
    documents: dict[str, tuple[str, ...]]

    @property
    def tables(self) -> Tables:
        """Those in force."""
        return self.schedule.first

    @property
    def marks(self) -> tuple[Mark, ...]:
        """When editions that are designated take their place."""
        return changes_to_come(self.schedule)

    @property
    def device_types(self) -> list[Named]:
        return [
            Named(name) for name in dict.fromkeys(row.device_type for row in self.tables.validities.values())
        ]

    @property
    def specifications(self) -> list[tuple[Named, list[Named]]]:
        """Each document with its versions."""
        return [
            (Named(document), [Named(label) for label in labels])
            for document, labels in self.documents.items()
        ]


def read(series: str = Series.STATUTORY) -> Read:
    """Eight queries, however many editions there are."""
    schedule = schedule_as_known(series, timezone.localdate())
    rows = SpecificationVersion.objects.filter(series=series).values_list(
        "document", "label", "kind", "predecessor__label"
    )
    named = _named(part.tables for part in schedule.parts)
    documents: dict[str, tuple[str, ...]] = {}
    for document, label, _, _ in rows:
        if label in named:
            documents[document] = (*documents.get(document, ()), label)
    versions = tuple(Version(label, kind, before or "") for _, label, kind, before in rows)
    return Read(schedule, versions, documents)


def _named(tables: Iterable[Tables]) -> set[str]:
    """Every label that has a row of its own."""
    return {
        label
        for one in tables
        for labels in (
            (row.ts for row in one.validities.values()),
            *((row.ts, row.gbcs) for row in one.periods.values()),
        )
        for label in labels
    }


def find(written: str, names: Iterable[Named]) -> str:
    """The name that an address stands for. Raises Http404."""
    for one in names:
        if one.address == written:
            return one.name
    raise Http404(f"The tables in force do not name {written}.")


def specification(read: Read, written: str) -> tuple[str, tuple[str, ...]]:
    """A document with all its labels, or one version with its own. Raises Http404."""
    documents = [Named(document) for document in read.documents]
    if written in {one.address for one in documents}:
        document = find(written, documents)
        return document, read.documents[document]
    label = find(written, [label for _, labels in read.specifications for label in labels])
    return label, (label,)
