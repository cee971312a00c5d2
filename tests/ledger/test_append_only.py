"""Rows that are only added, through raw SQL. A plain client of the database: test_plain_client."""

import uuid
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from tests.ledger.making import make_fact, make_note, rows_in
from tests.ledger_app.models import Address, Fact, Note, Token

pytestmark = pytest.mark.django_db

# A table with its key, one column that is not unique, and the other columns of an upsert.
TABLES = {
    "ledger_record": ("serial", "subject"),
    "ledger_app_fact": ("number", "remark"),
    "ledger_app_note": ("record_id", "text"),
    "ledger_app_token": ("id", "name"),
    "ledger_app_historicaladdress": ("history_id", "street"),
}
EVERYWHERE = {
    "update": "UPDATE {table} SET {column} = 'x'",
    "update to the same": "UPDATE {table} SET {column} = {column}",
    "delete": "DELETE FROM {table}",
    "delete one": "DELETE FROM {table} WHERE {key} = (SELECT {key} FROM {table} LIMIT 1)",
    "upsert": (
        "INSERT INTO {table} SELECT * FROM {table} WHERE {key} IS NOT NULL "
        "ON CONFLICT ({key}) DO UPDATE SET {column} = 'x'"
    ),
}
SQLITE = {
    "replace": "REPLACE INTO {table} SELECT * FROM {table}",
    "insert or replace": "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    "update or replace": "UPDATE OR REPLACE {table} SET {column} = 'x'",
    "update or replace of the key": "UPDATE OR REPLACE {table} SET {key} = (SELECT min({key}) FROM {table})",
    "update or ignore": "UPDATE OR IGNORE {table} SET {column} = 'x'",
    "update of the hidden key": "UPDATE {table} SET rowid = rowid + 1000",
    "upsert on any conflict": (
        "INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT DO UPDATE SET {column} = 'x'"
    ),
}
POSTGRESQL = {
    "truncate with all that points at it": "TRUNCATE {table} CASCADE",
    "truncate among others": "TRUNCATE ledger_head, {table} CASCADE",
    "merge that updates": (
        "MERGE INTO {table} AS t USING {table} AS s ON t.{key} = s.{key} "
        "WHEN MATCHED THEN UPDATE SET {column} = 'x'"
    ),
    "merge that deletes": (
        "MERGE INTO {table} AS t USING {table} AS s ON t.{key} = s.{key} WHEN MATCHED THEN DELETE"
    ),
    "update in a common table expression": (
        "WITH moved AS (UPDATE {table} SET {column} = 'x' RETURNING *) SELECT 1"
    ),
    "update as a replica": "SET LOCAL session_replication_role = replica; UPDATE {table} SET {column} = 'x'",
    "delete as a replica": "SET LOCAL session_replication_role = replica; DELETE FROM {table}",
    "truncate as a replica": "SET LOCAL session_replication_role = replica; TRUNCATE {table} CASCADE",
}


@pytest.fixture
def rows() -> Fact:
    """Two rows in each of the tables."""
    first = make_fact(1)
    make_note(first)
    make_note(make_fact(2))
    Token.objects.create(name="one")
    Token.objects.create(name="two")
    address = Address.objects.create(street="High Street")
    address.street = "Low Street"
    address.save()
    return first


def refused(sql: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def is_refused_and_harmless(table: str, sql: str) -> None:
    key, column = TABLES[table]
    before = rows_in(table)
    assert len(before) >= 2
    if connection.vendor == "postgresql":
        # TRUNCATE asks first whether deferred foreign keys are still to be checked.
        connection.check_constraints()
    refused(sql.format(table=table, key=key, column=column))
    assert rows_in(table) == before


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("sql", EVERYWHERE.values(), ids=EVERYWHERE)
def test_raw_sql_cannot_change_a_row(rows: Fact, table: str, sql: str) -> None:
    is_refused_and_harmless(table, sql)


@pytest.mark.sqlite
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("sql", SQLITE.values(), ids=SQLITE)
def test_what_only_sqlite_knows_cannot_change_a_row(rows: Fact, table: str, sql: str) -> None:
    is_refused_and_harmless(table, sql)


@pytest.mark.postgresql
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("sql", POSTGRESQL.values(), ids=POSTGRESQL)
def test_what_only_postgresql_knows_cannot_change_a_row(rows: Fact, table: str, sql: str) -> None:
    is_refused_and_harmless(table, sql)


@pytest.mark.postgresql
@pytest.mark.parametrize("table", ["ledger_app_note", "ledger_app_token", "ledger_app_historicaladdress"])
def test_a_table_that_nothing_points_at_cannot_be_truncated(rows: Fact, table: str) -> None:
    is_refused_and_harmless(table, "TRUNCATE {table}")


@pytest.mark.sqlite
@pytest.mark.parametrize("conflict", ["its key", "its unique columns", "its record", "its hidden key"])
def test_replace_cannot_push_out_a_row_by(rows: Fact, conflict: str) -> None:
    same = {
        "its key": {"number": "1"},
        "its unique columns": {"maker": "'Acme'", "model": "'M1'"},
        "its record": {"record_id": "1"},
        "its hidden key": {"rowid": "1"},
    }[conflict]
    new = {"number": "9", "record_id": "9", "maker": "'B'", "model": "'B'", "picture": "x''", "extra": "'{}'"}
    columns = {**new, "remark": "''", "later": "''", **same}
    before = rows_in("ledger_app_fact")
    names, values = ", ".join(columns), ", ".join(columns.values())
    refused(f"REPLACE INTO ledger_app_fact ({names}) VALUES ({values})")
    assert rows_in("ledger_app_fact") == before


@pytest.mark.sqlite
@pytest.mark.parametrize("rowid", ["-1", "0", "-9223372036854775808"])
def test_no_row_is_let_in_below_one_where_it_would_stop_all_later_ones(rows: Fact, rowid: str) -> None:
    refused(f"INSERT INTO ledger_app_token (rowid, id, name) VALUES ({rowid}, 'a', 'b')")
    Token.objects.create(name="three")


def test_rows_are_added_as_ever(rows: Fact) -> None:
    Token.objects.bulk_create([Token(name=str(n)) for n in range(50)])
    assert Token.objects.get_or_create(name="49")[1] is False
    assert Token.objects.count() == 52


@pytest.mark.parametrize(
    "change",
    [
        lambda: Fact.objects.update(remark="x"),
        lambda: Fact.objects.filter(number=1).delete(),
        lambda: Note.objects.first().delete(),
        lambda: Note.objects.first().save(),
        lambda: Note.objects.bulk_update([Note.objects.first()], ["text"]),
        lambda: Token.objects.update_or_create(name="one", defaults={"name": "x"}),
        lambda: Token.objects.bulk_create(
            [Token(id=Token.objects.first().id, name="x")],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["name"],
        ),
        lambda: Token(id=Token.objects.first().id, name="x").save(),
        lambda: Address.history.update(street="x"),
        lambda: Address.history.all().delete(),
    ],
)
def test_django_cannot_change_a_row(rows: Fact, change: Callable[[], object]) -> None:
    tables = {table: rows_in(table) for table in TABLES}
    with pytest.raises(IntegrityError), transaction.atomic():
        change()
    assert {table: rows_in(table) for table in TABLES} == tables


def test_the_refusal_names_the_constraint() -> None:
    Token.objects.create(id=uuid.uuid4(), name="x")
    with pytest.raises(IntegrityError, match="ledger_app_token_append_only: rows are only ever added here"):
        Token.objects.update(name="y")
