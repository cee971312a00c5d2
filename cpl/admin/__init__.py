"""The door of Panel staff."""

from cpl.admin import (
    candidates,
    certificates,
    edition_rows,
    editions,
    jobs,
    parties,
    register,
    releases,
    submissions,
    tokens,
)

__all__ = [
    "candidates",
    "certificates",
    "edition_rows",
    "editions",
    "jobs",
    "parties",
    "register",
    "releases",
    "submissions",
    "tokens",
]
