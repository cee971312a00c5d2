"""What every installation has from its first day."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command

from cpl.founding import GROUNDS, ROLES, see_to
from cpl.models import RemovalGround

pytestmark = pytest.mark.django_db


def codenames(group: str) -> set[str]:
    return set(Permission.objects.filter(group__name=group).values_list("codename", flat=True))


def test_every_ground_of_removal_stands_after_migrate():
    rows = {ground.code: ground for ground in RemovalGround.objects.all()}
    assert list(rows) == [ground.code for ground in GROUNDS]
    assert {code for code, row in rows.items() if row.names_other_entry} == {"replaced", "duplicate"}
    assert {code for code, row in rows.items() if not row.may_be_chosen} == {"not_stated"}
    assert rows["cpa_expired"].dcc_status == "Expired"
    assert all(row.fits in RemovalGround.Fits.values for row in rows.values())
    assert all(row.dcc_status in RemovalGround.DccWord.values for row in rows.values())


def test_a_ground_that_staff_edited_stays_as_they_left_it():
    RemovalGround.objects.filter(code="defect").update(words="A defect of ours", dcc_status="Cancelled")
    see_to()
    assert RemovalGround.objects.get(code="defect").words == "A defect of ours"


def test_an_officer_may_decide_and_see_everything_but_not_publish():
    may = codenames("Panel officer")
    assert {"decide_submission", "raise_submission", "view_entry", "view_record", "view_edition"} <= may
    writes = {name for name in may if name.startswith(("add_", "change_", "delete_", "publish_"))}
    # Drafts of the tables, which a second officer designates; the words around a notice, and whom it goes to.
    drafts = [
        "edition",
        "specificationversion",
        "validity",
        "period",
        "combination",
        "securitytie",
        "companion",
        "letterwords",
        "audience",
    ]
    assert {name.partition("_")[2] for name in writes} == set(drafts)


def test_a_publisher_may_publish_and_see_releases_alone():
    assert codenames("Publisher") == {"publish_release", "view_release", "view_releasefile"}


def test_an_auditor_may_look_and_nothing_else():
    assert all(name.startswith("view_") for name in codenames("Auditor"))
    assert {"view_submission", "view_evidence", "view_removal", "view_devicetype"} <= codenames("Auditor")


def test_an_administrator_keeps_people_and_tables_of_words_and_decides_nothing():
    may = codenames("Administrator")
    assert {"change_party", "add_manufactureridentifier", "change_removalground", "add_user"} <= may
    assert not may & {"delete_user", "delete_party", "decide_submission", "publish_release", "change_entry"}


def test_a_role_gets_back_exactly_its_own_permissions():
    Group.objects.get(name="Auditor").permissions.set(Permission.objects.filter(codename="delete_user"))
    see_to()
    assert "delete_user" not in codenames("Auditor")
    assert "view_entry" in codenames("Auditor")


def test_a_member_of_a_role_has_its_permissions():
    user = User.objects.create_user("publisher")
    user.groups.add(Group.objects.get(name="Publisher"))
    assert user.has_perm("cpl.publish_release")
    assert not user.has_perm("cpl.decide_submission")


@pytest.mark.django_db(transaction=True)
def test_grounds_and_roles_come_back_after_the_database_was_emptied():
    call_command("flush", interactive=False, verbosity=0)
    assert RemovalGround.objects.count() == len(GROUNDS)
    assert set(ROLES) <= set(Group.objects.values_list("name", flat=True))
    assert "publish_release" in codenames("Publisher")
