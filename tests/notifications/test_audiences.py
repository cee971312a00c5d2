"""The table of audiences as officers edit it: with a reason, and never past whom the Panel owes notices."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from notifications.audiences import left_out
from notifications.models import Audience
from tests.cast import sign_in

pytestmark = pytest.mark.django_db
STATUTORY = [("DCC", "dcc"), ("Supplier", "suppliers"), ("", "manufacturer"), ("", "submitter")]


@pytest.fixture
def client(settings, tables: None, officer: User) -> Client:
    settings.STAFF_MFA = False
    return sign_in(officer)


def row_of(acts: str, who: str) -> Audience:
    return Audience.objects.get(kind="certificate", acts=acts, who=who)


def take_out(client: Client, row: Audience, why: str = "Tried.") -> str:
    url = reverse("admin:notifications_audience_delete", args=[row.pk])
    return client.post(url, {"post": "yes", "change_reason": why}, follow=True).content.decode()


def change(client: Client, row: Audience, acts: str, who: str, why: str = "Tried.") -> str:
    url = reverse("admin:notifications_audience_change", args=[row.pk])
    return client.post(url, {"acts": acts, "who": who, "change_reason": why}, follow=True).content.decode()


def test_the_table_of_the_first_day_leaves_out_nobody(tables: None) -> None:
    assert left_out(Audience.objects.all()) == []


@pytest.mark.parametrize(("acts", "who"), STATUTORY)
def test_whom_the_panel_owes_notices_is_not_taken_out_by_a_slip(client: Client, acts: str, who: str) -> None:
    row = row_of(acts, who)
    assert "The Panel owes notices of certificates to" in take_out(client, row)
    assert "The Panel owes notices of certificates to" in change(client, row, acts, "cpa_contact")
    assert row_of(acts, who) == row


def test_a_row_gives_way_to_one_that_reaches_the_same_and_more(client: Client) -> None:
    add = reverse("admin:notifications_audience_add")
    data = {"kind": "certificate", "acts": "", "who": "parties"}
    assert "This field is required." in client.post(add, data).content.decode()
    assert client.post(add, {**data, "change_reason": "All asked for it."}).status_code == 302
    row = row_of("Supplier", "suppliers")
    take_out(client, row, "All Parties are told now.")
    assert not Audience.objects.filter(pk=row.pk).exists()
    last = type(row).history.filter(id=row.pk).first()
    assert (last.history_type, last.history_change_reason) == ("-", "All Parties are told now.")
    assert left_out(Audience.objects.all()) == []


def test_a_row_is_widened_and_the_reason_is_kept(client: Client, officer: User) -> None:
    row = row_of("Supplier", "suppliers")
    change(client, row, "", "suppliers", "Suppliers ask about hubs, too.")
    row.refresh_from_db()
    assert row.acts == ""
    line = row.history.first()
    assert (line.history_change_reason, line.history_user) == ("Suppliers ask about hubs, too.", officer)


def test_nothing_is_taken_out_without_a_reason(client: Client) -> None:
    row = row_of("", "cpa_contact")
    page = client.get(reverse("admin:notifications_audience_delete", args=[row.pk])).content.decode()
    assert 'name="change_reason"' in page and "Look first who would be told" in page
    assert "say why" in take_out(client, row, " ")
    assert row_of("", "cpa_contact") == row
