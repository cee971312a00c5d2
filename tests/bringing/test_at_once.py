"""Two operators bring the same list forward at once: it comes in once, and both are told so."""

import threading

import pytest
from django.db import connection

from cpl.models import Entry, ListImport
from ledger.verify import differences
from tests.bringing.conftest import bring
from tests.bringing.lists import ENTRIES, workbook


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_are_one(tables: None) -> None:
    ready, found = threading.Barrier(2), []

    def run() -> None:
        try:
            ready.wait()
            found.append(bring(workbook()).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2 and len(set(found)) == 1
    assert (ListImport.objects.count(), Entry.objects.count()) == (1, len(ENTRIES))
    assert not list(differences())
