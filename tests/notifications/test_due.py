"""What is owed on a day, and what becomes of it."""

import random
from datetime import date, timedelta

import pytest

from notifications.due import Carried, DueNotice, Obligation, State, To, due, milestones

SUPPLIER, MAKER = To("party", "1"), To("party", "2")
AUGUST = date(2023, 8, 30)
LONG_AGO = date(2020, 1, 1)


def carried(
    on: date = AUGUST, *, since: date = LONG_AGO, to: tuple[To, ...] = (SUPPLIER,), **more
) -> Carried:
    return Carried(**{"entry": 1, "certificate": 7, "date": on, "since": since, "recipients": to, **more})


def states(notices: list[DueNotice]) -> list[tuple[int, str]]:
    return [(notice.obligation.milestone, notice.state.value) for notice in notices]


def obligations(notices: list[DueNotice]) -> set[Obligation]:
    return {notice.obligation for notice in notices}


@pytest.mark.parametrize(
    ("ends", "twelve", "six"),
    [
        (date(2023, 8, 30), date(2022, 8, 30), date(2023, 2, 28)),
        (date(2023, 8, 31), date(2022, 8, 31), date(2023, 2, 28)),
        (date(2024, 8, 31), date(2023, 8, 31), date(2024, 2, 29)),
        (date(2024, 8, 30), date(2023, 8, 30), date(2024, 2, 29)),
        (date(2023, 2, 28), date(2022, 2, 28), date(2022, 8, 28)),
        (date(2024, 2, 29), date(2023, 2, 28), date(2023, 8, 29)),
        (date(2024, 12, 31), date(2023, 12, 31), date(2024, 6, 30)),
    ],
)
def test_milestones_are_calendar_months_back_from_the_date(ends, twelve, six):
    assert [(one.months, one.day) for one in milestones(ends)] == [(12, twelve), (6, six)]


@pytest.mark.parametrize(
    "ends", [AUGUST, date(2023, 8, 31), date(2024, 2, 29), date(2023, 2, 28), date(2024, 12, 31)]
)
@pytest.mark.parametrize("months", [12, 6])
def test_a_milestone_is_owed_from_its_day_on_and_not_the_day_before(ends, months):
    day = next(one.day for one in milestones(ends) if one.months == months)
    told = {Obligation(1, 7, ends, 12, SUPPLIER)} if months == 6 else set()
    assert due([carried(ends)], told, day - timedelta(days=1)) == []
    assert states(due([carried(ends)], told, day)) == [(months, "due")]
    assert states(due([carried(ends)], told, day + timedelta(days=1))) == [(months, "due")]


def test_a_day_without_a_run_silences_nothing():
    assert states(due([carried()], set(), date(2022, 9, 20))) == [(12, "due")]


def test_what_was_told_is_not_owed_again():
    told = obligations(due([carried()], set(), date(2022, 8, 30)))
    assert due([carried()], told, date(2022, 8, 31)) == []


def test_only_the_nearest_milestone_is_sent_and_the_older_one_is_missed():
    assert states(due([carried()], set(), date(2023, 3, 1))) == [(12, "missed"), (6, "due")]


def test_an_older_milestone_is_overtaken_where_the_entry_came_later_than_it():
    fact = carried(since=date(2022, 12, 1))
    assert states(due([fact], set(), date(2023, 2, 28))) == [(12, "overtaken"), (6, "due")]


def test_an_entry_that_comes_inside_a_window_is_told_at_once_and_late():
    fact = carried(since=date(2023, 6, 1))
    assert states(due([fact], set(), date(2023, 6, 1))) == [(12, "overtaken"), (6, "late")]


def test_an_entry_that_comes_on_the_milestones_day_is_not_late():
    assert states(due([carried(since=date(2022, 8, 30))], set(), date(2022, 8, 31))) == [(12, "due")]
    assert states(due([carried(since=date(2022, 8, 31))], set(), date(2022, 8, 31))) == [(12, "late")]


def test_milestones_from_before_the_imported_lists_issue_are_not_sent():
    fact = carried(since=date(2022, 9, 21), brought=True)
    assert states(due([fact], set(), date(2022, 9, 21))) == [(12, "before_register")]
    assert states(due([fact], set(), date(2023, 2, 28))) == [(12, "before_register"), (6, "due")]


def test_a_milestone_on_the_imported_lists_day_of_issue_is_sent():
    fact = carried(since=date(2022, 8, 30), brought=True)
    assert states(due([fact], set(), date(2022, 9, 21))) == [(12, "due")]


def test_a_milestone_that_falls_after_the_import_and_was_not_sent_is_missed():
    fact = carried(since=date(2022, 8, 1), brought=True)
    assert states(due([fact], set(), date(2023, 3, 1))) == [(12, "missed"), (6, "due")]


def test_the_last_day_still_has_a_notice_and_the_day_after_has_none():
    assert states(due([carried()], set(), AUGUST)) == [(12, "missed"), (6, "due")]
    assert due([carried()], set(), AUGUST + timedelta(days=1)) == []


def test_a_changed_date_starts_afresh():
    told = obligations(due([carried()], set(), date(2022, 9, 1)))
    later = carried(date(2023, 9, 30), since=date(2022, 9, 15))
    assert due([later], told, date(2022, 9, 29)) == []
    assert states(due([later], told, date(2022, 9, 30))) == [(12, "due")]


def test_each_recipient_is_owed_its_own_notice():
    told = {Obligation(1, 7, AUGUST, 12, MAKER)}
    found = due([carried(to=(MAKER, SUPPLIER))], told, date(2022, 8, 30))
    assert [notice.obligation.recipient for notice in found] == [SUPPLIER]


def test_a_party_that_comes_after_the_others_were_told_is_told_late_and_nothing_was_missed():
    known = {Obligation(1, 7, AUGUST, months, MAKER) for months in (12, 6)}
    found = due([carried(to=(MAKER, SUPPLIER))], known, date(2023, 4, 1))
    assert states(found) == [(12, "overtaken"), (6, "late")]
    assert {notice.obligation.recipient for notice in found} == {SUPPLIER}


def test_a_model_added_to_a_certificate_late_is_owed_its_own_notice():
    told = obligations(due([carried()], set(), date(2022, 8, 30)))
    added = carried(entry=2, since=date(2022, 10, 1))
    assert states(due([carried(), added], told, date(2022, 10, 1))) == [(12, "late")]


def test_further_milestones_can_be_added():
    assert states(due([carried()], set(), date(2022, 9, 1), months=(6, 12, 18))) == [
        (18, "missed"),
        (12, "due"),
    ]


def _nights(first: date, last: date, chance: random.Random) -> list[date]:
    """The days on which a run took place, with outages of up to ninety days."""
    day, nights = first, []
    while day <= last:
        nights.append(day)
        day += timedelta(days=chance.choice((1, 1, 1, chance.randint(1, 90))))
    return nights


def test_every_date_of_four_years_has_one_outcome_a_milestone_however_long_the_outages():
    chance = random.Random(7)  # noqa: S311
    for days in range(4 * 365 + 1):
        ends = date(2023, 1, 1) + timedelta(days=days)
        told: set[Obligation] = set()
        outcomes: list[tuple[int, State]] = []
        for night in _nights(ends - timedelta(days=450), ends, chance):
            found = due([carried(ends)], told, night)
            told |= obligations(found)
            outcomes += [(notice.obligation.milestone, notice.state) for notice in found]
        assert sorted(outcomes) == [(6, State.DUE), (12, State.DUE)]
