"""A Party's program submits, changes and follows what it submitted."""

import datetime
import json
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cpl import fields as f
from cpl import register, workflow
from cpl.api.submissions import router
from cpl.checking import problems
from cpl.models import Evidence, Submission
from tests.api.programs import Program, program_of
from tests.cast import party_of
from tests.make import (
    EVIDENCE,
    make_answers,
    make_renewal_answers,
    make_withdrawal_answers,
)
from tests.register.conftest import AT, PDF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tables")]


@pytest.fixture
def program(maker: User) -> Program:
    return program_of(maker)


def new(**changes: Any) -> dict[str, Any]:
    return {"kind": "new_entry", "answers": {n: t for n, t in make_answers().items() if t}, **changes}


def files() -> dict[str, Any]:
    return {what: SimpleUploadedFile(f"{what}.pdf", PDF + what.encode()) for what in sorted(EVIDENCE)}


def made(program: Program, body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = program.post("submissions", body or new())
    assert answer.status_code == 201, answer.content
    return answer.json()


def rules(answer: dict[str, Any], level: str = "refuse") -> set[str]:
    return {one["rule"] for one in answer["problems"] if one["level"] == level}


def test_a_draft_is_made_and_told_with_every_problem(program: Program, maker: User) -> None:
    answer = program.post("submissions", new())
    told, draft = answer.json(), Submission.objects.get()
    assert (told["reference"], told["status"], told["kind"]) == (draft.reference, "draft", "new_entry")
    assert told["answers"] == draft.answers
    assert (draft.party, draft.created_by) == (party_of(maker), maker)
    assert answer["ETag"] == f'"{told["digest"]}"' == f'"{workflow.digest_of(draft)}"'
    assert rules(told) == {one.rule for one in _problems(draft) if one.level == "refuse"} != set()
    assert told["can"] == ["submit", "withdraw"]


def test_with_its_evidence_a_new_entry_is_submitted_in_one_call(program: Program, maker: User) -> None:
    answer = program.give("submissions", {"submission": json.dumps(new(submit=True)), **files()})
    told, submitted = answer.json(), Submission.objects.get()
    assert (answer.status_code, told["status"]) == (201, "submitted"), told
    assert [one["verb"] for one in told["steps"]] == ["submit"]
    assert told["steps"][0]["digest"] == told["digest"]
    assert {one["what"] for one in told["evidence"]} == EVIDENCE
    assert submitted.submitted_by == maker


def test_what_the_rules_refuse_is_not_made_at_all_and_every_problem_is_told(program: Program) -> None:
    answers = {**new()["answers"], f.FIRMWARE.name: "nonsense", f.CPA_DATE.name: "31/02/2031"}
    answer = program.give(
        "submissions", {"submission": json.dumps(new(answers=answers, submit=True)), **files()}
    )
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert {f.FIRMWARE.name, f.CPA_DATE.name} <= {one["field"] for one in told["problems"]}
    assert told["remedy"]
    assert not Submission.objects.exists()
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        ("renewal", make_renewal_answers()),
        ("offer", make_renewal_answers()),
        ("withdrawal", make_withdrawal_answers()),
    ],
)  # fmt: skip
def test_every_kind_of_submission_can_be_begun(program: Program, kind: str, answers: dict[str, str]) -> None:
    told = made(program, {"kind": kind, "answers": {n: t for n, t in answers.items() if t}})
    assert (told["kind"], told["answers"]) == (kind, Submission.objects.get().answers)


def test_a_recommendation_to_remove_is_the_panels_alone(program: Program) -> None:
    assert program.post("submissions", {"kind": "removal", "answers": {}}).status_code == 422


def test_a_number_is_read_as_a_number_cell_is(program: Program) -> None:
    answers = {f.HARDWARE_VERSION.name: 0, f.FIRMWARE.name: 12345678, f.DLMS_ID.name: 7701}
    told = made(program, {"answers": answers})
    refused = {one["field"] for one in told["problems"] if one["rule"] == "F-hex"}
    assert f.HARDWARE_VERSION.name in refused
    assert told["answers"][f.DLMS_ID.name] == "7701"


def test_what_was_read_differently_is_submitted_only_if_it_is_accepted(program: Program) -> None:
    answers = {**new()["answers"], f.FIRMWARE.name: "0a:0b:0c:0d "}
    body = new(answers=answers, submit=True)
    answer = program.give("submissions", {"submission": json.dumps(body), **files()})
    assert answer.status_code == 422
    assert rules(answer.json(), "repair") == {"F-hex-repaired"}
    assert not Submission.objects.exists()
    accepted = program.give(
        "submissions", {"submission": json.dumps({**body, "accept_repairs": True}), **files()}
    )
    assert accepted.status_code == 201, accepted.content
    assert accepted.json()["answers"][f.FIRMWARE.name] == "0A0B0C0D"


def test_a_truth_where_text_belongs_is_not_passed_over_at_submission(program: Program) -> None:
    body = new(answers={**new()["answers"], f.PRODUCT_NAME.name: True}, submit=True)
    answer = program.give("submissions", {"submission": json.dumps(body), **files()})
    assert answer.status_code == 422
    assert f.PRODUCT_NAME.name in {one["field"] for one in answer.json()["problems"]}


def test_a_draft_is_filled_in_given_its_evidence_and_submitted(program: Program) -> None:
    told = made(program, {"answers": {f.PRODUCT_NAME.name: "Tidewater T100"}})
    address = f"submissions/{told['reference']}"
    put = program.put(f"{address}/answers", {"answers": new()["answers"]}, If_Match=f'"{told["digest"]}"')
    assert put.status_code == 200, put.content
    for what in sorted(EVIDENCE):
        given = program.give(f"{address}/evidence", {"what": what, "file": files()[what]})
        assert given.status_code == 201, given.content
    submitted = program.post(f"{address}/submit")
    assert submitted.status_code == 200, submitted.content
    found = program.get(address).json()
    assert (found["status"], found["can"], found["entry"]) == ("submitted", ["withdraw"], None)
    withdrawn = program.post(f"{address}/withdraw", {"words": "Wrong model."})
    assert withdrawn.json()["status"] == "withdrawn"
    assert withdrawn.json()["steps"][-1]["words"] == "Wrong model."


def test_answers_are_replaced_only_by_who_saw_them(program: Program) -> None:
    told = made(program)
    address = f"submissions/{told['reference']}/answers"
    body = {"answers": {f.PRODUCT_NAME.name: "Estuary"}}
    assert program.put(address, body).status_code == 428
    first = program.put(address, body, If_Match=f'"{told["digest"]}"')
    assert first.status_code == 200
    second = program.put(address, {"answers": {}}, If_Match=f'"{told["digest"]}"')
    assert (second.status_code, second["ETag"]) == (412, first["ETag"])
    assert Submission.objects.get().answers == {f.PRODUCT_NAME.name: "Estuary"}


def test_what_was_submitted_is_fixed(program: Program) -> None:
    answer = program.give("submissions", {"submission": json.dumps(new(submit=True)), **files()})
    address, tag = f"submissions/{answer.json()['reference']}", answer["ETag"]
    assert program.put(f"{address}/answers", {"answers": {}}, If_Match=tag).status_code == 409
    given = program.give(f"{address}/evidence", {"what": "other", "file": files()["CPA"]})
    assert given.status_code == 409
    assert program.post(f"{address}/submit").status_code == 409
    assert program.post(f"{address}/withdraw", If_Match='"something else"').status_code == 412
    assert Submission.objects.get().status == "submitted"


def test_an_approved_submission_names_its_entry(program: Program, maker: User, officer: User) -> None:
    answer = program.give("submissions", {"submission": json.dumps(new(submit=True)), **files()})
    reference = answer.json()["reference"]
    register.approve(Submission.objects.get().pk, by=officer, at=AT, on=AT.date())
    found = program.get(f"submissions/{reference}").json()
    assert (found["status"], found["entry"], found["problems"]) == ("approved", "000001", [])
    assert [one["by"] for one in found["steps"]] == ["you", "the Panel"]


def test_submissions_come_by_rising_reference_page_after_page(program: Program) -> None:
    told = [made(program, {"answers": {}})["reference"] for _ in range(5)]
    seen: list[str] = []
    address = "submissions?limit=2"
    while address:
        page = program.get(address).json()
        seen += [one["reference"] for one in page["items"]]
        address = page["next"].removeprefix("/api/v1/") if page["next"] else ""
    assert seen == told


def test_submissions_are_narrowed_by_status_kind_and_last_change(program: Program, clock: Any) -> None:
    first, second = made(program, {"answers": {}}), made(program, {"kind": "withdrawal", "answers": {}})
    with time_machine.travel(AT + datetime.timedelta(hours=1), tick=False):
        program.post(f"submissions/{first['reference']}/withdraw")
        references = _references(program, f"changed_since={AT:%Y-%m-%dT}10:00:00Z")
    assert references == [first["reference"]]
    assert _references(program, "status=draft") == [second["reference"]]
    assert _references(program, "kind=withdrawal") == [second["reference"]]
    assert program.get("submissions?status=lost").status_code == 422
    assert program.get("submissions?changed_since=0001-01-01T00:00:00%2B14:00").status_code == 422
    assert program.get("submissions?colour=red").json()["where"] == "address"


def test_whoever_asks_for_what_changed_misses_no_answer_and_no_file(program: Program, maker: User) -> None:
    draft = Submission.objects.get(pk=int(made(program, new())["reference"][2:]))
    minutes = datetime.timedelta(minutes=1)

    def put() -> None:
        told = program.get(f"submissions/{draft.reference}")
        body = {"answers": {**told.json()["answers"], f.PRODUCT_NAME.name: f"Harbour {timezone.now():%M}"}}
        assert (
            program.put(f"submissions/{draft.reference}/answers", body, If_Match=told["ETag"]).status_code
            == 200
        )

    acts = (
        lambda: put(),
        lambda: put(),
        lambda: workflow.attach(draft.pk, "CPA", "a.pdf", PDF, by=maker, at=timezone.now()),
        lambda: workflow.detach(draft.evidence.get().pk, by=maker),
    )
    for number, act in enumerate(acts, start=1):
        at = AT + number * 5 * minutes
        assert _references(program, f"changed_since={at - minutes:%Y-%m-%dT%H:%M:%SZ}") == []
        with time_machine.travel(at, tick=False):
            act()
        assert _references(program, f"changed_since={at:%Y-%m-%dT%H:%M:%SZ}") == [draft.reference]
        (line,) = program.get("submissions").json()["items"]
        assert datetime.datetime.fromisoformat(line["changed_at"]) == at


def test_nothing_of_a_list_grows_with_its_length(
    program: Program, django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        made(program, {"answers": {}})
    with django_assert_max_num_queries(9):
        assert len(program.get("submissions").json()["items"]) == 20


def test_a_check_stores_nothing_and_finds_what_the_draft_would_say(program: Program, maker: User) -> None:
    answers = {**new()["answers"], f.FIRMWARE.name: "5E12", f.CPA_ID.name: ""}
    found = program.post("submissions/check", {"kind": "new_entry", "answers": answers}, key="").json()
    assert found["refused"] is True
    assert set(found["problems"][0]) == {
        "row", "cell", "field", "rule", "level", "found", "expected", "message", "source",
    }  # fmt: skip
    assert not Submission.objects.exists()
    # Certificates are attached after a check, and are missing from a draft.
    assert rules(made(program, {"answers": answers})) - {"C-evidence"} == rules(found)


def test_a_good_check_says_so(program: Program) -> None:
    found = program.post("submissions/check", {"answers": new()["answers"]}, key="").json()
    assert (found["refused"], found["rows"]) == (False, 1)
    assert found["answers"] == new()["answers"]


def test_an_unknown_field_is_named_with_the_one_that_may_be_meant(program: Program) -> None:
    answer = program.post("submissions", {"answers": {"Device_Model.firmwareversion": "0A0B0C0D"}})
    told = answer.json()
    assert (answer.status_code, told["where"]) == (422, "answers.Device_Model.firmwareversion")
    assert "Device_Model.firmware_version" in told["remedy"]


def test_a_party_that_nobody_verified_looks_but_does_not_submit(program: Program, maker: User) -> None:
    party = party_of(maker)
    party.verified = False
    party.save()
    answer = program.post("submissions", new())
    assert (answer.status_code, answer.json()["title"]) == (403, "Organisation not verified")
    assert program.post("submissions/check", {"answers": {}}, key="").status_code == 200


@pytest.mark.parametrize(
    ("content", "words"), [(b"MZ", "not a PDF"), (b"", "empty"), (b"%PDF-1.4 but nothing behind it", "")]
)
def test_evidence_that_is_none_is_refused(program: Program, content: bytes, words: str) -> None:
    told = made(program)
    file = SimpleUploadedFile("x.pdf", content)
    answer = program.give(f"submissions/{told['reference']}/evidence", {"what": "CPA", "file": file})
    assert (answer.status_code, words in answer.json()["detail"]) == (422, True), answer.content
    assert not Evidence.objects.exists()


def test_who_calls_too_often_with_a_token_waits(program: Program, rival: User, monkeypatch: Any) -> None:
    monkeypatch.setattr(router.throttle[0], "num_requests", 2)
    codes = [program.get("submissions").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    refused = program.get("submissions")
    assert int(refused["Retry-After"]) > 0
    assert refused.json()["remedy"]
    assert program_of(rival).get("submissions").status_code == 200


def _references(program: Program, asked: str) -> list[str]:
    return [one["reference"] for one in program.get(f"submissions?{asked}").json()["items"]]


def _problems(draft: Submission) -> Any:
    return problems(draft, AT.date())
