"""Who had which role on which day: kept for ever, with who gave it and why."""

import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cpl.as_it_was import account_on
from cpl.founding import see_to
from tests.cast import make_user, sign_in

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 20)


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any, time_machine: Any) -> None:
    settings.STAFF_MFA = False
    time_machine.move_to(datetime.datetime(2026, 11, 20, 9, tzinfo=datetime.UTC), tick=False)


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@panel.example", "root@panel.example", "sample-pass-phrase")


def posted(user: User, *roles: str, **changes: str) -> dict[str, object]:
    groups = list(Group.objects.filter(name__in=roles).values_list("pk", flat=True))
    names = {"email": user.email, "first_name": "", "last_name": "", "is_active": "on", "is_staff": "on"}
    return {**names, "groups": groups, **changes}


def test_a_role_that_was_given_stands_in_the_history_with_who_and_why(root: User) -> None:
    user = make_user("officer@panel.example", "Panel officer")
    client, place = sign_in(root), reverse("admin:auth_user_change", args=[user.pk])
    assert "This field is required" in client.post(place, posted(user, "Publisher")).content.decode()
    assert list(user.groups.values_list("name", flat=True)) == ["Panel officer"]
    answer = client.post(place, posted(user, "Publisher", change_reason="Moved to another desk"))
    assert answer.status_code == 302
    last = user.history.first()
    assert (last.history_user, last.history_change_reason) == (root, "Moved to another desk")
    assert [line.group.name for line in last.groups.all()] == ["Publisher"]
    page = client.get(reverse("admin:auth_user_history", args=[user.pk])).content.decode()
    assert "Moved to another desk" in page
    assert "Panel officer" in page
    version = reverse("admin:auth_user_simple_history", args=[user.pk, last.pk])
    assert client.get(version).status_code == 200
    assert client.post(version, posted(user, "Panel officer")).status_code == 403


def test_an_auditor_reads_which_roles_an_account_had(root: User, time_machine: Any) -> None:
    user, auditor = (
        make_user("officer@panel.example", "Panel officer"),
        make_user("a@panel.example", "Auditor"),
    )
    time_machine.move_to(datetime.datetime(2026, 11, 24, 9, tzinfo=datetime.UTC), tick=False)
    user.groups.set(Group.objects.filter(name__in=["Publisher", "Approver"]))
    user.is_active = False
    user.save()
    client, place = sign_in(auditor), reverse("admin:auth_user_change", args=[user.pk])
    then = client.get(place, {"on": "2026-11-23"}).content.decode()
    assert "On 23 November 2026" in then
    assert "<dt>Roles</dt><dd>Panel officer</dd>" in then
    assert "<dt>Could sign in</dt><dd>yes</dd>" in then
    now = client.get(place, {"on": "2026-11-24"}).content.decode()
    assert "<dt>Roles</dt><dd>Approver, Publisher</dd>" in now
    assert "<dt>Could sign in</dt><dd>no</dd>" in now
    assert (
        "its history begins on 20 November 2026" in client.get(place, {"on": "2026-11-19"}).content.decode()
    )


def test_a_role_that_is_given_from_its_own_side_is_noted_of_the_account() -> None:
    user, role = make_user("officer@panel.example"), Group.objects.get(name="Auditor")
    role.user_set.add(user)
    assert account_on(user, TODAY).roles == ("Auditor",)
    role.user_set.remove(user)
    assert account_on(user, TODAY).roles == ()
    role.user_set.add(user)
    role.user_set.clear()
    assert account_on(user, TODAY).roles == ()
    assert user.history.count() == 5


def test_a_permission_besides_all_roles_is_seen() -> None:
    user = make_user("officer@panel.example")
    user.user_permissions.add(Permission.objects.get(codename="publish_release"))
    assert "release" in str(account_on(user, TODAY).permissions)


def test_signing_in_leaves_no_line_and_names_no_person(root: User) -> None:
    lines = root.history.count()
    sign_in(root)
    root.refresh_from_db()
    assert root.last_login == timezone.now()
    assert root.history.count() == lines
    kept = {field.name for field in root.history.model._meta.fields}
    assert not kept & {"username", "email", "first_name", "last_name", "password", "last_login"}


@pytest.mark.parametrize(
    "table", ["user", "user_groups", "user_user_permissions", "group", "group_permissions"]
)
def test_no_line_of_it_is_changed_or_deleted(table: str) -> None:
    user = make_user("officer@panel.example", "Auditor")
    user.user_permissions.add(Permission.objects.get(codename="publish_release"))
    name = f"cpl_historical{table}"
    for statement in (f"DELETE FROM {name}", f"UPDATE {name} SET id = 0"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_role_is_changed_for_a_reason_and_never_deleted(root: User) -> None:
    role = Group.objects.create(name="Guests")
    client, place = sign_in(root), reverse("admin:auth_group_change", args=[role.pk])
    allowed = Permission.objects.get(codename="view_entry")
    form = {"name": "Visitors", "permissions": [allowed.pk], "change_reason": "They look only"}
    assert client.post(place, form).status_code == 302
    last = role.history.first()
    assert (last.name, last.history_change_reason) == ("Visitors", "They look only")
    assert [line.permission for line in last.permissions.all()] == [allowed]
    assert client.post(reverse("admin:auth_group_delete", args=[role.pk]), {"post": "yes"}).status_code == 403


def test_what_a_version_of_the_program_gives_to_a_role_is_noted() -> None:
    role = Group.objects.get(name="Auditor")
    kept = {line.permission_id for line in role.history.first().permissions.all()}
    assert kept == set(role.permissions.values_list("pk", flat=True))
    lines = role.history.count()
    see_to()
    assert role.history.count() == lines
