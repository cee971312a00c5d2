"""The tables in the admin: lists edited with a history, designated editions to read, nothing to delete."""

import datetime as dt
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import RequestFactory

from applicability.models import CertificateRequirement, DeviceType, Edition, SpecificationVersion, Validity

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_of_staff() -> Any:
    user = get_user_model().objects.create_user("tables@panel.example", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="applicability"))
    request = RequestFactory().get("/")
    request.user = get_user_model().objects.get(pk=user.pk)
    return request


def admin_of(model: Any) -> Any:
    return admin.site.get_model_admin(model)


@pytest.mark.parametrize("model", [DeviceType, SpecificationVersion, CertificateRequirement, Edition])
def test_nothing_is_deleted_in_the_admin(model: Any, request_of_staff: Any) -> None:
    assert not admin_of(model).has_delete_permission(request_of_staff)
    assert "delete_selected" not in admin_of(model).get_actions(request_of_staff)


def test_a_designated_edition_is_only_read_and_a_draft_is_edited(tables: None, request_of_staff: Any) -> None:
    final = Edition.objects.get(series="statutory", number=1)
    editions, rows = admin_of(Edition), admin_of(Validity)
    assert editions.has_view_permission(request_of_staff, final)
    row, drafted = final.validities.first(), Validity(edition=Edition(number=2))
    for allows, one, other in (
        (editions.has_change_permission, final, Edition(number=2)),
        (rows.has_change_permission, row, drafted),
        (rows.has_delete_permission, row, drafted),
    ):
        assert not allows(request_of_staff, one)
        assert allows(request_of_staff, other)


def test_names_that_entries_hold_as_text_are_fixed(tables: None, request_of_staff: Any) -> None:
    kind = DeviceType.objects.earliest("pk")
    assert "name" in admin_of(DeviceType).get_readonly_fields(request_of_staff, kind)
    assert "name" not in admin_of(DeviceType).get_readonly_fields(request_of_staff)
    assert "label" in admin_of(SpecificationVersion).get_readonly_fields(request_of_staff, kind)


def test_staff_cannot_make_a_founding_load(request_of_staff: Any) -> None:
    form = admin_of(Edition).get_form(request_of_staff)
    assert "founding load" not in dict(form.base_fields["source_kind"].choices)


def test_whoever_saves_a_draft_has_prepared_it(request_of_staff: Any) -> None:
    draft = Edition(
        number=2, title="Second", effective_from=dt.date(2023, 6, 1), source_kind="direction", source="It"
    )
    admin_of(Edition).save_model(request_of_staff, draft, None, False)
    assert Edition.objects.get(number=2).prepared_by == request_of_staff.user


def test_a_date_is_typed_as_a_date_or_none_or_unknown(tables: None, request_of_staff: Any) -> None:
    version = SpecificationVersion.objects.get(label="CTT 4.2")
    form_class = admin_of(SpecificationVersion).get_form(request_of_staff, version)
    data = {"kind": "unknown", "predecessor": "", "valid_from": "2022-08-01", "source": "Staff"}
    data["change_reason"] = "SEC release of 1 August"
    for text in ("2024-12-31", "none", "unknown", " none "):
        form = form_class({**data, "valid_to": text}, instance=version)
        assert form.is_valid(), form.errors
        assert str(form.save(commit=False).valid_to) == text.strip()
    wrong = form_class({**data, "valid_to": "31/12/2024"}, instance=version)
    assert "expected a date as 2018-12-05" in str(wrong.errors["valid_to"])
    reversed_ = form_class({**data, "valid_to": "2022-07-31"}, instance=version)
    assert "valid_to is before valid_from" in str(reversed_.errors)


def test_an_edit_is_kept_in_the_history(tables: None) -> None:
    version = SpecificationVersion.objects.get(label="CTT 4.2")
    version.valid_to = "2024-12-31"
    version.save()
    assert [str(old.valid_to) for old in version.history.all()] == ["2024-12-31", "none"]


@pytest.mark.parametrize("model", ["devicetype", "specificationversion", "certificaterequirement", "edition"])
def test_every_list_and_page_opens(tables: None, client: Any, model: str) -> None:
    boss = get_user_model().objects.create_superuser("boss@panel.example")
    client.force_login(boss)
    assert client.get(f"/admin/applicability/{model}/").status_code in (200, 302)
