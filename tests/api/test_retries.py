"""A call that is sent again: done once, answered the same, on both databases and with real threads."""

import json
import threading
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from cpl import access
from cpl.models import IdempotentCall, Submission
from cpl.workflow import NotPossible
from tests.api.programs import Program, program_of
from tests.cast import party_of
from tests.make import make_answers
from tests.register.conftest import AT, PDF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tables")]
BODY: dict[str, Any] = {"answers": {"Product.name": "Tidewater T100"}}


def test_the_same_call_again_gets_the_same_answer_and_makes_nothing(maker: User) -> None:
    program = program_of(maker)
    first, again = (program.post("submissions", BODY, key="a") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    assert first["ETag"] == again["ETag"]
    assert Submission.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(maker: User) -> None:
    program = program_of(maker)
    program.post("submissions", BODY, key="a")
    for path, body in (
        ("submissions", {"answers": {}}),
        ("submissions", {"kind": "withdrawal", "answers": {}}),
    ):
        answer = program.post(path, body, key="a")
        assert (answer.status_code, answer.json()["where"]) == (422, "header Idempotency-Key")
    assert Submission.objects.count() == 1


def test_members_in_another_order_are_the_same_call(maker: User) -> None:
    program = program_of(maker)
    program.post("submissions", {"kind": "new_entry", **BODY}, key="a")
    again = program.post("submissions", {**BODY, "kind": "new_entry"}, key="a")
    assert again.status_code == 201
    assert Submission.objects.count() == 1


def test_a_retry_with_files_has_another_boundary_and_is_the_same_call(maker: User) -> None:
    program = program_of(maker)
    answers = {name: text for name, text in make_answers().items() if text}
    submission = json.dumps({"answers": answers, "submit": True})
    codes = []
    for boundary in ("one", "two"):
        begin = f"--{boundary}\r\nContent-Disposition: form-data; name="
        parts = [f'{begin}"submission"\r\n\r\n{submission}\r\n'.encode()]
        for what in ("CPA", "DLMS", "Zigbee"):
            head = f'{begin}"{what}"; filename="{what}.pdf"\r\n\r\n'
            parts.append(head.encode() + PDF + what.encode() + b"\r\n")
        answer = program.client.post(
            "/api/v1/submissions",
            b"".join([*parts, f"--{boundary}--\r\n".encode()]),
            content_type=f"multipart/form-data; boundary={boundary}",
            headers={"Authorization": f"Bearer {program.secret}", "Idempotency-Key": "a"},
        )
        codes.append((answer.status_code, answer.json()["reference"]))
    assert codes[0] == codes[1] == (201, Submission.objects.get().reference)


def test_a_refused_call_leaves_its_key_free_for_the_call_put_right(maker: User) -> None:
    program = program_of(maker)
    assert program.post("submissions", {**BODY, "submit": True}, key="a").status_code == 422
    assert not IdempotentCall.objects.exists()
    assert program.post("submissions", BODY, key="a").status_code == 201


def test_another_organisation_has_keys_of_its_own(maker: User, rival: User) -> None:
    ours, theirs = (program_of(user).post("submissions", BODY, key="a").json() for user in (maker, rival))
    assert ours["reference"] != theirs["reference"]


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "a b", "é", "a\tb"])
def test_a_submission_needs_a_key_that_can_be_read(maker: User, key: str) -> None:
    answer = program_of(maker).post("submissions", BODY, key=key)
    assert (answer.status_code, answer.json()["where"]) == (400, "header Idempotency-Key")
    assert not Submission.objects.exists()


def test_steps_may_come_with_a_key_too(maker: User) -> None:
    program = program_of(maker)
    reference = program.post("submissions", BODY).json()["reference"]
    first, again = (program.post(f"submissions/{reference}/withdraw", key="w") for _ in range(2))
    assert first.json() == again.json()
    assert Submission.objects.get().steps.count() == 1
    assert program.post(f"submissions/{reference}/withdraw", key="").status_code == 409


def test_old_answers_are_forgotten(maker: User) -> None:
    program_of(maker).post("submissions", BODY, key="a")
    assert access.forget_calls(before=AT) == 0
    assert access.forget_calls(before=AT.replace(year=2027)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_is_made_and_all_get_its_answer(maker: User) -> None:
    program = program_of(maker)
    answers = at_once(6, lambda: Program(program.secret).post("submissions", BODY, key="a"))
    made = {answer.json()["reference"] for answer in answers if answer.status_code == 201}
    assert made == {Submission.objects.get().reference}
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert all("Retry-After" in answer for answer in answers if answer.status_code == 409)


@pytest.mark.django_db(transaction=True)
def test_at_once_with_different_bodies_one_is_made_and_the_other_refused(maker: User) -> None:
    program = program_of(maker)
    names = iter(["Estuary", "Delta"])
    answers = at_once(
        2,
        lambda: Program(program.secret).post(
            "submissions", {"answers": {"Product.name": next(names)}}, key="a"
        ),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 422]
    assert Submission.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_answers_replaced_by_two_at_once_are_replaced_by_one(maker: User) -> None:
    program = program_of(maker)
    told = program.post("submissions", BODY).json()
    names = iter(["Estuary", "Delta", "Fjord"])

    def put() -> Any:
        body = {"answers": {"Product.name": next(names)}}
        return Program(program.secret).put(
            f"submissions/{told['reference']}/answers", body, If_Match=f'"{told["digest"]}"'
        )

    answers = at_once(3, put)
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]


@pytest.mark.django_db(transaction=True)
def test_the_first_of_two_that_fails_leaves_the_second_to_succeed(maker: User) -> None:
    party, begun, go_on = party_of(maker), threading.Event(), threading.Event()

    def fails() -> access.Answer:
        begun.set()
        go_on.wait(5)
        raise NotPossible("Not this time.")

    def first() -> object:
        try:
            return access.once(party, "a", "d", fails, at=AT)
        except NotPossible as error:
            return error
        finally:
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    begun.wait(5)
    threading.Timer(0.3, go_on.set).start()
    answer, again = access.once(party, "a", "d", lambda: access.Answer(201, {"made": 1}), at=AT)
    thread.join()
    assert (answer, again) == (access.Answer(201, {"made": 1}), False)
    assert IdempotentCall.objects.get().answer == {"made": 1}


def at_once(count: int, act: Any) -> list[Any]:
    start, outcomes = threading.Barrier(count), list[Any]()

    def run() -> None:
        start.wait()
        try:
            outcomes.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
