"""What must be updated or replaced by when: every entry with its deadline, or why there is none to tell."""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q

from applicability.answers import Answer, Verdict
from applicability.models import DeviceType, SpecificationVersion
from applicability.models.specifications import Series
from applicability.windows import Version, Window
from cpl.models import CURRENT, Entry
from cpl.models.entries import EntryQuerySet
from cpl.standing import Basis

UNDATED = datetime.date.max


class State(StrEnum):
    """In the order in which one wants to read them."""

    DUE = "due"
    AHEAD = "ahead"
    UNKNOWN = "unknown"
    NO_ROW = "no_row"
    NEVER = "never"


@dataclass(frozen=True)
class Deadline:
    """An entry, by when its devices must be updated or replaced, and how sure that is.

    `held`: the edition has a row for the entry's combination. `undated`: the answer rests on a date that the
    edition, or whoever removed the entry, does not state.
    """

    entry: Entry
    status: str
    answer: Answer
    state: State
    held: bool
    undated: bool

    @property
    def by(self) -> datetime.date | None:
        return self.answer.by.date if self.answer.by else None


def types_of_the_dcc() -> set[str]:
    """The device types that the DCC must see to; every other is a Supplier's. One query."""
    return set(DeviceType.objects.filter(acts=DeviceType.Actor.DCC).values_list("name", flat=True))


def deadlines(entries: EntryQuerySet, *, basis: Basis, on: datetime.date) -> list[Deadline]:
    """Every one of the entries, what is due first at the top. One query; `on` is the day taken as now."""
    rows = entries.with_status(on, serial=basis.serial).select_related("removal")
    found = [_deadline(entry, basis, on) for entry in rows]
    order = list(State)
    return sorted(found, key=lambda one: (order.index(one.state), one.by or UNDATED, one.entry.number))


def _deadline(entry: Entry, basis: Basis, on: datetime.date) -> Deadline:
    facts = basis.facts(entry)
    answer = basis.schedule.must_be_updated_by(facts)
    undated = answer.at_the_latest or (answer.verdict == Verdict.UNKNOWN and not answer.has_no_row)
    status: str = entry.status_on_day  # type: ignore[attr-defined]
    held = basis.schedule.first.holds(facts.device)
    return Deadline(entry, status, answer, _state(answer, on), held, undated or _not_stated(answer))


def _state(answer: Answer, on: datetime.date) -> State:
    if answer.verdict == Verdict.NO:
        return State.NEVER
    if answer.verdict == Verdict.UNKNOWN:
        return State.NO_ROW if answer.has_no_row else State.UNKNOWN
    ahead = answer.by and answer.by.date and on <= answer.by.date
    return State.AHEAD if ahead else State.DUE


def _not_stated(answer: Answer) -> bool:
    """Removed, on a day that nobody stated."""
    return answer.verdict == Verdict.YES and not (answer.by and answer.by.date)


@dataclass(frozen=True)
class Count:
    """How many entries are in a state, by their status on the day."""

    state: State
    current: int
    removed: int


def counts(found: Iterable[Deadline]) -> list[Count]:
    """A line for each state, nought included."""
    tally = Counter((one.state, one.status == CURRENT) for one in found)
    return [Count(state, tally[state, True], tally[state, False]) for state in State]


def versions(series: str = Series.STATUTORY) -> list[Version]:
    """TS versions with what each follows, for chains and windows. One query."""
    rows = SpecificationVersion.objects.filter(series=series, document__in=["SMETS", "CHTS"])
    columns = rows.order_by("label").values_list("label", "kind", "predecessor__label")
    return [Version(label, kind, predecessor or "") for label, kind, predecessor in columns]


def inside(windows: Sequence[Window], entries: EntryQuerySet) -> Mapping[Window, list[Entry]]:
    """For each window those of the entries, Current on the day (`with_status`), that are of the version to be
    left. One query, or none where there is no window."""
    by_version: dict[tuple[str, str], list[Entry]] = {}
    old = {window.old for window in windows}
    for entry in entries.filter(Q(status_on_day=CURRENT), technical_specification__in=old):
        key = (entry.device_type.strip(), entry.technical_specification.strip())
        by_version.setdefault(key, []).append(entry)
    return {window: by_version.get((window.device_type, window.old), []) for window in windows}
