"""What the version history says of the days of entries, as far as the register keeps it.

The list shows what is, not since when. An answer about a past day rests on the history where that names the
entry; elsewhere the register knows only what the list showed on its day of issue.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from cpl.brought.certificates import Showing
from cpl.formats.history import Correction, HistoricRemoval, HistoryFacts, facts_of
from cpl.formats.listing import ListedEntry, Listing
from cpl.models import Scheme

# How the texts name a scheme when they put a certificate right.
SCHEME_WORDS = {Scheme.CPA: ("CPA",), Scheme.DLMS: ("DLMS",), Scheme.ZIGBEE: ("Zigbee", "ZigBee", "ZSE")}


@dataclass(frozen=True)
class Past:
    """The history of one list; `settled` are the versions that were brought forward before it."""

    facts: HistoryFacts
    issued_on: datetime.date
    settled: frozenset[str]

    def admitted_on(self, number: int) -> datetime.date | None:
        """The day of the version that added the entry; None where no text names it."""
        addition = self.facts.addition_of(number)
        return self._no_later(addition.date) if addition else None

    def product_name(self, number: int) -> str:
        addition = self.facts.addition_of(number)
        return addition.product if addition else ""

    def covers_from(self, showing: Showing, *, new: bool) -> datetime.date:
        """From which day on the entry is known to have shown this certificate in these words.

        For an entry that is new to the register the day on which it was added, unless the history says that
        the certificate was put right or replaced later: then that day. Without either, and for words that
        changed since the last issue brought forward, the list's day of issue. So a question about an earlier
        day is answered by what the list showed then, or not at all, never by a certificate that came later.
        """
        changes = [one.date for one in self.facts.corrections if self._changes(one, showing)]
        added = self.admitted_on(showing.entry) if new else None
        days = [*changes, added] if added else changes
        return self._no_later(max(days, default=self.issued_on))

    def removal_of(self, entry: ListedEntry) -> HistoricRemoval | None:
        """What the history says of the removal of an entry that the list shows as Removed.

        A removal told in a version from before the last import is not the cause of one that came since.
        """
        removal = self.facts.removal_of(entry.number)
        return removal if removal and removal.version not in self.settled else None

    def effective_on(self, removal: HistoricRemoval) -> datetime.date:
        """The effective date that is stated, else the day of the version from which on it was not listed.

        Never after the list's issue: on that day the list already says Removed.
        """
        return self._no_later(removal.effective_on or removal.date)

    def _changes(self, correction: Correction, showing: Showing) -> bool:
        if correction.version in self.settled:
            return False
        if not correction.entries:
            # "The new Certificate, N, replaces M. 48 current entries have been updated": those that show N.
            return showing.listed in correction.words.partition("replaces")[0]
        words = SCHEME_WORDS[Scheme(showing.scheme)]
        return showing.entry in correction.entries and any(word in correction.words for word in words)

    def _no_later(self, day: datetime.date) -> datetime.date:
        return min(day, self.issued_on)


def past_of(listing: Listing, settled: Iterable[str]) -> Past:
    """Reads the history of a list; `settled` are the versions that were brought forward before."""
    return Past(facts_of(listing.history), listing.issued_on, frozenset(settled))
