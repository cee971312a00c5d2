"""Rows that cannot become final while something that belongs to them is lacking."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from tests.ledger.making import rows_in
from tests.ledger_app.models import Edition

pytestmark = pytest.mark.django_db
TABLE = "ledger_app_edition"
NAME = "edition_promises_kept"
INSERT = "INTO ledger_app_edition (id, title, status) VALUES ({id}, 'draft', 'final')"
UPDATE = "UPDATE ledger_app_edition SET status = 'final' WHERE id = {id}"


def promising(*codes: str, title: str = "draft") -> Edition:
    """A draft with one line `kept`, that promises these."""
    edition = Edition.objects.create(title=title)
    edition.lines.create(code=f"kept in {title}")
    for code in codes:
        edition.promises.create(code=code)
    return edition


def refused(sql: str, edition: Edition) -> None:
    before = rows_in(TABLE)
    with pytest.raises(IntegrityError, match=NAME), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(id=edition.pk))
    assert rows_in(TABLE) == before


def test_a_row_whose_promises_are_kept_becomes_final() -> None:
    edition = promising("kept in draft")
    with connection.cursor() as cursor:
        cursor.execute(UPDATE.format(id=edition.pk))
    edition.refresh_from_db()
    assert edition.status == "final"


def test_a_row_with_a_broken_promise_stays_a_draft_and_changes_freely() -> None:
    edition = promising("kept in draft", "broken")
    refused(UPDATE, edition)
    refused("UPDATE ledger_app_edition SET title = 'x', status = 'final'", edition)
    assert Edition.objects.filter(pk=edition.pk).update(title="renamed") == 1


def test_a_line_of_another_row_keeps_no_promise() -> None:
    promising(title="other")
    refused(UPDATE, promising("kept in other"))


def test_an_upsert_makes_nothing_final_that_is_not_whole() -> None:
    conflict = "ON CONFLICT (id) DO UPDATE SET status = 'final'"
    refused(f"INSERT {INSERT} {conflict}", promising("broken"))


@pytest.mark.sqlite
def test_replacing_a_draft_makes_nothing_final_that_is_not_whole() -> None:
    refused(f"REPLACE {INSERT}", promising("broken"))
    refused("UPDATE OR REPLACE ledger_app_edition SET status = 'final'", Edition.objects.get())
    refused("UPDATE OR IGNORE ledger_app_edition SET status = 'final'", Edition.objects.get())


def test_a_final_row_cannot_come_after_what_belongs_to_it() -> None:
    """Foreign keys are looked at when the transaction ends."""
    edition = promising("broken")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE id = {edition.pk}")
        refused(f"INSERT {INSERT}", edition)
        transaction.set_rollback(True)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "disguise",
    [
        "SET LOCAL session_replication_role = replica",
        "CREATE TEMPORARY TABLE ledger_app_promise (edition_id bigint, code text) ON COMMIT DROP",
    ],
)
def test_no_disguise_makes_a_row_final_that_is_not_whole(disguise: str) -> None:
    edition = promising("broken")
    connection.check_constraints()
    refused(f"{disguise}; {UPDATE}", edition)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_no_promise_slips_into_a_row_that_is_being_made_final() -> None:
    edition = promising("kept in draft")
    outcome: list[object] = []

    def make_final() -> None:
        try:
            Edition.objects.filter(pk=edition.pk).update(status="final")
        except IntegrityError as error:
            outcome.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        edition.promises.create(code="broken")
        thread = threading.Thread(target=make_final)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive(), "it did not wait for the promise"
    thread.join(20)
    assert [NAME in str(error) for error in outcome] == [True]
