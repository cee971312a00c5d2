"""Which milestones are told of on a day: the two that the Panel owes, and those that it added."""

import datetime
from dataclasses import dataclass, field

from cpl.rules.milestones import MONTHS
from notifications.due import last_dates
from notifications.models import FurtherMilestone


@dataclass(frozen=True)
class Milestones:
    """In months, and since when those count that were added."""

    months: tuple[int, ...] = MONTHS
    added: dict[int, datetime.date] = field(default_factory=dict)

    def last_dates(self, on: datetime.date) -> dict[int, datetime.date]:
        return last_dates(on, self.months)


def milestones_told(on: datetime.date) -> Milestones:
    """Of a day. One query."""
    rows = FurtherMilestone.objects.filter(added_on__lte=on)
    added = dict(rows.values_list("months", "added_on"))
    return Milestones(tuple(sorted({*MONTHS, *added}, reverse=True)), added)
