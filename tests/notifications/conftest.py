"""Somebody to tell, and something to tell of."""

import pytest
from django.contrib.auth.models import User

from tests.notifications.making import Made


@pytest.fixture
def made(tables: None, maker: User, officer: User) -> Made:
    """Rows of the maker's; no other Party is there unless a test asks for it."""
    return Made(maker, officer)
