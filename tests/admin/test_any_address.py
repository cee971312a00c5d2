"""Lists of the admin asked for what cannot be: never a failure."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse

from ledger.admin import ListFromAnyAddress
from tests.admin.test_editions import without_second_factor
from tests.cast import sign_in
from tests.public.making import make_coverage, make_entry, make_import

pytestmark = pytest.mark.django_db
__all__ = ["without_second_factor"]

OURS = ("applicability.", "cpl.", "notifications.", "sec_portal.")
HIERARCHIES = {"cpl_certificate": "date", "notifications_notice": "due_on", "notifications_run": "on"}
NONSENSE = (
    "{0}__year=99999",
    "{0}__year=9999",
    "{0}__year=99999999999999999999",
    "{0}__year=9999&{0}__month=12&{0}__day=31",
    "{0}__year=2026&{0}__month=13",
    "{0}__year=2026&{0}__month=99999999999999999999",
    "{0}__year__gte=99999",
    "{0}__month=abc",
    "pk=99999999999999999999",
)


@pytest.mark.parametrize("name", HIERARCHIES)
@pytest.mark.parametrize("query", NONSENSE)
def test_a_date_that_cannot_be_leads_to_the_whole_list(officer: User, name: str, query: str) -> None:
    place = reverse(f"admin:{name}_changelist")
    response = sign_in(officer).get(f"{place}?{query.format(HIERARCHIES[name])}", follow=True)
    assert response.status_code == 200
    assert response.redirect_chain in ([], [(f"{place}?e=1", 302)])


@pytest.mark.parametrize("query", [*NONSENSE, "nothing=1"])
def test_an_export_of_what_cannot_be_leads_there_too(officer: User, query: str) -> None:
    place = reverse("admin:cpl_certificate_export")
    response = sign_in(officer).get(f"{place}?{query.format('date')}", follow=True)
    assert response.status_code == 200


def test_a_date_that_can_be_still_narrows_the_list(officer: User) -> None:
    make_coverage(make_entry(make_import()))
    client, place = sign_in(officer), reverse("admin:cpl_certificate_changelist")
    assert "20261101-7701" in client.get(place, {"date__year": 2031}).content.decode()
    assert "20261101-7701" not in client.get(place, {"date__year": 2030}).content.decode()


def test_a_failure_without_nonsense_stays_a_failure(officer: User, monkeypatch: Any) -> None:
    def fails(*_: object) -> None:
        raise ValueError("Not the reader's doing.")

    monkeypatch.setattr("cpl.admin.certificates.CertificateAdmin.get_queryset", fails)
    with pytest.raises(ValueError, match="Not the reader's doing"):
        sign_in(officer).get(reverse("admin:cpl_certificate_changelist"))


@pytest.mark.parametrize("model", admin.site._registry, ids=str)
def test_every_list_of_ours_takes_any_address(model: type) -> None:
    found = admin.site._registry[model]  # type: ignore[index]
    if type(found).__module__.startswith(OURS):
        assert isinstance(found, ListFromAnyAddress)
