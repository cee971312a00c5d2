"""Reads tables in the order of the journal, a few rows at a time, past rows that cannot be read."""

from collections.abc import Iterator
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.db.models import Model, QuerySet

CHUNK = 200

# What reading a value raises that its column could never have held.
UNREADABLE = (ValueError, TypeError, ArithmeticError, ValidationError, DatabaseError)

Row = TypeVar("Row", bound=Model)


def in_order(
    model: type[Row], key: str, after: int, upto: int, limit: int | None = None
) -> Iterator[tuple[int, Row | Exception]]:
    """Serial and row for `after < key <= upto`, or serial and the reason why the row cannot be read."""
    try:
        for row in _between(model, key, after, upto)[:limit].iterator(chunk_size=CHUNK):
            after = getattr(row, key)
            yield after, row
            limit = limit and limit - 1
    except UNREADABLE:
        for serial in _between(model, key, after, upto).values_list(key, flat=True)[:limit]:
            yield serial, _alone(model, key, serial)


def _between(model: type[Row], key: str, after: int, upto: int) -> QuerySet[Row]:
    return model._base_manager.filter(**{f"{key}__gt": after, f"{key}__lte": upto}).order_by(key)


def _alone(model: type[Row], key: str, serial: int) -> Row | Exception:
    try:
        return model._base_manager.get(**{key: serial})
    except UNREADABLE as error:
        return error
