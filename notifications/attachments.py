"""The files that go with a letter: entries as CSV, dates as a calendar. Same facts, same bytes."""

import csv
import datetime
import io
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from icalendar import Calendar, Event

from cpl.formats.formulas import harmless

# Never to change: calendars know the events by identifiers that are made from it.
NAMESPACE = uuid.UUID("9e0fda0b-0a75-4c63-8c2e-1d4b0c6c6a52")
PRODUCT = "-//Central Products List//Notices//EN"
END = b"END:VCALENDAR"
PREVAIL = "The Smart Energy Code and the Licences prevail."
COLUMNS = (
    "entry", "device type", "manufacturer", "model", "hardware", "firmware", "product", "scheme",
    "certificate", "date", "kind", "milestone", "link",
)  # fmt: skip


@dataclass(frozen=True)
class File:
    """A file by the name under which its reader saves it."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Row:
    """One line of the CSV: an entry, the certificate that carries it, and which milestone is told."""

    entry: str
    device_type: str
    manufacturer: str
    model: str
    hardware: str
    firmware: str
    product: str
    scheme: str
    certificate: str
    date: datetime.date
    kind: str
    milestone: int
    link: str

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.entry, self.device_type, self.manufacturer, self.model, self.hardware, self.firmware,
            self.product, self.scheme, self.certificate, self.date.isoformat(), self.kind,
            str(self.milestone), self.link,
        )  # fmt: skip


@dataclass(frozen=True)
class Date:
    """A certificate and its date, as an event of a calendar. `key` names it for ever."""

    key: str
    day: datetime.date
    what: str
    words: str


def table_of(rows: Iterable[Row], name: str) -> File:
    """The entries of a letter, each with its certificate."""
    return plain_table(COLUMNS, (row.cells for row in rows), name)


def plain_table(columns: Sequence[str], rows: Iterable[Sequence[str]], name: str) -> File:
    """UTF-8 with its mark, so that a spreadsheet knows; line ends as RFC 4180 has them; no cell a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return File(name, "text/csv", text.getvalue().encode("utf-8-sig"))


def calendar_of(dates: Sequence[Date], name: str, *, on: datetime.date, address: str) -> File:
    """One event a certificate and date: told again six months later, it is the same event, not another."""
    calendar = Calendar()
    heads = (("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH"))
    for key, value in heads:
        calendar.add(key, value)
    stamp = datetime.datetime(on.year, on.month, on.day, tzinfo=datetime.UTC)
    # One event at a time: a large run's calendar as objects takes a hundred megabytes.
    ordered = sorted(set(dates), key=lambda one: (one.day, one.key))
    events = b"".join(_event(date, stamp, address).to_ical() for date in ordered)
    return File(name, "text/calendar", calendar.to_ical().replace(END, events + END))


def _event(date: Date, stamp: datetime.datetime, address: str) -> Event:
    """A whole day, which keeps nobody busy."""
    event = Event()
    event.add("uid", str(uuid.uuid5(NAMESPACE, f"{date.key}\n{date.day.isoformat()}")))
    event.add("dtstamp", stamp)
    event.add("dtstart", date.day)
    event.add("dtend", date.day + datetime.timedelta(days=1))
    event.add("summary", " ".join(date.what.split()))
    event.add("description", f"{date.words} {PREVAIL}")
    event.add("url", address)
    event.add("transp", "TRANSPARENT")
    return event
