"""What another edition, or a removal, would do to one entry: which answers differ, from when to when."""

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from applicability.answers import EntryFacts, Verdict
from applicability.consequences import Consequence, Course, consequence
from applicability.openness import NONE, UNKNOWN, Day
from applicability.schedule import Part, Schedule
from applicability.tables import Tables, ValidityRow
from tests.applicability.example import COMBINATIONS, PERIODS, TABLES, VALIDITIES, hub, meter

SINCE = dt.date(2024, 6, 1)
HUB = EntryFacts(hub(0), listed=Day.on(dt.date(2024, 1, 1)))


def tables(row: ValidityRow) -> Tables:
    return Tables.of("edition 8", [row, *VALIDITIES[1:]], PERIODS, COMBINATIONS, actors=TABLES.actors)


def compared(row: ValidityRow, *, effective: dt.date = SINCE, facts: EntryFacts = HUB) -> Consequence:
    """The hub's own row put in place of the one in force, from the effective date on."""
    now = Schedule.only(TABLES)
    then = Schedule((Part(dt.date.min, TABLES), Part(effective, tables(row))))
    return consequence(Course(now, facts), Course(then, facts), SINCE)


def test_the_same_tables_have_no_consequence() -> None:
    assert not compared(VALIDITIES[0])


def test_an_earlier_end_of_mvp_is_felt_from_the_day_after_it_to_the_day_it_would_have_ended() -> None:
    found = compared(replace(VALIDITIES[0], mvp_to=Day.parse("2025-10-31")))
    [stretch] = found.maintain
    assert (stretch.first, stretch.last) == (dt.date(2025, 11, 1), dt.date(2025, 12, 31))
    assert (stretch.before.verdict, stretch.after.verdict) == (Verdict.YES, Verdict.NO)
    assert found.install == ()
    assert [str(answer.by) for answer in found.update or ()] == ["2025-12-31", "2025-10-31"]
    assert (found.when, found.not_maintainable) == (dt.date(2025, 11, 1), True)


def test_a_later_end_lets_more_and_refuses_nothing() -> None:
    found = compared(replace(VALIDITIES[0], ivp_to=NONE))
    [stretch] = found.install
    assert (stretch.first, stretch.last) == (dt.date(2025, 7, 1), None)
    assert not found.not_installable


def test_nothing_differs_before_the_edition_takes_effect() -> None:
    found = compared(replace(VALIDITIES[0], ivp_to=Day.parse("2024-07-01")), effective=dt.date(2025, 2, 1))
    assert found.install[0].first == dt.date(2025, 2, 1)


def test_a_date_that_becomes_unknown_is_told_as_not_known() -> None:
    found = compared(replace(VALIDITIES[0], mvp_to=UNKNOWN))
    assert {stretch.after.verdict for stretch in found.maintain} == {Verdict.UNKNOWN}
    assert not found.not_maintainable
    assert found.update is not None


def test_a_removal_ends_all_from_its_effective_date() -> None:
    now = Schedule.only(TABLES)
    facts = EntryFacts(meter(1), listed=Day.on(dt.date(2024, 1, 1)))
    gone = replace(facts, removed=Day.on(dt.date(2025, 3, 1)))
    found = consequence(Course(now, facts), Course(now, gone), SINCE)
    assert found.when == dt.date(2025, 3, 1)
    assert found.not_installable
    assert found.not_maintainable
    assert [str(answer.by) for answer in found.update or ()] == ["none", "2025-03-01"]


DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2030, 12, 31))
ENDS = st.one_of(DAYS.map(Day.on), st.sampled_from([NONE, UNKNOWN]))


@given(ivp=ENDS, mvp=ENDS, effective=DAYS, on=DAYS)
def test_a_stretch_covers_exactly_the_days_on_which_a_verdict_differs(
    ivp: Day, mvp: Day, effective: dt.date, on: dt.date
) -> None:
    row = replace(VALIDITIES[0], ivp_to=ivp, mvp_to=mvp)
    now = Course(Schedule.only(TABLES), HUB)
    then = Course(Schedule((Part(dt.date.min, TABLES), Part(effective, tables(row)))), HUB)
    found = consequence(now, then, SINCE)
    for question, stretches in (("install", found.install), ("maintain", found.maintain)):
        covered = any(s.first <= on and (s.last is None or on <= s.last) for s in stretches)
        differs = now.answer(question, on).verdict != then.answer(question, on).verdict  # type: ignore[arg-type]
        assert covered == (differs and on >= SINCE)
