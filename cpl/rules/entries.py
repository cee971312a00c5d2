"""Entries that a submission names, and the upgrade paths that a new entry states."""

from collections import Counter
from collections.abc import Iterator

from cpl import fields as f
from cpl.rules.case import Case
from cpl.rules.problem import Level
from cpl.rules.registry import CERTIFIED, NEW, REMOVED, STATED, Finding, rule

NAMING = (f.REPLACES, f.UPGRADES_FROM, f.ENTRIES, f.OTHER_ENTRY)
KINDS = NEW + CERTIFIED + REMOVED + STATED


@rule("E-unknown", Level.REFUSE, "form, row 7", kinds=KINDS, field=NAMING)
def unknown(case: Case) -> Iterator[Finding]:
    """There is no entry {found} on the list. Give the number of one that is there."""
    for field in NAMING:
        for number in case.numbers(field):
            if number not in case.facts.entries:
                yield Finding(field, f"{number:06d}", "the number of an entry on the list")


@rule("E-twice", Level.REFUSE, "form, row 7", kinds=KINDS, field=(f.UPGRADES_FROM, f.ENTRIES))
def named_twice(case: Case) -> Iterator[Finding]:
    """Entry {found} is named more than once. Name it once."""
    for field in (f.UPGRADES_FROM, f.ENTRIES):
        counted = Counter(case.numbers(field))
        for number in (number for number, times in counted.items() if times > 1):
            yield Finding(field, f"{number:06d}", "each entry once")


@rule("E-current", Level.REFUSE, "guidance 4.1", kinds=KINDS, field=(f.REPLACES, f.ENTRIES))
def current(case: Case) -> Iterator[Finding]:
    """Entry {found} has been Removed. Name entries that are Current."""
    for field in (f.REPLACES, f.ENTRIES):
        for entry in dict.fromkeys(case.named(field)):
            if not entry.is_current:
                yield Finding(field, entry.named, "a Current entry")


@rule("E-leaving", Level.REFUSE, "guidance 4.4", kinds=NEW + REMOVED, field=(f.REPLACES, f.ENTRIES))
def leaving(case: Case) -> Iterator[Finding]:
    """The removal of entry {found} is decided already and takes effect later. Leave it out."""
    for field in (f.REPLACES, f.ENTRIES):
        for entry in dict.fromkeys(case.named(field)):
            if entry.is_current and entry.leaving:
                yield Finding(field, entry.named, "an entry that no removal names")


@rule("U-stated", Level.REFUSE, "SEC modification MP231", field=f.UPGRADES_FROM)
def stated(case: Case) -> Iterator[Finding]:
    """Name the entries whose devices may be upgraded to this firmware, or write the word none."""
    if not case.get(f.UPGRADES_FROM):
        yield Finding(f.UPGRADES_FROM, "", "entry numbers, as 000012; 000013, or none")


@rule("U-other-device", Level.WARN, "SEC modification MP231", field=f.UPGRADES_FROM)
def other_device(case: Case) -> Iterator[Finding]:
    """Entry {found} is of another {what}. Make sure that its devices can take this firmware."""
    for entry in dict.fromkeys(case.named(f.UPGRADES_FROM)):
        parts = zip(("device type", "manufacturer", "model"), entry.device, case.device, strict=False)
        other = [what for what, there, here in parts if here and there != here]
        if other:
            yield Finding(
                f.UPGRADES_FROM, entry.named, "an entry of the same device", {"what": " and ".join(other)}
            )
