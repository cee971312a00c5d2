"""Which versions a new entry may name together, and why not."""

import datetime as dt

import pytest

from applicability.answers import combination_problem
from tests.applicability.example import HUB, METER, TABLES


def problem(device_type: str, ts: str, gbcs: str, on: str) -> str | None:
    found = combination_problem(TABLES, device_type, ts, gbcs, dt.date.fromisoformat(on))
    return found and found.kind


def test_a_combination_that_the_tables_hold_may_be_named() -> None:
    assert problem(HUB, "CHTS V64.0", "GBCS Version 64.0", "2024-06-01") is None
    assert problem(HUB, " CHTS V64.0", "GBCS Version 64.0 ", "2024-06-01") is None


def test_a_combination_that_they_do_not_hold_may_not() -> None:
    found = combination_problem(TABLES, METER, "SMETS V61.0", "GBCS Version 62.0", dt.date(2025, 6, 1))
    assert found is not None
    assert (found.kind, found.decided_by) == ("not held", "no row in edition 7")
    assert found.words == (
        "Edition 7 does not hold Single Element Electricity Metering Equipment with SMETS V61.0 "
        "and GBCS Version 62.0."
    )


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        ("2023-12-31", "ts outside IVP and MVP"),
        ("2024-01-01", None),
        ("2025-07-01", None),  # past its IVP, within its MVP
        ("2025-12-31", None),
        ("2026-01-01", "ts outside IVP and MVP"),
    ],
)
def test_a_version_may_be_named_within_its_ivp_or_its_mvp(on: str, kind: str | None) -> None:
    # The GBCS version begins on the same day as the TS version, so the day before refuses it first.
    expected = "gbcs outside its period" if on == "2023-12-31" else kind
    assert problem(HUB, "CHTS V64.0", "GBCS Version 64.0", on) == expected


@pytest.mark.parametrize(
    ("on", "kind"), [("2018-05-07", "not held"), ("2018-05-08", "gbcs outside its period")]
)
def test_a_gbcs_version_outside_its_applicability_period_may_not_be_named(on: str, kind: str) -> None:
    assert problem(METER, "SMETS V60.0", "GBCS Version 60.0", on) == kind


@pytest.mark.parametrize("on", ["2017-01-01", "2020-10-28", "2026-01-01"])
def test_what_is_unknown_refuses_nothing(on: str) -> None:
    assert problem(METER, "SMETS V60.0", "GBCS Version 60.1", on) is None
