"""The dates of the tables that matter, as a calendar that programs subscribe to (iCalendar, RFC 5545).

Pure: an edition's rows go in, bytes come out. An event's identifier names *what* happens (the end of the IVP
of one TS version for one device type), never when, and its sequence rises with the edition: a date that a
later edition moves is moved in the subscriber's calendar too. A date that is none or unknown is no event.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from icalendar import Calendar, Event

from applicability.openness import Day, say
from applicability.schedule import Schedule
from applicability.tables import Actor, Device, PeriodRow, Tables, ValidityRow

# Never to change: subscribers' calendars know the events by identifiers that are made from it.
NAMESPACE = uuid.UUID("e0ee3950-c2e9-4c00-95cf-72b64a3aa598")
PRODUCT = "-//Central Products List//TS Applicability Tables//EN"
REFRESH = dt.timedelta(hours=12)
PREVAIL = "The Smart Energy Code and the Licences prevail."


@dataclass(frozen=True)
class Moment:
    """One date in the tables; `key` says what it is a date of."""

    key: tuple[str, ...]
    day: dt.date
    what: str
    words: str

    def uid(self, series: str) -> str:
        return str(uuid.uuid5(NAMESPACE, "\n".join((series, *self.key))))


@dataclass(frozen=True)
class Wanted:
    """Which dates somebody asks for. An empty collection leaves nothing out.

    `versions` are TS and GBCS labels.
    """

    device_types: Collection[str] = ()
    versions: Collection[str] = ()

    def validity(self, row: ValidityRow) -> bool:
        wants_type = not self.device_types or row.device_type in self.device_types
        return wants_type and (not self.versions or row.ts in self.versions)

    def period(self, row: PeriodRow, device_types: Collection[str]) -> bool:
        """`device_types`: those that the TS version is for."""
        wants_type = not self.device_types or not set(self.device_types).isdisjoint(device_types)
        return wants_type and (not self.versions or bool({row.ts, row.gbcs} & set(self.versions)))


@dataclass(frozen=True)
class Revision:
    """How new the tables are: `sequence` and `modified` (UTC) never fall from one to the next."""

    series: str
    sequence: int
    modified: dt.datetime


EVERYTHING = Wanted()


def moments(schedule: Schedule, wanted: Wanted = EVERYTHING) -> list[Moment]:
    """The dated starts and ends that are asked for, earliest first, one for each thing that has a date.

    A date counts where its edition decides on that day. So a date that a designated edition moves is moved
    before that edition takes effect, unless it comes first.
    """
    parts = [{moment.key: moment for moment in _moments(part.tables, wanted)} for part in schedule.parts]
    starts = [dt.date.min, *(part.start for part in schedule.to_come), dt.date.max]
    found = dict(parts[-1])
    for place in reversed(range(len(parts))):
        deciding = parts[place].items()
        found |= {key: one for key, one in deciding if starts[place] <= one.day < starts[place + 1]}
    return sorted(found.values(), key=lambda moment: (moment.day, moment.key))


def _moments(tables: Tables, wanted: Wanted) -> Iterator[Moment]:
    types: dict[str, set[str]] = {}
    for row in tables.validities.values():
        types.setdefault(row.ts, set()).add(row.device_type)
        if wanted.validity(row):
            yield from _validity(tables, row)
    for period in tables.periods.values():
        if wanted.period(period, types.get(period.ts, ())):
            yield from _period(tables, period)


def render(name: str, found: Iterable[Moment], revision: Revision, *, address: str = "") -> bytes:
    """The calendar's bytes: the same for the same tables. `address` is the page that people are led to."""
    calendar = Calendar()
    for key, value in (
        ("prodid", PRODUCT),
        ("version", "2.0"),
        ("calscale", "GREGORIAN"),
        ("method", "PUBLISH"),
    ):
        calendar.add(key, value)
    one_line = " ".join(name.split())
    calendar.add("name", one_line)
    calendar.add("x-wr-calname", one_line)
    calendar.add("last-modified", revision.modified)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    if address:
        calendar.add("url", address)
    for moment in found:
        calendar.add_component(_event(moment, revision, address))
    return calendar.to_ical()


def _event(moment: Moment, revision: Revision, address: str) -> Event:
    """A whole day, which keeps nobody busy."""
    event = Event()
    event.add("uid", moment.uid(revision.series))
    event.add("sequence", revision.sequence)
    event.add("dtstamp", revision.modified)
    event.add("last-modified", revision.modified)
    event.add("dtstart", moment.day)
    event.add("summary", moment.what)
    event.add("description", f"{moment.words} {PREVAIL}")
    event.add("categories", [moment.key[0]])
    event.add("transp", "TRANSPARENT")
    event.add("class", "PUBLIC")
    if address:
        event.add("url", address)
    return event


def _validity(tables: Tables, row: ValidityRow) -> Iterator[Moment]:
    of = f"{row.ts}, {row.device_type}"
    actor = tables.actor(Device(row.device_type, row.ts, ""))
    rows: list[tuple[str, Day, str, str]] = [
        (
            "IVP start",
            row.ivp_from,
            f"{of}: may be installed from today",
            "First day on which it may be installed.",
        ),
        ("IVP end", row.ivp_to, f"{of}: last day to install", "Last day on which it may be installed."),
        (
            "MVP start",
            row.mvp_from,
            f"{of}: maintained from today",
            "First day of its Maintenance Validity Period.",
        ),
        ("MVP end", row.mvp_to, f"{of}: last day to update or replace", _duty(actor)),
    ]
    for kind, day, what, words in rows:
        # Both periods mostly begin together: that is one event, not two.
        if day.date and (kind != "MVP start" or row.mvp_from != row.ivp_from):
            yield _moment(tables, (kind, row.device_type, row.ts), day.date, what, words)


def _period(tables: Tables, row: PeriodRow) -> Iterator[Moment]:
    of = f"{row.gbcs} with {row.ts}"
    if row.start.date:
        words = "First day of its Applicability Period."
        yield _moment(
            tables,
            ("Applicability start", row.ts, row.gbcs),
            row.start.date,
            f"{of}: applies from today",
            words,
        )
    if row.end.date:
        words = "Last day of its Applicability Period: devices must be updated or replaced by then."
        yield _moment(
            tables, ("Applicability end", row.ts, row.gbcs), row.end.date, f"{of}: last day it applies", words
        )


def _moment(tables: Tables, key: tuple[str, ...], day: dt.date, what: str, words: str) -> Moment:
    return Moment(
        key, day, what, f"{say(day)}. {words} From {tables.edition} of the TS Applicability Tables."
    )


def _duty(actor: Actor) -> str:
    return f"Installed devices must be updated or replaced by this day, by {actor.name} ({actor.licence})."
