"""Working Days of England, at the days where counting goes wrong."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpl.working_days import is_working_day, working_days_after, working_days_before

DAYS = st.dates(datetime.date(2020, 1, 1), datetime.date(2040, 12, 31))
THURSDAY_BEFORE_EASTER = datetime.date(2026, 4, 2)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-04-03", "Good Friday"),
        ("2026-04-06", "Easter Monday"),
        ("2026-05-04", "Early May"),
        ("2026-12-25", "Christmas"),
        ("2026-12-28", "Boxing Day, moved from a Saturday"),
        ("2022-09-19", "the State Funeral"),
        ("2026-04-04", "a Saturday"),
        ("2026-04-05", "a Sunday, Easter or not"),
    ],
)
def test_what_is_no_working_day(day: str, why: str) -> None:
    assert not is_working_day(datetime.date.fromisoformat(day)), why


def test_a_holiday_of_scotland_alone_is_a_working_day() -> None:
    assert is_working_day(datetime.date(2026, 1, 2))


@pytest.mark.parametrize(
    ("count", "last"), [(0, "2026-04-02"), (1, "2026-04-07"), (4, "2026-04-10"), (5, "2026-04-13")]
)
def test_a_limit_runs_over_easter(count: int, last: str) -> None:
    assert working_days_after(THURSDAY_BEFORE_EASTER, count) == datetime.date.fromisoformat(last)


@given(DAYS, st.integers(1, 30))
def test_a_limit_ends_on_a_working_day_with_as_many_in_between(day: datetime.date, count: int) -> None:
    last = working_days_after(day, count)
    days = [day + datetime.timedelta(days=n) for n in range(1, (last - day).days + 1)]
    assert is_working_day(last)
    assert sum(map(is_working_day, days)) == count


@given(DAYS, st.integers(1, 30))
def test_before_is_the_first_day_whose_limit_has_not_run_out(day: datetime.date, count: int) -> None:
    first = working_days_before(day, count)
    assert working_days_after(first, count) >= day
    assert working_days_after(first - datetime.timedelta(days=1), count) < day
