"""Working Days of England: Monday to Friday but for bank holidays. Pure."""

import datetime
from functools import lru_cache

import holidays

A_DAY = datetime.timedelta(days=1)


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> frozenset[datetime.date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: datetime.date) -> bool:
    return day.weekday() < 5 and day not in _bank_holidays(day.year)


def working_days_after(day: datetime.date, count: int) -> datetime.date:
    """The last day of a limit of `count` Working Days that begins to run on the day after `day`.

    A count of 0 is the day itself, or the next Working Day where it is none.
    """
    while not is_working_day(day) and not count:
        day += A_DAY
    for _ in range(count):
        day += A_DAY
        while not is_working_day(day):
            day += A_DAY
    return day


def working_days_before(day: datetime.date, count: int) -> datetime.date:
    """The first day from which a limit of `count` Working Days has not run out before `day`."""
    first = day
    while working_days_after(first - A_DAY, count) >= day:
        first -= A_DAY
    return first
