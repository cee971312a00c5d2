"""Accounts and roles that are there already get their first line: how they were when this history began."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

KEPT = {
    "User": (("is_active", "is_staff", "is_superuser", "date_joined"), ("groups", "user_permissions")),
    "Group": (("name",), ("permissions",)),
}


def begin(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    using = editor.connection.alias
    for name, (fields, many) in KEPT.items():
        model, history = apps.get_model("auth", name), apps.get_model("cpl", f"Historical{name}")
        for row in model.objects.using(using).order_by("pk"):
            line = history.objects.using(using).create(
                id=row.pk, history_type="+", history_date=timezone.now(),
                history_change_reason="As it was when this history began",
                **{field: getattr(row, field) for field in fields},
            )  # fmt: skip
            for field in many:
                through = model._meta.get_field(field).remote_field.through
                keys = [one.attname for one in through._meta.fields]
                found = through.objects.using(using).filter(**{name.lower(): row}).values(*keys)
                lines = apps.get_model("cpl", f"Historical{name}_{field}")
                lines.objects.using(using).bulk_create(lines(history=line, **one) for one in found)


class Migration(migrations.Migration):
    dependencies = [("cpl", "0008_history_of_roles")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
