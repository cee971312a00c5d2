"""Submissions that wait for a decision."""

import datetime
from collections.abc import Callable

from django.contrib.auth.models import User

from cpl import workflow
from cpl.models import Party, Submission
from tests.make import DAY, EVIDENCE, Answers
from tests.papers import make_pdf

AT = datetime.datetime(2026, 11, 20, 9, 30, tzinfo=datetime.UTC)
# A page without text, like a scan: nothing in it can disagree with the form.
PDF = make_pdf()
Submit = Callable[..., Submission]


def start(by: User, answers: Answers, kind: str = "new_entry") -> Submission:
    """A draft with its evidence, of the organisation that the person acts for; of the Panel for its staff."""
    party: Party | None = by.parties.first()
    draft = workflow.start(kind, party=party, by=by, at=AT, answers=answers)
    for what in EVIDENCE:
        workflow.attach(draft.pk, what, f"{what}.pdf", PDF + what.encode(), by=by, at=AT)
    return draft


def submit(by: User, answers: Answers, kind: str = "new_entry") -> Submission:
    return workflow.submit(start(by, answers, kind).pk, by=by, at=AT, on=DAY)
