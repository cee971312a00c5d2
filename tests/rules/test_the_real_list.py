"""Had the latest real entries been submitted on the day of their issue, hardly one would be refused."""

import datetime
from collections import defaultdict
from collections.abc import Iterator

from openpyxl import load_workbook

from cpl import fields as f
from cpl.checking import problems_of_answers
from cpl.rules.problem import refusals
from tests.make import EVIDENCE, make_answers
from tests.real_list import WORKBOOK, needs_real_list

ISSUED = datetime.date(2022, 9, 21)
# What the form asked for and the real list does not always have: CTT 3.0 was struck between submission and
# issue, and four interfaces leave empty what should say "Not Relevant".
KNOWN = {"C-version": {"000639", "000640"}, "C-not-relevant": {"000654", "000671", "000672", "000730"}}


@needs_real_list
def test_the_latest_real_entries_pass_as_submissions(tables: None) -> None:
    refused: dict[str, set[str]] = defaultdict(set)
    for answers in _latest(100):
        found = problems_of_answers(
            "new_entry", answers, party=None, by_panel=False, on=ISSUED, evidence=EVIDENCE
        )
        for problem in refusals(found):
            refused[problem.rule].add(str(answers[f.ENTRY_NUMBER.name]))
    assert refused == KNOWN


def _latest(count: int) -> Iterator[dict[str, object]]:
    """The last Current SMETS2+ entries, as their cells stand, with what the list does not publish."""
    sheet = load_workbook(WORKBOOK, data_only=True)["Central Products List"]
    rows = [row[1:21] for row in sheet.iter_rows(min_row=8, values_only=True)]
    current = [row for row in rows if row[1] == "Current" and row[8] != "SMETS V1.2"]
    for row in current[-count:]:
        cells = {field.name: cell for field, cell in zip(f.LISTED, row, strict=True) if cell}
        yield {**_unpublished(cells), **cells}


def _unpublished(cells: dict[str, object]) -> dict[str, object]:
    fields = [f.UPGRADES_FROM]
    if cells.get(f.CPA_ID.name):
        fields += f.CONTACT_FIELDS
    if "Meter" in str(cells[f.DEVICE_TYPE.name]):
        fields += f.FIR_FIELDS
    return {field.name: make_answers()[field.name] for field in fields}
