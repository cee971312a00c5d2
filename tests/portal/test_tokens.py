"""The page on which people of an organisation make and revoke tokens for its programs."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from cpl.models import ApiToken, Membership
from tests.api.programs import Program, make_token
from tests.cast import party_of, sign_in

PAGE = "/portal/programs/"
ASKED = {"name": "release server", "lasts": "90"}
PASSWORD = "sample-pass-phrase"


def proven(user: User) -> Client:
    """Signed in, and the password given again a moment ago."""
    client = sign_in(user)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


def secret_on(page: str) -> str:
    return page.split('id="secret"')[1].split('value="')[1].split('"')[0]


def test_a_token_is_shown_once_and_lets_its_program_in(maker: User) -> None:
    client = proven(maker)
    page = client.post(PAGE, ASKED)
    assert "no-store" in page["Cache-Control"]
    secret = secret_on(page.content.decode())
    # The look of hexadecimal turns letters into capitals, which a token tells apart.
    assert 'id="secret" class="hex' not in page.content.decode()
    assert Program(secret).get("submissions").status_code == 200
    later = client.get(PAGE).content.decode()
    assert secret not in later
    assert secret[:12] in later
    assert "release server" in later


def test_the_password_is_asked_for_first(maker: User) -> None:
    client = sign_in(maker)
    asked = client.post(PAGE, ASKED)
    assert (asked.status_code, asked["Location"]) == (
        302,
        "/account/reauthenticate/?next=%2Fportal%2Fprograms%2F",
    )
    assert not ApiToken.objects.exists()
    page = client.post(asked["Location"], {"password": PASSWORD, "next": PAGE})
    assert Program(secret_on(page.content.decode())).get("submissions").status_code == 200


def test_a_wrong_password_makes_no_token(maker: User) -> None:
    client = sign_in(maker)
    asked = client.post(PAGE, ASKED)
    client.post(asked["Location"], {"password": "wrong", "next": PAGE})
    assert not ApiToken.objects.exists()


NONSENSE = [
    {},
    {"name": "", "lasts": "90"},
    {"name": "x" * 101, "lasts": "90"},
    {"name": "x", "lasts": "366"},
    {"name": "x", "lasts": "-1"},
    {"name": "\0", "lasts": "90"},
]


@pytest.mark.parametrize("asked", NONSENSE)
def test_nonsense_makes_no_token_and_says_why(maker: User, asked: dict[str, str]) -> None:
    page = proven(maker).post(PAGE, asked)
    assert page.status_code == 400
    assert b"No token was made" in page.content
    assert not ApiToken.objects.exists()


def test_a_colleague_revokes_a_token(maker: User, supplier: User) -> None:
    token, secret = make_token(maker)
    supplier.memberships.all().delete()
    Membership.objects.create(user=supplier, party=party_of(maker))
    page = sign_in(supplier).post(f"{PAGE}{token.pk}/revoke/", follow=True)
    assert b"was revoked" in page.content
    assert Program(secret).get("submissions").status_code == 401


def test_a_rival_neither_sees_nor_revokes_it(maker: User, rival: User) -> None:
    token, _ = make_token(maker)
    client = sign_in(rival)
    assert token.begins not in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}{token.pk}/revoke/").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_nobody_makes_one_for_another_organisation(maker: User, rival: User) -> None:
    answer = proven(maker).post(PAGE, {**ASKED, "party": party_of(rival).pk})
    assert answer.status_code == 404
    assert not ApiToken.objects.exists()


def test_an_evil_name_is_escaped(maker: User) -> None:
    page = proven(maker).post(PAGE, {**ASKED, "name": "<script>alert(1)</script>"})
    assert b"<script>alert" not in page.content


@pytest.mark.parametrize(("who", "code"), [("visitor", 302), ("maker", 200), ("officer", 200)])
def test_who_opens_the_page(maker: User, officer: User, who: str, code: int) -> None:
    people = {"visitor": None, "maker": maker, "officer": officer}
    assert sign_in(people[who]).get(PAGE).status_code == code
