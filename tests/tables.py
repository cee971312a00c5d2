"""The founding tables: loaded once a run, and laid down again for every further test that asks for them."""

import datetime

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model

from applicability.load import founding_files, load
from applicability.models import DeviceType, Edition
from ledger.models import Head, Record

AT = datetime.datetime(2022, 9, 22, 9, 0, tzinfo=datetime.UTC)
Kept = list[tuple[type[Model], list[Model]]]
_kept: Kept = []


def lay_down() -> None:
    """The rows that a load of the founding files leaves behind; into a register that has them, nothing."""
    if DeviceType.objects.exists():
        return
    if Record.objects.exists():
        # The serials that the kept rows have are taken.
        load(founding_files(), at=AT)
    elif _kept:
        _write(_kept)
    else:
        load(founding_files(), at=AT)
        _kept.extend(_read())


def _read() -> Kept:
    room = apps.get_app_config("applicability").get_models(include_auto_created=True)
    # An edition comes after its rows: once it is there, and designated, it takes no more of them.
    models = sorted((Record, *room), key=lambda model: model is Edition)
    return [(model, list(model._base_manager.order_by("pk"))) for model in models]


def _write(kept: Kept) -> None:
    """Foreign keys are asked for at the commit, so that rows may come in any order."""
    with transaction.atomic():
        for model, rows in kept:
            model._base_manager.bulk_create(rows)
    # PostgreSQL counts on from where it was, not from the keys that were just written.
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), [model for model, _ in kept]):
            cursor.execute(sql)
        last = Record.objects.latest("serial")
        Head.objects.update(serial=last.serial, digest=last.digest)
