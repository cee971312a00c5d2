"""Officers prepare the next edition row by row, and a second one designates it."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from applicability.drafting import copy_edition
from applicability.models import Edition, SpecificationVersion, Validity
from ledger.verify import differences as faults
from tests.cast import make_user, sign_in

pytestmark = pytest.mark.django_db
DAY = dt.date(2030, 1, 1)


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.STAFF_MFA = False


@pytest.fixture
def first(tables: None) -> Edition:
    return Edition.objects.get(series="statutory", number=1)


@pytest.fixture
def draft(first: Edition, officer: User) -> Edition:
    return make_draft(first, officer)


def make_draft(first: Edition, by: User) -> Edition:
    return copy_edition(
        first, title="Second", effective_from=DAY, source_kind="direction",
        source_reference="Direction of 1 May 2029", by=by.pk,
    )  # fmt: skip


def address(name: str, *args: object) -> str:
    return reverse(f"admin:applicability_{name}", args=args)


def page(client: Client, name: str, *args: object) -> str:
    response = client.get(address(name, *args))
    assert response.status_code == 200
    return response.content.decode()


def row_of(edition: Edition, device_type: str = "Communications Hub", ts: str = "CHTS V1.5") -> Validity:
    return Validity.objects.get(edition=edition, device_type__name=device_type, ts__label=ts)


def saved(row: Validity, **changes: str) -> dict[str, str]:
    days = {name: str(getattr(row, name)) for name in ("ivp_from", "ivp_to", "mvp_from", "mvp_to")}
    keys = {"edition": row.edition_id, "device_type": row.device_type_id, "ts": row.ts_id}
    return {**{name: str(key) for name, key in keys.items()}, **days, **changes}


def look_and_designate(client: Client, edition: Edition, **answers: str) -> str:
    form = client.get(address("edition_designate", edition.pk)).context["form"]
    data = {"seen": form.initial["seen"], "compared": "on", **answers}
    return client.post(address("edition_designate", edition.pk), data, follow=True).content.decode()


def test_an_officer_copies_the_edition_in_force(first: Edition, officer: User) -> None:
    client = sign_in(officer)
    assert "Prepare the next edition from edition 1" in page(client, "edition_changelist")
    data = {"title": "Second", "effective_from": "2030-01-01", "source_kind": "direction", "source": "D 7"}
    shown = client.post(address("edition_copy", first.pk), data, follow=True).content.decode()
    assert "Edition 2 is a draft, copied from edition 1." in shown
    copy = Edition.objects.get(series="statutory", number=2)
    assert (copy.source, copy.prepared_by) == ("D 7", officer)
    assert copy.validities.count() == first.validities.count()
    again = client.post(address("edition_copy", first.pk), data).content.decode()
    assert "Edition 2 is still a draft" in again


def test_a_copy_wants_a_source_reference_and_no_founding_load(first: Edition, officer: User) -> None:
    data = {"title": "Second", "effective_from": "2030-01-01", "source_kind": "founding load", "source": ""}
    form = sign_in(officer).post(address("edition_copy", first.pk), data).context["form"]
    assert set(form.errors) == {"source_kind", "source"}


def test_a_row_is_changed_on_its_own_page_and_names_who_did_it(draft: Edition, second_officer: User) -> None:
    row = row_of(draft)
    client = sign_in(second_officer)
    response = client.post(address("validity_change", row.pk), saved(row, mvp_to="2031-12-31"))
    assert response["Location"] == address("edition_change", draft.pk)
    row.refresh_from_db()
    draft.refresh_from_db()
    assert (str(row.mvp_to), draft.prepared_by) == ("2031-12-31", second_officer)


def test_a_reversed_period_is_refused_at_its_row(draft: Edition, officer: User) -> None:
    row = row_of(draft)
    data = saved(row, ivp_from="2030-01-02", ivp_to="2030-01-01")
    shown = sign_in(officer).post(address("validity_change", row.pk), data).content.decode()
    assert "ivp_to is before ivp_from." in shown
    assert "Communications Hub, CHTS V1.5" in shown


def test_two_rows_for_one_thing_are_refused(draft: Edition, officer: User) -> None:
    row, other = row_of(draft), row_of(draft, ts="CHTS V1.4")
    client = sign_in(officer)
    for data, place in (
        (saved(row), address("validity_add")),
        (saved(row, ts=str(other.ts_id)), address("validity_change", row.pk)),
    ):
        shown = client.post(place, data).content.decode()
        assert "already exists" in shown


def test_a_version_of_the_worked_example_is_refused_in_the_laws_tables(draft: Edition, officer: User) -> None:
    row, invented = row_of(draft), SpecificationVersion.objects.filter(series="example", document="CHTS")
    data = saved(row, ts=str(invented[0].pk))
    shown = sign_in(officer).post(address("validity_change", row.pk), data).content.decode()
    assert "is a version of the Worked example series" in shown


def test_a_row_that_no_longer_holds_is_taken_out(draft: Edition, officer: User) -> None:
    row = row_of(draft)
    response = sign_in(officer).post(address("validity_delete", row.pk), {"post": "yes"})
    assert response["Location"] == address("edition_change", draft.pk)
    assert not Validity.objects.filter(pk=row.pk).exists()
    assert "CHTS V1.5 has no Validity Periods for Communications Hub" in page(
        sign_in(officer), "edition_change", draft.pk
    )


def test_nothing_is_changed_added_or_taken_out_once_it_is_designated(first: Edition, officer: User) -> None:
    client, row = sign_in(officer), row_of(first)
    before = str(row.mvp_to)
    client.post(address("validity_change", row.pk), saved(row, mvp_to="2031-12-31"))
    client.post(address("validity_delete", row.pk), {"post": "yes"})
    client.post(address("validity_add"), saved(row, edition=str(first.pk)))
    client.post(address("edition_change", first.pk), {"title": "Other"})
    assert str(row_of(first).mvp_to) == before
    assert client.get(address("edition_designate", first.pk)).status_code == 403
    assert faults_found() == []


def test_a_second_officer_sees_what_changes_and_designates(
    draft: Edition, officer: User, second_officer: User
) -> None:
    Validity.objects.filter(pk=row_of(draft).pk).update(mvp_to="2031-12-31")
    assert "A second officer must designate it" in page(sign_in(officer), "edition_designate", draft.pk)
    client = sign_in(second_officer)
    shown = page(client, "edition_designate", draft.pk)
    assert "31 December 2031" in shown
    assert "Direction of 1 May 2029" in shown
    assert "is designated. It never changes again." in look_and_designate(client, draft)
    draft.refresh_from_db()
    assert (draft.status, draft.designated_by) == ("designated", second_officer)
    assert faults_found() == []


def test_who_prepared_it_cannot_designate_it_by_posting(draft: Edition, officer: User) -> None:
    assert "a second person must" in look_and_designate(sign_in(officer), draft)
    assert Edition.objects.get(pk=draft.pk).status == "draft"


def test_what_changed_while_somebody_looked_is_not_designated(draft: Edition, second_officer: User) -> None:
    client = sign_in(second_officer)
    seen = client.get(address("edition_designate", draft.pk)).context["form"].initial["seen"]
    Validity.objects.filter(pk=row_of(draft).pk).update(mvp_to="2031-12-31")
    assert "has changed since you looked" in look_and_designate(client, draft, seen=seen)
    assert "This field is required" in look_and_designate(client, draft, compared="")
    assert Edition.objects.get(pk=draft.pk).status == "draft"


def test_officers_prepare_auditors_read_and_nobody_else_comes_in(
    draft: Edition, officer: User, maker: User
) -> None:
    auditor, row = make_user("auditor@panel.example", "Auditor"), row_of(draft)
    read = [
        address("edition_changelist"),
        address("edition_change", draft.pk),
        address("edition_differences", draft.pk),
    ]
    work = [
        address("edition_copy", draft.pk),
        address("edition_designate", draft.pk),
        address("validity_add"),
    ]
    for place in [*read, *work]:
        assert sign_in(officer).get(place).status_code == 200
        assert sign_in(auditor).get(place).status_code == (200 if place in read else 403)
        for nobody in (None, maker):
            assert sign_in(nobody).get(place).status_code == 302
    response = sign_in(auditor).post(address("validity_change", row.pk), saved(row, mvp_to="2031-12-31"))
    assert response.status_code == 403


def test_the_page_of_an_edition_costs_the_same_however_many_rows(
    draft: Edition, officer: User, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(officer)
    with django_assert_max_num_queries(45):
        client.get(address("edition_change", draft.pk))


def faults_found() -> list[str]:
    return [str(fault) for fault in faults()]
