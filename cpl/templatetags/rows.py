"""How the admin writes a row of the tables: what it is named by, and its dates."""

from collections.abc import Iterator
from typing import Any

from django import template

from applicability.openness import Day

register = template.Library()


@register.filter
def named(row: Any, part: Any) -> Iterator[object]:
    """The columns that say which row it is."""
    return (getattr(row, column) for column in part.named)


@register.filter
def dates(row: Any, part: Any) -> Iterator[Day]:
    """The dates that it gives."""
    return (getattr(row, column) for column in part.dates)
