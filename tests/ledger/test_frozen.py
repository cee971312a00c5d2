"""Rows that are free until they, or what they belong to, are final."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from tests.ledger.making import rows_in
from tests.ledger_app.models import Edition, Line

EVERYWHERE = [
    "UPDATE ledger_app_edition SET title = 'x' WHERE id = {final}",
    "UPDATE ledger_app_edition SET status = 'draft' WHERE id = {final}",
    "UPDATE ledger_app_edition SET id = 900 WHERE id = {final}",
    "DELETE FROM ledger_app_edition WHERE id = {final}",
    "DELETE FROM ledger_app_edition",
    "INSERT INTO ledger_app_edition (id, title, status) VALUES ({final}, 'x', 'draft') "
    "ON CONFLICT (id) DO UPDATE SET title = 'x'",
    "INSERT INTO ledger_app_edition (title, status) VALUES ('final', 'draft') "
    "ON CONFLICT (title) DO UPDATE SET status = 'draft'",
    "INSERT INTO ledger_app_line (edition_id, code) VALUES ({final}, 'x')",
    "UPDATE ledger_app_line SET code = 'x' WHERE edition_id = {final}",
    "UPDATE ledger_app_line SET edition_id = {draft} WHERE edition_id = {final}",
    "UPDATE ledger_app_line SET edition_id = {final} WHERE edition_id = {draft}",
    "DELETE FROM ledger_app_line WHERE edition_id = {final}",
    "INSERT INTO ledger_app_line (edition_id, code) VALUES ({draft}, 'final line') "
    "ON CONFLICT (code) DO UPDATE SET edition_id = {draft}",
]
SQLITE = [
    "REPLACE INTO ledger_app_edition (id, title, status) VALUES ({final}, 'x', 'draft')",
    "REPLACE INTO ledger_app_edition (title, status) VALUES ('final', 'draft')",
    "UPDATE OR REPLACE ledger_app_edition SET title = 'final' WHERE id = {draft}",
    "UPDATE OR REPLACE ledger_app_edition SET id = {final} WHERE id = {draft}",
    "UPDATE ledger_app_edition SET id = -1 WHERE id = {draft}",
    "REPLACE INTO ledger_app_line (edition_id, code) VALUES ({draft}, 'final line')",
    "REPLACE INTO ledger_app_line (id, edition_id, code) VALUES ({line}, {draft}, 'x')",
    "UPDATE OR REPLACE ledger_app_line SET code = 'final line' WHERE edition_id = {draft}",
    "UPDATE OR REPLACE ledger_app_line SET id = {line} WHERE edition_id = {draft}",
    "UPDATE OR REPLACE ledger_app_line SET rowid = {line} WHERE edition_id = {draft}",
]
POSTGRESQL = [
    "TRUNCATE ledger_app_line",
    "TRUNCATE ledger_app_edition CASCADE",
    "MERGE INTO ledger_app_edition AS t USING ledger_app_edition AS s ON t.id = s.id "
    "WHEN MATCHED THEN UPDATE SET title = 'x'",
    "MERGE INTO ledger_app_line AS t USING ledger_app_edition AS s ON t.edition_id = s.id "
    "WHEN MATCHED THEN DELETE",
    "MERGE INTO ledger_app_line AS t USING ledger_app_edition AS s ON t.edition_id = -1 "
    "WHEN NOT MATCHED THEN INSERT (edition_id, code) VALUES (s.id, s.title || ' too')",
    "SET LOCAL session_replication_role = replica; DELETE FROM ledger_app_line WHERE edition_id = {final}",
    "SET LOCAL session_replication_role = replica; UPDATE ledger_app_edition SET title = 'x'",
    "CREATE TEMPORARY TABLE ledger_app_edition (id bigint, status text) ON COMMIT DROP; "
    "DELETE FROM ledger_app_line WHERE edition_id = {final}",
    "CREATE TEMPORARY TABLE ledger_app_edition (id bigint, status text) ON COMMIT DROP; "
    "INSERT INTO ledger_app_line (edition_id, code) VALUES ({final}, 'x')",
]


def make_edition(title: str, status: str) -> Edition:
    edition = Edition.objects.create(title=title)
    edition.lines.create(code=f"{title} line")
    edition.status = status
    edition.save()
    return edition


def is_refused_and_harmless(sql: str) -> None:
    final, draft = make_edition("final", "final"), make_edition("draft", "draft")
    connection.check_constraints()
    before = rows_in("ledger_app_edition"), rows_in("ledger_app_line")
    numbers = {"final": final.pk, "draft": draft.pk, "line": final.lines.get().pk}
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(**numbers))
    assert (rows_in("ledger_app_edition"), rows_in("ledger_app_line")) == before


@pytest.mark.django_db
@pytest.mark.parametrize("sql", EVERYWHERE)
def test_raw_sql_cannot_change_what_is_final(sql: str) -> None:
    is_refused_and_harmless(sql)


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize("sql", SQLITE)
def test_what_only_sqlite_knows_cannot_change_what_is_final(sql: str) -> None:
    is_refused_and_harmless(sql)


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("sql", POSTGRESQL)
def test_what_only_postgresql_knows_cannot_change_what_is_final(sql: str) -> None:
    is_refused_and_harmless(sql)


@pytest.mark.django_db
def test_what_is_not_final_changes_freely() -> None:
    make_edition("final", "final")
    draft, other = make_edition("draft", "draft"), make_edition("other", "draft")
    draft.lines.update(code="changed", edition=other)
    other.lines.filter(code="changed").delete()
    draft.title = "renamed"
    draft.save()
    draft.delete()
    assert Line.objects.count() == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_no_line_slips_into_an_edition_that_is_being_made_final() -> None:
    edition = make_edition("draft", "draft")
    outcome: list[object] = []

    def slip_in() -> None:
        try:
            edition.lines.create(code="late")
        except IntegrityError as error:
            outcome.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(status="final")
        thread = threading.Thread(target=slip_in)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive(), "it did not wait for the edition"
    thread.join(20)
    assert len(outcome) == 1
    assert not edition.lines.filter(code="late").exists()
