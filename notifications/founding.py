"""The audiences that every installation has from its first day; staff may edit them afterwards."""

from typing import Any

from django.apps import apps as real_apps
from django.apps.registry import Apps
from django.db import DEFAULT_DB_ALIAS

# Kind of notice, who acts on the device type (empty: whoever it is), who is told. The DCC acts on
# Communications Hubs and Suppliers on the rest: who else is relevant under the SEC is our default.
AUDIENCES = (
    ("certificate", "DCC", "dcc"),
    ("certificate", "Supplier", "suppliers"),
    ("certificate", "", "manufacturer"),
    ("certificate", "", "submitter"),
    ("certificate", "", "cpa_contact"),
    ("release", "", "dcc"),
    ("release", "", "parties"),
)


def see_to(using: str = DEFAULT_DB_ALIAS, apps: Apps = real_apps, **_: Any) -> None:
    """After migrations, and after a flush: fills an empty table, which would silence every notice.

    A row that staff took out of a table that has others stays out.
    """
    if "audience" not in apps.all_models.get("notifications", {}):
        return
    rows = apps.get_model("notifications", "Audience").objects.using(using)
    if not rows.exists():
        for kind, acts, who in AUDIENCES:
            rows.create(kind=kind, acts=acts, who=who)
