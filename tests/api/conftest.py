"""The clock that the API reads, stopped, and calls counted from nought."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from tests.public.making import AT


@pytest.fixture(autouse=True)
def clock(db: None, settings: Any) -> Iterator[None]:
    # Not in the database, so that the queries counted are those of the answers.
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield
