"""Every address and every action of the admin, by every role and method, against one table.

The addresses are those of the URL configuration: one that the table does not know fails here. What counts is
whether somebody gets in, not what the page then says: pages are not rendered.
"""

import functools
import os
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, Group, User
from django.db import transaction
from django.http import HttpResponse
from django.template.backends.django import Template
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from ledger.constraints import AppendOnly
from tests.access import page
from tests.access.sample import SENT, Sample, make_people
from tests.access.table import (
    ACTIONS,
    CALLS,
    FORBIDDEN,
    MAY,
    MODELS,
    NOT_FOUND,
    REFUSED,
    ROLES,
    SIGN_IN,
    all_lines,
    named,
)
from tests.public.making import AT

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db, pytest.mark.usefixtures("tables")]
API = "api/v1/"
SIGN_IN_PAGES = ("/account/login/", "/admin/login/")
CODES = {401: SIGN_IN, 403: FORBIDDEN, 404: NOT_FOUND, 405: REFUSED}
LETTERS = "notifications.letterwords"
OTHERS = ("put", "patch", "delete")


class As:
    """Somebody's browser; each request is undone, and finds the browser as the first did."""

    def __init__(self, user: User | None) -> None:
        self.client = Client(raise_request_exception=True)
        if user:
            self.client.force_login(user)
        self.cookies = self.client.cookies.output(header="", sep=";")

    def ask(self, method: str, address: str, **sent: Any) -> HttpResponse:
        self.client.cookies = SimpleCookie(self.cookies)
        with transaction.atomic():
            answer = getattr(self.client, method.lower())(address, **sent)
            transaction.set_rollback(True)
        return answer


@pytest.fixture
def people(maker: User, rival: User, supplier: User, dcc: User) -> dict[str, User | None]:
    return make_people(maker, rival, supplier, dcc)


@pytest.fixture
def sample(people: dict[str, User | None], time_machine: Any, settings: Any) -> Sample:
    time_machine.move_to(AT, tick=False)
    settings.STAFF_MFA = False
    settings.API_CALLS_A_MINUTE = settings.CHECKS_AN_HOUR = 10**6
    settings.ACCOUNT_RATE_LIMITS = {}
    return Sample(people)


@pytest.fixture
def unrendered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Template, "render", lambda *_, **__: "")


def routes(found: URLResolver | URLPattern | None = None, before: str = "") -> Iterator[str]:
    for one in (found or get_resolver()).url_patterns:  # type: ignore[union-attr]
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            # The admin writes the names of the rooms in any order.
            yield "admin/<app_label>/" if route.startswith("admin/^(?P<app_label>") else route
        else:
            yield from routes(one, route)


def outcome(answer: HttpResponse) -> str:
    """Whether somebody got in: what was made of the request then is another matter."""
    if answer.status_code in (301, 302) and answer["Location"].startswith(SIGN_IN_PAGES):
        return SIGN_IN
    return CODES.get(answer.status_code, MAY)


def test_the_table_knows_every_address_and_no_other() -> None:
    there = set(routes())
    known = {*all_lines(), *(API + route for route in CALLS)}
    assert sorted(there - known) == [], "add them to tests/access/table.py, with who may use them"
    # Of a model without history the admin has no page of old versions.
    assert sorted(route for route in known - there if not route.endswith("/history/([^/]+)/$")) == []


def test_the_table_knows_every_model_and_action_of_the_admin(people: dict[str, User | None]) -> None:
    assert {model._meta.label_lower for model in admin.site._registry} == set(MODELS)
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_active=True)
    offered = {
        f"{model._meta.label_lower} {name}"
        for model, one in admin.site._registry.items()
        for name in one.get_actions(request)
    }
    # Django's own, for who may delete such rows one by one.
    deleting = {f"{label} delete_selected" for label in ("mfa.authenticator", LETTERS)}
    assert offered == set(ACTIONS) | deleting


@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize("role", ROLES)
def test_everybody_gets_in_where_the_table_says_and_nowhere_else(role: str, sample: Sample) -> None:
    browser, wrong = As(sample.people[role]), []
    lines = all_lines()
    for route in dict.fromkeys(routes()):
        # What the table does not know fails a test of its own.
        if route.startswith(API) or route not in lines:
            continue
        line, address = lines[route], sample.filled(route)
        for method in ("GET", "POST"):
            sent = SENT[route](sample.people[role]) if method == "POST" and route in SENT else {}
            found = outcome(browser.ask(method, address, **({"data": sent} if sent else {})))
            if found != line.expected(role, method):
                wrong.append(f"{method} {route} ({address}): {found}, not {line.expected(role, method)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize("role", ["visitor", "maker", "officer"])
def test_no_page_takes_another_method(role: str, sample: Sample) -> None:
    browser = As(sample.people[role])
    wrong = [
        f"{method} {route}"
        for route in dict.fromkeys(routes())
        if not route.startswith(API) and route in all_lines()
        for method in OTHERS
        if browser.ask(method, sample.filled(route)).status_code != 405
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize("role", ROLES)
def test_an_action_is_done_for_those_of_the_table_alone(
    role: str, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is posted: that it is not offered is no protection."""
    browser, done = As(sample.people[role]), []
    for action in ACTIONS:
        label, name = action.split()
        model = next(one for one in admin.site._registry if one._meta.label_lower == label)
        kind = type(admin.site._registry[model])
        monkeypatch.setattr(kind, name, noted(getattr(kind, name), action, done))
        row = sample.row(model)
        assert row, f"the sample has no {label}"
        place = f"/admin/{label.replace('.', '/')}/"
        browser.ask("POST", place, data={"action": name, "_selected_action": [row.pk]})
    assert done == [action for action, who in ACTIONS.items() if role in named(who)]


def noted(done: Callable[..., Any], action: str, by: list[str]) -> Callable[..., Any]:
    """The action as it is offered, and in its place a note that it was begun."""

    @functools.wraps(done)
    def note(*_: Any) -> None:
        by.append(action)

    return note


@pytest.mark.parametrize("caller", [*ROLES, "program", "rival's program", "a false token"])
def test_programs_get_in_with_a_token_alone(caller: str, sample: Sample) -> None:
    browser, wrong = As(sample.people.get(caller)), []
    secrets = {"program": sample.secret, "rival's program": sample.rivals_secret, "a false token": "cpl_x"}
    headers = {"Authorization": f"Bearer {secrets[caller]}"} if caller in secrets else {}
    for route, calls in CALLS.items():
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            sent: dict[str, Any] = {"headers": {**headers, "Idempotency-Key": f"{method} {route}"}}
            if method != "GET":
                sent |= {"data": b"{}", "content_type": "application/json"}
            found = outcome(browser.ask(method, sample.filled(API + route), **sent))
            expected = expected_of(calls.get(method), caller)
            if found != expected:
                wrong.append(f"{method} {route}: {found}, not {expected}")
    assert not wrong, "\n".join(wrong)


def expected_of(who: str | None, caller: str) -> str:
    if who is None:
        return REFUSED
    if who in ("anybody", "nobody"):
        return MAY if who == "anybody" else NOT_FOUND
    if "program" not in caller:
        return SIGN_IN
    return NOT_FOUND if who == "own" and caller != "program" else MAY


def test_rows_that_cannot_change_are_changed_by_nobody_in_the_admin() -> None:
    """Not by a superuser either; nor on the page of another row."""
    request = RequestFactory().get("/admin/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    open_ones, seen = [], set()
    for one in admin.site._registry.values():
        for place in (one, *(inline(one.model, admin.site) for inline in one.inlines)):
            if not any(isinstance(rule, AppendOnly) for rule in place.model._meta.constraints):
                continue
            seen.add(place.model._meta.label)
            # An inline is also told of which row.
            adds = (request,) if place is one else (request, None)
            may = (
                place.has_add_permission(*adds),
                place.has_change_permission(request),
                place.has_delete_permission(request),
            )
            open_ones += [place.model._meta.label] if any(may) else []
    assert open_ones == []
    assert {"cpl.Entry", "cpl.Certificate", "cpl.Coverage", "cpl.Removal", "cpl.Release"} <= seen


def test_nobody_has_a_permission_to_change_rows_that_cannot_change() -> None:
    kept = {
        model._meta.label_lower
        for model in page.all_models()
        if any(isinstance(rule, AppendOnly) for rule in model._meta.constraints)
    }
    given = {
        f"{group.name}: {one.codename}"
        for group in Group.objects.all()
        for one in group.permissions.select_related("content_type")
        if f"{one.content_type.app_label}.{one.content_type.model}" in kept
        and one.codename.startswith(("add_", "change_", "delete_"))
    }
    assert len(kept) > 20
    assert given == set()
    assert not AnonymousUser().get_all_permissions()


def test_the_page_of_roles_is_up_to_date() -> None:
    if os.environ.get("WRITE"):
        page.PAGE.write_text(page.written())
    there = page.PAGE.read_text() if page.PAGE.exists() else ""
    assert there == page.written(), "the head of the page says how it is written anew"
