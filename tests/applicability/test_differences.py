"""What differs between two editions, row by row."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from applicability.differences import Kind, What, differences
from applicability.openness import Day
from applicability.tables import Tables
from tests.applicability.example import (
    COMBINATIONS,
    HUB,
    METER,
    PERIODS,
    TABLES,
    VALIDITIES,
    period,
    validity,
)

ROWS = st.lists(st.sampled_from(VALIDITIES), unique=True), st.lists(st.sampled_from(PERIODS), unique=True)


def test_an_edition_does_not_differ_from_itself() -> None:
    assert differences(TABLES, TABLES) == ()


def test_a_moved_date_is_told_with_both_days_and_no_other_date() -> None:
    moved = replace(VALIDITIES[0], mvp_to=Day.parse("2026-03-31"))
    after = Tables.of("edition 8", [moved, *VALIDITIES[1:]], PERIODS, COMBINATIONS, TABLES.security_ties)
    [found] = differences(TABLES, after)
    assert (found.kind, found.what, found.key) == (Kind.VALIDITY, What.CHANGED, (HUB, "CHTS V64.0"))
    assert found.words == f"{HUB}, CHTS V64.0: changed (MVP end: 31 December 2025, then 31 March 2026)"


def test_unknown_and_no_end_are_different_things() -> None:
    unknown = Tables.of("a", [validity(METER, "SMETS V61.0", "2024-01-01", "none", "2024-01-01", "unknown")])
    none = Tables.of("b", [validity(METER, "SMETS V61.0", "2024-01-01", "none", "2024-01-01", "none")])
    [found] = differences(unknown, none)
    assert found.dates[0].words == "MVP end: unknown, then no end"


def test_a_new_row_and_one_that_is_gone_are_told_with_all_their_dates() -> None:
    before = Tables.of("a", periods=[period("CHTS V64.0", "GBCS Version 64.0", "2024-01-01", "none")])
    after = Tables.of("b", periods=[period("CHTS V64.0", "GBCS Version 64.1", "2024-01-01", "2025-01-01")])
    gone, added = differences(before, after)
    assert gone.words.endswith("gone (Applicability start: 1 January 2024; Applicability end: no end)")
    assert added.words.endswith(
        "added (Applicability start: 1 January 2024; Applicability end: 1 January 2025)"
    )


def test_combinations_ties_and_companions_differ_by_being_there() -> None:
    tie = {"GBCS Version 64.0": frozenset({"Security Characteristics version 1.3"})}
    other = {"GBCS Version 64.0": frozenset({"Security Characteristics version 1.4"})}
    duis = {"GBCS Version 64.0": frozenset({"DUIS Version 64.0"})}
    before = Tables.of("a", combinations=COMBINATIONS[:2], security_ties=tie)
    after = Tables.of("b", combinations=COMBINATIONS[1:2], security_ties=other, companions=duis)
    found = [(row.kind, row.what) for row in differences(before, after)]
    assert found == [
        (Kind.COMBINATION, What.GONE),
        (Kind.SECURITY, What.GONE),
        (Kind.SECURITY, What.ADDED),
        (Kind.COMPANION, What.ADDED),
    ]


@given(*ROWS, *ROWS)
def test_the_way_back_is_the_way_there_reversed(v1: list, p1: list, v2: list, p2: list) -> None:
    before, after = Tables.of("a", v1, p1), Tables.of("b", v2, p2)
    there, back = differences(before, after), differences(after, before)
    turned = {What.ADDED: What.GONE, What.GONE: What.ADDED, What.CHANGED: What.CHANGED}
    assert [(f.kind, f.key, turned[f.what]) for f in there] == [(f.kind, f.key, f.what) for f in back]
    assert [(d.before, d.after) for f in there for d in f.dates] == [
        (d.after, d.before) for f in back for d in f.dates
    ]
