"""The model field for a date that may be none or unknown, and the CHECKs that go with it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from applicability.openness import FORMS, NONE, UNKNOWN, Day

WORDS = (str(NONE), str(UNKNOWN))


class OpenDateField(models.CharField):
    """A `Day` stored as text in one column (`2018-12-05`, `none`, `unknown`), so that CHECKs can compare."""

    description = "A date, or none, or unknown"
    # What mypy's Django plugin takes for the types set and got.
    _pyi_private_set_type: Day | dt.date | str  # type: ignore[assignment]
    _pyi_private_get_type: Day  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 10)
        kwargs["default"] = self._day(kwargs.get("default", UNKNOWN))
        kwargs.setdefault("help_text", f"Write {FORMS}.")
        super().__init__(*args, **kwargs)

    @staticmethod
    def _day(default: Any) -> Any:
        return Day.parse(default) if isinstance(default, str) else default

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Day | None:
        return None if value is None else Day.parse(value)

    def to_python(self, value: Day | dt.date | str | None) -> Day | None:
        if value is None or isinstance(value, Day):
            return value
        try:
            return Day.on(value) if isinstance(value, dt.date) else Day.parse(value)
        except ValueError as error:
            raise ValidationError(f"{value!r}: {error}", code="open_date") from error

    def get_prep_value(self, value: Day | dt.date | str | None) -> str | None:
        day = self.to_python(value)
        return None if day is None else str(day)

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))

    def run_validators(self, value: Day) -> None:
        super().run_validators(str(value))

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if isinstance(kwargs.get("default"), Day):
            kwargs["default"] = str(kwargs["default"])  # a migration can hold the text, not the Day
        kwargs.pop("help_text", None)
        return name, path, args, kwargs


def well_formed(field: str, *, start: bool = False) -> models.Q:
    """CHECK: an ISO date or one of the words; a start is never `none` (what never begins is no row)."""
    dated = models.Q(Exact(Length(field), 10)) & models.Q(
        **{f"{field}__gte": "1900-01-01", f"{field}__lte": "2999-12-31"}
    )
    return dated | models.Q(**{f"{field}__in": [str(UNKNOWN)] if start else list(WORDS)})


def not_reversed(start: str, end: str) -> models.Q:
    """CHECK: where both are dated, the period does not end before it begins (ISO text sorts as dates do)."""
    return (
        models.Q(**{f"{start}__in": WORDS})
        | models.Q(**{f"{end}__in": WORDS})
        | models.Q(**{f"{start}__lte": models.F(end)})
    )


def period_checks(start: str, end: str, label: str) -> list[models.CheckConstraint]:
    """The CHECKs of one period; `label` begins the constraints' names."""
    return [
        models.CheckConstraint(
            name=f"{label}_well_formed",
            condition=well_formed(start, start=True) & well_formed(end),
            violation_error_message=f"{start}: a date or unknown; {end}: a date, none or unknown.",
        ),
        models.CheckConstraint(
            name=f"{label}_not_reversed",
            condition=not_reversed(start, end),
            violation_error_message=f"{end} is before {start}.",
        ),
    ]
