"""Where entries stand under the TS Applicability Tables: may they be installed, maintained, until when."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from applicability.answers import (
    Answer,
    Device,
    EntryFacts,
    may_be_installed,
    may_be_maintained,
    must_be_updated_by,
)
from applicability.editions import tables_in_force
from applicability.models.specifications import Series
from applicability.openness import NONE, UNKNOWN, Day
from applicability.tables import Tables
from cpl.models import Entry, ListImport, Removal


@dataclass(frozen=True)
class Standing:
    """The three answers for one entry on one day, each with its words and the row that decides it."""

    install: Answer
    maintain: Answer
    update: Answer


def standings(
    entries: Iterable[Entry], *, on: datetime.date, known: datetime.date, serial: int | None = None
) -> dict[int, Standing]:
    """By entry number, how entries stand `on` a day under the tables as `known` on another (usually today).

    Entries want their `removal` fetched with them; one journalled after `serial` is left out of account.
    Eight queries, however many entries.
    """
    tables = tables_in_force(Series.STATUTORY, known)
    brought = dict(ListImport.objects.values_list("pk", "issued_on"))
    return {entry.number: _standing(tables, facts_of(entry, brought, serial), on) for entry in entries}


def would_stand(device: Device, *, on: datetime.date) -> Standing:
    """How a device that is not on the list yet would stand, were it admitted that day."""
    return _standing(tables_in_force(Series.STATUTORY, on), EntryFacts(device, listed=Day.on(on)), on)


def facts_of(entry: Entry, brought: dict[int, datetime.date], serial: int | None = None) -> EntryFacts:
    """An entry as the tables' answers want it; `brought` tells when each imported list was issued."""
    removal: Removal | None = getattr(entry, "removal", None)
    if removal and serial is not None and removal.pk > serial:
        removal = None
    return EntryFacts(
        device=Device(entry.device_type, entry.technical_specification, entry.gbcs_version),
        listed=Day.on(entry.admitted_on) if entry.admitted_on else UNKNOWN,
        removed=_removed(removal),
        seen_on=brought.get(_last_import(entry) or 0),
    )


def _last_import(entry: Entry) -> int | None:
    """The imported list that showed the entry as it is: a later one may have removed it without a date."""
    removal = getattr(entry, "removal", None)
    return removal.brought_by_id if removal and removal.brought_by_id else entry.brought_by_id


def _removed(removal: Removal | None) -> Day:
    if removal is None:
        return NONE
    return Day.on(removal.effective_date) if removal.effective_date else UNKNOWN


def _standing(tables: Tables, facts: EntryFacts, on: datetime.date) -> Standing:
    return Standing(
        may_be_installed(tables, facts, on),
        may_be_maintained(tables, facts, on),
        must_be_updated_by(tables, facts),
    )
