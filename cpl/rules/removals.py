"""Recommendations to remove entries: on which ground, who decided, and from when."""

from collections.abc import Iterator

from cpl import fields as f
from cpl.formats.dates import written
from cpl.rules.case import Case
from cpl.rules.problem import Level
from cpl.rules.registry import EMPTY, REMOVED, Finding, rule

FITTING = {"smets1": "SMETS1 entries", "smets2": "SMETS2+ entries"}


@rule("X-ground", Level.REFUSE, "guidance 4.4", kinds=REMOVED, field=f.GROUND)
def ground(case: Case) -> Iterator[Finding]:
    """{found} is no ground on which an entry may be removed. It must be one of: {expected}."""
    if case.get(f.GROUND) and case.get(f.GROUND) not in case.facts.grounds:
        yield Finding(f.GROUND, case.get(f.GROUND), "; ".join(case.facts.grounds))


@rule("X-fits", Level.REFUSE, "guidance 4.4", kinds=REMOVED, field=f.GROUND)
def fits(case: Case) -> Iterator[Finding]:
    """This ground is for {expected}, and entry {entry} is none of them. Choose another ground, or
    leave that entry out."""
    wanted, _ = _ground(case)
    for entry in dict.fromkeys(case.named(f.ENTRIES)):
        if wanted in FITTING and entry.is_smets1 != (wanted == "smets1"):
            yield Finding(f.GROUND, case.get(f.GROUND), FITTING[wanted], {"entry": entry.named})


@rule("X-other-required", Level.REFUSE, "guidance 4.4", kinds=REMOVED, field=f.OTHER_ENTRY)
def other_required(case: Case) -> Iterator[Finding]:
    """This ground names another entry: state which one replaces this, or is the same as this."""
    if _ground(case)[1] and not case.get(f.OTHER_ENTRY):
        yield Finding(f.OTHER_ENTRY, "", "one entry number, as 000012")


@rule("X-other-unwanted", Level.REFUSE, "guidance 4.4", kinds=REMOVED, field=f.OTHER_ENTRY)
def other_unwanted(case: Case) -> Iterator[Finding]:
    """This ground names no other entry. Leave it empty, or choose another ground."""
    if case.get(f.GROUND) in case.facts.grounds and not _ground(case)[1] and case.get(f.OTHER_ENTRY):
        yield Finding(f.OTHER_ENTRY, case.get(f.OTHER_ENTRY), EMPTY)


@rule("X-other-itself", Level.REFUSE, "guidance 4.4", kinds=REMOVED, field=f.OTHER_ENTRY)
def other_itself(case: Case) -> Iterator[Finding]:
    """Entry {found} is itself to be removed here. Name one that stays."""
    for number in set(case.numbers(f.OTHER_ENTRY)) & set(case.numbers(f.ENTRIES)):
        yield Finding(f.OTHER_ENTRY, f"{number:06d}", "an entry that stays")


@rule("X-decision-date", Level.REFUSE, "guidance 4.4", kinds=REMOVED, field=f.DECISION_DATE)
def decision_date(case: Case) -> Iterator[Finding]:
    """The decision cannot have been made on {found}: that day is still to come. Give the day on which it
    was."""
    day = case.day(f.DECISION_DATE)
    if day and day > case.on:
        yield Finding(f.DECISION_DATE, written(day), f"a day up to {written(case.on)}")


@rule("X-effective-date", Level.REFUSE, "guidance 4.4", kinds=REMOVED, field=f.EFFECTIVE_DATE)
def effective_date(case: Case) -> Iterator[Finding]:
    """The removal cannot take effect on {found}, before it was decided on {decided}. Give that day or a
    later one."""
    decided, day = case.day(f.DECISION_DATE), case.day(f.EFFECTIVE_DATE)
    if decided and day and day < decided:
        words = {"decided": written(decided)}
        yield Finding(f.EFFECTIVE_DATE, written(day), f"a day from {written(decided)}", words)


def _ground(case: Case) -> tuple[str, bool]:
    """Which entries the ground fits, and whether it names another entry."""
    return case.facts.grounds.get(case.get(f.GROUND), ("any", False))
