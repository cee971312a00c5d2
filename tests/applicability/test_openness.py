"""Dates that are dated, none or unknown, and the days at the edges of a period."""

import datetime as dt

import pytest

from applicability.openness import NONE, UNKNOWN, Day, begun, earliest, running, within

FIRST, LAST = Day.on(dt.date(2020, 2, 29)), Day.on(dt.date(2020, 10, 25))
ONE_DAY = dt.timedelta(days=1)


@pytest.mark.parametrize("text", ["2018-12-05", "none", "unknown"])
def test_a_day_is_written_as_it_was_read(text: str) -> None:
    assert str(Day.parse(text)) == text
    assert Day.parse(f" {text} ") == Day.parse(text)


@pytest.mark.parametrize(
    "text", ["", "05/12/2018", "2018-2-30", "2018-02-30", "None", "20181205", "2018-12-05T00"]
)
def test_what_is_no_day_is_refused_with_the_form_expected(text: str) -> None:
    with pytest.raises(ValueError, match="expected a date as 2018-12-05, or the word none"):
        Day.parse(text)


def test_dated_none_and_unknown_read_differently() -> None:
    assert [day.words for day in (LAST, NONE, UNKNOWN)] == ["25 October 2020", "no end", "unknown"]


def test_only_a_dated_day_has_a_date() -> None:
    for kind, date in (("dated", None), ("none", dt.date(2020, 1, 1)), ("unknown", dt.date(2020, 1, 1))):
        with pytest.raises(ValueError, match="a dated Day has a date"):
            Day(kind, date)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("on", "inside"),
    [
        (FIRST.date - ONE_DAY, False),  # type: ignore[operator]
        (FIRST.date, True),
        (LAST.date, True),
        (LAST.date + ONE_DAY, False),  # type: ignore[operator]
    ],
)
def test_the_first_and_the_last_day_belong_to_a_period(on: dt.date, inside: bool) -> None:
    assert within(FIRST, LAST, on) is inside


@pytest.mark.parametrize("on", [dt.date(2012, 1, 1), dt.date(2020, 3, 29), dt.date(2100, 12, 31)])
def test_an_open_end_lasts_and_an_unknown_one_says_so(on: dt.date) -> None:
    started = FIRST.date <= on  # type: ignore[operator]
    assert within(FIRST, NONE, on) is started
    assert within(FIRST, UNKNOWN, on) is (None if started else False)


def test_an_unknown_start_is_no_excuse_after_the_end() -> None:
    assert within(UNKNOWN, LAST, dt.date(2020, 10, 25)) is None
    assert within(UNKNOWN, LAST, dt.date(2020, 10, 26)) is False


def test_no_start_means_always() -> None:
    assert begun(NONE, dt.date(2012, 1, 1)) is True
    assert running(NONE, dt.date(2100, 1, 1)) is True


def test_the_earliest_of_some_ends_is_certain_only_when_none_is_unknown() -> None:
    assert earliest(LAST, FIRST) == (FIRST, True)
    assert earliest(LAST, NONE) == (LAST, True)
    assert earliest(LAST, UNKNOWN) == (LAST, False)
    assert earliest(NONE, UNKNOWN) == (UNKNOWN, False)
    assert earliest(NONE, NONE) == (NONE, True)
