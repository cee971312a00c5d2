"""The clock that the pages read, stopped; and people who are signed in."""

from collections.abc import Iterator

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from cpl import workflow
from cpl.models import Submission
from tests.cast import party_of, sign_in
from tests.make import Answers, make_answers
from tests.register.conftest import AT, start, submit


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture(autouse=True)
def ready(tables: None, settings: object) -> None:
    """The tables that rules ask. Whether staff need a second factor is not these pages' business."""
    settings.STAFF_MFA = False  # type: ignore[attr-defined]


@pytest.fixture
def making(maker: User) -> Client:
    """The maker, signed in."""
    return sign_in(maker)


def make_draft(by: User, answers: Answers | None = None, kind: str = "new_entry") -> Submission:
    return workflow.start(kind, party=party_of(by), by=by, at=AT, answers=answers or {})


def make_complete(by: User, answers: Answers | None = None, kind: str = "new_entry") -> Submission:
    """A draft that no rule refuses, with its evidence."""
    return start(by, answers or make_answers(), kind)


def make_submitted(by: User, answers: Answers | None = None) -> Submission:
    return submit(by, answers or make_answers())


def edit_of(submission: Submission) -> str:
    return f"/portal/submissions/{submission.pk}/edit/"


def page_of(submission: Submission) -> str:
    return f"/portal/submissions/{submission.pk}/"
