"""Deadlines as CSV: a line an entry, with the entries to which its devices may be updated."""

import csv
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from cpl.deadlines import Deadline
from cpl.formats.formulas import harmless
from cpl.formats.hexes import with_colons
from cpl.models import Entry
from cpl.public.days import Days
from cpl.public.export import Line
from cpl.targets import Target, Targets

HEADERS = [
    "Entry", "Status", "Update or replace by", "How sure", "Who must act", "Licence condition", "Device type",
    "Manufacturer identifier", "Manufacturer", "Model identifier", "Hardware version", "Hardware revision",
    "Firmware version", "TS version", "GBCS version", "Product name", "Answer", "Decided by",
    "Update to (path stated)", "Update to (no path stated)", "Entries that may replace it", "Asked for",
    "Tables as known on",
]  # fmt: skip
AT_ONCE = 500


def rows_of(
    found: Sequence[Deadline],
    *,
    holders: Mapping[str, str],
    reach: Callable[[Collection[Entry]], dict[int, Targets]],
    days: Days,
) -> Iterator[str]:
    """Lines of CSV, headers first; `reach` finds the targets of some entries at once."""
    writer = csv.writer(Line())
    yield writer.writerow(HEADERS)
    for start in range(0, len(found), AT_ONCE):
        batch = found[start : start + AT_ONCE]
        targets = reach([one.entry for one in batch])
        for one in batch:
            cells = [*_facts(one, holders), *_targets(targets[one.entry.number]), days.on, days.known]
            yield writer.writerow([harmless(str(cell)) for cell in cells])


def _facts(one: Deadline, holders: Mapping[str, str]) -> list[str]:
    entry, answer = one.entry, one.answer
    return [
        str(entry), one.status, one.by.isoformat() if one.by else "", _sure(one), answer.actor.name,
        answer.actor.licence, entry.device_type, with_colons(entry.manufacturer),
        holders.get(entry.manufacturer, ""), with_colons(entry.model), entry.hardware_version,
        entry.hardware_revision, with_colons(entry.firmware), entry.technical_specification,
        entry.gbcs_version, entry.product_name, answer.words, answer.decided_by,
    ]  # fmt: skip


def _sure(one: Deadline) -> str:
    if one.by:
        return "at the latest" if one.answer.at_the_latest else "set"
    return {"no": "no end is set", "yes": "not stated"}.get(
        one.answer.verdict, "no row" if one.answer.has_no_row else "unknown"
    )


def _targets(given: Targets) -> list[str]:
    return [_numbers(given.stated), _numbers(given.unstated), str(given.replacing_entries)]


def _numbers(found: Sequence[Target]) -> str:
    """Entry numbers; `?` after one of which it is not known whether it stays maintainable."""
    return " ".join(f"{one.entry}{'?' if one.answer.verdict == 'unknown' else ''}" for one in found)
