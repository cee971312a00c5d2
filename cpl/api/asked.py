"""How callers ask: a parameter that nobody knows is refused, as its answer would be to another question."""

import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field, ValidationInfo, model_validator

from applicability.schedule import EARLIEST, LATEST

Day = Annotated[
    datetime.date,
    Field(
        ge=EARLIEST,
        le=LATEST,
        description=f"A legal day in London, {EARLIEST.year} to {LATEST.year}; today if not given.",
    ),
]


class Asked(Schema):
    """Parameters of an address."""

    @model_validator(mode="before")
    @classmethod
    def nobody_guesses(cls, asked: object, info: ValidationInfo) -> object:
        """ninja hands on what it knows; what else was asked stands in the request alone."""
        unknown = info.context["request"].GET.keys() - cls.model_fields.keys() if info.context else ()
        if unknown:
            known = ", ".join(cls.model_fields)
            raise ValueError(f"There is no parameter {', '.join(sorted(unknown))}. There are {known}.")
        return asked
