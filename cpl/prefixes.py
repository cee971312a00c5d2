"""The prefix of a CPA certificate's identifier, which says what its date means (form, row 17)."""

import re

# The kinds of date, as `cpl.models.DateKind` stores them.
EXPIRES, RENEWS, UNDATED = "expires", "renews", "none"
PREFIXES = {EXPIRES: "[E] ", RENEWS: "[R] ", UNDATED: ""}


def gist(identifier: str) -> str:
    """What is left of an identifier however it is spelt.

    `NCSC-1433053936-1497` and `1433053936 1497` are one; so are `0042` and what a spreadsheet makes of it.
    """
    return re.sub(r"[^0-9A-Z]", "", identifier.upper()).removeprefix("NCSC").lstrip("0")


def split_prefix(listed: str) -> tuple[str, str]:
    """`[E] 1433053936-2958` into its date kind and the identifier without the prefix."""
    for kind, prefix in PREFIXES.items():
        if prefix and listed.startswith(prefix):
            return kind, listed.removeprefix(prefix)
    return UNDATED, listed
