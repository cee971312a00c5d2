"""What every installation has from its first day: the grounds of removal and the roles of Panel staff.

It is seen to after each `migrate`, not by a data migration: only then do all permissions exist, and the rows
come back after a database was emptied.
"""

from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.apps import apps as real_apps
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q

# By label, so that no room above is imported; those that do not exist are passed over.
ROOMS = ("ledger", "applicability", "cpl", "notifications")


@dataclass(frozen=True)
class Ground:
    """A ground of removal as it is first laid down; staff may edit its row afterwards."""

    code: str
    words: str
    fits: str
    dcc_status: str
    names_other_entry: bool = False
    may_be_chosen: bool = True


# The guidance, section 4.4, and what the list's own history gave as reasons. The DCC knows three words only;
# which of them is used where neither certificate nor date is the cause is our default.
GROUNDS = (
    Ground("certificate_withdrawn", "Assurance Certificate withdrawn", "smets2", "Withdrawn"),
    Ground("certificate_cancelled", "Assurance Certificate cancelled", "smets2", "Cancelled"),
    Ground("cpa_expired", "CPA Certificate expired", "smets2", "Expired"),
    Ground(
        "smets1_ssc_advice", "On the advice of the Security Sub-Committee (SMETS1)", "smets1", "Withdrawn"
    ),
    Ground("smets1_non_compliant", "Found not to comply with SMETS1", "smets1", "Withdrawn"),
    Ground("ssc_decision", "Decision of the Security Sub-Committee", "smets2", "Withdrawn"),
    Ground("defect", "Defect of the device", "any", "Withdrawn"),
    Ground("replaced", "Replaced by another entry", "any", "Cancelled", names_other_entry=True),
    Ground("duplicate", "Duplicate of another entry", "any", "Cancelled", names_other_entry=True),
    Ground("entered_in_error", "Entered in error", "any", "Cancelled"),
    Ground(
        "not_stated", "Not stated in the list before this register", "any", "Cancelled", may_be_chosen=False
    ),
)

VIEWS = Q(content_type__app_label__in=ROOMS, codename__startswith="view_")
# What a role may do is decided here alone: whoever needs something else is given a group of another name.
ROLES: dict[str, Q] = {
    "Panel officer": VIEWS
    | Q(content_type__app_label="cpl", codename__in=["decide_submission", "raise_submission"])
    | Q(content_type__app_label="notifications", codename__in=("send_again", "release_run"))
    | Q(content_type__app_label="notifications", codename__regex=r"_(audience|letterwords)$")
    # Editions are prepared row by row; the database lets nobody touch one that is designated.
    | Q(
        content_type__app_label="applicability",
        codename__regex=r"^((add|change)_(edition|specificationversion)|designate_edition"
        r"|(add|change|delete)_(validity|period|combination|securitytie|companion))$",
    ),
    # A second pair of eyes: decides what others proposed and prepared, and proposes and prepares nothing.
    "Approver": VIEWS
    | Q(content_type__app_label="cpl", codename="decide_submission")
    | Q(content_type__app_label="applicability", codename="designate_edition"),
    "Publisher": Q(
        content_type__app_label="cpl", codename__in=["publish_release", "view_release", "view_releasefile"]
    ),
    # Who acts, and in which role, is part of what an auditor looks at.
    "Auditor": VIEWS | Q(content_type__app_label="auth", codename__in=["view_user", "view_group"]),
    # People are deactivated, never deleted; where to write to them must be erasable.
    "Administrator": Q(
        content_type__app_label="cpl",
        codename__regex=r"^(view|add|change)_"
        r"(party|contact|membership|manufactureridentifier|removalground)$",
    )
    | Q(content_type__app_label="cpl", codename__in=["delete_contact", "delete_membership"])
    | Q(
        content_type__app_label="applicability",
        codename__regex=r"^(view|add|change)_(devicetype|certificaterequirement|specificationversion)$",
    )
    | Q(content_type__app_label="notifications", codename__regex=r"_(audience|furthermilestone)$")
    | Q(content_type__app_label="notifications", codename__endswith="_letterwords")
    | Q(content_type__app_label="auth", codename__in=["view_user", "add_user", "change_user", "view_group"]),
}


def see_to(
    sender: AppConfig | None = None,
    using: str = DEFAULT_DB_ALIAS,
    apps: Apps = real_apps,
    **_: Any,
) -> None:
    """After migrations, and after a flush: what is missing is added. A ground that staff edited stays so."""
    if "removalground" not in apps.all_models.get("cpl", {}):
        return
    _lay_down_grounds(apps, using)
    for label in (*ROOMS, "auth"):
        if real_apps.is_installed(label) or label == "auth":
            # Django's own handler may come after this one; doing it twice does no harm.
            create_permissions(real_apps.get_app_config(label), verbosity=0, using=using, apps=apps)
    _set_up_roles(apps, using)


def _lay_down_grounds(apps: Apps, using: str) -> None:
    rows = apps.get_model("cpl", "RemovalGround").objects.using(using)
    for position, ground in enumerate(GROUNDS, 1):
        values = {
            "words": ground.words,
            "fits": ground.fits,
            "names_other_entry": ground.names_other_entry,
            "dcc_status": ground.dcc_status,
            "may_be_chosen": ground.may_be_chosen,
            "position": position * 10,
        }
        rows.get_or_create(code=ground.code, defaults=values)


def _set_up_roles(apps: Apps, using: str) -> None:
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    for name, which in ROLES.items():
        group, _ = apps.get_model("auth", "Group").objects.using(using).get_or_create(name=name)
        group.permissions.set(permissions.filter(which))
    if "historicalgroup" in apps.all_models["cpl"]:
        _note_roles()


def _note_roles() -> None:
    """The models of a migration write no history: what became of the roles is noted by the real ones."""
    roles: Any = real_apps.get_model("auth", "Group").objects.prefetch_related("permissions")
    for role in roles:
        last = role.history.first()
        noted = {line.permission_id for line in last.permissions.all()} if last else None
        if noted != {one.pk for one in role.permissions.all()}:
            role._change_reason = "What this version of the program gives to the role"
            role.save()
