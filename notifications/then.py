"""Who was who on a day gone by, from the histories of the tables: eight queries, however many days."""

import datetime
from collections import defaultdict
from typing import Any
from zoneinfo import ZoneInfo

from applicability.models import DeviceType
from cpl.models import ManufacturerIdentifier, Party
from notifications.audiences import Directory, Who, erased
from notifications.models import Audience

LONDON = ZoneInfo("Europe/London")
A_DAY = datetime.timedelta(days=1)


class Then:
    """The tables as their histories tell them; before a history begins, as on its first day."""

    def __init__(self, kind: str) -> None:
        self._audiences = _Past(Audience, kind=kind)
        self._parties = _Past(Party)
        self._codes = _Past(ManufacturerIdentifier)
        self._erased = erased()
        self._acts = dict(DeviceType.objects.values_list("name", "acts"))
        self._days: dict[datetime.date, Directory] = {}

    def directory(self, on: datetime.date) -> Directory:
        """As the tables stood at the end of that day."""
        if on not in self._days:
            rows, parties, codes = (past.on(on) for past in (self._audiences, self._parties, self._codes))
            self._days[on] = _As(rows, parties, codes, self._acts, self._erased, on)
        return self._days[on]


class _As(Directory):
    """Made of rows at hand, where a directory of today reads the tables."""

    def __init__(
        self,
        rows: list[Any],
        parties: list[Any],
        codes: list[Any],
        acts: dict[str, str],
        erased: frozenset[str],
        on: datetime.date,
    ) -> None:
        active = {row.id: row.category for row in parties if row.active}
        self.rows, self.acts, self.active = rows, acts, frozenset(active)
        self.parties = {
            Who.DCC: tuple(key for key, its in active.items() if its == Party.Category.DCC),
            Who.SUPPLIERS: tuple(key for key, its in active.items() if its in Party.SUPPLIERS),
            Who.PARTIES: tuple(key for key, its in active.items() if its != Party.Category.NOT_A_PARTY),
        }
        self.makers = defaultdict(list)
        for row in codes:
            since, until = row.held_from or on, row.held_to or on
            if row.party_id in active and since <= on <= until:
                self.makers[row.code].append(row.party_id)
        self.erased = erased
        self._found = {}


class _Past:
    """A table and its history. A row that has none was always as it is."""

    def __init__(self, model: Any, **only: object) -> None:
        rows = model.history.filter(**only).order_by("history_date", "history_id")
        self._known = defaultdict[int, list[Any]](list)
        for row in rows:
            self._known[row.id].append(row)
        self._always = list(model.objects.filter(**only).exclude(pk__in=rows.order_by().values("id")))
        first = min((its[0].history_date for its in self._known.values()), default=None)
        self._first = first.astimezone(LONDON).date() if first else datetime.date.min

    def on(self, day: datetime.date) -> list[Any]:
        """Its rows at the end of that day, or of the first day of which the history tells."""
        until = datetime.datetime.combine(max(day, self._first) + A_DAY, datetime.time(), LONDON)
        found = list(self._always)
        for its in self._known.values():
            last = next((row for row in reversed(its) if row.history_date < until), None)
            if last is None and its[0].history_type != "+":
                # One that begins with a change was there before it.
                last = its[0]
            if last is not None and last.history_type != "-":
                found.append(last)
        return found
