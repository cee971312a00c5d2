"""Every change of a mutable row in the admin says why, and the history reads well."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse
from simple_history.admin import SimpleHistoryAdmin

from cpl.models import Contact, Membership, Party, RemovalGround
from ledger.admin import FormWithReason
from tests.cast import make_user, party_of, sign_in

pytestmark = pytest.mark.django_db
WITH_HISTORY = [model for model, one in admin.site._registry.items() if isinstance(one, SimpleHistoryAdmin)]


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    settings.STAFF_MFA = False  # type: ignore[attr-defined]


@pytest.fixture
def administrator(db: None) -> User:
    return make_user("admin@panel.example", "Administrator")


def posted(party: Party, **changes: str) -> dict[str, object]:
    form: dict[str, object] = {
        "name": party.name,
        "category": party.category,
        "verified": "on",
        "active": "on",
    }
    for prefix, rows in (
        ("memberships", party.memberships.all()),
        ("contacts", party.contacts.all()),
        ("manufacturer_identifiers", party.manufacturer_identifiers.all()),
    ):
        form |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": len(rows)}
        for number, row in enumerate(rows):
            for name in ("id", "party", "user", "purpose", "email", "code", "holder"):
                value = getattr(row, f"{name}_id", None) or getattr(row, name, None)
                if value is not None:
                    form[f"{prefix}-{number}-{name}"] = value
    return {**form, **changes}


@pytest.mark.parametrize("model", WITH_HISTORY, ids=lambda model: model.__name__)
def test_every_form_with_a_history_asks_why(model: type) -> None:
    assert issubclass(admin.site._registry[model].form, FormWithReason)


def test_a_change_without_a_reason_is_not_made(maker: User, administrator: User) -> None:
    party = party_of(maker)
    place = reverse("admin:cpl_party_change", args=[party.pk])
    page = sign_in(administrator).post(place, posted(party, name="Tidewater plc"))
    assert page.status_code == 200
    assert "This field is required" in page.content.decode()
    assert Party.objects.get(pk=party.pk).name == "Tidewater Metering Ltd"


def test_the_reason_stands_in_the_history_with_what_changed(maker: User, administrator: User) -> None:
    party = party_of(maker)
    client, place = sign_in(administrator), reverse("admin:cpl_party_change", args=[party.pk])
    form = posted(party, name="Tidewater plc", category="not_a_party", change_reason="New name of 1 May")
    assert client.post(place, form).status_code == 302
    last = party.history.latest()
    assert (last.history_change_reason, last.history_user) == ("New name of 1 May", administrator)
    page = " ".join(client.get(reverse("admin:cpl_party_history", args=[party.pk])).content.decode().split())
    assert "<strong>Name:</strong> <del>Tidewater Metering Ltd</del> → <ins>Tidewater plc</ins>" in page
    assert "<del>Other SEC Party</del> → <ins>Not a Party</ins>" in page
    assert "New name of 1 May" in page
    assert "admin@panel.example" in page


def test_rows_of_the_same_page_change_for_the_same_reason(maker: User, administrator: User) -> None:
    party = party_of(maker)
    client, place = sign_in(administrator), reverse("admin:cpl_party_change", args=[party.pk])
    form = posted(party, change_reason="She left")
    form["memberships-0-DELETE"] = "on"
    form["contacts-0-purpose"] = "submissions"
    assert client.post(place, form).status_code == 302
    gone = Membership.history.latest()
    assert (gone.history_type, gone.history_change_reason) == ("-", "She left")
    assert Contact.history.latest().history_change_reason == "She left"
    page = client.get(reverse("admin:cpl_party_history", args=[party.pk])).content.decode()
    assert "user: maker@tidewater.example" in page
    assert "She left" in page
    assert "notices@tidewater.example" not in page


def test_adding_asks_for_no_reason_and_readers_are_not_asked(administrator: User, officer: User) -> None:
    ground = RemovalGround.objects.get(code="defect")
    place = reverse("admin:cpl_removalground_change", args=[ground.pk])
    assert 'name="change_reason"' in sign_in(administrator).get(place).content.decode()
    assert 'name="change_reason"' not in sign_in(officer).get(place).content.decode()
    assert sign_in(officer).get(place).status_code == 200
    added = reverse("admin:cpl_removalground_add")
    assert 'name="change_reason"' not in sign_in(administrator).get(added).content.decode()
    form = {"code": "lost", "words": "Lost", "fits": "any", "dcc_status": "Withdrawn", "position": "1"}
    assert sign_in(administrator).post(added, form).status_code == 302
    assert RemovalGround.objects.get(code="lost").history.count() == 1
