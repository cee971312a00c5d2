"""Where the real published list is, if this checkout has it beside it; it is no part of the project."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "cpl"
WORKBOOK = FOLDER / "cpl-2.051.xlsx"
CSV = FOLDER / "cpl-2.051.csv"
COMBINATIONS = FOLDER / "version-combinations.csv"

needs_real_list = pytest.mark.skipif(
    not WORKBOOK.exists(), reason=f"the real list is not beside this checkout ({FOLDER})"
)
