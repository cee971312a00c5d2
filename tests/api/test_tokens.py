"""Who is let in with a token, and who no more."""

import datetime
import logging
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from cpl import access
from cpl.api.bearer import failures
from cpl.models import ApiToken
from cpl.workflow import NotPossible
from tests.api.programs import Program, make_token, program_of
from tests.cast import party_of, sign_in
from tests.register.conftest import AT

pytestmark = pytest.mark.django_db


def told(program: Program) -> tuple[int, str]:
    answer = program.get("submissions")
    return answer.status_code, answer.json().get("detail", "")


def test_a_token_lets_its_program_in_and_its_use_is_noted(maker: User) -> None:
    token, secret = make_token(maker)
    assert told(Program(secret)) == (200, "")
    token.refresh_from_db()
    assert token.last_used_at == AT


def test_only_the_digest_of_a_secret_is_kept(maker: User) -> None:
    token, secret = make_token(maker)
    kept = str(ApiToken.objects.filter(pk=token.pk).values().get()) + str(list(ApiToken.history.values()))
    assert secret not in kept
    assert token.begins == secret[:12]
    assert len(secret) >= 40


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic abc", "cpl_", "Bearer \xff", "Bearer " + "x" * 9000]
)
def test_without_a_good_token_nobody_is_let_in(maker: User, header: str) -> None:
    headers = {"Authorization": header} if header else {}
    answer = Client().get("/api/v1/submissions", headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["remedy"]


def test_a_sign_in_in_a_browser_counts_for_nothing(maker: User) -> None:
    client = sign_in(maker)
    assert client.get("/api/v1/submissions").status_code == 401
    answer = client.post("/api/v1/submissions", {"answers": {}}, content_type="application/json")
    assert answer.status_code == 401


def test_no_page_elsewhere_may_read_an_answer(maker: User) -> None:
    answer = program_of(maker).get("submissions", Origin="https://elsewhere.example")
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    assert answer["Cache-Control"] == "private, no-store"
    assert not answer.cookies


def test_a_revoked_token_lets_nobody_in(maker: User) -> None:
    token, secret = make_token(maker)
    access.revoke(token.pk, by=maker, at=AT)
    code, words = told(Program(secret))
    assert (code, "revoked" in words) == (401, True)


@pytest.mark.parametrize(("made", "code"), [(29, 200), (30, 401), (31, 401)])
def test_a_token_lasts_as_long_as_was_said(maker: User, made: int, code: int) -> None:
    _, secret = make_token(maker, AT - datetime.timedelta(days=made), datetime.timedelta(days=30))
    assert told(Program(secret))[0] == code


def test_a_token_ends_when_its_maker_leaves_the_organisation(maker: User) -> None:
    program = program_of(maker)
    maker.memberships.all().delete()
    code, words = told(program)
    assert (code, "acts for Tidewater Metering Ltd no longer" in words) == (401, True)


def test_a_token_ends_when_its_makers_account_does(maker: User) -> None:
    program = program_of(maker)
    User.objects.filter(pk=maker.pk).update(is_active=False)
    assert told(program)[0] == 401


def test_a_token_of_an_organisation_that_left_says_so(maker: User) -> None:
    program, party = program_of(maker), party_of(maker)
    party.active = False
    party.save()
    code, words = told(program)
    assert (code, "takes part no longer" in words) == (403, True)


@pytest.mark.parametrize("days", [0, -1, 366])
def test_a_token_lasts_a_year_at_most(maker: User, days: int) -> None:
    with pytest.raises(NotPossible, match="at most a year"):
        make_token(maker, lasts=datetime.timedelta(days=days))


def test_a_token_is_made_for_ones_own_organisation_alone(maker: User, rival: User) -> None:
    with pytest.raises(NotPossible, match="do not act for"):
        access.make_token(party_of(rival), "x", datetime.timedelta(days=1), by=maker, at=AT)


def test_a_rival_revokes_nothing(maker: User, rival: User) -> None:
    token, secret = make_token(maker)
    with pytest.raises(NotPossible, match="no such token"):
        access.revoke(token.pk, by=rival, at=AT)
    assert told(Program(secret))[0] == 200


def test_who_tries_many_tokens_is_looked_at_no_more(maker: User, monkeypatch: Any) -> None:
    program = program_of(maker)
    monkeypatch.setattr(failures, "num_requests", 2)
    codes = [told(Program(f"cpl_{n}"))[0] for n in range(4)]
    assert codes == [401, 401, 429, 429]
    assert told(program)[0] == 429
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    answer = elsewhere.get("/api/v1/submissions", headers={"Authorization": f"Bearer {program.secret}"})
    assert answer.status_code == 200


def test_no_secret_is_written_into_a_log(maker: User, settings: Any, caplog: Any) -> None:
    settings.DEBUG = True
    program = program_of(maker)
    with caplog.at_level(logging.DEBUG):
        program.get("submissions")
        program.get("submissions/S-999999")
        program.post("submissions", {"answers": {"x": 1}})
        Client().get("/api/v1/submissions", headers={"Authorization": f"Basic {program.secret}"})
    assert program.secret not in caplog.text
