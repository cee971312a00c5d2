"""The lines of a version's text in `Version Control`, sorted by what the heading above them says happened.

A text is free prose with a habit: a heading (`Two Device Models removed:`), under it one line an entry
(`000070 - Example Meter 01:00:22:00 (removed)`), and remarks that belong to what stands above.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Literal

Happening = Literal["added", "removed", "restored", "amended", "remark"]

# Five to seven digits: the texts write 00283 and 0000014 where they mean 000283 and 000014.
ENTRY_LINE = re.compile(r"(0[0-9]{4,6})\s*(?:[-\N{EN DASH}]\s*)?(\S.*)")
# A number within a sentence; `entry 67` and `Entry 488` are written short.
NUMBER = re.compile(r"\b(?:0[0-9]{4,6}|(?<=[Ee]ntry )[0-9]{1,6})\b")
COUNTED = r"(?:[0-9]+|One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Eleven|Twelve|\w+teen|Twenty)\b.*"
# As named: some write dots, and some the letter O for a zero.
FIRMWARE = re.compile(r"\b[0-9A-FO]{2}([:.])[0-9A-FO]{2}\1[0-9A-FO]{2}\1[0-9A-FO]{2}\b")
HEADINGS: tuple[tuple[Happening, re.Pattern[str]], ...] = (
    ("removed", re.compile(COUNTED + r"Device Models? (?:has been |have been )?removed\b.*", re.IGNORECASE)),
    ("restored", re.compile(COUNTED + r"Device Models?, status changed to .current.*", re.IGNORECASE)),
    ("added", re.compile(COUNTED + r"\b(?:re-)?added\b.*", re.IGNORECASE)),
    ("amended", re.compile(r"One Device Model amended.*|CPA Certificate details amended.*|Correction to .*")),
)


@dataclass(frozen=True)
class EntryLine:
    """One line that begins with an entry number, and the words after it."""

    number: int
    words: str


@dataclass
class Section:
    """A heading, the entries under it, and the remarks after them."""

    happening: Happening
    heading: str
    entries: list[EntryLine] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def sections(text: str) -> list[Section]:
    """The sections of one version's text (as `IssuedVersion.text` gives it), in order."""
    found = [Section("remark", "")]
    for line in text.split("\n"):
        entry = ENTRY_LINE.fullmatch(line)
        happening = None if entry else _heading(line)
        if entry:
            found[-1].entries.append(EntryLine(int(entry[1]), entry[2].strip()))
        elif happening:
            found.append(Section(happening, line))
        elif FIRMWARE.fullmatch(line) and found[-1].entries:
            # A line break within an entry's line (2.030).
            last = found[-1].entries[-1]
            found[-1].entries[-1] = replace(last, words=f"{last.words} {line}")
        else:
            found[-1].remarks.append(line)
    return found


def numbers_in(words: str) -> tuple[int, ...]:
    """The entry numbers that a sentence names, each once, in its order."""
    return tuple(dict.fromkeys(int(number) for number in NUMBER.findall(words)))


def _heading(line: str) -> Happening | None:
    return next((happening for happening, pattern in HEADINGS if pattern.fullmatch(line)), None)
