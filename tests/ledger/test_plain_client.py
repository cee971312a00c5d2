"""Clients that know nothing of Django: the file opened with sqlite3, the server spoken to with psycopg."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from django.db import connection

from tests.ledger.making import make_fact, make_note, rows_in
from tests.ledger.test_append_only import EVERYWHERE, POSTGRESQL, SQLITE, TABLES
from tests.ledger.test_frozen import make_edition

RECORDED = ["ledger_record", "ledger_app_fact", "ledger_app_note"]


@pytest.fixture
def rows(transactional_db: None) -> None:
    make_note(make_fact(1))
    make_note(make_fact(2))


@pytest.fixture
def file(rows: None) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as it:
        yield it


@pytest.fixture
def server(rows: None) -> Iterator[psycopg.Connection]:
    """The owner's own session, told that it is a replica."""
    to = connection.settings_dict
    address = {"host": to["HOST"] or to["OPTIONS"].get("host"), "port": to["PORT"], "user": to["USER"]}
    with psycopg.connect(dbname=to["NAME"], password=to["PASSWORD"], autocommit=True, **address) as it:
        it.execute("SET session_replication_role = replica")
        yield it


@pytest.mark.sqlite
@pytest.mark.parametrize("table", RECORDED)
def test_a_plain_client_of_the_file_cannot_change_a_row(file: sqlite3.Connection, table: str) -> None:
    before = rows_in(table)
    key, column = TABLES[table]
    for sql in [*EVERYWHERE.values(), *SQLITE.values()]:
        with pytest.raises(sqlite3.IntegrityError, match="append_only"):
            file.execute(sql.format(table=table, key=key, column=column))
        assert rows_in(table) == before


@pytest.mark.sqlite
def test_a_temporary_table_does_not_hide_the_parent_from_a_plain_client(file: sqlite3.Connection) -> None:
    final = make_edition("final", "final")
    file.execute("CREATE TEMPORARY TABLE ledger_app_edition (id integer, status text)")
    with pytest.raises(sqlite3.IntegrityError):
        file.execute("DELETE FROM ledger_app_line")
    assert final.lines.count() == 1


@pytest.mark.postgresql
@pytest.mark.parametrize("table", RECORDED)
def test_a_plain_session_that_says_it_is_a_replica_cannot_change_a_row(
    server: psycopg.Connection, table: str
) -> None:
    before = rows_in(table)
    key, column = TABLES[table]
    for sql in [*EVERYWHERE.values(), *POSTGRESQL.values()]:
        with pytest.raises(psycopg.IntegrityError, match="append_only"):
            server.execute(sql.format(table=table, key=key, column=column))
        assert rows_in(table) == before


@pytest.mark.postgresql
def test_a_temporary_table_does_not_hide_the_parent_from_a_plain_session(server: psycopg.Connection) -> None:
    final = make_edition("final", "final")
    server.execute("CREATE TEMPORARY TABLE ledger_app_edition (id bigint, status text)")
    with pytest.raises(psycopg.IntegrityError):
        server.execute("DELETE FROM public.ledger_app_line")
    assert final.lines.count() == 1
