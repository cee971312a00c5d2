"""A database owner who lays the triggers down and does as they please. All of it is rolled back."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from ledger import triggers


@pytest.fixture
def without_triggers(db: None) -> Iterator[None]:
    """Rows may be changed; deferred foreign keys are never asked for, as the transaction does not commit."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def lay_down_triggers() -> None:
    """To be called once the rows are there: PostgreSQL alters no table that has checks outstanding."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        for trigger in triggers.declared():
            cursor.execute(str(trigger.drop))
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
