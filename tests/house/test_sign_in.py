"""Sign-in by e-mail address: no sign-up, a lock-out, a second factor that staff cannot walk past."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.models import Group, Permission, User
from django.core import mail
from django.core.cache import cache
from django.test import Client

PASSWORD = "correct horse battery"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_has_tried_yet() -> None:
    cache.clear()


@pytest.fixture
def officer() -> User:
    return User.objects.create_user(
        "o@panel.example", "o@panel.example", PASSWORD, is_staff=True, is_superuser=True
    )


@pytest.fixture
def maker() -> User:
    return User.objects.create_user("m@maker.example", "m@maker.example", PASSWORD)


def sign_in(client: Client, user: User, password: str = PASSWORD):
    return client.post("/account/login/", {"login": user.email, "password": password})


def test_a_maker_signs_in_with_address_and_password_and_arrives_at_the_portal(client, maker):
    assert sign_in(client, maker).headers["Location"] == "/portal/"


def test_the_address_may_be_written_in_capitals(client, maker):
    answer = client.post("/account/login/", {"login": "M@Maker.Example", "password": PASSWORD})
    assert answer.status_code == 302


def test_a_deactivated_account_does_not_sign_in(client, maker):
    User.objects.update(is_active=False)
    sign_in(client, maker)
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(client):
    client.post("/account/signup/", {"email": "x@x.example", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.exists()
    assert b"made by the Panel" in client.get("/account/signup/").content


def test_after_five_wrong_passwords_the_right_one_is_refused_too(client, maker):
    for _ in range(5):
        sign_in(client, maker, "wrong")
    sign_in(client, maker)
    assert "_auth_user_id" not in client.session


def test_the_lock_out_counts_per_account(client, maker, officer):
    for _ in range(5):
        sign_in(client, maker, "wrong")
    sign_in(client, officer)
    assert "_auth_user_id" in client.session


def test_the_admin_has_no_sign_in_of_its_own(client, officer):
    page = client.get("/admin/login/", follow=True)
    assert page.redirect_chain[-1][0].startswith("/account/login/")
    client.post("/admin/login/", {"username": officer.username, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_staff_without_a_second_factor_get_nowhere_but_to_set_it_up(client, officer, settings):
    settings.STAFF_MFA = True
    sign_in(client, officer)
    assert client.get("/admin/").headers["Location"] == "/account/mfa/totp/activate/"
    assert client.get("/admin/", follow=True).status_code == 200


def test_staff_with_a_second_factor_are_asked_for_it_and_go_on(client, officer, settings):
    settings.STAFF_MFA = True
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(officer, secret)
    assert sign_in(client, officer).headers["Location"] == "/account/mfa/authenticate/"
    assert "_auth_user_id" not in client.session
    code = format_hotp_value(hotp_value(secret, int(datetime.now(UTC).timestamp()) // 30))
    assert client.post("/account/mfa/authenticate/", {"code": code}).headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


# allauth tells that it was set up when that is committed.
@pytest.mark.django_db(transaction=True)
def test_staff_set_up_their_second_factor_through_the_pages(client, officer, settings):
    settings.STAFF_MFA = True
    sign_in(client, officer)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/mfa/totp/activate/")
    secret = page.context["form"].secret
    with time_machine.travel(datetime.now(UTC), tick=False):
        code = format_hotp_value(hotp_value(secret, int(datetime.now(UTC).timestamp()) // 30))
        client.post("/account/mfa/totp/activate/", {"code": code})
    kinds = set(Authenticator.objects.filter(user=officer).values_list("type", flat=True))
    assert kinds == {"totp", "recovery_codes"}
    assert client.get("/admin/").status_code == 200


def test_others_need_no_second_factor(client, maker, settings):
    settings.STAFF_MFA = True
    sign_in(client, maker)
    assert client.get("/account/password/change/").status_code == 200


def test_a_trial_can_do_without_the_second_factor(client, officer, settings):
    settings.STAFF_MFA = False
    sign_in(client, officer)
    assert client.get("/admin/").status_code == 200


def test_in_test_mode_a_reset_goes_to_the_one_address_too(client, maker, settings):
    settings.NOTICE_DIVERT_TO = "rehearsal@panel.example"
    client.post("/account/password/reset/", {"email": maker.email})
    (message,) = mail.outbox
    assert message.recipients() == ["rehearsal@panel.example"]
    assert f"This was meant for {maker.email}" in " ".join(message.body.split())


def test_a_forgotten_password_is_reset_by_a_link_in_an_email(client, maker):
    client.post("/account/password/reset/", {"email": maker.email})
    (message,) = mail.outbox
    link = re.search(r"http://testserver(/account/password/reset/key/\S+)", message.body).group(1)
    form = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "another horse battery", "password2": "another horse battery"})
    sign_in(client, maker, "another horse battery")
    assert "_auth_user_id" in client.session


def test_an_unknown_address_is_told_nothing_and_sent_nothing(client):
    answer = client.post("/account/password/reset/", {"email": "who@nowhere.example"})
    assert answer.headers["Location"] == "/account/password/reset/done/"
    assert mail.outbox == []


def test_an_account_is_made_by_its_address_alone_and_once(admin_client, settings):
    settings.STAFF_MFA = False
    form = {
        "email": "New@Maker.example",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    assert admin_client.post("/admin/auth/user/add/", form).status_code == 302
    assert User.objects.get(email="new@maker.example").username == "new@maker.example"
    again = admin_client.post("/admin/auth/user/add/", {**form, "email": "NEW@maker.example"})
    assert b"Another account has this address" in again.content


def test_an_account_is_never_deleted(admin_client, maker, settings):
    settings.STAFF_MFA = False
    assert admin_client.post(f"/admin/auth/user/{maker.pk}/delete/").status_code == 403


@pytest.fixture
def clerk(client, settings) -> Client:
    """Somebody who may look after accounts, and nothing else."""
    settings.STAFF_MFA = False
    user = User.objects.create_user("c@panel.example", "c@panel.example", PASSWORD, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__model="user"))
    client.force_login(user)
    return client


def test_who_looks_after_accounts_cannot_make_somebody_a_superuser(clerk, maker):
    form = {"email": maker.email, "is_active": "on", "is_superuser": "on", "change_reason": "Asked to"}
    assert clerk.post(f"/admin/auth/user/{maker.pk}/change/", form).status_code == 302
    maker.refresh_from_db()
    assert not maker.is_superuser


def test_who_looks_after_accounts_cannot_take_over_a_superuser(clerk, officer):
    form = {
        "usable_password": "true",
        "password1": "another horse battery",
        "password2": "another horse battery",
    }
    assert clerk.post(f"/admin/auth/user/{officer.pk}/password/", form).status_code == 403
    assert clerk.post(f"/admin/auth/user/{officer.pk}/change/", {"email": "x@x.example"}).status_code == 403


@pytest.mark.parametrize("role", ["Panel officer", "Administrator"])
def test_who_looks_after_accounts_gives_nobody_a_role(clerk, maker, role):
    group = Group.objects.get(name=role)
    form = {"email": maker.email, "is_active": "on", "is_staff": "on", "groups": [group.pk]}
    form["change_reason"] = "Asked to"
    assert clerk.post(f"/admin/auth/user/{maker.pk}/change/", form).status_code == 302
    maker.refresh_from_db()
    assert (maker.is_staff, maker.groups.count()) == (False, 0)


def test_who_looks_after_accounts_cannot_change_their_own_role(clerk):
    clerk_account = User.objects.get(email="c@panel.example")
    form = {"email": clerk_account.email, "is_active": "on", "is_staff": "on", "groups": []}
    assert clerk.post(f"/admin/auth/user/{clerk_account.pk}/change/", form).status_code == 403


@pytest.mark.parametrize("path", ["change", "password"])
def test_who_looks_after_accounts_cannot_take_over_an_officer(clerk, maker, path):
    maker.groups.add(Group.objects.get(name="Panel officer"))
    assert clerk.post(f"/admin/auth/user/{maker.pk}/{path}/", {"email": "x@x.example"}).status_code == 403


def test_who_may_do_everything_gives_roles(admin_client, maker, settings):
    settings.STAFF_MFA = False
    group = Group.objects.get(name="Panel officer")
    form = {"email": maker.email, "is_active": "on", "is_staff": "on", "groups": [group.pk]}
    form["change_reason"] = "Asked to"
    assert admin_client.post(f"/admin/auth/user/{maker.pk}/change/", form).status_code == 302
    maker.refresh_from_db()
    assert (maker.is_staff, maker.groups.get()) == (True, group)


def test_a_session_from_before_the_second_factor_has_to_give_it(client, officer, settings):
    """Otherwise whoever stole a password early would go on without, once the owner has set one up."""
    settings.STAFF_MFA = True
    sign_in(client, officer)
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(officer, secret)
    asked = "/account/mfa/reauthenticate/"
    for path in (
        "/admin/",
        "/portal/",
        "/account/mfa/",
        "/account/mfa/totp/deactivate/",
        "/account/reauthenticate/",
    ):
        assert client.get(path).headers["Location"] == asked
    code = format_hotp_value(hotp_value(secret, int(datetime.now(UTC).timestamp()) // 30))
    client.post(asked, {"code": code})
    assert client.get("/admin/").status_code == 200
