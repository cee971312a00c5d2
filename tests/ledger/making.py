"""Rows of the test app, written through the journal."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from ledger import journal
from ledger.journal import Act
from ledger.models import Record, Recorded
from tests.ledger_app.models import Fact, Note, Seal

AT = datetime(2026, 11, 22, 12, 16, 14, 123456, tzinfo=UTC)
ACTOR = 7


def record(*rows: Recorded) -> list[Record]:
    """One act for each row."""
    return write(*(Act(f"{row._meta.model_name}.made", row.ledger_subject(), row) for row in rows))


def write(*acts: Act) -> list[Record]:
    with transaction.atomic():
        return journal.append(acts, actor=ACTOR, at=AT)


def fact(number: int, **columns: Any) -> Fact:
    given = {
        "maker": "Acme",
        "model": f"M{number}",
        "seen": AT,
        "day": date(2022, 9, 21),
        "weight": Decimal("1.50"),
        "picture": b"\x89PNG",
        "extra": {"plug": ["a", 1, True]},
        "remark": "seen",
    }
    return Fact(number=number, **{**given, **columns})


def make_fact(number: int = 1, **columns: Any) -> Fact:
    row = fact(number, **columns)
    record(row)
    return row


def make_note(about: Fact, text: str = "said") -> Note:
    row = Note(fact=about, text=text)
    write(Act("note.made", f"note on {about.number}", row))
    return row


def make_seal() -> Seal:
    """Names the journal as it stands."""
    serial, digest = journal.head()
    row = Seal(serial=serial, digest=digest)
    write(Act("seal.set", f"seal at {serial}", row))
    return row


def rows_in(table: str) -> list[tuple[Any, ...]]:
    """Every row as the database has it, in one order."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return sorted(cursor.fetchall(), key=str)
