"""Where entries stand under the TS Applicability Tables: may they be installed, maintained, until when."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from applicability.answers import Answer, Device, EntryFacts
from applicability.editions import schedule_as_known, tables_in_force
from applicability.models.specifications import Series
from applicability.openness import NONE, UNKNOWN, Day
from applicability.schedule import Schedule
from cpl.models import Entry, ListImport, Removal


@dataclass(frozen=True)
class Standing:
    """The three answers for one entry on one day, each with its words and the row that decides it."""

    install: Answer
    maintain: Answer
    update: Answer


@dataclass(frozen=True)
class Basis:
    """What answers rest on: the tables as known on a day, when each imported list was issued, and up to which
    record of the journal removals count (None: all)."""

    schedule: Schedule
    brought: Mapping[int, datetime.date]
    serial: int | None = None

    def facts(self, entry: Entry) -> EntryFacts:
        """Entries want their `removal` fetched with them."""
        return facts_of(entry, self.brought, self.serial)

    def standing(self, entry: Entry, on: datetime.date) -> Standing:
        return _standing(self.schedule, self.facts(entry), on)


def basis(*, known: datetime.date, serial: int | None = None) -> Basis:
    """The statutory tables as `known` on a day (usually today). Eight queries, whatever the editions."""
    brought = dict(ListImport.objects.values_list("pk", "issued_on"))
    return Basis(schedule_as_known(Series.STATUTORY, known), brought, serial)


def standings(
    entries: Iterable[Entry], *, on: datetime.date, known: datetime.date, serial: int | None = None
) -> dict[int, Standing]:
    """By entry number, how entries stand `on` a day under the tables as `known` on another (usually today).

    Entries want their `removal` fetched with them; one journalled after `serial` is left out of account.
    Eight queries, however many entries.
    """
    rests_on = basis(known=known, serial=serial)
    return {entry.number: rests_on.standing(entry, on) for entry in entries}


def would_stand(device: Device, *, on: datetime.date) -> Standing:
    """How a device that is not on the list yet would stand, were it admitted that day."""
    tables = tables_in_force(Series.STATUTORY, on)
    return _standing(Schedule.only(tables), EntryFacts(device, listed=Day.on(on)), on)


def facts_of(entry: Entry, brought: Mapping[int, datetime.date], serial: int | None = None) -> EntryFacts:
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


def _standing(schedule: Schedule, facts: EntryFacts, on: datetime.date) -> Standing:
    return Standing(
        schedule.may_be_installed(facts, on),
        schedule.may_be_maintained(facts, on),
        schedule.must_be_updated_by(facts),
    )
