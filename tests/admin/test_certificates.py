"""A certificate's page and list: what happened to it, who took whose place, what rests on it, what to do."""

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpl.models import Certificate, Coverage, ListImport
from tests.admin.test_exports import rows, taken
from tests.cast import make_party, make_user, sign_in
from tests.public.making import AT, DAY, make_entry, make_import, make_removal, record
from tests.register.test_candidates import A_DAY, cover, happened

pytestmark = pytest.mark.django_db
LIST = "admin:cpl_certificate_changelist"


@pytest.fixture(autouse=True)
def today(time_machine: Any, settings: Any) -> dt.date:
    settings.STAFF_MFA = False
    time_machine.move_to(AT, tick=False)
    return DAY


@pytest.fixture
def brought(tables: None) -> ListImport:
    make_party("Tidewater Metering Ltd", "other", code="7A01")
    return make_import()


def change(certificate: Certificate) -> str:
    return reverse("admin:cpl_certificate_change", args=[certificate.pk])


def certificate(brought: ListImport, identifier: str, ends: dt.date | None = None) -> Certificate:
    row = Certificate(
        scheme="CPA",
        identifier=identifier,
        date_kind="expires" if ends else "none",
        date=ends,
        brought_by=brought,
    )
    record(row)
    return row


def test_the_page_tells_facts_events_chain_and_what_rests_on_it(brought: ListImport, officer: User) -> None:
    first = certificate(brought, "first", DAY - 400 * A_DAY)
    row = cover(make_entry(brought), "second", ends=DAY + 40 * A_DAY)
    third, fourth = certificate(brought, "third", DAY), certificate(brought, "fourth", DAY)
    happened(first, "replaced", DAY - 500 * A_DAY, successor=row.certificate)
    happened(
        row.certificate, "dated", DAY - 9 * A_DAY, date=DAY + 80 * A_DAY, reference="Letter of the scheme"
    )
    happened(row.certificate, "replaced", DAY - 2 * A_DAY, successor=third)
    happened(third, "replaced", DAY - A_DAY, successor=fourth)
    page = " ".join(sign_in(officer).get(change(row.certificate)).content.decode().split())
    for words in (
        "Replaced", "expires 8 February 2027", "first recorded with 30 December 2026", "Letter of the scheme",
        ">CPA first</a>", ">CPA third</a>", ">CPA fourth</a>", "in place of CPA third", "000001",
        "Tidewater Metering Ltd", "before this register", "21 September 2022",
        "It was withdrawn or cancelled",
    ):  # fmt: skip
        assert words in page, words


def test_the_chain_ends_although_it_goes_round(brought: ListImport, officer: User) -> None:
    one, two = certificate(brought, "one", DAY), certificate(brought, "two", DAY)
    happened(one, "replaced", DAY, successor=two)
    happened(two, "replaced", DAY, successor=one)
    assert sign_in(officer).get(change(one)).status_code == 200


def test_a_renewal_is_begun_for_the_chosen_entries(brought: ListImport, officer: User) -> None:
    row = cover(make_entry(brought), "one", ends=DAY + 40 * A_DAY)
    for _ in range(3):
        cover(make_entry(brought), "one", ends=DAY + 40 * A_DAY, certificate=row.certificate)
    make_removal(Coverage.objects.last().entry)
    client, place = sign_in(officer), reverse("admin:cpl_certificate_renew", args=[row.certificate_id])
    page = client.post(place, {"entry": ["1", "3", "4", "77", "x"]})
    form = page.context["form"]
    assert form["Entries.numbers"].value() == "000001; 000003"
    assert form["Certificate.replaces"].value() == "one"
    assert page.context["action"] == reverse("admin:cpl_submission_raise", args=["renewal"])
    assert (
        client.post(place, {"all": "1"}).context["form"]["Entries.numbers"].value()
        == "000001; 000002; 000003"
    )
    assert "Choose the entries" in client.post(place, {}, follow=True).content.decode()
    assert client.get(place).status_code == 405


def test_a_withdrawal_is_begun_with_the_certificate_filled_in(brought: ListImport, officer: User) -> None:
    row = cover(make_entry(brought), "one", ends=DAY + 40 * A_DAY)
    address = sign_in(officer).get(change(row.certificate)).context["withdraw_at"]
    assert parse_qs(urlsplit(address).query)["Certificate.identification_number"] == ["[E] one"]
    assert sign_in(officer).get(address).context["form"]["Certificate.scheme"].value() == "CPA"


def test_a_certificate_that_ended_leads_to_its_candidates(brought: ListImport, officer: User) -> None:
    row = cover(make_entry(brought), "one", ends=DAY - A_DAY)
    page = sign_in(officer).get(change(row.certificate)).content.decode()
    assert reverse("admin:cpl_candidate_changelist") + "?q=one" in page


def test_the_page_shows_a_past_day(brought: ListImport, officer: User) -> None:
    row = cover(make_entry(brought), "one", ends=DAY + 40 * A_DAY)
    happened(row.certificate, "cancelled", DAY)
    client = sign_in(officer)
    assert ">Cancelled<" in client.get(change(row.certificate)).content.decode()
    page = client.get(change(row.certificate), {"on": "2026-11-19"}).content.decode()
    assert ">In force<" in page
    assert "It was withdrawn" not in page
    assert "still to come" in client.get(change(row.certificate), {"on": "2026-11-21"}).content.decode()
    assert "is not a day" in client.get(change(row.certificate), {"on": "<b>"}).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"within": "6"}, {"in five months"}),
        ({"within": "12"}, {"in five months", "in a year"}),
        ({"within": "18"}, {"in five months", "in a year"}),
        ({"within": "x"}, {"in five months", "in a year", "past", "withdrawn", "undated"}),
        ({"state": "in_force"}, {"in five months", "in a year", "undated"}),
        ({"state": "past"}, {"past"}),
        ({"state": "withdrawn"}, {"withdrawn"}),
        ({"state": "cancelled"}, set()),
        ({"state": "replaced"}, {"past"}),
        ({"date_kind": "none"}, {"undated"}),
        ({"q": "five"}, {"in five months"}),
    ],
)
def test_the_list_is_filtered(
    brought: ListImport, officer: User, query: dict[str, str], found: set[str]
) -> None:
    soon = certificate(brought, "in five months", DAY - A_DAY)
    happened(soon, "dated", DAY, date=dt.date(2027, 4, 20))
    year = certificate(brought, "in a year", dt.date(2027, 11, 20))
    happened(certificate(brought, "past", DAY - A_DAY), "replaced", DAY, successor=year)
    happened(certificate(brought, "withdrawn", dt.date(2027, 2, 1)), "withdrawn", DAY)
    certificate(brought, "undated")
    response = sign_in(officer).get(reverse(LIST), query)
    assert response.status_code == 200
    assert {row.identifier for row in response.context["cl"].result_list} == found


def test_the_list_is_taken_as_a_table(brought: ListImport, officer: User) -> None:
    cover(make_entry(brought), "one")
    [row] = rows(taken(officer, "certificate"))
    assert (row["identifier"], row["entries"], row["date"]) == ("one", "1", "2026-10-31")


def test_more_certificates_and_entries_cost_no_more_queries(brought: ListImport, officer: User) -> None:
    row = cover(make_entry(brought), "0")
    client = sign_in(officer)

    def ask(place: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(place)
        return len(asked)

    [ask(place) for place in (reverse(LIST), change(row.certificate))]
    few = [ask(place) for place in (reverse(LIST), change(row.certificate))]
    for number in range(1, 9):
        cover(make_entry(brought), str(number))
        cover(make_entry(brought), "0", certificate=row.certificate)
    assert [ask(reverse(LIST)), ask(change(row.certificate))] == few
    assert max(few) <= 25


def test_auditors_read_and_do_nothing(brought: ListImport, supplier: User) -> None:
    row = cover(make_entry(brought), "one")
    auditor = make_user("auditor@panel.example", "Auditor")
    page = sign_in(auditor).get(change(row.certificate)).content.decode()
    assert "Record a renewed" not in page
    place = reverse("admin:cpl_certificate_renew", args=[row.certificate_id])
    assert sign_in(auditor).post(place, {"all": "1"}).status_code == 403
    assert sign_in(supplier).post(place, {"all": "1"}).status_code == 302
