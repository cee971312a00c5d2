"""Brings the published list forward: once whole, then by increments, until the first release of our own.

Entries come as they are, with their numbers, words and certificates; nothing is judged by today's rules for
new entries. What differs between entries is told in the report, never put right.
"""

import datetime
import hashlib
import json
from collections.abc import Iterable, Sequence

from django.contrib.auth.models import User
from django.db import transaction

from applicability.editions import tables_in_force
from applicability.models import DeviceType
from applicability.models.specifications import Series
from cpl.brought.obstacles import Obstacle, obstacles
from cpl.brought.past import past_of
from cpl.brought.report import report_of
from cpl.brought.rows import Rows, unfit
from cpl.brought.standing import Standing, standing
from cpl.formats.published import PublishedList, read_published
from cpl.models import ListImport, RemovalGround
from ledger import journal
from ledger.journal import Act


class NotBrought(Exception):
    """The list cannot be brought forward and nothing was stored; every reason, by entry and field."""

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        self.obstacles = tuple(obstacles)
        super().__init__("\n".join(map(str, self.obstacles)))


def bring_forward(data: bytes, *, file_name: str, by: User | None, at: datetime.datetime) -> ListImport:
    """Brings the workbook's bytes forward, all or nothing; `by` is empty where an operator does it.

    Returns the import, whose `report` says what was seen. A file that says nothing new, or was brought
    forward before, writes nothing and returns that earlier import.

    Raises:
        UnreadableFile: it is no such workbook, or not a safe one.
        DamagedFile: cells that cannot be read, each named.
        NotBrought: the register says otherwise, or has gone its own way.
    """
    digest = hashlib.sha256(data).hexdigest()
    if before := ListImport.objects.filter(sha256=digest).first():
        return before
    # Reading takes the most time, and needs no lock.
    listing = read_published(data, _device_types())
    brought = ListImport(
        file_name=file_name, sha256=digest, version=listing.version, issued_on=listing.issued_on
    )
    with transaction.atomic():
        journal.lock()
        held = standing(on=listing.issued_on)
        rows = _rows(listing, held, brought)
        if held.last and not rows.acts:
            return held.last
        _demand_one_edition(listing, held)
        tables = tables_in_force(Series.STATUTORY, listing.issued_on)
        brought.report = json.dumps(report_of(listing, rows, tables), ensure_ascii=False)
        first = Act("list.brought_forward", f"list {listing.version}", brought)
        journal.append([first, *rows.acts], actor=by.pk if by else None, at=at)
    return brought


def _device_types() -> frozenset[str]:
    """Types that new entries may no longer name count too. Without any, every row would be called wrong."""
    names = frozenset(DeviceType.objects.values_list("name", flat=True))
    if not names:
        message = "No device types are known yet: run manage.py load_applicability first."
        raise NotBrought([Obstacle("the register", "", "", "", message)])
    return names


def _rows(listing: PublishedList, held: Standing, brought: ListImport) -> Rows:
    _demand_none(obstacles(listing, held))
    grounds = {ground.code: ground for ground in RemovalGround.objects.all()}
    rows = Rows(listing, held, past_of(listing, held.versions), brought, grounds)
    _demand_none(unfit(rows.acts))
    return rows


def _demand_one_edition(listing: PublishedList, held: Standing) -> None:
    """One version is one list: what is new comes under a new version number."""
    if held.last and held.last.version == listing.version:
        message = f"It was brought forward from {held.last.file_name}, and this file says more."
        raise NotBrought([Obstacle(f"version {listing.version}", "", "", "", message)])


def _demand_none(found: Iterable[Obstacle]) -> None:
    if in_the_way := list(found):
        raise NotBrought(in_the_way)
