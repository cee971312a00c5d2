"""What was found in an uploaded sheet, cell by cell: kept in the session until the draft is saved."""

import datetime

from django.http import HttpRequest

from cpl.checking import problems
from cpl.formats.entry_form import FormAnswers
from cpl.models import Submission
from cpl.portal.boxes import Remark
from cpl.rules.problem import Level, Problem


def keep(request: HttpRequest, draft: Submission, form: FormAnswers) -> None:
    """Remembers what the reader of the sheet had to say, in plain values."""
    refused = [
        {
            "field": one.field, "rule": "F-cell", "level": Level.REFUSE, "found": one.found,
            "expected": one.expected, "message": one.message, "cell": one.cell,
        }
        for one in form.problems
    ]  # fmt: skip
    repaired = [
        {
            "field": one.field, "rule": "F-repaired", "level": Level.REPAIR, "found": one.found,
            "expected": one.taken,
            "message": f"Read as {one.taken} ({', '.join(one.words)}). Make sure that this is what you mean.",
            "cell": one.cell,
        }
        for one in form.repairs
    ]  # fmt: skip
    request.session[_key(draft)] = {"remarks": refused + repaired, "cells": form.cells}


def forget(request: HttpRequest, draft: Submission) -> None:
    request.session.pop(_key(draft), None)


def of(request: HttpRequest, draft: Submission, on: datetime.date) -> list[Remark]:
    """Everything to say of a freshly uploaded draft, each with its cell; of any other draft nothing."""
    kept = request.session.get(_key(draft))
    if kept is None:
        return []
    remarks = [
        Remark(
            Problem(
                one["field"], one["rule"], Level(one["level"]), one["found"], one["expected"], one["message"]
            ),
            one["cell"],
        )
        for one in kept["remarks"]
    ]
    told = {remark.problem.field for remark in remarks if remark.problem.level == Level.REFUSE}
    found = [problem for problem in problems(draft, on) if not _said(problem, told)]
    return [*remarks, *(Remark(problem, kept["cells"].get(problem.field, "")) for problem in found)]


def _said(problem: Problem, told: set[str]) -> bool:
    """A value that the sheet's reader refused is refused again when the answers are read."""
    return problem.rule.startswith("F-") and problem.field in told


def _key(draft: Submission) -> str:
    return f"sheet-{draft.pk}"
