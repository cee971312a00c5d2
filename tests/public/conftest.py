"""The clock that the pages read, stopped."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.public.making import AT


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield
