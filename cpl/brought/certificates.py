"""One record for each certificate out of what many entries show of it; where they disagree, that is told.

Nothing is asked of the database. What each entry showed stays with the entry (its coverage); here it is
decided what the certificate's own record says.
"""

import datetime
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from cpl.formats.listing import ListedEntry
from cpl.models import DateKind, Scheme
from cpl.prefixes import split_prefix

Key = tuple[str, str]
Value = TypeVar("Value")


@dataclass(frozen=True)
class Showing:
    """What one entry shows under one scheme: the identifier as listed and apart from its prefix."""

    entry: int
    status: str
    scheme: str
    listed: str
    identifier: str
    kind: str
    version: str
    date: datetime.date | None

    @property
    def key(self) -> Key:
        return self.scheme, self.identifier

    @property
    def words(self) -> tuple[str, str, datetime.date | None]:
        """Exactly what the list shows."""
        return self.listed, self.version, self.date


@dataclass(frozen=True)
class Facts:
    """What is taken as right for a certificate."""

    kind: str
    date: datetime.date | None
    version: str


@dataclass(frozen=True)
class Disagreement:
    """One fact of one certificate that entries show differently: what was taken, and who shows what."""

    scheme: str
    identifier: str
    what: str
    taken: str
    shown: dict[str, list[int]]

    @property
    def only_spelling(self) -> bool:
        return len({words.casefold() for words in self.shown}) == 1


@dataclass(frozen=True)
class ProbablySame:
    """Identifiers of one scheme that differ in letters and signs only, with how many entries show each."""

    scheme: str
    identifiers: dict[str, int]


def showings(entry: ListedEntry) -> Iterator[Showing]:
    """The certificates that an entry shows, one a scheme at most."""
    for scheme, listed, version, date in (
        (Scheme.CPA, entry.cpa.identifier, entry.cpa.security_characteristics, entry.cpa.date),
        (Scheme.DLMS, entry.dlms.identifier, entry.dlms.version, None),
        (Scheme.ZIGBEE, entry.zse.identifier, entry.zse.version, None),
    ):
        if listed:
            kind, identifier = _kind(listed, date)
            yield Showing(entry.number, entry.status, scheme.value, listed, identifier, kind, version, date)


def _kind(listed: str, date: datetime.date | None) -> tuple[str, str]:
    kind, identifier = split_prefix(listed)
    # Before the prefixes (modification MP209, August 2022) every certificate's date was one of expiry.
    if kind == DateKind.NONE and date is not None:
        kind = DateKind.EXPIRES.value
    return kind, identifier


def by_certificate(shown: Iterable[Showing]) -> dict[Key, list[Showing]]:
    """Grouped by scheme and identifier, in the order in which the list names them first."""
    groups: dict[Key, list[Showing]] = defaultdict(list)
    for one in shown:
        groups[one.key].append(one)
    return dict(groups)


def facts_of(group: list[Showing]) -> Facts:
    """The most frequent of each fact; of equally frequent ones that of the latest entry."""
    kind, date = _prevailing(group, lambda one: (one.kind, one.date))
    if date is None:
        # A prefix without a date says nothing that a record could keep.
        kind = DateKind.NONE.value
    return Facts(kind, date, _prevailing(group, lambda one: one.version))


def _prevailing(group: list[Showing], fact: Callable[[Showing], Value]) -> Value:
    counted: dict[Value, list[int]] = defaultdict(list)
    for one in group:
        counted[fact(one)].append(one.entry)
    return max(counted, key=lambda value: (len(counted[value]), max(counted[value])))


def disagreements(groups: dict[Key, list[Showing]]) -> Iterator[Disagreement]:
    """Every fact of every certificate that is not shown alike by all its entries."""
    tellings: dict[str, Callable[[Showing], str]] = {
        "date kind": lambda one: one.kind,
        "date": lambda one: str(one.date or ""),
        "version": lambda one: one.version,
    }
    for (scheme, identifier), group in groups.items():
        taken = facts_of(group)
        ours = {"date kind": taken.kind, "date": str(taken.date or ""), "version": taken.version}
        for what, tell in tellings.items():
            shown: dict[str, list[int]] = defaultdict(list)
            for one in group:
                shown[tell(one)].append(one.entry)
            if len(shown) > 1:
                yield Disagreement(scheme, identifier, what, ours[what], dict(shown))


def probably_same(groups: dict[Key, list[Showing]]) -> Iterator[ProbablySame]:
    """Certificates that may be one under several spellings. A person decides; nothing is merged."""
    alike: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for (scheme, identifier), group in groups.items():
        alike[scheme, _digits(identifier)][identifier] = len(group)
    for (scheme, _), identifiers in alike.items():
        if len(identifiers) > 1:
            yield ProbablySame(scheme, identifiers)


def _digits(identifier: str) -> str:
    """The groups of digits alone: `NCSC-1433053936-1497` is `1433053936-1497`, `CHIP0007` stays apart from
    `CHIP7`. Without any digit, the letters."""
    return "-".join(re.findall(r"\d+", identifier)) or re.sub(r"\W", "", identifier).casefold()
