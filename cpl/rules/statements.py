"""Upgrade paths and firmware information that are stated for entries on the list already."""

from collections.abc import Iterator

from cpl import fields as f
from cpl.rules.case import Case
from cpl.rules.people import WITHOUT_INFORMATION
from cpl.rules.problem import Level
from cpl.rules.registry import EMPTY, STATED, Finding, rule

ALIKE = ("device type", "manufacturer", "model")


@rule("A-own", Level.REFUSE, "SEC modifications MP231 and SECMP0009", kinds=STATED, field=f.ENTRIES)
def own(case: Case) -> Iterator[Finding]:
    """Entry {found} is not your organisation's. Only who submitted an entry, or holds its manufacturer
    identifier, may state something for it."""
    for entry in dict.fromkeys(case.named(f.ENTRIES)):
        if not case.by_panel and case.party not in entry.parties:
            yield Finding(f.ENTRIES, entry.named, "entries of your own devices")


@rule(
    "A-something", Level.REFUSE, "SEC modifications MP231 and SECMP0009", kinds=STATED, field=f.UPGRADES_FROM
)
def something(case: Case) -> Iterator[Finding]:
    """State upgrade paths, or firmware information, or both: nothing is stated yet."""
    if not any(case.get(field) for field in (f.UPGRADES_FROM, *f.FIR_FIELDS)):
        yield Finding(f.UPGRADES_FROM, "", "entry numbers, the word none, or firmware information")


@rule("A-whole", Level.REFUSE, "form, rows 30 to 39 (column D); SECMP0009", kinds=STATED, field=f.FIR_FIELDS)
def whole(case: Case) -> Iterator[Finding]:
    """Firmware information is published as a whole: give {label} too, or leave all of it empty."""
    if any(case.get(field) for field in f.FIR_FIELDS):
        for field in f.FIR_FIELDS:
            if not case.get(field):
                yield Finding(field, "", "a value")


@rule("A-unwanted", Level.REFUSE, "form, rows 30 to 39 (column D)", kinds=STATED, field=f.FIR_COMPANY)
def unwanted(case: Case) -> Iterator[Finding]:
    """No firmware information is published for a {type}, and entry {entry} is one. Leave that entry out, or
    leave the firmware information empty."""
    if not any(case.get(field) for field in f.FIR_FIELDS):
        return
    for entry in dict.fromkeys(case.named(f.ENTRIES)):
        known = case.facts.device_types.get(entry.device_type)
        if known and known.kind in WITHOUT_INFORMATION:
            words = {"type": entry.device_type, "entry": entry.named}
            yield Finding(f.FIR_COMPANY, case.get(f.FIR_COMPANY), EMPTY, words)


@rule("A-itself", Level.REFUSE, "SEC modification MP231", kinds=STATED, field=f.UPGRADES_FROM)
def itself(case: Case) -> Iterator[Finding]:
    """Entry {found} cannot be upgraded to itself. Name entries with another firmware."""
    for number in sorted(set(case.numbers(f.ENTRIES)) & set(case.numbers(f.UPGRADES_FROM))):
        yield Finding(f.UPGRADES_FROM, f"{number:06d}", "other entries")


@rule("A-other-device", Level.WARN, "SEC modification MP231", kinds=STATED, field=f.UPGRADES_FROM)
def other_device(case: Case) -> Iterator[Finding]:
    """Entry {found} is of another {what} than entry {entry}. Make sure that its devices can take that
    firmware."""
    for target in dict.fromkeys(case.named(f.ENTRIES)):
        for source in dict.fromkeys(case.named(f.UPGRADES_FROM)):
            parts = zip(ALIKE, source.device, target.device, strict=False)
            if other := [what for what, there, here in parts if there != here]:
                words = {"what": " and ".join(other), "entry": target.named}
                yield Finding(f.UPGRADES_FROM, source.named, "an entry of the same device", words)
