"""The prefix of a CPA certificate's identifier, which says what its date means (form, row 17)."""

# The kinds of date, as `cpl.models.DateKind` stores them.
EXPIRES, RENEWS, UNDATED = "expires", "renews", "none"
PREFIXES = {EXPIRES: "[E] ", RENEWS: "[R] ", UNDATED: ""}


def split_prefix(listed: str) -> tuple[str, str]:
    """`[E] 1433053936-2958` into its date kind and the identifier without the prefix."""
    for kind, prefix in PREFIXES.items():
        if prefix and listed.startswith(prefix):
            return kind, listed.removeprefix(prefix)
    return UNDATED, listed
