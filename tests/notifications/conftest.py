"""Somebody to tell, and something to tell of."""

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from tests.notifications.making import Made


@pytest.fixture
def device_types(db: None) -> None:
    call_command("load_applicability", verbosity=0)


@pytest.fixture
def made(device_types: None, maker: User, officer: User) -> Made:
    """Rows of the maker's; no other Party is there unless a test asks for it."""
    return Made(maker, officer)
