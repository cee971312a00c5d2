"""What an edition may not leave open, and which row is named."""

from applicability.gaps import gaps
from applicability.tables import Tables
from tests.applicability.example import COMBINATIONS, HUB, PERIODS, TABLES, VALIDITIES


def test_a_complete_edition_has_no_gap() -> None:
    assert gaps(TABLES) == ()


def test_a_combination_whose_gbcs_is_bound_to_no_ts_is_named() -> None:
    tables = Tables.of("a", VALIDITIES, PERIODS, [*COMBINATIONS, (HUB, "CHTS V64.0", "GBCS Version 9.9")])
    [gap] = gaps(tables)
    assert gap.words == (
        f"Combination {HUB}, CHTS V64.0, GBCS Version 9.9: "
        "GBCS Version 9.9 is not bound to CHTS V64.0 by any Applicability Period."
    )


def test_a_combination_without_validity_periods_is_named() -> None:
    tables = Tables.of("a", VALIDITIES[1:], PERIODS, COMBINATIONS)
    [gap] = gaps(tables)
    assert gap.wants == f"CHTS V64.0 has no Validity Periods for {HUB}"


def test_versions_tied_to_a_gbcs_that_is_bound_to_no_ts_are_named() -> None:
    lone = {"GBCS Version 9.9": frozenset({"Security Characteristics version 1.3"})}
    duis = {"GBCS Version 9.8": frozenset({"DUIS Version 5.0", "MMC Version 5.0"})}
    first, second = gaps(Tables.of("a", VALIDITIES, PERIODS, COMBINATIONS, lone, companions=duis))
    assert first.row == "GBCS Version 9.9, Security Characteristics version 1.3"
    assert second.row == "GBCS Version 9.8, DUIS Version 5.0 and MMC Version 5.0"
    assert second.wants == "GBCS Version 9.8 is bound to no TS version by any Applicability Period"
