"""The history in the admin is there to be read: nothing is written through it, by nobody."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse
from simple_history.admin import SimpleHistoryAdmin

from cpl.models import Party, Submission
from ledger.admin import HistoryToRead
from tests.cast import make_user, party_of, sign_in

pytestmark = pytest.mark.django_db
WITH_HISTORY = [model for model, one in admin.site._registry.items() if isinstance(one, SimpleHistoryAdmin)]


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    settings.STAFF_MFA = False  # type: ignore[attr-defined]


@pytest.fixture
def auditor(db: None) -> User:
    return make_user("auditor@panel.example", "Auditor")


def version_of(row: Party | Submission) -> str:
    """The page of the oldest line of a row's history."""
    name = f"admin:{row._meta.label_lower.replace('.', '_')}_simple_history"
    return reverse(name, args=[row.pk, row.history.earliest().pk])


def test_an_auditor_reads_an_old_version_and_cannot_write_it(maker: User, auditor: User) -> None:
    party = party_of(maker)
    client = sign_in(auditor)
    assert client.get(version_of(party)).status_code == 200
    form = {"name": "Somebody else", "category": "dcc", "verified": "on", "active": "on"}
    assert client.post(version_of(party), form).status_code == 403
    party.refresh_from_db()
    assert (party.name, party.category) == ("Tidewater Metering Ltd", "other")


@pytest.mark.parametrize("who", ["auditor", "officer", "admin_user"])
def test_nobody_gives_a_submission_another_status(
    who: str, maker: User, officer: User, request: pytest.FixtureRequest
) -> None:
    draft = Submission.objects.create(
        kind="new_entry", party=party_of(maker), created_by=maker, created_at="2026-11-20T09:30Z"
    )
    form = {
        "kind": "new_entry", "status": "approved", "party": draft.party_id, "answers": "{}",
        "created_by": maker.pk, "created_at_0": "2026-11-20", "created_at_1": "09:30",
        "submitted_by": maker.pk, "decided_by": officer.pk,
    }  # fmt: skip
    client = sign_in(request.getfixturevalue(who))
    assert client.get(version_of(draft)).status_code == 200
    assert client.post(version_of(draft), form).status_code == 403
    draft.refresh_from_db()
    assert (draft.status, draft.decided_by) == ("draft", None)


@pytest.mark.parametrize("model", WITH_HISTORY, ids=lambda model: model.__name__)
def test_every_history_is_for_reading(model: type) -> None:
    assert isinstance(admin.site._registry[model], HistoryToRead)


@pytest.mark.parametrize("key", ["x", "_00", "9" * 30, "9" * 5000])
def test_a_history_that_is_not_there_is_not_found(maker: User, auditor: User, key: str) -> None:
    party = party_of(maker)
    client = sign_in(auditor)
    for address in (f"{key}/history/", f"{key}/history/{key}/", f"{party.pk}/history/{key}/"):
        assert client.get(f"/admin/cpl/party/{address}").status_code == 404
