"""Every date of a 400-year cycle of the calendar, with outages: one outcome for each milestone and recipient.

What is expected is worked out here from the calendar alone, without the functions that are tested.
"""

import calendar
import datetime
import random
from collections import Counter

import pytest

from notifications.due import Carried, Obligation, State, To, due

FIRST = datetime.date(2001, 1, 1)
# The Gregorian calendar repeats after 400 years.
CYCLE = 146_097
LONGEST_OUTAGE = 90
SUPPLIER, NEWCOMER = To("party", "1"), To("party", "2")
A_DAY = datetime.timedelta(days=1)
SHARDS = 4


def months_before(date: datetime.date, months: int) -> datetime.date:
    """The same day of the month, or the month's last."""
    year, month = divmod(date.year * 12 + date.month - 1 - months, 12)
    return datetime.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))


def runs(date: datetime.date, chance: random.Random) -> list[datetime.date]:
    """Days on which something may happen, each put off by an outage of up to ninety days; the day of the
    date itself, and the one after."""
    edges = (months_before(date, 12), months_before(date, 6))
    days = [edge + datetime.timedelta(days=chance.randint(0, LONGEST_OUTAGE)) for edge in edges]
    return sorted({edges[0] - A_DAY, *days, *(day + A_DAY for day in days), date, date + A_DAY})


def expected(
    date: datetime.date, since: datetime.date, days: list[datetime.date]
) -> dict[int, tuple[State, datetime.date]]:
    """By milestone: what becomes of it, and in the run of which day."""
    found: dict[int, tuple[State, datetime.date]] = {}
    for months in (12, 6):
        milestone = months_before(date, months)
        day = next((day for day in days if max(milestone, since) <= day <= date), None)
        if day is None:
            continue
        came_later = milestone < since
        nearest = months == 6 or day < months_before(date, 6)
        if nearest:
            found[months] = (State.LATE if came_later else State.DUE, day)
        else:
            found[months] = (State.OVERTAKEN if came_later else State.MISSED, day)
    return found


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_date_has_one_outcome_for_each_milestone_and_recipient(shard: int) -> None:
    chance = random.Random(20261122 + shard)  # noqa: S311
    seen: Counter[State] = Counter()
    for offset in range(shard, CYCLE, SHARDS):
        date = FIRST + datetime.timedelta(days=offset)
        days = runs(date, chance)
        # Mostly it was there long before; sometimes it came inside the window, or on the very edge of one.
        since = chance.choice([
            date - datetime.timedelta(days=900),
            date - datetime.timedelta(days=900),
            date - datetime.timedelta(days=chance.randint(0, 400)),
            months_before(date, 6) + chance.choice([-A_DAY, 0 * A_DAY, A_DAY]),
        ])  # fmt: skip
        told: set[Obligation] = set()
        outcomes: dict[int, tuple[State, datetime.date]] = {}
        for day in days:
            if day < since:
                continue
            fact = Carried(1, 1, date, since, recipients=(SUPPLIER,))
            for notice in due([fact], told, day):
                assert notice.obligation not in told
                told.add(notice.obligation)
                outcomes[notice.obligation.milestone] = (notice.state, day)
                seen[notice.state] += 1
        assert outcomes == expected(date, since, days), (date, since, days)
    assert seen[State.DUE] > CYCLE / SHARDS and seen[State.LATE] and seen[State.OVERTAKEN]


def test_an_outage_over_both_milestones_tells_the_nearer_and_owns_up_to_the_other() -> None:
    for offset in range(0, CYCLE, 97):
        date = FIRST + datetime.timedelta(days=offset)
        day = months_before(date, 6) + datetime.timedelta(days=offset % LONGEST_OUTAGE)
        fact = Carried(1, 1, date, date - datetime.timedelta(days=900), recipients=(SUPPLIER,))
        assert [(one.obligation.milestone, one.state) for one in due([fact], set(), day)] == [
            (12, State.MISSED),
            (6, State.DUE),
        ]


def test_who_joins_later_is_told_once_and_late() -> None:
    for offset in range(0, CYCLE, 53):
        date = FIRST + datetime.timedelta(days=offset)
        since = date - datetime.timedelta(days=900)
        first = due([Carried(1, 1, date, since, recipients=(SUPPLIER,))], set(), months_before(date, 12))
        told = {one.obligation for one in first}
        both = Carried(1, 1, date, since, recipients=(SUPPLIER, NEWCOMER))
        joined = due([both], told, months_before(date, 12) + datetime.timedelta(days=30))
        assert [(one.obligation.recipient, one.state) for one in joined] == [(NEWCOMER, State.LATE)]
        told |= {one.obligation for one in joined}
        assert due([both], told, months_before(date, 12) + datetime.timedelta(days=31)) == []
