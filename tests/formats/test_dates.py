from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpl.formats.dates import DateReading, read_date, read_day, written, written_with_dashes
from cpl.formats.problems import Refusal


@given(st.dates())
def test_a_written_date_is_read_as_the_same_day(day: date) -> None:
    assert read_date(written(day)) == DateReading(day)
    assert read_day(written(day)) == day


@given(st.dates())
def test_dashes_are_read_and_reported(day: date) -> None:
    assert read_date(written_with_dashes(day)) == DateReading(day, ("written with slashes",))


@given(st.datetimes())
def test_a_date_cell_is_its_day(moment: datetime) -> None:
    reading = read_date(moment)
    assert isinstance(reading, DateReading)
    assert reading.value == moment.date()


@given(st.text() | st.integers() | st.floats() | st.booleans())
def test_anything_else_is_refused_or_read_as_a_day(value: object) -> None:
    assert isinstance(read_date(value), Refusal | DateReading)


def test_the_order_is_day_and_month() -> None:
    assert read_date("05/12/2026") == DateReading(date(2026, 12, 5))
    assert read_date("5/12/2026") == DateReading(
        date(2026, 12, 5), ("day and month written with two digits",)
    )


@pytest.mark.parametrize(
    "value", ["12/25/2026", "31/02/2026", "21/09/22", "45168", 45168, "soon", "", None, True]
)
def test_no_day_is_guessed(value: object) -> None:
    assert isinstance(read_date(value), Refusal)


def test_no_answer_is_no_day_and_nonsense_is_an_error() -> None:
    assert read_day("") is None
    with pytest.raises(ValueError, match="no such day"):
        read_day("31/02/2026")
