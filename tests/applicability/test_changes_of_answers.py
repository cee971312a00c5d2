"""On which days answers change: on those that the tables name, and on no other."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applicability.answers import Device, EntryFacts, Verdict
from applicability.changes_of_answers import A_DAY, Change, changes, named_days
from applicability.openness import NONE, UNKNOWN, Day
from applicability.schedule import EARLIEST, LATEST, Part, Schedule
from applicability.tables import PeriodRow, Tables, ValidityRow
from tests.applicability.example import HUB, TABLES, hub, meter, period, validity

DEVICE = hub(0)
LISTED = Day.on(dt.date(2017, 1, 1))
WINDOW = dt.date(2024, 2, 1)
near = st.dates(WINDOW, WINDOW + dt.timedelta(days=70))
far = st.dates(EARLIEST, LATEST)


def open_days(dates: st.SearchStrategy[dt.date]) -> st.SearchStrategy[Day]:
    return st.one_of(dates.map(Day.on), st.sampled_from([NONE, UNKNOWN]))


@st.composite
def schedules(draw: st.DrawFn, dates: st.SearchStrategy[dt.date]) -> Schedule:
    """One to three editions, each with or without rows for the hub."""
    starts = sorted(draw(st.lists(dates, max_size=2, unique=True)))
    parts = [Part(dt.date.min, draw(editions(dates)))]
    return Schedule((*parts, *(Part(start, draw(editions(dates))) for start in starts)))


@st.composite
def editions(draw: st.DrawFn, dates: st.SearchStrategy[dt.date]) -> Tables:
    days = [draw(open_days(dates)) for _ in range(6)]
    rows = [ValidityRow(HUB, DEVICE.ts, *days[:4])] if draw(st.booleans()) else []
    periods = [PeriodRow(DEVICE.ts, DEVICE.gbcs, *days[4:])] if draw(st.booleans()) else []
    held = [(HUB, DEVICE.ts, DEVICE.gbcs)] if draw(st.booleans()) else []
    return Tables.of("edition 7", rows, periods, held)


@st.composite
def entries(draw: st.DrawFn, dates: st.SearchStrategy[dt.date]) -> EntryFacts:
    seen = draw(st.one_of(st.none(), dates))
    return EntryFacts(DEVICE, draw(open_days(dates)), draw(open_days(dates)), seen)


def verdicts(schedule: Schedule, entry: EntryFacts, on: dt.date) -> tuple[Verdict, Verdict]:
    return (
        schedule.may_be_installed(entry, on).verdict,
        schedule.may_be_maintained(entry, on).verdict,
    )


@given(schedules(far), entries(far), far)
def test_no_answer_changes_except_on_a_day_that_is_named(
    schedule: Schedule, entry: EntryFacts, on: dt.date
) -> None:
    if on not in named_days(schedule, entry):
        assert verdicts(schedule, entry, on) == verdicts(schedule, entry, on - A_DAY)


@given(schedules(near), entries(near))
def test_the_changes_are_those_found_by_asking_every_day(schedule: Schedule, entry: EntryFacts) -> None:
    """Over the leap day of 2024 and the day on which the clocks go forward."""
    every_day = [WINDOW + dt.timedelta(days=n) for n in range(-1, 74)]
    asked = {
        (day, question)
        for day in every_day
        for question, was, now in zip(
            ("install", "maintain"),
            verdicts(schedule, entry, day - A_DAY),
            verdicts(schedule, entry, day),
            strict=True,
        )
        if was != now
    }
    told = changes(schedule, entry, every_day[0], every_day[-1])
    assert {(change.on, change.question) for change in told} == asked


def said(told: list[Change]) -> list[tuple[str, str, str]]:
    return [(change.on.isoformat(), change.question, change.after.verdict) for change in told]


def test_a_hub_of_the_guidance_changes_its_answers_when_its_periods_begin_and_end() -> None:
    told = changes(Schedule.only(TABLES), EntryFacts(hub(0), listed=LISTED))
    assert said(told) == [
        ("2024-01-01", "install", "yes"),
        ("2024-01-01", "maintain", "yes"),
        ("2025-07-01", "install", "no"),
        ("2026-01-01", "maintain", "no"),
    ]
    assert "ended on 30 June 2025" in told[2].after.words


def test_an_open_end_never_changes_an_answer() -> None:
    told = changes(Schedule.only(TABLES), EntryFacts(meter(3), listed=LISTED))
    assert said(told) == [("2026-07-01", "install", "yes"), ("2026-07-01", "maintain", "yes")]


def test_both_ends_of_the_period_asked_for_are_in_it() -> None:
    entry = EntryFacts(hub(0), listed=LISTED)
    both = changes(Schedule.only(TABLES), entry, dt.date(2025, 7, 1), dt.date(2026, 1, 1))
    assert len(both) == 2
    assert not changes(Schedule.only(TABLES), entry, dt.date(2025, 7, 2), dt.date(2025, 12, 31))


@pytest.mark.parametrize("last", ["2024-02-28", "2024-02-29", "2027-03-28", "2027-10-31", "2100-12-31"])
def test_leap_day_and_the_days_when_the_clocks_change_are_days_like_others(last: str) -> None:
    tables = Tables.of(
        "edition 9",
        [validity(HUB, DEVICE.ts, "2020-01-01", last, "2020-01-01", "none")],
        [period(DEVICE.ts, DEVICE.gbcs, "2020-01-01", "none")],
        [(HUB, DEVICE.ts, DEVICE.gbcs)],
    )
    day = dt.date.fromisoformat(last)
    told = changes(Schedule.only(tables), EntryFacts(DEVICE, listed=LISTED), day, day + A_DAY)
    assert said(told) == [((day + A_DAY).isoformat(), "install", "no")]


def test_listing_removal_and_the_next_edition_change_answers_too() -> None:
    shorter = Tables.of("edition 8", [], [], [])
    schedule = Schedule((Part(dt.date.min, TABLES), Part(dt.date(2024, 9, 1), shorter)))
    entry = EntryFacts(hub(0), Day.on(dt.date(2024, 5, 1)), removed=Day.on(dt.date(2024, 12, 1)))
    assert [(change.on.isoformat(), change.after.verdict) for change in changes(schedule, entry)] == [
        ("2024-05-01", "yes"),
        ("2024-05-01", "yes"),
        ("2024-09-01", "unknown"),
        ("2024-09-01", "unknown"),
        ("2024-12-01", "no"),
        ("2024-12-01", "no"),
    ]


def test_an_end_on_the_last_day_of_the_calendar_is_no_trouble() -> None:
    tables = Tables.of("edition 9", [validity(HUB, DEVICE.ts, "0001-01-01", "9999-12-31", "none", "none")])
    assert changes(Schedule.only(tables), EntryFacts(Device(HUB, DEVICE.ts, "GBCS Version 64.0"))) == []
