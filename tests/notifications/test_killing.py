"""Programs that are killed at random lose no notice and send none twice under another name."""

import json
import subprocess
import sys

import pytest

from tests.house.programs import ROOT


@pytest.mark.skip(reason="the programs of the scene start too slowly to be killed at work: not proven yet")
@pytest.mark.postgresql
def test_ten_kills_lose_nothing() -> None:
    """The short version; `python -m tests.notifications.killing --kills 200` is the long one."""
    command = [sys.executable, "-m", "tests.notifications.killing", "--kills", "10", "--pause", "1"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400)
    assert run.returncode == 0, run.stdout + run.stderr[-3000:]
    found = json.loads(run.stdout)
    assert sum(found["killed"].values()) == 10
    assert found["notices sent"] == found["owed"]
