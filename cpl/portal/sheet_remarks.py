"""What was found in an uploaded sheet, cell by cell, for the form of the draft that it became.

The upload keeps it. A field is spoken of with its cell as long as it says what the sheet said.
"""

import datetime

from django.http import HttpRequest
from django.utils import timezone

from cpl import uploads
from cpl.checking import problems
from cpl.models import Submission, UploadRow
from cpl.portal import own
from cpl.portal.boxes import Remark
from cpl.rules.problem import Level, Problem
from cpl.workflow import NotPossible

# What reading said of the cells themselves: of a number, its kept words alone would tell less.
OF_CELLS = ("F-cell", "F-file", "F-hex", "F-date", "F-entries", "F-text")


def of(request: HttpRequest, draft: Submission, on: datetime.date) -> list[Remark]:
    """Everything to say of a draft that came of a sheet, each with its cell; of any other draft nothing."""
    row = _row(draft)
    if row is None or not row.cells:
        return []
    found = problems(draft, on)
    said = _of_cells(row, draft)
    told = {remark.problem.field for remark in said if remark.problem.level == Level.REFUSE}
    return [*said, *(Remark(one, _cell(row, draft, one.field)) for one in found if not _again(one, told))]


def forget(request: HttpRequest, draft: Submission) -> None:
    """The person has seen the form and saved it: what was read differently is what they mean."""
    row = _row(draft)
    if row and row.repaired and row.upload.repairs_confirmed_at is None and uploads.is_one_form(row.upload):
        try:
            uploads.confirm_repairs(row.upload_id, by=own.person(request), at=timezone.now())
        except NotPossible:
            # The file is being looked at again; then they are asked again.
            return


def _row(draft: Submission) -> UploadRow | None:
    return UploadRow.objects.select_related("upload").filter(submission=draft).first()


def _of_cells(row: UploadRow, draft: Submission) -> list[Remark]:
    """What only the cells themselves could tell: what they held, and how it was read."""
    confirmed = row.upload.repairs_confirmed_at is not None
    return [
        Remark(_problem(one), one["cell"])
        for one in row.problems
        if _unchanged(row, draft, one["field"])
        and (one["rule"] in OF_CELLS or (one["level"] == Level.REPAIR and not confirmed))
    ]


def _problem(one: dict[str, str]) -> Problem:
    return Problem(
        one["field"], one["rule"], Level(one["level"]), one["found"], one["expected"], one["message"],
        one.get("source", ""),
    )  # fmt: skip


def _cell(row: UploadRow, draft: Submission, field: str) -> str:
    return str(row.cells[field][0]) if field in row.cells and _unchanged(row, draft, field) else ""


def _unchanged(row: UploadRow, draft: Submission, field: str) -> bool:
    return draft.answers.get(field, "") == row.answers.get(field, "")


def _again(problem: Problem, told: set[str]) -> bool:
    """A value that was refused in its cell is refused again when the answers are read."""
    return problem.rule.startswith("F-") and problem.field in told
