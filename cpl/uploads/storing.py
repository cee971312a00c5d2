"""Writes thousands of rows: the few statements on which Django itself would spend most of an upload's time.

Everything else goes through the models. The columns are asked of these, so that a new one is not forgotten.
"""

import datetime
from collections.abc import Sequence
from json import dumps
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import JSONField, Model

from cpl.models import Submission, UploadRow

_ROW = [field for field in UploadRow._meta.concrete_fields if not field.primary_key]
_JSON = frozenset(field.attname for field in _ROW if isinstance(field, JSONField))
# What a submission has of its row, by its own columns.
_COPIED = {"answers": "answers", "device_key": "device_key", "source_name": "file_name"}
_DRAFT = [
    field
    for field in Submission._meta.concrete_fields
    if not field.primary_key and field.column not in _COPIED
]


def keep_rows(rows: Sequence[UploadRow]) -> None:
    """As `bulk_create`, which goes through a dozen calls for each value, and leaves the rows without keys."""
    names = [field.attname for field in _ROW]
    values = [[_value(row, name) for name in names] for row in rows]
    columns = ", ".join(connection.ops.quote_name(field.column or "") for field in _ROW)
    places = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {_table(UploadRow)} ({columns}) VALUES ({places})", values)  # noqa: S608


def make_drafts(draft: Submission, rows: Sequence[UploadRow]) -> list[int]:
    """A submission for each row that has become none yet; gives their keys, in the order of the places.

    The answers do not leave the database: it copies them from the rows. All else is as in `draft`.
    """
    values = {
        field.column or "": field.get_db_prep_save(getattr(draft, field.attname), connection)
        for field in _DRAFT
    }
    columns = dict.fromkeys(values, "%s") | _COPIED
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_table(Submission)} ({', '.join(map(quoted, columns))}) "  # noqa: S608
            f"SELECT {', '.join(columns.values())} FROM {_table(UploadRow)} "
            f"WHERE id IN ({_places(rows)}) AND submission_id IS NULL ORDER BY place RETURNING id",
            [*values.values(), *(row.pk for row in rows)],
        )
        return sorted(key for (key,) in cursor.fetchall())


def keep_history_of(made: Sequence[int], by: User, at: datetime.datetime, why: str) -> None:
    """That these were made: the database copies what it has just been given."""
    history = Submission.history.model
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(field.column) for field in history.tracked_fields)
    stamps = ("history_date", "history_type", "history_user_id", "history_change_reason")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_table(history)} ({columns}, {', '.join(map(quoted, stamps))}) "  # noqa: S608
            f"SELECT {columns}, %s, %s, %s, %s FROM {_table(Submission)} WHERE id IN ({_places(made)})",
            [connection.ops.adapt_datetimefield_value(at), "+", by.pk, why, *made],
        )


def link(rows: Sequence[UploadRow], made: Sequence[int]) -> int:
    """Notes which row became which submission; gives the number of those that had become none before."""
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {_table(UploadRow)} SET submission_id = %s WHERE id = %s AND submission_id IS NULL",  # noqa: S608
            [(key, row.pk) for key, row in zip(made, rows, strict=True)],
        )
        return int(cursor.rowcount)


def _value(row: UploadRow, name: str) -> Any:
    value = row.__dict__[name]
    if name not in _JSON:
        return value
    return dumps(value) if value else ("[]" if isinstance(value, list) else "{}")


def _places(many: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(many))


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
