"""What verifying compares with, and what it finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Anchor:
    """What `label` (such as `release 2.052`) says of the journal: record `serial` has this digest."""

    label: str
    serial: int
    digest: str


@dataclass(frozen=True)
class Difference:
    """What is wrong, and with what: `entry 000733`, or `record 17` where nothing says what it was about."""

    subject: str
    what: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.what}"
