"""Submissions stored before they had a key of their device get it: without it nobody is warned of a double."""

import re

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# As the fields were named and read when this was written; octets of hexadecimal, or None for words.
IDENTITY = {
    "Device_Type.name": None,
    "Device_Model.manufacturer_identifier": 2,
    "Device_Model.model_identifier": 2,
    "Device_Model.hardware_version.version": 1,
    "Device_Model.hardware_version.revision": 1,
    "Device_Model.firmware_version": 4,
    "SMETS/CHTS Version.Version_number": None,
    "GBCS Version.version_number": None,
}
LONGEST = 120


def key_of(answers: dict[str, str]) -> str:
    parts = [str(answers.get(name, "")) for name in IDENTITY]
    for text, octets in zip(parts, IDENTITY.values(), strict=True):
        if not text or "\0" in text or (octets and not re.fullmatch(f"[0-9A-F]{{{2 * octets}}}", text)):
            return ""
    key = "/".join(parts)
    return key if len(key) <= LONGEST else ""


def give_keys(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    rows = apps.get_model("cpl", "Submission").objects.using(editor.connection.alias)
    for row in rows.filter(kind="new_entry", device_key="").only("answers").iterator(1000):
        if key := key_of(row.answers):
            rows.filter(pk=row.pk).update(device_key=key)


class Migration(migrations.Migration):
    dependencies = [("cpl", "0006_coverage_by_its_date")]
    operations = [migrations.RunPython(give_keys, migrations.RunPython.noop)]
