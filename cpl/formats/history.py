"""What the version history says of single entries: when each was added, under which name, and why removed.

The list itself says that an entry is Removed, not when or why; these texts do, where they name the entry.
Only what stands there is taken. A date that a text does not give is None, a ground that it does not give is
`not_stated`, and `words` keeps the sentence, so that a person can check every reading.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from cpl.formats.history_lines import FIRMWARE, EntryLine, Section, numbers_in, sections
from cpl.formats.listing import Day, IssuedVersion

Ground = Literal[
    "replaced",
    "duplicate",
    "cpa_expired",
    "certificate_withdrawn",
    "ssc_decision",
    "entered_in_error",
    "not_stated",
]

SSC = re.compile(r"Security Sub-Com+it+ee", re.IGNORECASE)
DAY = r"([0-9]{1,2} [A-Z][a-z]+ [0-9]{4})"
DECIDED = re.compile(rf"determined on {DAY}")
EFFECTIVE = re.compile(rf"to be removed from the Central Products List on {DAY}")
CERTIFICATE_DAY = re.compile(rf"(?:withdrawn|expired) on {DAY}")
REPLACEMENT = re.compile(
    r"(?:revised|corrected) (?:entry is|entries are) provided as entry numbers? (?P<after>[^)]*)"
    r"|(?P<before>Entries [^.]*) contain the correct",
    re.IGNORECASE,
)
DUPLICATE = re.compile(r"(?:duplicate of|clone release of) (entry [0-9]+)", re.IGNORECASE)
REPLACES = re.compile(r"re-added and therefore replaces entry number ([0-9]+)")
SENTENCE_REMOVAL = re.compile(r"entries (?P<entries>[0-9, and]+?)\s*(?:\([^)]*\))? have been removed")
CORRECTION = re.compile(
    r"(?:corrected|amended|altered|incorrect hash|Updated Entry|entries have been updated)", re.IGNORECASE
)
ABOUT_ENTRIES = re.compile(r"current entries have been updated|on the CPL have been amended", re.IGNORECASE)
REMARK_IN_BRACKETS = re.compile(
    r"\s*\((?=\s*(?:updat|new|correct|incorrect|firmware|hardware|HW|removed|original|duplicate|Device Model "
    r"reflects|The DCC|Device removed|defect))[^()]*(?:\([^()]*\)[^()]*)*\)\s*\.?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Addition:
    """An entry as the version that added it names it; `product` is without firmware and remarks."""

    number: int
    version: str
    date: Day
    product: str
    firmware: str
    words: str


@dataclass(frozen=True)
class HistoricRemoval:
    """A removal as its version states it; `date` is the version's, the other days only where stated."""

    number: int
    version: str
    date: Day
    ground: Ground
    words: str
    decided_by: str = ""
    decided_on: Day | None = None
    effective_on: Day | None = None
    certificate_on: Day | None = None
    replaced_by: tuple[int, ...] = ()
    duplicate_of: tuple[int, ...] = ()
    also_stated_in: str = ""
    undone_in: str = ""


@dataclass(frozen=True)
class Restoration:
    """A removal that a later version took back."""

    number: int
    version: str
    date: Day
    words: str


@dataclass(frozen=True)
class Correction:
    """Something put right on entries already listed; no `entries` where the text gives only a count."""

    version: str
    date: Day
    entries: tuple[int, ...]
    words: str


@dataclass(frozen=True)
class HistoryFacts:
    """Everything that the texts say of entries by number, in the history's order."""

    additions: tuple[Addition, ...]
    removals: tuple[HistoricRemoval, ...]
    restorations: tuple[Restoration, ...]
    corrections: tuple[Correction, ...]

    def addition_of(self, number: int) -> Addition | None:
        return next((one for one in self.additions if one.number == number), None)

    def removal_of(self, number: int) -> HistoricRemoval | None:
        """The removal that stands: the last one that was not undone."""
        standing = [one for one in self.removals if one.number == number and not one.undone_in]
        return standing[-1] if standing else None


def facts_of(history: Iterable[IssuedVersion]) -> HistoryFacts:
    """Read all texts, first to last; later versions complete or undo what earlier ones say."""
    additions: list[Addition] = []
    removals: list[HistoricRemoval] = []
    restorations: list[Restoration] = []
    corrections: list[Correction] = []
    for version in history:
        parts = sections(version.text)
        for part in parts:
            if part.happening == "added":
                additions += [_addition(version, line) for line in part.entries]
                _complete(removals, version, part)
            elif part.happening == "restored":
                restorations += [_restoration(version, line) for line in part.entries]
                _undo(removals, version, part)
        removals += _removals(version, parts)
        corrections += _corrections(version, parts)
    return HistoryFacts(tuple(additions), tuple(removals), tuple(restorations), tuple(corrections))


def _addition(version: IssuedVersion, line: EntryLine) -> Addition:
    firmware = FIRMWARE.search(line.words)
    named = FIRMWARE.sub("", REMARK_IN_BRACKETS.sub("", line.words)).replace("()", "")
    # What the firmware leaves behind: "firmware 00:07", "SKU1 - 0B:18", "CH; 12:50".
    product = re.sub(r"(?:[\s;,-]|\bwith firmware|\bfirmware)+$", "", re.sub(r"\s+", " ", named)).strip(
        " -;,"
    )
    return Addition(
        line.number, version.number, version.date, product, firmware[0] if firmware else "", line.words
    )


def _restoration(version: IssuedVersion, line: EntryLine) -> Restoration:
    return Restoration(line.number, version.number, version.date, line.words)


def _removals(version: IssuedVersion, parts: list[Section]) -> Iterator[HistoricRemoval]:
    for part in parts:
        if part.happening == "removed":
            numbers = [line.number for line in part.entries]
            for place, line in enumerate(part.entries):
                reason = " ".join([part.heading, line.words, *part.remarks])
                yield _removal(version, line.number, reason, place, len(numbers))
        else:
            for remark in part.remarks:
                found = SENTENCE_REMOVAL.search(remark)
                numbers = list(numbers_in(found["entries"])) if found else []
                for place, number in enumerate(numbers):
                    yield _removal(version, number, remark, place, len(numbers))


def _removal(version: IssuedVersion, number: int, words: str, place: int, of: int) -> HistoricRemoval:
    stated = HistoricRemoval(
        number=number,
        version=version.number,
        date=version.date,
        ground="not_stated",
        words=words,
        decided_by="Security Sub-Committee" if SSC.search(words) else "",
        decided_on=_day(DECIDED, words),
        effective_on=_day(EFFECTIVE, words),
        certificate_on=_day(CERTIFICATE_DAY, words),
        replaced_by=_counterpart(_replacements(words), place, of),
        duplicate_of=tuple(int(found.split()[1]) for found in DUPLICATE.findall(words)),
    )
    return replace(stated, ground=_ground(stated))


def _ground(removal: HistoricRemoval) -> Ground:
    """The nearest cause that the words give; the approval of the SSC is the ground only if none is given."""
    words = removal.words.casefold()
    grounds: tuple[tuple[Ground, bool], ...] = (
        ("duplicate", bool(removal.duplicate_of)),
        ("replaced", bool(removal.replaced_by)),
        ("certificate_withdrawn", bool(re.search(r"certificates? .*\bwithdrawn on", words))),
        ("cpa_expired", bool(re.search(r"cpa certificates? .*\bexpired on", words))),
        ("entered_in_error", "incorrect" in words),
        ("ssc_decision", bool(removal.decided_by)),
    )
    return next((ground for ground, holds in grounds if holds), "not_stated")


def _replacements(words: str) -> tuple[int, ...]:
    return tuple(
        number
        for found in REPLACEMENT.finditer(words)
        for number in numbers_in(found["after"] or found["before"])
    )


def _counterpart(numbers: tuple[int, ...], place: int, of: int) -> tuple[int, ...]:
    """Three entries "corrected as 74, 75 and 76" are meant in this order; else all stay named."""
    return (numbers[place],) if len(numbers) == of else numbers


def _complete(removals: list[HistoricRemoval], version: IssuedVersion, part: Section) -> None:
    """A later version may say what replaces an entry whose removal gave no such number (1.31 for 000036)."""
    for line in part.entries:
        found = REPLACES.search(line.words)
        for at, removal in enumerate(removals):
            if found and removal.number == int(found[1]) and not removal.replaced_by:
                removals[at] = replace(
                    removal, ground="replaced", replaced_by=(line.number,), also_stated_in=version.number
                )


def _undo(removals: list[HistoricRemoval], version: IssuedVersion, part: Section) -> None:
    restored = {line.number for line in part.entries}
    for at, removal in enumerate(removals):
        if removal.number in restored and not removal.undone_in:
            removals[at] = replace(removal, undone_in=version.number)


def _corrections(version: IssuedVersion, parts: list[Section]) -> Iterator[Correction]:
    for part in parts:
        if part.happening == "amended":
            words = " ".join([part.heading, *(f"{line.number:06} - {line.words}" for line in part.entries)])
            entries = tuple(line.number for line in part.entries)
            yield Correction(version.number, version.date, entries, " ".join([words, *part.remarks]))
        elif part.happening != "removed":
            yield from _remarked(version, part.remarks)


def _remarked(version: IssuedVersion, remarks: list[str]) -> Iterator[Correction]:
    """Remarks that put entries right; what only changes the form names no entry and is left out."""
    corrections: dict[tuple[int, ...], list[str]] = {}
    for remark in remarks:
        numbers = numbers_in(remark)
        if CORRECTION.search(remark) and (numbers or ABOUT_ENTRIES.search(remark)):
            corrections.setdefault(numbers, []).append(remark)
    for numbers, words in corrections.items():
        yield Correction(version.number, version.date, numbers, " ".join(words))


def _day(pattern: re.Pattern[str], words: str) -> date | None:
    found = pattern.search(words)
    try:
        return datetime.strptime(found[1], "%d %B %Y").date() if found else None  # noqa: DTZ007 - a day
    except ValueError:
        return None  # no such day: then none is stated
