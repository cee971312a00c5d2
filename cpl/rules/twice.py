"""Nothing stands on the list twice, and nothing waits twice; an entry that is replaced makes room."""

from collections.abc import Iterator

from cpl import fields as f
from cpl.rules.case import Case
from cpl.rules.problem import Level
from cpl.rules.registry import Finding, rule


@rule("N-twice", Level.REFUSE, "guidance 4.4", field=f.FIRMWARE)
def twice(case: Case) -> Iterator[Finding]:
    """Entry {entry} is Current with the same Device Model, TS and GBCS version. If this one puts it right,
    say that it replaces entry {entry}."""
    versions = (case.get(f.TS_VERSION), case.get(f.GBCS_VERSION))
    for entry in case.facts.same_device:
        same = entry.is_current and entry.device == case.device and (entry.ts, entry.gbcs) == versions
        if same and entry.number not in case.numbers(f.REPLACES):
            expected = "a Device Model and versions that no Current entry has"
            yield Finding(f.FIRMWARE, case.get(f.FIRMWARE), expected, {"entry": entry.named})


@rule("N-open", Level.WARN, "guidance 4.4", field=f.FIRMWARE)
def already_open(case: Case) -> Iterator[Finding]:
    """The same Device Model, TS and GBCS version is already submitted and not decided: {references}.
    Withdraw the one that is not needed."""
    if case.facts.open_submissions:
        words = {"references": ", ".join(case.facts.open_submissions)}
        yield Finding(f.FIRMWARE, case.get(f.FIRMWARE), "submitted once", words)


@rule("N-open-other", Level.WARN, "guidance 4.4", field=f.FIRMWARE)
def open_of_others(case: Case) -> Iterator[Finding]:
    """Another organisation has submitted the same Device Model, TS and GBCS version: {references}. Only one
    of them can be approved."""
    # Submitters never have this fact: nobody learns what another Party is about to list.
    if case.facts.open_of_others:
        words = {"references": ", ".join(case.facts.open_of_others)}
        yield Finding(f.FIRMWARE, case.get(f.FIRMWARE), "submitted by one organisation", words)


@rule("N-twice-in-file", Level.REFUSE, "guidance 4.4", field=f.FIRMWARE)
def twice_in_file(case: Case) -> Iterator[Finding]:
    """The same Device Model, TS and GBCS version stands already in {row} of this file. Keep one of the
    two."""
    if row := case.facts.same_in_file:
        expected = "each Device Model and versions once"
        yield Finding(f.FIRMWARE, case.get(f.FIRMWARE), expected, {"row": row})


@rule("N-replaces-maker", Level.REFUSE, "guidance 4.4", field=f.REPLACES)
def replaces_maker(case: Case) -> Iterator[Finding]:
    """Entry {entry} is of another manufacturer. Name one of the same: only that can be
    replaced."""
    own = case.facts.manufacturer_holder.casefold()
    for entry in case.named(f.REPLACES):
        same = entry.device[1] == case.get(f.MANUFACTURER) or (own and own == entry.maker.casefold())
        if not same and case.get(f.MANUFACTURER):
            expected = "an entry of the same manufacturer"
            yield Finding(f.REPLACES, entry.named, expected, {"entry": entry.named})
