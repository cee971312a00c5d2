"""The fixed cast: a maker and its rival, two officers, a supplier, the DCC, a visitor. All invented."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from cpl.models import Contact, ManufacturerIdentifier, Membership, Party

MAKER_CODE, RIVAL_CODE = "7A01", "7B10"


def make_user(email: str, *groups: str) -> User:
    user = User.objects.create_user(email, email, "sample-pass-phrase", is_staff=bool(groups))
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def make_party(name: str, category: str, *members: User, email: str = "", code: str = "") -> Party:
    party = Party.objects.create(name=name, category=category, verified=True)
    for member in members:
        Membership.objects.create(user=member, party=party)
    if email:
        Contact.objects.create(party=party, email=email)
    if code:
        ManufacturerIdentifier.objects.create(code=code, holder=name, party=party)
    return party


def sign_in(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


@pytest.fixture
def maker(db: None) -> User:
    user = make_user("maker@tidewater.example")
    make_party(
        "Tidewater Metering Ltd",
        Party.Category.OTHER,
        user,
        email="notices@tidewater.example",
        code=MAKER_CODE,
    )
    return user


@pytest.fixture
def rival(db: None) -> User:
    user = make_user("maker@northlight.example")
    make_party(
        "Northlight Instruments Ltd",
        Party.Category.OTHER,
        user,
        email="notices@northlight.example",
        code=RIVAL_CODE,
    )
    return user


@pytest.fixture
def supplier(db: None) -> User:
    user = make_user("compliance@harbour.example")
    make_party(
        "Harbour Energy Supply Ltd", Party.Category.LARGE_SUPPLIER, user, email="notices@harbour.example"
    )
    return user


@pytest.fixture
def dcc(db: None) -> User:
    user = make_user("devices@dcc.example")
    make_party("Data and Communications Company", Party.Category.DCC, user, email="notices@dcc.example")
    return user


@pytest.fixture
def officer(db: None) -> User:
    return make_user("officer@panel.example", "Panel officer")


@pytest.fixture
def second_officer(db: None) -> User:
    return make_user("second.officer@panel.example", "Panel officer", "Publisher")


@pytest.fixture
def visitor() -> None:
    """Nobody is signed in."""


def party_of(user: User) -> Party:
    return user.parties.get()
