"""By when a device must be updated or replaced, by whom, and what the guidance's two examples say."""

import datetime as dt

import pytest

from applicability.answers import EntryFacts, Verdict, may_be_installed, may_be_maintained, must_be_updated_by
from applicability.openness import NONE, UNKNOWN, Day
from applicability.tables import ANYBODY, Device, Tables
from tests.applicability.example import HUB, OLD_METER, OLDEST_METER, TABLES, hub, meter, period, validity

LONG_AGO = Day.on(dt.date(2017, 1, 1))


def listed(device: Device, removed: Day = NONE, seen_on: dt.date | None = None) -> EntryFacts:
    return EntryFacts(device, listed=LONG_AGO, removed=removed, seen_on=seen_on)


def test_an_installed_hub_of_64_0_is_updated_between_the_ivp_start_of_64_1_and_the_mvp_end_of_64_0() -> None:
    """Guidance 3.5.2, and the same again from 64.1 to 64.2."""
    for sub in (0, 1):
        deadline = must_be_updated_by(TABLES, listed(hub(sub)))
        successor = TABLES.validity(hub(sub + 1))
        assert successor is not None and successor.ivp_from.date is not None
        assert deadline.by == TABLES.validity(hub(sub)).mvp_to  # type: ignore[union-attr]
        window = (successor.ivp_from.date, deadline.by.date)  # type: ignore[union-attr]
        assert window[0] < window[1]  # type: ignore[operator]
        for on in window:
            assert may_be_maintained(TABLES, listed(hub(sub)), on).verdict == Verdict.YES  # type: ignore[arg-type]
            assert may_be_maintained(TABLES, listed(hub(sub + 1)), on).verdict == Verdict.YES  # type: ignore[arg-type]
        after = window[1] + dt.timedelta(days=1)  # type: ignore[operator]
        assert may_be_maintained(TABLES, listed(hub(sub)), after).verdict == Verdict.NO


def test_the_dcc_must_see_to_its_hubs() -> None:
    answer = must_be_updated_by(TABLES, listed(hub(0)))
    assert answer.words == (
        "Must be updated or replaced by 31 December 2025, by the DCC (DCC Licence condition 17.21): "
        "the Maintenance Validity Period of CHTS V64.0 for Communications Hub ends on 31 December 2025."
    )
    assert (answer.verdict, answer.at_the_latest) == (Verdict.YES, False)
    assert answer.decided_by.startswith("edition 7, Communications Hub, CHTS V64.0:")


@pytest.mark.parametrize("on", ["2026-07-01", "2028-01-01", "2100-12-31"])
def test_with_three_principal_versions_and_no_mvp_end_every_installed_device_stays_maintainable(
    on: str,
) -> None:
    """Guidance 3.5.1."""
    for main in (1, 2, 3):
        assert (
            may_be_maintained(TABLES, listed(meter(main)), dt.date.fromisoformat(on)).verdict == Verdict.YES
        )
        answer = must_be_updated_by(TABLES, listed(meter(main)))
        assert (answer.verdict, answer.by) == (Verdict.NO, NONE)
        assert answer.words.startswith("Need not be updated or replaced")


def test_a_replacement_needs_a_version_in_ivp_and_a_firmware_upgrade_one_in_mvp() -> None:
    """Guidance 3.5.1: after the first version's IVP has ended it is no replacement, and still a target."""
    on = dt.date(2026, 1, 1)
    assert may_be_installed(TABLES, listed(meter(1)), on).verdict == Verdict.NO
    assert may_be_installed(TABLES, listed(meter(2)), on).verdict == Verdict.YES
    assert may_be_maintained(TABLES, listed(meter(1)), on).verdict == Verdict.YES


def test_the_earlier_of_mvp_end_and_applicability_end_decides() -> None:
    rows = [validity(HUB, "CHTS V64.0", "2024-01-01", "none", "2024-01-01", "2025-12-31")]
    tables = Tables.of(
        "edition 9", rows, [period("CHTS V64.0", "GBCS Version 64.0", "2024-01-01", "2025-06-30")]
    )
    answer = must_be_updated_by(tables, listed(hub(0)))
    assert answer.by == Day.on(dt.date(2025, 6, 30))
    assert (
        "the Applicability Period of GBCS Version 64.0 with CHTS V64.0 ends on 30 June 2025" in answer.words
    )
    assert answer.actor == ANYBODY


def test_a_known_end_beside_an_unknown_one_is_the_latest_day_possible() -> None:
    answer = must_be_updated_by(TABLES, listed(OLDEST_METER))
    assert (answer.verdict, answer.by, answer.at_the_latest) == (
        Verdict.YES,
        Day.on(dt.date(2018, 5, 7)),
        True,
    )
    assert "by 7 May 2018 at the latest" in answer.words
    assert "edition 7 does not date the end of" in answer.words


def test_where_no_end_is_known_the_answer_is_not_known() -> None:
    answer = must_be_updated_by(TABLES, listed(OLD_METER))
    assert (answer.verdict, answer.by, answer.has_no_row) == (Verdict.UNKNOWN, UNKNOWN, False)


def test_where_the_edition_has_no_row_the_answer_names_that() -> None:
    answer = must_be_updated_by(TABLES, listed(Device(HUB, "CHTS V99.0", "GBCS Version 64.0")))
    assert (answer.verdict, answer.decided_by) == (Verdict.UNKNOWN, "no row in edition 7")
    assert "stands in no row in edition 7" not in answer.words
    assert "edition 7 has no row for the Maintenance Validity Period of CHTS V99.0" in answer.words


def test_a_removed_entry_falls_due_with_its_removal() -> None:
    answer = must_be_updated_by(TABLES, listed(hub(0), removed=Day.on(dt.date(2025, 1, 15))))
    assert (answer.by, answer.decided_by) == (Day.on(dt.date(2025, 1, 15)), "the entry's removal")
    assert answer.words == (
        "Must be updated or replaced by 15 January 2025, by the DCC (DCC Licence condition 17.21): "
        "the entry was removed with effect from 15 January 2025."
    )


def test_a_removal_after_the_tables_own_end_mentions_that_end() -> None:
    answer = must_be_updated_by(TABLES, listed(OLDEST_METER, removed=Day.on(dt.date(2021, 8, 13))))
    assert answer.by == Day.on(dt.date(2021, 8, 13))
    assert answer.words.endswith("the tables' own end, 7 May 2018, came before that.")


def test_a_removal_on_a_day_not_stated_falls_due_at_the_latest_when_it_was_seen() -> None:
    seen = must_be_updated_by(TABLES, listed(hub(0), removed=UNKNOWN, seen_on=dt.date(2022, 9, 21)))
    assert (seen.by, seen.at_the_latest) == (Day.on(dt.date(2022, 9, 21)), True)
    unseen = must_be_updated_by(TABLES, listed(hub(0), removed=UNKNOWN))
    assert (unseen.verdict, unseen.by) == (Verdict.YES, UNKNOWN)
