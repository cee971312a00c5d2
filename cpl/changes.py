"""What differs between two issues of the list, each named by its day and its last journal record."""

import datetime
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q, QuerySet

from cpl.formats.hexes import with_colons
from cpl.models import Coverage, Entry, Removal
from cpl.models.entries import effective_by


@dataclass(frozen=True)
class Changes:
    """Entries added, removals that have taken effect, and coverage of entries that were there before."""

    added: tuple[Entry, ...]
    removed: tuple[Removal, ...]
    covered: tuple[Coverage, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.covered)

    @property
    def count(self) -> int:
        return len(self.added) + len(self.removed) + len({row.entry_id for row in self.covered})

    def as_text(self) -> str:
        """In the manner of the list's own version history."""
        return "\n".join([*self._added(), *self._removed(), *self._covered()]) or "-"

    def _added(self) -> list[str]:
        if not self.added:
            return []
        return [f"{_count(len(self.added), 'New Device Model')} added:", *map(_name, self.added)]

    def _removed(self) -> list[str]:
        if not self.removed:
            return []
        head = f"{_count(len(self.removed), 'Device Model')} removed:"
        return [head, *(f"{_name(row.entry)} ({row.reason or row.ground.words})" for row in self.removed)]

    def _covered(self) -> list[str]:
        lines = []
        for (scheme, identifier), rows in groupby(
            self.covered, key=lambda row: (row.scheme, row.identifier_shown)
        ):
            numbers = ", ".join(f"{row.entry_id:06d}" for row in rows)
            lines.append(f"{scheme} certificate {identifier} now carries {numbers}")
        return lines


def between(since: tuple[int, datetime.date] | None, until: tuple[int, datetime.date]) -> Changes:
    """The changes after one (serial, day) up to and including another; `None` is before the first release.

    Rows that were brought forward with the list before ours are no changes.
    """
    before, _ = since or (0, datetime.date.min)
    serial, _ = until
    ours = Q(record__serial__gt=before, record__serial__lte=serial, brought_by__isnull=True)
    added = Entry.objects.filter(ours).order_by("number")
    covered = Coverage.objects.filter(ours).exclude(entry__in=added)
    covered = covered.order_by("scheme", "identifier_shown", "entry")
    return Changes(tuple(added), tuple(_taken_effect(since, until)), tuple(covered))


def _taken_effect(
    since: tuple[int, datetime.date] | None, until: tuple[int, datetime.date]
) -> QuerySet[Removal]:
    """Removals that hold at the later point and did not at the earlier: new ones, and those now effective."""
    rows = (
        Removal.objects.filter(_holds(*until), brought_by__isnull=True)
        .select_related("entry", "ground")
        .order_by("entry")
    )
    return rows.exclude(_holds(*since)) if since else rows


def _holds(serial: int, on: datetime.date) -> Q:
    return Q(pk__lte=serial) & effective_by(on)


def _name(entry: Entry) -> str:
    return f"{entry} - {entry.product_name or entry.device_type} {with_colons(entry.firmware)}"


def _count(number: int, noun: str) -> str:
    return f"One {noun}" if number == 1 else f"{number} {noun}s"
