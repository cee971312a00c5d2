"""What was seen in bringing a list forward: kept with the import, and printed for the person who did it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from applicability.tables import Device, Tables
from cpl.brought.certificates import by_certificate, disagreements, probably_same, showings
from cpl.brought.rows import Rows
from cpl.formats.published import PublishedList
from cpl.models import CURRENT, REMOVED, Removal

Report = dict[str, Any]


def report_of(listing: PublishedList, rows: Rows, tables: Tables) -> Report:
    """Plain values only, as JSON has them. Entries are named by their six digits, days as yyyy-mm-dd."""
    groups = by_certificate(one for entry in listing.entries for one in showings(entry))
    return {
        "version": listing.version,
        "issued_on": str(listing.issued_on),
        "listed": _listed(listing),
        # The import is a record itself, the first.
        "written": {"list.brought_forward": 1, **Counter(act.act for act in rows.acts)},
        "normalised": _normalised(listing),
        "disagreements": [
            {
                "certificate": f"{one.scheme} {one.identifier}",
                "what": one.what,
                "taken": one.taken,
                "shown": {words: _numbers(entries) for words, entries in one.shown.items()},
                "only_spelling": one.only_spelling,
            }
            for one in disagreements(groups)
        ],
        "probably_the_same": [
            {"scheme": one.scheme, "entries_showing": one.identifiers} for one in probably_same(groups)
        ],
        "removals": [_removal(act.row) for act in rows.acts if isinstance(act.row, Removal)],
        "reserved": [act.subject.removeprefix("entry ") for act in rows.acts if act.act == "number.reserved"],
        "history": _history(listing, rows),
        "combinations": _combinations(listing, tables),
    }


def _listed(listing: PublishedList) -> dict[str, int]:
    statuses: Counter[str] = Counter(entry.status for entry in listing.entries)
    return {
        "entries": len(listing.entries),
        "current": statuses[CURRENT],
        "removed": statuses[REMOVED],
        "issued_versions": len(listing.history),
    }


def _normalised(listing: PublishedList) -> dict[str, list[dict[str, str]]]:
    by_entry: dict[str, list[dict[str, str]]] = {}
    for one in listing.normalisations:
        change = {"field": one.field, "found": one.found, "taken": one.taken}
        by_entry.setdefault(f"{one.number:06d}", []).append(change)
    return by_entry


def _removal(row: Removal) -> dict[str, str | None]:
    return {
        "entry": f"{row.entry_id:06d}",
        "ground": row.ground_code,
        "decided_by": row.decided_by,
        "decision_date": _day(row.decision_date),
        "effective_date": _day(row.effective_date),
        "other_entry": f"{row.other_entry_id:06d}" if row.other_entry_id else None,
        "source": row.reference,
    }


def _history(listing: PublishedList, rows: Rows) -> Report:
    """Where the history does not name an entry, says otherwise than the list, or tells of corrections."""
    facts = rows.past.facts
    named = {one.number for one in facts.additions}
    current = {entry.number for entry in listing.entries if entry.status == CURRENT}
    return {
        "not_added_by_any_version": _numbers(
            entry.number for entry in listing.entries if entry.number not in named
        ),
        "removals_undone": [
            {"entry": f"{one.number:06d}", "version": one.version} for one in facts.restorations
        ],
        "said_to_be_removed_but_current": _numbers(n for n in sorted(current) if facts.removal_of(n)),
        "corrections": [
            {
                "version": one.version,
                "on": str(one.date),
                "entries": _numbers(one.entries),
                "words": one.words,
            }
            for one in facts.corrections
        ],
    }


def _combinations(listing: PublishedList, tables: Tables) -> dict[str, str | int]:
    """Counted and no more: what was listed in its day stays listed."""
    outside = sum(
        entry.status == CURRENT
        and not tables.holds(Device(entry.device_type, entry.ts_version, entry.gbcs_version))
        for entry in listing.entries
    )
    return {"tables": tables.edition, "current_entries_not_in_them": outside}


def as_text(report: Mapping[str, Any]) -> str:
    """The report for a person to read."""
    return "\n".join(_lines(report))


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    listed = report["listed"]
    yield f"Version {report['version']}, issued on {report['issued_on']}: {listed['entries']} entries"
    yield f"  {listed['current']} Current, {listed['removed']} Removed, {listed['issued_versions']} versions"
    combinations = report["combinations"]
    yield (
        f"  {combinations['current_entries_not_in_them']} Current entries name a combination that is not in"
        f" {combinations['tables']}; what is listed stays listed"
    )
    written = report["written"]
    yield f"Written to the journal: {sum(written.values()):,} records"
    yield from (f"  {count} {act}" for act, count in written.items())
    yield from _section("Numbers reserved", report["reserved"])
    yield from _section("Removals brought forward", map(_removal_line, report["removals"]))
    yield from _section("Certificates whose facts disagree", map(_disagreement, report["disagreements"]))
    yield from _section("Probably the same, kept apart", map(_same, report["probably_the_same"]))
    yield from _history_lines(report["history"])
    yield from _section("Normalised", _normalised_lines(report["normalised"]))


def _section(title: str, lines: Any) -> Iterator[str]:
    lines = list(lines)
    yield f"{title}: {len(lines) or 'none'}"
    yield from (f"  {line}" for line in lines)


def _removal_line(one: Mapping[str, str | None]) -> str:
    ground = (one["ground"] or "").replace("_", " ")
    other = f" (entry {one['other_entry']})" if one["other_entry"] else ""
    effective = f"from {one['effective_date']}" if one["effective_date"] else "day not stated"
    decided = f", decided {one['decision_date']}" if one["decision_date"] else ""
    return f"{one['entry']}: {ground}{other}, {effective}{decided}"


def _disagreement(one: Mapping[str, Any]) -> str:
    shown = "; ".join(
        f"{words or 'nothing'} on {len(entries)} ({_few(entries)})" for words, entries in one["shown"].items()
    )
    spelling = ", in spelling alone" if one["only_spelling"] else ""
    return f"{one['certificate']}, {one['what']}{spelling}: taken {one['taken'] or 'nothing'}; shown {shown}"


def _same(one: Mapping[str, Any]) -> str:
    return f"{one['scheme']}: " + ", ".join(f"{name} ({n})" for name, n in one["entries_showing"].items())


def _history_lines(history: Mapping[str, Any]) -> Iterator[str]:
    yield from _section("Not added by any version", history["not_added_by_any_version"])
    undone = (f"{one['entry']} in {one['version']}" for one in history["removals_undone"])
    yield from _section("Removals undone", undone)
    yield from _section("Said to be removed, listed as Current", history["said_to_be_removed_but_current"])
    told = (
        f"{one['version']} of {one['on']}: {_few(one['entries']) or 'entries not named'}"
        for one in history["corrections"]
    )
    yield from _section("Corrections told by the history", told)


def _normalised_lines(normalised: Mapping[str, list[Mapping[str, str]]]) -> Iterator[str]:
    for number, changes in normalised.items():
        for one in changes:
            yield f"{number} {one['field']}: {one['found']} taken as {one['taken'] or 'nothing'}"


def _numbers(numbers: Any) -> list[str]:
    return [f"{number:06d}" for number in numbers]


def _few(numbers: list[str]) -> str:
    return (
        ", ".join(numbers) if len(numbers) <= 5 else f"{', '.join(numbers[:4])} and {len(numbers) - 4} more"
    )


def _day(day: object) -> str | None:
    return str(day) if day else None
