"""The whole list as JSON, for programs: all public fields, under the names that the form gives them.

UTF-8, keys in a fixed order, two spaces of indent, a newline at the end: the same listing, the same bytes.
Hexadecimal is canonical (no colons), dates are ISO 8601, what the list leaves empty is null.
`docs/formats.md` describes the form; `format` changes its number if an old reader could misread the new form.
"""

import json
from datetime import date

from cpl.formats.listing import IssuedVersion, ListedEntry, Listing

FORMAT = "central-products-list/1"


def write_json(listing: Listing) -> bytes:
    """The list with every entry and the history of its versions."""
    content = {
        "format": FORMAT,
        "version": listing.version,
        "issued_on": listing.issued_on.isoformat(),
        "entries": [entry_as_json(entry) for entry in listing.entries],
        "history": [_version(version) for version in listing.history],
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def entry_as_json(entry: ListedEntry) -> dict[str, str | None]:
    """One entry as a flat object keyed by the form's `Group.attribute`."""
    return {
        one.name: (value.isoformat() if isinstance(value, date) else value) or None
        for one, value in entry.by_field
    }


def _version(version: IssuedVersion) -> dict[str, str]:
    return {"version": version.number, "issued_on": version.date.isoformat(), "changes": version.text}
