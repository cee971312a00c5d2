"""The clock that the pages read, stopped; and people who are signed in."""

import datetime
from collections.abc import Iterator

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from cpl import workflow
from cpl.models import Submission
from tests.cast import party_of, sign_in
from tests.make import EVIDENCE, Answers, make_answers

AT = datetime.datetime(2026, 11, 20, 9, 30, tzinfo=datetime.UTC)
PDF = b"%PDF-1.4 an invented certificate"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture(autouse=True)
def tables(db: None, settings: object) -> None:
    """The tables that rules ask. Whether staff need a second factor is not these pages' business."""
    settings.STAFF_MFA = False  # type: ignore[attr-defined]
    call_command("load_applicability", verbosity=0)


@pytest.fixture
def making(maker: User) -> Client:
    """The maker, signed in."""
    return sign_in(maker)


def make_draft(by: User, answers: Answers | None = None, kind: str = "new_entry") -> Submission:
    return workflow.start(kind, party=party_of(by), by=by, at=AT, answers=answers or {})


def make_complete(by: User, answers: Answers | None = None, kind: str = "new_entry") -> Submission:
    """A draft that no rule refuses, with its evidence."""
    draft = make_draft(by, answers or make_answers(), kind)
    for what in EVIDENCE:
        workflow.attach(draft.pk, what, f"{what}.pdf", PDF + what.encode(), by=by, at=AT)
    return draft


def make_submitted(by: User, answers: Answers | None = None) -> Submission:
    return workflow.submit(make_complete(by, answers).pk, by=by, at=AT, on=AT.date())


def edit_of(submission: Submission) -> str:
    return f"/portal/submissions/{submission.pk}/edit/"


def page_of(submission: Submission) -> str:
    return f"/portal/submissions/{submission.pk}/"
