"""Adding to the journal: records and the rows that they stand for, in one transaction, one after another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import router, transaction
from django.db.models import ForeignKey
from django.db.transaction import TransactionManagementError

from ledger import canonical
from ledger.models import Head, Record, Recorded

BATCH = 2000


class HeadMoved(RuntimeError):
    """The journal's head is not where it was locked: the lock does not hold, or the row is gone."""


@dataclass(frozen=True)
class Act:
    """What was done to what: with the row that it brought about, or a body of plain values, or neither."""

    act: str
    subject: str
    row: Recorded | None = None
    body: Mapping[str, object] | None = None

    def __post_init__(self) -> None:
        if self.row is not None and self.body is not None:
            raise ValueError(f"{self.act}: the body of an act with a row is the row.")
        if self.body and "table" in self.body:
            raise ValueError(f"{self.act}: only the body of an act with a row names a table.")


def append(acts: Sequence[Act], *, actor: int | None, at: datetime) -> list[Record]:
    """Writes the acts in order and returns their records, with gapless serials.

    Inside `atomic()` only. Locks the head until the transaction ends: take other locks before it, and do
    nothing slow after it. Rows may point at each other. Signals are not sent.
    """
    if not acts:
        return []
    head = _locked_head()
    records = _number(acts, head.serial, actor, at)
    _chain(acts, records, head.digest)
    Record.objects.bulk_create(records, batch_size=BATCH)
    for rows in _by_model(acts):
        type(rows[0])._base_manager.bulk_create(rows, batch_size=BATCH)
    _move(head, records[-1])
    return records


def head() -> tuple[int, str]:
    """The last record's serial and digest; `(0, GENESIS)` before the first."""
    last = Head.objects.get()
    return last.serial, last.digest


def lock() -> None:
    """Takes the head's lock until the transaction ends, for checks that must hold until `append`."""
    _locked_head()


def _locked_head() -> Head:
    if not transaction.get_connection(router.db_for_write(Head)).in_atomic_block:
        raise TransactionManagementError("The journal is written inside atomic() only.")
    return Head.objects.select_for_update().get()


def _number(acts: Sequence[Act], last: int, actor: int | None, at: datetime) -> list[Record]:
    """A record for each act; rows get theirs at once, so that bodies can name each other's keys."""
    records = []
    for serial, act in enumerate(acts, last + 1):
        record = Record(serial=serial, at=at, actor=actor, act=act.act, subject=act.subject)
        if act.row is not None:
            if act.row.record_id is not None:
                raise ValueError(f"{act.subject} has a record already, or appears twice.")
            act.row.record = record
        records.append(record)
    return records


def _chain(acts: Sequence[Act], records: Sequence[Record], previous: str) -> None:
    for act, record in zip(acts, records, strict=True):
        record.body = canonical.text(act.body or {} if act.row is None else body_of(act.row))
        record.previous = previous
        record.digest = previous = digest_of(record)


def body_of(row: Recorded) -> dict[str, object]:
    """What a record keeps of its row."""
    _resolve(row)
    return {"table": row._meta.db_table, "row": canonical.columns(row)}


def digest_of(record: Record) -> str:
    """What the record's digest must be, by its other columns."""
    at = canonical.instant(record.at)
    return canonical.digest(
        record.serial, at, record.actor, record.act, record.subject, record.body, record.previous
    )


def _resolve(row: Recorded) -> None:
    """Foreign keys to rows that had no key yet when they were assigned."""
    for field in row._meta.concrete_fields:
        if isinstance(field, ForeignKey) and field.is_cached(row) and getattr(row, field.attname) is None:
            target = field.get_cached_value(row)
            setattr(row, field.attname, target and getattr(target, field.target_field.attname))


def _by_model(acts: Iterable[Act]) -> Iterable[list[Recorded]]:
    """The rows by model, models in order of first appearance."""
    groups: dict[type[Recorded], list[Recorded]] = {}
    for act in acts:
        if act.row is not None:
            groups.setdefault(type(act.row), []).append(act.row)
    return groups.values()


def _move(head: Head, last: Record) -> None:
    moved = Head.objects.filter(serial=head.serial).update(serial=last.serial, digest=last.digest)
    if moved != 1:
        raise HeadMoved(f"The journal's head is no longer at {head.serial}.")
