"""What differs between two issues of the list, each named by its day and its last journal record."""

import datetime
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Min, Q, QuerySet

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


@dataclass(frozen=True)
class Counted:
    """How much differs, without the rows themselves; `first` is the first of its records, 0 where none."""

    added: int
    removed: int
    covered: int
    first: int

    @property
    def count(self) -> int:
        return self.added + self.removed + self.covered


def count_between(
    since: tuple[int, datetime.date] | None, until: tuple[int, datetime.date]
) -> tuple[Counted, datetime.date | None]:
    """As `between`, counted in three queries; and the first day on which a removal among them took effect."""
    added, covered = _added_and_covered(since, until)
    removed = _taken_effect(since, until)
    of_added = added.aggregate(count=Count("pk"), first=Min("record"))
    of_covered = covered.order_by().aggregate(count=Count("entry", distinct=True), first=Min("pk"))
    of_removed = removed.order_by().aggregate(count=Count("pk"), first=Min("effective_date"))
    records = [one for one in (of_added["first"], of_covered["first"]) if one]
    counted = Counted(
        of_added["count"], of_removed["count"], of_covered["count"], min(records) if records else 0
    )
    return counted, of_removed["first"]


def between(since: tuple[int, datetime.date] | None, until: tuple[int, datetime.date]) -> Changes:
    """The changes after one (serial, day) up to and including another; `None` is before the first release.

    Rows that were brought forward with the list before ours are no changes.
    """
    added, covered = _added_and_covered(since, until)
    covered = covered.order_by("scheme", "identifier_shown", "entry")
    return Changes(tuple(added.order_by("number")), tuple(_taken_effect(since, until)), tuple(covered))


def _added_and_covered(
    since: tuple[int, datetime.date] | None, until: tuple[int, datetime.date]
) -> tuple[QuerySet[Entry], QuerySet[Coverage]]:
    before, serial = since[0] if since else 0, until[0]
    ours = Q(record__serial__gt=before, record__serial__lte=serial, brought_by__isnull=True)
    added = Entry.objects.filter(ours)
    return added, Coverage.objects.filter(ours).exclude(entry__in=added)


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
