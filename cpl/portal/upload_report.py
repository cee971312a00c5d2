"""The report of an upload as a workbook: its rows as handed in, the bad cells marked, all problems listed."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from cpl.file_checks import is_told
from cpl.formats.cells import cell_from_json
from cpl.formats.problem_report import ReportedProblem, ReportRow, write_report
from cpl.forms import choices_for_files
from cpl.models import Upload

COLUMNS = ("file_name", "row", "cells", "problems")


def report_of(upload: Upload, at: datetime.datetime) -> bytes:
    return write_report(
        _rows(upload),
        shape="entry_form" if upload.shape == Upload.Shape.ENTRY_FORM else "bulk",
        columns=upload.columns,
        created=at,
        file_problems=[_problem(one, one.get("file", "")) for one in upload.problems],
        choices=choices_for_files(timezone.localdate(at)),
    )


def _rows(upload: Upload) -> Iterator[ReportRow]:
    rows = upload.rows.order_by("place").values_list(*COLUMNS)
    for file, row, cells, problems in rows.iterator(chunk_size=500):
        yield ReportRow(
            file,
            row,
            {name: cell_from_json(cell) for name, cell in cells.items()},
            [_problem(one, file) for one in problems if is_told(one)],
        )


def _problem(one: dict[str, Any], file: str) -> ReportedProblem:
    return ReportedProblem(
        file, one["row"], one["cell"], one["field"], one["level"], one["rule"], one["found"],
        one["expected"], one["message"], one.get("source", ""),
    )  # fmt: skip
