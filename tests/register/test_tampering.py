"""The register's own tables: nobody changes a row, and an owner who does so all the same is found out."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from cpl import publishing
from cpl.models import Release
from ledger.verify import differences
from tests.ledger.owner import lay_down_triggers, without_triggers
from tests.make import DAY
from tests.register.conftest import AT
from tests.register.test_admitting import admit

__all__ = ["without_triggers"]
pytestmark = pytest.mark.django_db
TABLES = (
    "ledger_record", "cpl_entry", "cpl_removal", "cpl_coverage", "cpl_certificate", "cpl_release",
    "cpl_releasefile",
    "cpl_upgradepath", "cpl_firmwareinformation", "cpl_step",
)  # fmt: skip
# A byte here and there, and what has to be named.
ALTERED = (
    ("UPDATE cpl_entry SET firmware = '0A0B0C0F' WHERE number = 2", "entry 000002"),
    ("UPDATE cpl_entry SET image_hash = '' WHERE number = 1", "entry 000001"),
    ("UPDATE cpl_entry SET product_name = 'Tidewater T101' WHERE number = 2", "entry 000002"),
    ("UPDATE cpl_removal SET reason = 'Replaced.'", "entry 000001"),
    ("UPDATE cpl_removal SET effective_date = '2027-01-01'", "entry 000001"),
    (
        "UPDATE cpl_coverage SET date_shown = '2032-11-01' WHERE scheme = 'CPA' AND entry_id = 2",
        "entry 000002",
    ),
    (
        "UPDATE cpl_coverage SET identifier_shown = '7702' WHERE scheme = 'DLMS' AND entry_id = 2",
        "entry 000002",
    ),
    ("UPDATE cpl_certificate SET date = '2032-11-01' WHERE scheme = 'CPA'", "certificate CPA 20261101-7701"),
    ("UPDATE cpl_releasefile SET sha256 = 'x' WHERE name = 'cpl.csv'", "release 1.0 cpl.csv"),
    ("UPDATE ledger_record SET body = body || ' ' WHERE act = 'entry.removed'", "entry 000001"),
    ("UPDATE ledger_record SET subject = 'entry 000009' WHERE act = 'entry.removed'", "entry 000009"),
    ("DELETE FROM cpl_removal", "entry 000001"),
    ("DELETE FROM ledger_record WHERE act = 'entry.removed'", "entry 000001"),
)


@pytest.fixture
def register(tables: None, maker: User, officer: User, second_officer: User) -> Iterator[Release]:
    """Two entries, the second in place of the first, and a release of both."""
    admit(maker, officer)
    admit(maker, officer, image_hash="B" * 64, replaces="000001")
    yield publishing.publish(by=second_officer, at=AT, on=DAY)


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("table", TABLES)
def test_no_statement_changes_or_takes_away_a_row(register: Release, table: str) -> None:
    before = rows(table)
    assert before
    with connection.cursor() as cursor:
        column = connection.introspection.get_table_description(cursor, table)[0].name
    statements = [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"]
    if connection.vendor == "postgresql":
        statements.append(f"TRUNCATE {table} CASCADE")
    else:
        statements += [
            f"REPLACE INTO {table} SELECT * FROM {table}",
            f"UPDATE OR REPLACE {table} SET rowid = rowid",
        ]
    for statement in statements:
        with pytest.raises(DatabaseError), transaction.atomic():
            run(statement)
    assert rows(table) == before


def rows(table: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
        return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor.fetchall()]


@pytest.mark.parametrize(("statement", "named"), ALTERED)
def test_what_an_owner_alters_is_named(
    without_triggers: None, register: Release, statement: str, named: str
) -> None:
    assert not list(differences(Release.ledger_anchors()))
    lay_down_triggers()
    run(statement)
    assert named in {difference.subject for difference in differences()}


def test_released_bytes_that_were_altered_are_named(without_triggers: None, register: Release) -> None:
    lay_down_triggers()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cpl_releasefile SET content = %s WHERE name = 'cpl.csv'", [b"forged"])
    assert "release 1.0 cpl.csv" in {difference.subject for difference in differences()}


def test_a_journal_cut_off_behind_a_release_is_found_by_what_the_release_says(
    without_triggers: None, register: Release
) -> None:
    """All that the release holds last is cut off, and the head set back, as if it had never been."""
    lay_down_triggers()
    for table in ("cpl_removal", "cpl_releasefile"):
        run(f"DELETE FROM {table}")
    run(f"DELETE FROM ledger_record WHERE serial >= {register.serial} AND act <> 'release.published'")
    assert "release 1.0" in {difference.subject for difference in differences()}


def test_two_entries_that_change_records_are_named(without_triggers: None, register: Release) -> None:
    lay_down_triggers()
    with connection.cursor() as cursor:
        cursor.execute("SELECT record_id FROM cpl_entry ORDER BY number")
        [first], [second] = cursor.fetchall()
    for number, record in ((1, 0), (2, first), (1, second)):
        run(f"UPDATE cpl_entry SET record_id = {record} WHERE number = {number}")
    assert {"entry 000001", "entry 000002"} <= {difference.subject for difference in differences()}


def test_the_command_fails_and_names_it(
    without_triggers: None, register: Release, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_down_triggers()
    run("UPDATE cpl_entry SET firmware = '0A0B0C0F' WHERE number = 2")
    with pytest.raises(CommandError, match="1 found"):
        call_command("verify_register")
    assert "entry 000002" in capsys.readouterr().out
