"""Processes that are killed at random lose no notice and send none twice under another name."""

import json
import subprocess
import sys

import pytest

from tests.house.programs import ROOT
from tests.notifications.killing import is_well

WELL = {
    "killed": {"worker": 6, "database": 2},
    "killed while they sent a message": 3,
    "mail server reached during the killing": 60,
    "taken during the killing": 20,
    "owed": 66,
    "notices sent": 66,
    "still owed": 0,
    "lost": [],
    "never owed": [],
    "told under two Message-IDs": [],
    "taken but on no record": 0,
    "not sent": 0,
}


@pytest.mark.postgresql
def test_six_kills_lose_nothing() -> None:
    """The short version; `python -m tests.notifications.killing --kills 200` is the long one."""
    command = [sys.executable, "-m", "tests.notifications.killing", "--kills", "6", "--pause", "0.6"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr[-3000:]
    found = json.loads(run.stdout)
    assert sum(found["killed"].values()) == 6
    assert found["notices sent"] == found["owed"] >= 30
    assert found["killed while they sent a message"] >= 2


def test_a_scene_in_which_all_was_told_is_well() -> None:
    assert is_well(WELL)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        # The kills hit nobody at work.
        ("killed while they sent a message", 1),
        ("mail server reached during the killing", 0),
        ("taken during the killing", 2),
        # Somebody was told twice, or not.
        ("notices sent", 65),
        ("lost", [["s1@supplier.example", "000001"]]),
        ("told under two Message-IDs", [["s1@supplier.example", "000001"]]),
        ("taken but on no record", 1),
        ("not sent", 1),
    ],
)
def test_a_scene_that_proves_nothing_or_shows_harm_is_not_well(name: str, value: object) -> None:
    assert not is_well(WELL | {name: value})
