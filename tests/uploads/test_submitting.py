"""Thousands of drafts are submitted with few statements, and leave what one after the other would."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cpl import workflow
from cpl.models import Step, StepChecks, Submission, SubmittedAnswers
from cpl.workflow import NotPossible
from tests.papers import make_pdf
from tests.register.conftest import AT, DAY
from tests.uploads.conftest import receive_bulk, take_all
from tests.uploads.files import make_devices

PDF = make_pdf("A certificate of invention")
FIRMWARE = "Device_Model.firmware_version"


@pytest.fixture
def drafts(maker) -> list[int]:
    upload = receive_bulk(maker, make_devices(9))
    take_all(upload, maker)
    numbers = list(upload.rows.order_by("place").values_list("submission", flat=True))
    for number in numbers:
        for what in ("CPA", "DLMS", "Zigbee"):
            workflow.attach(number, what, f"{what}.pdf", PDF, by=maker, at=AT)
    return numbers


def change(number: int, by: Any, **changes: str) -> None:
    answers = Submission.objects.get(pk=number).answers
    workflow.save(number, {**answers, FIRMWARE: changes["firmware"]}, by=by, at=AT)


@dataclass
class Left:
    refused: dict[int, tuple[str, Any]]
    rows: list[Any]
    told: list[int]


def left_by(verb: Any) -> Left:
    """What a way of submitting writes, refuses and tells; all of it is undone."""
    before = len(connection.run_on_commit)
    with transaction.atomic():
        refused = {number: (str(error), error.problems) for number, error in verb().items()}
        rows: list[Any] = [
            *Submission.objects.order_by("pk").values(),
            *Step.objects.order_by("pk").values(
                "submission", "verb", "from_status", "to_status", "actor", "at", "words", "digest"),
            *SubmittedAnswers.objects.order_by("pk").values("step__submission", "answers", "files"),
            *StepChecks.objects.order_by("pk").values("step__submission", "on", "rules", "problems",
                                                      "acknowledged"),
            *Submission.history.order_by("history_id").values(
                "id", "status", "submitted_by", "submitted_at", "history_type", "history_user",
                "history_change_reason"),
        ]  # fmt: skip
        # Those that a refusal took back are gone from it.
        told = [call.keywords["submission_id"] for _, call, _ in connection.run_on_commit[before:]]
        transaction.set_rollback(True)
    return Left(refused, rows, told)


def test_what_is_left_is_what_one_after_the_other_leaves(maker, drafts):
    change(drafts[1], maker, firmware="0000000a")  # has to be confirmed
    change(drafts[3], maker, firmware="00000003")  # the same as the third
    Submission.objects.get(pk=drafts[4]).evidence.all().delete()
    workflow.move(drafts[5], "withdraw", by=maker, at=AT)
    change(drafts[6], maker, firmware="00000002 ")

    def in_turn() -> dict[int, NotPossible]:
        refused = {}
        for number in drafts:
            try:
                workflow.submit(number, by=maker, at=AT, on=DAY)
            except NotPossible as error:
                refused[number] = error
        return refused

    together = left_by(lambda: workflow.submit_many(drafts, by=maker, at=AT, on=DAY))
    one_by_one = left_by(in_turn)
    assert together.refused == one_by_one.refused
    assert sorted(map(str, together.rows)) == sorted(map(str, one_by_one.rows))
    assert sorted(together.told) == sorted(one_by_one.told)
    assert len(together.told) + len(together.refused) == len(drafts)
    assert {drafts[1], drafts[4], drafts[5], drafts[6]} <= set(together.refused)


def test_who_does_not_act_for_the_party_submits_none_of_its_drafts(drafts, rival):
    refused = workflow.submit_many(drafts, by=rival, at=AT, on=DAY)
    assert {str(error) for error in refused.values()} == {"This submission belongs to another organisation."}
    assert set(refused) == set(drafts)
    assert not Step.objects.exists()


def test_the_number_of_statements_does_not_grow_with_the_drafts(maker, drafts):
    counts = []
    for some in (drafts[:2], drafts[2:]):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert workflow.submit_many(some, by=maker, at=AT, on=DAY) == {}
        counts.append(len(asked))
    assert counts[0] == counts[1]
