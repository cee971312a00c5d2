"""Tables for the answers' tests: the two examples of the guidance, with the sample edition's dates."""

from applicability.openness import Day
from applicability.tables import Actor, Device, PeriodRow, Tables, ValidityRow

HUB, METER = "Communications Hub", "Single Element Electricity Metering Equipment"
DCC = Actor("the DCC", "DCC Licence condition 17.21")
SUPPLIER = Actor("the responsible Supplier", "Electricity Supply Licence condition 39.15")


def validity(device_type: str, ts: str, *days: str) -> ValidityRow:
    return ValidityRow(device_type, ts, *(Day.parse(day) for day in days))


def period(ts: str, gbcs: str, start: str, end: str) -> PeriodRow:
    return PeriodRow(ts, gbcs, Day.parse(start), Day.parse(end))


VALIDITIES = [
    validity(HUB, "CHTS V64.0", "2024-01-01", "2025-06-30", "2024-01-01", "2025-12-31"),
    validity(HUB, "CHTS V64.1", "2025-03-01", "2026-06-30", "2025-03-01", "2026-12-31"),
    validity(HUB, "CHTS V64.2", "2026-03-01", "2027-06-30", "2026-03-01", "2027-12-31"),
    validity(METER, "SMETS V61.0", "2024-01-01", "2025-12-31", "2024-01-01", "none"),
    validity(METER, "SMETS V62.0", "2025-01-01", "2027-06-30", "2025-01-01", "none"),
    validity(METER, "SMETS V63.0", "2026-07-01", "none", "2026-07-01", "none"),
    validity(METER, "SMETS V60.0", "unknown", "2020-10-27", "unknown", "unknown"),
]
PERIODS = [
    *(period(f"CHTS V64.{sub}", "GBCS Version 64.0", "2024-01-01", "none") for sub in range(3)),
    *(period(f"SMETS V6{main}.0", f"GBCS Version 6{main}.0", "2024-01-01", "none") for main in (1, 2, 3)),
    period("SMETS V60.0", "GBCS Version 60.0", "unknown", "2018-05-07"),
    period("SMETS V60.0", "GBCS Version 60.1", "unknown", "unknown"),
]
COMBINATIONS = [
    *((HUB, f"CHTS V64.{sub}", "GBCS Version 64.0") for sub in range(3)),
    *((METER, f"SMETS V6{main}.0", f"GBCS Version 6{main}.0") for main in (1, 2, 3)),
    (METER, "SMETS V60.0", "GBCS Version 60.1"),
]
TABLES = Tables.of(
    "edition 7", VALIDITIES, PERIODS, COMBINATIONS, actors={HUB: DCC, METER: SUPPLIER},
    security_ties={"GBCS Version 64.0": frozenset({"Security Characteristics version 1.3"})},
)  # fmt: skip


def hub(sub: int) -> Device:
    return Device(HUB, f"CHTS V64.{sub}", "GBCS Version 64.0")


def meter(main: int) -> Device:
    return Device(METER, f"SMETS V6{main}.0", f"GBCS Version 6{main}.0")


OLD_METER = Device(METER, "SMETS V60.0", "GBCS Version 60.1")
OLDEST_METER = Device(METER, "SMETS V60.0", "GBCS Version 60.0")
