"""One way to write a row down, so that its digest today is its digest in ten years.

JSON with sorted keys and nothing between; time in UTC with microseconds; decimals as text with their column's
places; bytes as their SHA-256.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import DecimalField, Field, Model

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def text(value: object) -> str:
    """Canonical JSON of whatever `plain` knows."""
    return _ENCODER.encode(plain(value))


def digest(*parts: object) -> str:
    """SHA-256 over the canonical JSON of the parts, 64 hex digits."""
    return hashlib.sha256(text(parts).encode()).hexdigest()


def columns(row: Model) -> dict[str, object]:
    """Every column but the record's key, by attribute name (`certificate_id`), in canonical form."""
    return {
        field.attname: of_column(field, getattr(row, field.attname)) for field in hashed_fields(type(row))
    }


def hashed_fields(model: type[Model]) -> list[Field[Any, Any]]:
    return [field for field in model._meta.concrete_fields if field.name != "record" and not field.generated]


def of_column(field: Field[Any, Any], value: object) -> object:
    """The value as its column will give it back. ValidationError if it is not of the column's type."""
    value = field.to_python(value)
    if isinstance(value, datetime):
        return instant(value)
    value = field.get_prep_value(value)
    if isinstance(field, DecimalField) and isinstance(value, Decimal):
        value = value.quantize(Decimal(1).scaleb(-field.decimal_places))
    return plain(value)


def plain(value: object) -> object:
    """TypeError for what has no one form: floats, naive times, expressions that the database works out."""
    match value:
        case None | bool() | int() | str():
            return value
        case datetime():
            return instant(value)
        case date():
            return value.isoformat()
        case time():
            return value.isoformat(timespec="microseconds")
        case timedelta():
            return value // timedelta(microseconds=1)
        case Decimal() | UUID():
            return str(value)
        case bytes() | bytearray() | memoryview():
            return {"sha256": hashlib.sha256(value).hexdigest()}
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
    raise TypeError(f"{value!r} ({type(value).__name__}) has no canonical form.")


def instant(at: datetime) -> str:
    """`2026-11-22T12:16:14.000000+00:00`."""
    if at.tzinfo is None:
        raise TypeError(f"{at} has no time zone.")
    return at.astimezone(UTC).isoformat(timespec="microseconds")
