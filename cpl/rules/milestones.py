"""When the Panel tells relevant Parties that a certificate will end. Pure.

In 12 and then in 6 months (SEC guidance, section 4.3).
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

MONTHS = (12, 6)


@dataclass(frozen=True)
class Milestone:
    """So many calendar months before a certificate's date, and the day that this is."""

    months: int
    day: datetime.date


def milestones(date: datetime.date, months: Collection[int] = MONTHS) -> tuple[Milestone, ...]:
    """The milestones before a certificate's date, earliest first.

    By calendar months back from the date: 31 August less 6 months is 28 or 29 February.
    """
    return tuple(Milestone(n, date - relativedelta(months=n)) for n in sorted(set(months), reverse=True))
