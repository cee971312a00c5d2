"""What the review page shows: everything for a decision."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from applicability.answers import Device
from cpl import families, handling, offers, review, showing, waiting, workflow
from cpl import fields as f
from cpl.admin.queue_place import GO_ON, Place
from cpl.admin.read_only import signed_in
from cpl.checking import problems
from cpl.forms import SECTIONS
from cpl.models import Evidence, RemovalGround, Step, Submission
from cpl.rounds import changed
from cpl.rules import all_rules
from cpl.rules.problem import Level, Problem
from cpl.rules.registry import Rule
from cpl.standing import Standing, would_stand
from cpl.workflow import FIRST, MOVES

# So many of a family are named; the page of the family has them all.
FAMILY_SHOWN = 5


def review_of(
    submission: Submission, request: HttpRequest, on: datetime.date, place: Place
) -> dict[str, Any]:
    """The context of the page. Its queries do not grow with the list, the queue or the family."""
    found = problems(submission, on, for_officer=True)
    papers = showing.papers(submission, _addresses)
    row, family = review.row_to_be(submission), families.sharing(submission)
    moves = workflow.possible(submission, signed_in(request))
    return {
        "title": f"{submission.reference}: {submission.title}",
        "subtitle": None,
        "submission": submission,
        "sentence": review.sentence(submission),
        "place": place,
        "due": waiting.due_on(submission),
        "sections": _answers_of(submission),
        "found": {level: [p for p in found if p.level == level] for level in Level},
        "met": _met(submission, found),
        "by_field": _by_field(found),
        "papers": papers,
        "certificates": review.certificates(
            submission, found, [(paper.file.what, paper.reading) for paper in papers]
        ),
        "offers": offers.waiting_for(submission),
        "offered_to": offers.open_ones(submission),
        "family": family[:FAMILY_SHOWN],
        "family_count": len(family),
        "changed": changed(submission),
        "steps": Step.objects.filter(submission=submission).select_related("actor", "checks"),
        "notes": submission.officer_notes.select_related("author"),
        "moves": moves,
        "officer_moves": [(verb, move) for verb, move in moves.items() if move.role == "officer"],
        "approval": next((verb for verb in ("approve", FIRST) if verb in moves), ""),
        "approval_label": _label(moves),
        "first": workflow.first_approval(submission),
        "may_handle": request.user.has_perm("cpl.decide_submission")
        and submission.status == Submission.Status.SUBMITTED,
        "officers": handling.officers(),
        "grounds": workflow.REFUSAL_GROUNDS.items(),
        "reasons": _reasons(submission, found),
        "go_on": request.session.get(GO_ON, True),
        "digest": workflow.digest_of(submission),
        "likeness": review.likes(row, on) if row else None,
        "columns": review.published_columns(row) if row else [],
        "csv_line": review.csv_line(row, on) if row else "",
        "standing": _standing(submission, on),
        "record": review.track_record(submission.party),
        "today": on,
    }


def _label(moves: dict[str, workflow.Move]) -> str:
    verb = next((verb for verb in ("approve", FIRST) if verb in moves), "approve")
    return MOVES[Submission.Status.SUBMITTED, verb].label


def _addresses(row: Evidence) -> tuple[str, str]:
    return reverse("admin:cpl_submission_evidence", args=[row.submission_id, row.pk]), ""


def _answers_of(submission: Submission) -> list[tuple[str, list[tuple[f.Field, str]]]]:
    return [
        (title, [(field, _in_words(field, submission.answers.get(field.name, ""))) for field in section])
        for title, section in SECTIONS[submission.kind]
        if any(submission.answers.get(field.name) for field in section)
    ]


def _in_words(field: f.Field, answer: str) -> str:
    """An answer that is kept as a code, as people know it."""
    if field is not f.GROUND:
        return answer
    return RemovalGround.objects.filter(code=answer).values_list("words", flat=True).first() or answer


def _met(submission: Submission, found: Sequence[Problem]) -> list[Rule]:
    """The rules that were asked and had nothing to say."""
    said = {problem.rule for problem in found}
    return [rule for rule in all_rules() if submission.kind in rule.kinds and rule.id not in said]


def _by_field(found: Sequence[Problem]) -> dict[str, list[Problem]]:
    result: dict[str, list[Problem]] = {}
    for problem in found:
        result.setdefault(problem.field, []).append(problem)
    return result


def _reasons(
    submission: Submission, found: Sequence[Problem]
) -> tuple[list[tuple[f.Field, str]], list[f.Field]]:
    """The fields about which the checks say something, with their words to begin from; and the others."""
    said: dict[str, str] = {}
    for problem in found:
        if problem.level in (Level.REFUSE, Level.WARN):
            said.setdefault(problem.field, problem.message)
    told = [(field, said[field.name]) for field in submission.fields if field.name in said]
    return told, [field for field in submission.fields if field.name not in said]


def _standing(submission: Submission, on: datetime.date) -> Standing | None:
    answer = submission.answers.get
    if submission.kind != Submission.Kind.NEW_ENTRY:
        return None
    names = (answer(field.name, "") for field in (f.DEVICE_TYPE, f.TS_VERSION, f.GBCS_VERSION))
    return would_stand(Device(*names), on=on)
