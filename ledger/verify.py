"""Finds what differs between the journal, the rows and what was kept of them elsewhere."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Anchor:
    """What `label` (such as `release 2.052`) says of the journal: record `serial` has this digest."""

    label: str
    serial: int
    digest: str
