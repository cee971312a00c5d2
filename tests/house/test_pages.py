"""What every page carries: headers, the frame around its content, a form that says what is wrong."""

import pytest
from django import forms
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.views.defaults import bad_request, page_not_found, permission_denied, server_error

from sec_portal.middleware import refuse_large_bodies

pytestmark = pytest.mark.django_db
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


def test_a_page_lets_the_browser_load_nothing_but_our_own(client):
    page = client.get("/account/login/")
    assert set(page.headers["Content-Security-Policy"].split("; ")) == POLICY
    assert page.headers["X-Frame-Options"] == "DENY"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in page.headers["Permissions-Policy"]


def test_a_page_has_no_style_or_script_of_its_own(client):
    page = client.get("/account/login/").content.decode()
    assert "style=" not in page
    assert "<style" not in page
    assert "<script>" not in page


def test_the_foot_says_what_prevails(client):
    assert "The Smart Energy Code and the Licences prevail" in client.get("/account/login/").content.decode()


@pytest.mark.parametrize(
    ("view", "error", "code"),
    [
        (bad_request, ValueError(), 400),
        (permission_denied, PermissionDenied(), 403),
        (page_not_found, ValueError(), 404),
    ],
)
def test_an_error_has_a_page_in_the_look(view, error, code):
    page = view(RequestFactory().get("/x/"), error)
    assert page.status_code == code
    assert b"Central Products List" in page.content


def test_a_failure_has_a_page_that_needs_nothing():
    assert b"Something failed on our side" in server_error(RequestFactory().get("/")).content


def test_a_form_that_was_open_too_long_says_so():
    page = Client(enforce_csrf_checks=True).post("/account/login/", {})
    assert page.status_code == 403
    assert b"This page was open too long" in page.content


@pytest.mark.parametrize(("length", "code"), [("100", 200), ("101", 413)])
def test_a_body_above_the_limit_is_refused_unread(settings, length, code):
    settings.UPLOAD_LIMIT = 100
    request = RequestFactory().post("/")
    request.META["CONTENT_LENGTH"] = length
    passed = refuse_large_bodies(lambda _: page_not_found(request, ValueError()))
    assert passed(request).status_code == (404 if code == 200 else 413)


class Firmware(forms.Form):
    version = forms.CharField(label="Firmware version", help_text="Eight hexadecimal digits.")
    note = forms.CharField(required=False)


def test_a_form_names_what_is_wrong_on_top_and_beside_the_field():
    page = str(Firmware({"version": ""}))
    assert '<a href="#id_version">Firmware version: This field is required.</a>' in page
    assert "autofocus" in page
    assert 'id="id_version_error"' in page
    assert 'aria-describedby="id_version_helptext id_version_error"' in page


def test_a_form_marks_what_may_be_left_out():
    page = str(Firmware())
    assert page.count("(optional)") == 1
    assert "autofocus" not in page


@pytest.mark.parametrize("address", ["/releases/%00/", "/admin/cpl/entry/?device_type=a%00b"])
def test_an_address_with_a_nul_is_refused(client, address):
    page = client.get(address)
    assert page.status_code == 400
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "address", ["/", "/portal/", "/portal/upload/", "/releases/", "/account/password/change/"]
)
def test_what_was_made_for_somebody_is_kept_by_nobody_else(client, maker, address):
    client.force_login(maker)
    assert {"private", "no-store"} <= set(client.get(address).headers["Cache-Control"].split(", "))


def test_the_page_to_sign_in_is_not_kept(client):
    assert "no-store" in client.get("/account/login/").headers["Cache-Control"]
