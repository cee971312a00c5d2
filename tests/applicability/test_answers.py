"""May it be installed, may it be maintained: every rule passing, failing and on its boundary days."""

import datetime as dt

import pytest

from applicability.answers import Answer, EntryFacts, Verdict, may_be_installed, may_be_maintained
from applicability.openness import NONE, UNKNOWN, Day
from applicability.tables import Device, Tables
from tests.applicability.example import (
    COMBINATIONS,
    DCC,
    HUB,
    METER,
    OLD_METER,
    OLDEST_METER,
    PERIODS,
    SUPPLIER,
    TABLES,
    VALIDITIES,
    hub,
    meter,
)

LONG_AGO = Day.on(dt.date(2017, 1, 1))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def listed(device: Device) -> EntryFacts:
    return EntryFacts(device, listed=LONG_AGO)


def install(device: Device, on: str, tables: Tables = TABLES) -> Answer:
    return may_be_installed(tables, listed(device), day(on))


def maintain(device: Device, on: str, tables: Tables = TABLES) -> Answer:
    return may_be_maintained(tables, listed(device), day(on))


@pytest.mark.parametrize(
    ("on", "verdict"),
    [("2025-02-28", "no"), ("2025-03-01", "yes"), ("2026-06-30", "yes"), ("2026-07-01", "no")],
)
def test_a_device_may_be_installed_from_the_first_to_the_last_day_of_its_ivp(on: str, verdict: str) -> None:
    assert install(hub(1), on).verdict == verdict


@pytest.mark.parametrize(
    ("on", "verdict"),
    [("2025-02-28", "no"), ("2025-03-01", "yes"), ("2026-12-31", "yes"), ("2027-01-01", "no")],
)
def test_a_device_may_be_maintained_from_the_first_to_the_last_day_of_its_mvp(on: str, verdict: str) -> None:
    assert maintain(hub(1), on).verdict == verdict


@pytest.mark.parametrize("on", ["2024-02-29", "2024-03-31", "2024-10-27", "2100-12-31"])
def test_an_open_end_lasts_through_leap_days_and_changes_of_the_clock(on: str) -> None:
    assert maintain(meter(1), on).verdict == Verdict.YES


def test_a_yes_names_both_rows_and_who_must_act() -> None:
    answer = install(hub(0), "2024-06-01")
    assert answer.words == (
        "May be installed on 1 June 2024: the entry is Current; the Installation Validity Period of "
        "CHTS V64.0 for Communications Hub lasts to 30 June 2025; the Applicability Period of "
        "GBCS Version 64.0 with "
        "CHTS V64.0 has no end."
    )
    assert answer.decided_by == (
        "edition 7, Communications Hub, CHTS V64.0: IVP 1 January 2024 to 30 June 2025, "
        "MVP 1 January 2024 to 31 December 2025; "
        "edition 7, CHTS V64.0, GBCS Version 64.0: Applicability Period 1 January 2024 to no end"
    )
    assert (answer.edition, answer.actor) == ("edition 7", DCC)


def test_a_no_names_the_row_that_ended() -> None:
    answer = install(OLD_METER, "2020-10-28")
    assert answer.words == (
        "May not be installed on 28 October 2020: the Installation Validity Period of SMETS V60.0 for "
        "Single Element Electricity Metering Equipment ended on 27 October 2020."
    )
    assert answer.decided_by.startswith(
        "edition 7, Single Element Electricity Metering Equipment, SMETS V60.0:"
    )
    assert answer.actor == SUPPLIER


def test_a_period_that_has_not_begun_says_when_it_will() -> None:
    assert "begins on 1 July 2026" in install(meter(3), "2026-06-30").words


def test_an_answer_that_rests_on_an_unknown_date_says_so() -> None:
    answer = maintain(OLD_METER, "2022-01-01")
    assert answer.verdict == Verdict.UNKNOWN
    assert "edition 7 does not date the start and the end of the Maintenance Validity Period" in answer.words
    assert not answer.has_no_row


def test_an_unknown_start_leaves_open_the_last_day_and_not_the_day_after() -> None:
    assert install(OLD_METER, "2020-10-27").verdict == Verdict.UNKNOWN
    assert install(OLD_METER, "2020-10-28").verdict == Verdict.NO


@pytest.mark.parametrize(("on", "verdict"), [("2018-05-07", "unknown"), ("2018-05-08", "no")])
def test_an_ended_applicability_period_decides_though_no_combination_is_held(on: str, verdict: str) -> None:
    answer = maintain(OLDEST_METER, on)
    assert answer.verdict == verdict
    assert not answer.has_no_row
    if verdict == "no":
        assert (
            "the Applicability Period of GBCS Version 60.0 with SMETS V60.0 ended on 7 May 2018"
            in answer.words
        )


@pytest.mark.parametrize(
    "device",
    [
        Device(METER, "SMETS V61.0", "GBCS Version 62.0"),
        Device(METER, "SMETS V99.0", "GBCS Version 61.0"),
        Device("Gas Smart Meter", "SMETS V61.0", "GBCS Version 61.0"),
    ],
)
def test_a_device_without_a_row_gets_no_guess(device: Device) -> None:
    answer = install(device, "2025-06-01")
    assert (answer.verdict, answer.decided_by, answer.has_no_row) == (
        Verdict.UNKNOWN,
        "no row in edition 7",
        True,
    )
    assert "edition 7 has no row for" in answer.words


def test_periods_that_fit_do_not_make_a_combination_that_the_tables_do_not_hold() -> None:
    without = Tables.of("edition 8", VALIDITIES, PERIODS, [row for row in COMBINATIONS if row[0] != HUB])
    answer = install(hub(0), "2024-06-01", without)
    assert (answer.verdict, answer.decided_by) == (Verdict.UNKNOWN, "no row in edition 8")
    assert "does not hold Communications Hub with CHTS V64.0 and GBCS Version 64.0" in answer.words


def test_an_ended_period_decides_even_where_another_row_is_missing() -> None:
    stray = Device(METER, "SMETS V60.0", "GBCS Version 62.0")
    assert install(stray, "2021-01-01").verdict == Verdict.NO


def test_labels_are_matched_without_outer_spaces_and_not_otherwise() -> None:
    spaced = Device(f" {HUB} ", "CHTS V64.0 ", "GBCS Version 64.0  ")
    assert install(spaced, "2024-06-01") == install(hub(0), "2024-06-01")
    for other in (Device(HUB, "chts V64.0", hub(0).gbcs), Device(HUB, "CHTS  V64.0", hub(0).gbcs)):
        assert install(other, "2024-06-01").has_no_row


def test_before_the_first_edition_every_answer_says_so() -> None:
    answer = install(hub(0), "2024-06-01", Tables.none_in_force())
    assert answer.verdict == Verdict.UNKNOWN
    assert "no edition is in force" in answer.words


@pytest.mark.parametrize(("on", "verdict"), [("2024-05-31", "no"), ("2024-06-01", "yes")])
def test_an_entry_counts_from_the_day_on_which_it_was_listed(on: str, verdict: str) -> None:
    facts = EntryFacts(hub(0), listed=Day.on(day("2024-06-01")))
    assert may_be_installed(TABLES, facts, day(on)).verdict == verdict


@pytest.mark.parametrize(("on", "verdict"), [("2024-05-31", "yes"), ("2024-06-01", "no")])
def test_an_entry_stops_counting_on_the_day_on_which_its_removal_takes_effect(on: str, verdict: str) -> None:
    facts = EntryFacts(hub(0), listed=LONG_AGO, removed=Day.on(day("2024-06-01")))
    answer = may_be_maintained(TABLES, facts, day(on))
    assert answer.verdict == verdict
    if verdict == "no":
        assert (answer.decided_by, answer.words) == (
            "the entry's removal",
            "May not be maintained, or be the target of an upgrade, on 1 June 2024: "
            "the entry was removed with effect from 1 June 2024.",
        )


@pytest.mark.parametrize(
    ("on", "verdict"), [("2024-05-31", "unknown"), ("2024-06-01", "no"), ("2024-06-02", "no")]
)
def test_a_removal_on_a_day_not_stated_is_certain_from_the_day_on_which_it_was_seen(
    on: str, verdict: str
) -> None:
    facts = EntryFacts(hub(0), listed=LONG_AGO, removed=UNKNOWN, seen_on=day("2024-06-01"))
    assert may_be_installed(TABLES, facts, day(on)).verdict == verdict


@pytest.mark.parametrize(("on", "verdict"), [("2024-05-31", "unknown"), ("2024-06-01", "yes")])
def test_a_listing_on_a_day_not_stated_is_certain_from_the_day_on_which_it_was_seen(
    on: str, verdict: str
) -> None:
    facts = EntryFacts(hub(0), listed=UNKNOWN, removed=NONE, seen_on=day("2024-06-01"))
    assert may_be_installed(TABLES, facts, day(on)).verdict == verdict


def test_an_edition_ties_security_characteristics_to_a_gbcs_version() -> None:
    assert TABLES.security_characteristics("GBCS Version 64.0 ") == {"Security Characteristics version 1.3"}
    assert TABLES.security_characteristics("GBCS Version 61.0") == frozenset()
