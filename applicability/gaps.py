"""What an edition's rows leave open: rows that name a version which no other row binds or dates.

Pure. A draft may have gaps while it is worked on; an edition with gaps is not designated. Each gap names its
row. (A reversed period and two rows for one thing need no word here: the database takes neither.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from applicability.tables import Device, Tables


@dataclass(frozen=True)
class Gap:
    """`part` is the kind of row, `row` which one, `wants` what is missing beside it."""

    part: str
    row: str
    wants: str

    @property
    def words(self) -> str:
        return f"{self.part} {self.row}: {self.wants}."


def gaps(tables: Tables) -> tuple[Gap, ...]:
    """Every row that names what is nowhere bound; empty where the edition is complete."""
    return (*_combinations(tables), *_tied(tables))


def _combinations(tables: Tables) -> Iterator[Gap]:
    for key in sorted(tables.combinations):
        device, row = Device(*key), ", ".join(key)
        if tables.period(device) is None:
            wants = f"{device.gbcs} is not bound to {device.ts} by any Applicability Period"
            yield Gap("Combination", row, wants)
        if tables.validity(device) is None:
            wants = f"{device.ts} has no Validity Periods for {device.device_type}"
            yield Gap("Combination", row, wants)


def _tied(tables: Tables) -> Iterator[Gap]:
    bound = {gbcs for _, gbcs in tables.periods}
    kinds = (
        ("Security Characteristics", tables.security_ties),
        ("DUIS or MMC version", tables.companions),
    )
    for part, ties in kinds:
        for gbcs, versions in sorted(ties.items()):
            if gbcs not in bound:
                row = f"{gbcs}, {' and '.join(sorted(versions))}"
                yield Gap(part, row, f"{gbcs} is bound to no TS version by any Applicability Period")
