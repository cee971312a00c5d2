"""Rows beside what their records keep of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db.models import Exists, Field, OuterRef, Q

from ledger import canonical, journal
from ledger.findings import Difference
from ledger.models import Record, Recorded
from ledger.reading import UNREADABLE, in_order

LONGEST = 60


def recorded_models() -> list[type[Recorded]]:
    """The tables whose rows have records. Found through their base, as this app imports none of them."""
    return [model for model in apps.get_models() if issubclass(model, Recorded) and not model._meta.proxy]


def rows_beside(page: Mapping[int, Record | Exception], after: int, upto: int) -> Iterator[Difference]:
    """The rows of one stretch of the journal, table by table, then those that are not there."""
    records = {serial: record for serial, record in page.items() if isinstance(record, Record)}
    bodies = {serial: body for serial, record in records.items() if (body := _body_with_row(record))}
    for model in recorded_models():
        for serial, row in in_order(model, "record_id", after, upto):
            about = bodies.get(serial, {}).get("table") == model._meta.db_table
            body = bodies.pop(serial) if about else None
            if serial in records:
                yield from _beside(records[serial], body, model, row)
            elif serial not in page:
                yield _without_record(model, serial, row)
    for serial, body in bodies.items():
        yield Difference(
            records[serial].subject, f"its row is missing from {body['table']} (record {serial})"
        )


def rows_outside(last: int) -> Iterator[Difference]:
    """Rows that name no record up to `last`, nor one after it.

    One statement a table, so that a row that was added meanwhile has its record too.
    """
    its_record = Record.objects.filter(serial=OuterRef("record_id"))
    outside = Q(record_id__gt=last) | Q(record_id__lt=1)
    for model in recorded_models():
        for row in model._base_manager.filter(outside, ~Exists(its_record)).iterator():
            yield _without_record(model, row.record_id, row)


def _without_record(model: type[Recorded], serial: int, row: Recorded | Exception) -> Difference:
    subject = row.ledger_subject() if isinstance(row, Recorded) else model._meta.db_table
    return Difference(subject, f"its record {serial} is missing")


def _body_with_row(record: Record) -> dict[str, Any] | None:
    try:
        body = json.loads(record.body)
        return body if isinstance(body["row"], dict) and body["table"] else None
    except (ValueError, TypeError, KeyError):
        return None


def _beside(
    record: Record, body: dict[str, Any] | None, model: type[Recorded], row: Recorded | Exception
) -> Iterator[Difference]:
    if isinstance(row, Exception):
        yield Difference(record.subject, f"its row in {model._meta.db_table} cannot be read: {row}")
    elif body is None:
        yield Difference(row.ledger_subject(), f"record {record.serial} is not about it")
    elif not _is_as_written(row, record):
        for what in _unlike(row, body["row"]):
            yield Difference(record.subject, what)


def _is_as_written(row: Recorded, record: Record) -> bool:
    """The quick way, which most rows pass: the row would be recorded in the same words today."""
    try:
        return canonical.text(journal.body_of(row)) == record.body
    except UNREADABLE:
        return False


def _unlike(row: Recorded, kept: Mapping[str, object]) -> Iterator[str]:
    fields = {field.attname: field for field in canonical.hashed_fields(type(row))}
    for name, field in fields.items():
        value = _readable(field, getattr(row, name))
        if name in kept and canonical.text(value) != canonical.text(kept[name]):
            yield f"{name} is {_short(value)}, its record says {_short(kept[name])}"
        elif name not in kept and value not in _blank(field):
            yield f"{name} is {_short(value)}, which its record does not say"
    for name in kept.keys() - fields.keys():
        yield f"its record says {name}, which is no column any more"


def _readable(field: Field[Any, Any], value: object) -> object:
    try:
        return canonical.of_column(field, value)
    except UNREADABLE as error:
        return f"unreadable: {error}"


def _blank(field: Field[Any, Any]) -> tuple[object, ...]:
    """What a column that came after the record may hold."""
    return None, "", canonical.of_column(field, field.get_default())


def _short(value: object) -> str:
    words = canonical.text(value)
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}..."
