"""Sub-versions: chains, and the time in which installed devices must be updated (guidance 3.5.2)."""

import datetime as dt

import pytest

from applicability.openness import Day
from applicability.tables import Tables
from applicability.windows import Version, Window, chains, windows
from tests.applicability.example import DCC, HUB, METER, TABLES, validity

HUBS = [
    Version("CHTS V64.0", "principal"),
    Version("CHTS V64.1", "sub", "CHTS V64.0"),
    Version("CHTS V64.2", "sub", "CHTS V64.1"),
]
METERS = [
    Version("SMETS V61.0", "principal"),
    Version("SMETS V62.0", "principal", "SMETS V61.0"),
    Version("SMETS V63.0", "principal", "SMETS V62.0"),
]


def test_installed_hubs_are_updated_from_the_new_ivp_start_to_the_old_mvp_end() -> None:
    first, second = windows(TABLES, [*HUBS, *METERS])
    assert (first.old, first.new) == ("CHTS V64.0", "CHTS V64.1")
    assert (str(first.opens), str(first.closes)) == ("2025-03-01", "2025-12-31")
    assert (second.old, second.new) == ("CHTS V64.1", "CHTS V64.2")
    assert (str(second.opens), str(second.closes)) == ("2026-03-01", "2026-12-31")
    assert (first.actor, first.edition, first.is_reversed) == (DCC, "edition 7", False)


def test_a_principal_version_opens_no_window() -> None:
    assert windows(TABLES, METERS) == []


@pytest.mark.parametrize(
    ("on", "state"),
    [
        ("2025-02-28", "to come"),
        ("2025-03-01", "open"),
        ("2025-12-31", "open"),
        ("2026-01-01", "closed"),
    ],
)
def test_both_days_belong_to_a_window(on: str, state: str) -> None:
    assert windows(TABLES, HUBS)[0].state(dt.date.fromisoformat(on)) == state


def test_an_unknown_date_leaves_the_window_unknown() -> None:
    window = Window(HUB, "a", "b", Day.parse("2025-03-01"), Day.parse("unknown"), DCC, "edition 7")
    assert window.state(dt.date(2025, 4, 1)) == "unknown"
    assert window.state(dt.date(2025, 2, 1)) == "to come"


def test_a_window_that_closes_before_it_opens_is_told_as_such() -> None:
    rows = [
        validity(METER, "SMETS V61.0", "2024-01-01", "none", "2024-01-01", "2024-12-31"),
        validity(METER, "SMETS V61.1", "2025-01-01", "none", "2025-01-01", "none"),
    ]
    versions = [Version("SMETS V61.0", "principal"), Version("SMETS V61.1", "sub", "SMETS V61.0")]
    (window,) = windows(Tables.of("edition 9", rows), versions)
    assert window.is_reversed


def test_a_predecessor_without_a_row_opens_no_window() -> None:
    rows = [validity(HUB, "CHTS V64.1", "2024-01-01", "none", "2024-01-01", "none")]
    assert windows(Tables.of("edition 9", rows), HUBS) == []


def test_chains_begin_with_the_oldest() -> None:
    lone = Version("CHTS V1.0", "unknown")
    labels = [[version.label for version in links] for links in chains([lone, *reversed(HUBS)])]
    assert labels == [["CHTS V64.0", "CHTS V64.1", "CHTS V64.2"]]


def test_a_version_followed_twice_stands_in_two_chains_and_a_circle_is_left_out() -> None:
    fork = Version("CHTS V64.9", "sub", "CHTS V64.0")
    assert len(chains([*HUBS, fork])) == 2
    assert chains([Version("a", "sub", "b"), Version("b", "sub", "a")]) == []
