"""What a row was is kept, and kept as it was."""

import pytest

from tests.ledger_app.models import Address


@pytest.mark.django_db
def test_each_change_of_a_mutable_row_adds_to_its_history() -> None:
    address = Address.objects.create(street="High Street")
    address.street = "Low Street"
    address.save()
    address.delete()
    kept = Address.history.order_by("history_id").values_list("street", "history_type")
    assert list(kept) == [("High Street", "+"), ("Low Street", "~"), ("Low Street", "-")]
