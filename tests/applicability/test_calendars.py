"""Calendars: events that keep their identity, so that a moved date moves, and nothing that has no date."""

import datetime as dt

from icalendar import Calendar, Event

from applicability.calendars import Revision, Wanted, moments, render
from applicability.openness import Day
from applicability.schedule import Part, Schedule
from applicability.tables import PeriodRow, Tables, ValidityRow
from tests.applicability.example import DCC, HUB, METER, SUPPLIER, TABLES, period, validity

GAS = "Gas Smart Meter"
AT = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)
REVISION = Revision("statutory", 3, AT)


def tables(*rows: ValidityRow | PeriodRow, edition: str = "edition 7") -> Tables:
    return Tables.of(
        edition,
        [row for row in rows if isinstance(row, ValidityRow)],
        [row for row in rows if isinstance(row, PeriodRow)],
        actors={HUB: DCC, METER: SUPPLIER},
    )


def days(schedule: Schedule, wanted: Wanted | None = None) -> list[tuple[str, str]]:
    found = moments(schedule, wanted) if wanted else moments(schedule)
    return [(moment.key[0], moment.day.isoformat()) for moment in found]


def one_row(mvp_to: str, edition: str = "edition 7") -> Tables:
    return tables(validity(HUB, "CHTS V64.0", "unknown", "unknown", "unknown", mvp_to), edition=edition)


def events(content: bytes) -> list[Event]:
    return [one for one in Calendar.from_ical(content).walk("VEVENT") if isinstance(one, Event)]


def test_starts_and_ends_are_events_in_the_order_of_their_days() -> None:
    rows = (
        validity(HUB, "CHTS V64.0", "2024-01-01", "2025-06-30", "2024-01-01", "2025-12-31"),
        period("CHTS V64.0", "GBCS Version 64.0", "2023-12-01", "2026-01-31"),
    )
    assert days(Schedule.only(tables(*rows))) == [
        ("Applicability start", "2023-12-01"),
        ("IVP start", "2024-01-01"),
        ("IVP end", "2025-06-30"),
        ("MVP end", "2025-12-31"),
        ("Applicability end", "2026-01-31"),
    ]


def test_an_mvp_that_begins_on_another_day_is_an_event_of_its_own() -> None:
    row = validity(HUB, "CHTS V64.0", "2024-01-01", "none", "2024-02-01", "none")
    assert days(Schedule.only(tables(row))) == [("IVP start", "2024-01-01"), ("MVP start", "2024-02-01")]


def test_a_date_that_is_none_or_unknown_is_no_event() -> None:
    row = validity(HUB, "CHTS V64.0", "unknown", "none", "unknown", "unknown")
    assert not moments(
        Schedule.only(tables(row, period("CHTS V64.0", "GBCS Version 64.0", "unknown", "none")))
    )


def test_a_selection_takes_what_fits_both_its_types_and_its_versions() -> None:
    rows = (
        validity(METER, "SMETS V61.0", "2024-01-01", "none", "2024-01-01", "none"),
        validity(GAS, "SMETS V61.0", "2024-01-02", "none", "2024-01-02", "none"),
        validity(GAS, "SMETS V62.0", "2024-01-03", "none", "2024-01-03", "none"),
        period("SMETS V61.0", "GBCS Version 61.0", "2024-01-04", "none"),
        period("CHTS V64.0", "GBCS Version 64.0", "2024-01-05", "none"),
    )
    schedule = Schedule.only(tables(*rows))

    def found(device_types: tuple[str, ...] = (), versions: tuple[str, ...] = ()) -> list[int]:
        return [int(day[-2:]) for _, day in days(schedule, Wanted(device_types, versions))]

    assert found((GAS,)) == [2, 3, 4]
    assert found((), ("SMETS V61.0",)) == [1, 2, 4]
    assert found((), ("GBCS Version 61.0",)) == [4]
    assert found((GAS,), ("SMETS V61.0",)) == [2, 4]
    assert found() == [1, 2, 3, 4, 5]


def test_a_moved_date_keeps_its_identifier_and_rises_in_sequence() -> None:
    before = render("Hubs", moments(Schedule.only(one_row("2026-12-31"))), REVISION)
    later = Revision("statutory", 4, AT + dt.timedelta(days=1))
    after = render("Hubs", moments(Schedule.only(one_row("2027-06-30", "edition 8"))), later)
    (old,), (new,) = events(before), events(after)
    assert old["UID"] == new["UID"]
    assert (old.decoded("DTSTART"), new.decoded("DTSTART")) == (dt.date(2026, 12, 31), dt.date(2027, 6, 30))
    assert (old["SEQUENCE"], new["SEQUENCE"]) == (3, 4)
    assert new.decoded("LAST-MODIFIED") > old.decoded("LAST-MODIFIED")


def test_identifiers_are_those_that_subscribers_have() -> None:
    """Whoever changes how they are made gives every subscriber every event twice."""
    (event,) = events(render("Hubs", moments(Schedule.only(one_row("2026-12-31"))), REVISION))
    assert event["UID"] == "eae4b5b4-cea3-5139-b1fb-e7f63650ddd1"


def test_different_dates_of_one_version_have_different_identifiers() -> None:
    found = moments(Schedule.only(TABLES))
    assert len({moment.uid("statutory") for moment in found}) == len(found)
    assert found[0].uid("statutory") != found[0].uid("example")


def test_a_date_that_the_next_edition_moves_is_moved_as_soon_as_that_is_designated() -> None:
    parts = (
        Part(dt.date.min, one_row("2027-12-31")),
        Part(dt.date(2027, 2, 1), one_row("2028-06-30", "edition 8")),
    )
    assert days(Schedule(parts)) == [("MVP end", "2028-06-30")]


def test_a_date_before_the_next_edition_takes_effect_stays() -> None:
    parts = (
        Part(dt.date.min, one_row("2026-12-31")),
        Part(dt.date(2027, 2, 1), one_row("2028-06-30", "edition 8")),
    )
    assert days(Schedule(parts)) == [("MVP end", "2026-12-31")]


def test_a_date_that_the_next_edition_takes_away_is_gone() -> None:
    parts = (
        Part(dt.date.min, one_row("2027-12-31")),
        Part(dt.date(2027, 2, 1), one_row("none", "edition 8")),
    )
    assert not days(Schedule(parts))


def test_an_event_is_a_whole_day_that_keeps_nobody_busy_and_says_who_must_act() -> None:
    (event,) = events(render("Hubs", moments(Schedule.only(one_row("2028-02-29"))), REVISION))
    assert event.decoded("DTSTART") == dt.date(2028, 2, 29)
    assert event["TRANSP"] == "TRANSPARENT"
    assert "by the DCC (DCC Licence condition 17.21)" in event["DESCRIPTION"]
    assert "edition 7" in event["DESCRIPTION"]
    assert event["SUMMARY"] == "CHTS V64.0, Communications Hub: last day to update or replace"


def test_the_same_tables_give_the_same_bytes() -> None:
    found = moments(Schedule.only(TABLES))
    assert render("All", found, REVISION) == render("All", found, REVISION)


def test_the_calendar_says_what_it_is_and_how_often_to_ask() -> None:
    calendar = Calendar.from_ical(render("Hubs", (), REVISION, address="https://cpl.example/x/"))
    assert (calendar["VERSION"], calendar["METHOD"], calendar["X-WR-CALNAME"]) == ("2.0", "PUBLISH", "Hubs")
    assert calendar["URL"] == "https://cpl.example/x/"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT12H" in render("Hubs", (), REVISION)


def test_text_cannot_break_out_of_its_line() -> None:
    row = validity("Type\r\nBEGIN:VEVENT;,", "CHTS V64.0", "2024-01-01", "none", "2024-01-01", "none")
    content = render("a\r\nb", moments(Schedule.only(tables(row))), REVISION)
    assert len(events(content)) == 1
    assert not [line for line in content.split(b"\r\n") if line.startswith(b"BEGIN:VEVENT;")]


def test_a_day_is_not_moved_by_any_clock() -> None:
    """The clocks go forward on 28 March 2027 and back on 31 October 2027."""
    for day in ("2027-03-28", "2027-10-31"):
        (event,) = events(render("Hubs", moments(Schedule.only(one_row(day))), REVISION))
        assert event.decoded("DTSTART") == Day.parse(day).date
