"""Which edition decides on which day, and what was known when."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applicability.answers import EntryFacts, Verdict
from applicability.openness import Day
from applicability.schedule import Issue, Part, Schedule, deciding
from applicability.tables import Tables
from tests.applicability.example import COMBINATIONS, DCC, HUB, PERIODS, TABLES, VALIDITIES, hub, validity

LONG_AGO = Day.on(dt.date(2017, 1, 1))
ENTRY = EntryFacts(hub(0), listed=LONG_AGO)
FIRST = Issue(1, 1, dt.date(2024, 1, 1), dt.date(2024, 1, 1))
SECOND = Issue(2, 2, dt.date(2025, 2, 1), dt.date(2024, 11, 5))
days = st.dates(dt.date(2012, 1, 1), dt.date(2100, 12, 31))


def issues() -> st.SearchStrategy[list[Issue]]:
    rows = st.lists(st.tuples(days, days), max_size=6)
    return rows.map(lambda pairs: [Issue(n, n, *pair) for n, pair in enumerate(pairs, 1)])


def tables(mvp_to: str, edition: str = "edition 8") -> Tables:
    """The example with another end for the maintenance of CHTS V64.0."""
    row = validity(HUB, "CHTS V64.0", "2024-01-01", "2025-06-30", "2024-01-01", mvp_to)
    return Tables.of(edition, [*VALIDITIES, row], PERIODS, COMBINATIONS, actors={HUB: DCC})


def after(start: str, second: Tables) -> Schedule:
    return Schedule((Part(dt.date.min, TABLES), Part(dt.date.fromisoformat(start), second)))


@pytest.mark.parametrize(
    ("known", "keys"),
    [
        ("2023-12-31", []),
        ("2024-01-01", [1]),
        ("2024-11-04", [1]),
        ("2024-11-05", [1, 2]),
        ("2025-01-31", [1, 2]),
        ("2025-02-01", [2]),
    ],
)
def test_an_edition_is_known_from_its_designation_and_decides_from_its_effective_date(
    known: str, keys: list[int]
) -> None:
    found = deciding([FIRST, SECOND], dt.date.fromisoformat(known))
    assert [issue.key for issue in found] == keys


def test_an_edition_designated_after_its_effective_date_was_not_known_before() -> None:
    late = Issue(3, 3, dt.date(2024, 6, 1), dt.date(2026, 3, 29))
    assert [one.key for one in deciding([FIRST, late], dt.date(2026, 3, 28))] == [1]
    assert [one.key for one in deciding([FIRST, late], dt.date(2026, 3, 29))] == [3]


def test_of_two_that_take_effect_on_one_day_the_later_number_decides() -> None:
    again = Issue(3, 3, SECOND.effective_from, SECOND.known_from)
    assert [one.key for one in deciding([again, FIRST, SECOND], dt.date(2024, 12, 1))] == [1, 3]


@given(issues(), days, days, st.integers(0, 400))
def test_designating_an_edition_changes_nothing_as_known_before(
    known_ones: list[Issue], known: dt.date, effective: dt.date, later: int
) -> None:
    designated = known + dt.timedelta(days=1 + later)
    new = Issue(99, 99, effective, designated)
    assert deciding([*known_ones, new], known) == deciding(known_ones, known)


@given(issues(), days)
def test_one_edition_is_in_force_and_the_rest_follow_in_order(
    known_ones: list[Issue], known: dt.date
) -> None:
    starts = [issue.effective_from for issue in deciding(known_ones, known)]
    assert starts == sorted(set(starts))
    assert sum(start <= known for start in starts) <= 1


def test_the_first_tables_decide_for_every_day_before_the_next() -> None:
    schedule = after("2025-03-30", tables("none"))
    assert schedule.on(dt.date(2012, 1, 1)).edition == "edition 7"
    assert schedule.on(dt.date(2025, 3, 29)).edition == "edition 7"
    assert schedule.on(dt.date(2025, 3, 30)).edition == "edition 8"
    assert schedule.may_be_maintained(ENTRY, dt.date(2026, 1, 1)).verdict == Verdict.YES


def test_an_edition_to_come_moves_a_deadline_as_soon_as_it_is_known() -> None:
    assert Schedule.only(TABLES).must_be_updated_by(ENTRY).by == Day.parse("2025-12-31")
    moved = after("2025-03-01", tables("2026-06-30")).must_be_updated_by(ENTRY)
    assert (moved.by, moved.edition) == (Day.parse("2026-06-30"), "edition 8")


def test_a_deadline_before_the_next_edition_stands_though_that_drops_the_row() -> None:
    lapsed = Tables.of("edition 8", actors={HUB: DCC})
    for start, edition in (("2026-01-01", "edition 7"), ("2025-12-31", "edition 8")):
        answer = after(start, lapsed).must_be_updated_by(ENTRY)
        assert answer.edition == edition
        assert answer.has_no_row == (edition == "edition 8")
