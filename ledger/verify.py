"""Finds what differs between the journal, the rows that it stands for, and what was kept of it elsewhere.

Takes no transaction, so that nobody waits for it, and reads page by page, so that a million records need
little memory. What is added meanwhile is no difference.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from django.apps import apps
from django.db.models import Subquery

from ledger import journal
from ledger.comparing import rows_beside, rows_outside
from ledger.findings import Anchor, Difference
from ledger.models import GENESIS, Head, Record
from ledger.reading import UNREADABLE, in_order

__all__ = ["Anchor", "Difference", "differences"]

PAGE = 5000


def differences(anchors: Iterable[Anchor] = ()) -> Iterator[Difference]:
    """Everything that is not as it was written; nothing if all is well.

    `anchors` come from outside the database, such as kept manifests. Models add theirs by classmethods:
    `ledger_anchors() -> Iterable[Anchor]` where rows name records, and `ledger_differences() ->
    Iterable[Difference]` where they vouch for rows that have no record of their own.
    """
    head = Head.objects.first()
    if head is None:
        yield Difference("journal", "its head is missing")
        head = _last_record_as_head()
    last = yield from _pages(head)
    yield from _beyond_the_head()
    yield from rows_outside(last)
    for anchor in chain(anchors, _of_models("ledger_anchors")):
        yield from _anchored(anchor)
    yield from _of_models("ledger_differences")


def _last_record_as_head() -> Head:
    last = Record.objects.order_by("serial").last()
    return Head(serial=last.serial, digest=last.digest) if last else Head()


def _pages(head: Head) -> Generator[Difference, None, int]:
    """The chain up to the head, and each page's rows beside their records. Returns the last serial seen."""
    after, previous = 0, GENESIS
    while page := dict(in_order(Record, "serial", after, head.serial, PAGE)):
        records = {serial: record for serial, record in page.items() if isinstance(record, Record)}
        yield from _not_there(after, page)
        yield from _not_chained(records, after, previous)
        yield from rows_beside(page, after, max(page))
        after = max(page)
        previous = records[after].digest if after in records else ""
    if after < head.serial:
        yield _gap(after + 1, head.serial)
    elif previous not in {"", head.digest}:
        yield Difference(f"record {after}", "the journal's head names another digest")
    return after


def _not_there(after: int, page: Mapping[int, Record | Exception]) -> Iterator[Difference]:
    for serial, record in page.items():
        if serial != after + 1:
            yield _gap(after + 1, serial - 1)
        if isinstance(record, Exception):
            yield Difference(f"record {serial}", f"it cannot be read: {record}")
        after = serial


def _gap(first: int, last: int) -> Difference:
    if first == last:
        return Difference(f"record {first}", "it is missing")
    return Difference(f"records {first} to {last}", "they are missing")


def _not_chained(records: Mapping[int, Record], after: int, previous: str) -> Iterator[Difference]:
    """Each record against its own digest, and against the one before where that is there."""
    for serial, record in records.items():
        comparable = serial == after + 1 and previous
        if comparable and record.previous != previous:
            yield Difference(record.subject, f"record {serial} does not follow record {after}")
        if not _is_as_written(record):
            yield Difference(record.subject, f"record {serial} is not as it was written")
        after, previous = serial, record.digest


def _is_as_written(record: Record) -> bool:
    try:
        return journal.digest_of(record) == record.digest
    except (AttributeError, *UNREADABLE):
        return False


def _beyond_the_head() -> Iterator[Difference]:
    """One statement, so that records added meanwhile come with the head that they moved."""
    head = Head.objects.values("serial")[:1]
    first = Record.objects.filter(serial__gt=Subquery(head)).order_by("serial").first()
    if first is not None:
        yield Difference(first.subject, f"record {first.serial} is beyond the journal's head")


def _of_models(classmethod_name: str) -> Iterator[Any]:
    for model in apps.get_models():
        yield from getattr(model, classmethod_name, tuple)()


def _anchored(anchor: Anchor) -> Iterator[Difference]:
    digests = Record.objects.filter(serial=anchor.serial).values_list("digest", flat=True)
    digest = GENESIS if anchor.serial == 0 else digests.first()
    if digest is None:
        yield Difference(anchor.label, f"it names record {anchor.serial}, which is missing")
    elif digest != anchor.digest:
        yield Difference(anchor.label, f"it names record {anchor.serial} with another digest")
