"""No page of the admin comes without being looked at in a browser, or a reason why not."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import RequestFactory
from django.urls import resolve

from tests.access.table import ACTIONS
from tests.browser.admin_pages import ACTS, LOOKED_AT, MODELS, NO_PAGE
from tests.house.test_who_may_what import routes

pytestmark = pytest.mark.django_db


def looked_at() -> set[str]:
    addresses = [*LOOKED_AT, *(place for place, _ in ACTS)]
    return {resolve(re.sub(r"{\w+}", "1", one).split("?")[0]).route for one in addresses}


def test_every_address_of_the_admin_is_looked_at_or_says_why_not() -> None:
    ours = {route for route in routes() if route.startswith("admin/")} - {"admin/<app_label>/"}
    left = ours - looked_at()
    unknown = [route for route in left if not any(re.fullmatch(one, route) for one in NO_PAGE)]
    assert sorted(unknown) == [], "add them to tests/browser/admin_pages.py"


def test_no_reason_is_given_for_what_is_not_there() -> None:
    there = set(routes())
    assert [one for one in NO_PAGE if not any(re.fullmatch(one, route) for route in there)] == []


def ours() -> dict[str, admin.ModelAdmin]:
    return {
        model._meta.label_lower.replace(".", "/"): one
        for model, one in admin.site._registry.items()
        if model._meta.app_label != "mfa"
    }


def test_every_list_is_looked_at_and_each_row_that_has_a_page_of_ours() -> None:
    assert set(MODELS) == set(ours())
    own = {place for place, one in ours().items() if one.change_form_template}
    assert {place for place in own if not MODELS[place]} == set()


def test_whoever_may_add_a_row_has_a_form_that_is_looked_at(rf: RequestFactory, admin_user: User) -> None:
    request = rf.get("/admin/")
    request.user = admin_user
    adding = {f"admin/{place}/add/" for place, one in ours().items() if one.has_add_permission(request)}
    assert adding - looked_at() == set()


def test_every_action_that_shows_a_page_is_looked_at() -> None:
    elsewhere = {
        "cpl.submission assign", "cpl.submission approve_family",  # lead on to addresses of their own
        "cpl.submission assign_to_me", "notifications.message send_again",  # back to the list
    }  # fmt: skip
    shown = {f"{place.split('/')[2]}.{place.split('/')[3]} {name}" for place, name in ACTS}
    assert set(ACTIONS) - elsewhere == shown
