"""What the journal costs: N acts appended, beside plain bulk_create of as many records and rows.

    python benchmarks/ledger.py [N]

Uses DATABASE_URL like everything else, and writes in one transaction that it rolls back.
"""
# ruff: noqa: E402 (Django is set up before models are imported)

import os
import resource
import shutil
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from ledger import journal
from ledger.journal import Act
from ledger.models import Record
from ledger.verify import differences
from tests.ledger_app.models import Fact

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def fact(number: int) -> Fact:
    return Fact(number=number, maker="Acme", model=f"M{number}", seen=AT, remark="x" * 60)


def append(count: int) -> None:
    acts = [Act("fact.seen", f"fact {n:06}", fact(n)) for n in range(1, count + 1)]
    journal.append(acts, actor=1, at=AT)


def plain(count: int) -> None:
    body, digest = "x" * 250, "0" * 64
    one = {"at": AT, "actor": 1, "act": "fact.seen", "body": body, "previous": digest, "digest": digest}
    records = [Record(serial=n, subject=f"fact {n:06}", **one) for n in range(1, count + 1)]
    rows = [fact(n) for n in range(1, count + 1)]
    for row, record in zip(rows, records, strict=True):
        row.record = record
    Record.objects.bulk_create(records, batch_size=journal.BATCH)
    Fact.objects.bulk_create(rows, batch_size=journal.BATCH)


def verify(count: int) -> None:
    append(count)
    started = time.perf_counter()
    found = list(differences())
    say(f"verify {count} (after appending)", time.perf_counter() - started)
    if found:
        raise SystemExit(f"{len(found)} differences: {found[0]}")


def rolled_back(work: Callable[[int], None], count: int) -> float:
    with transaction.atomic():
        started = time.perf_counter()
        work(count)
        took = time.perf_counter() - started
        transaction.set_rollback(True)
    return took


def say(what: str, seconds: float) -> None:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{what:40} {seconds:8.2f} s   peak {memory:5.0f} MB\n")


def main(count: int) -> None:
    sys.stdout.write(f"{connection.vendor}, {count} acts\n")
    call_command("migrate", verbosity=0)
    if Record.objects.exists():
        raise SystemExit("This database has a journal already; give an empty one.")
    rolled_back(plain, min(count, 1000))
    without = rolled_back(plain, count)
    say("plain bulk_create of both tables", without)
    with_it = rolled_back(append, count)
    say("journal.append", with_it)
    rolled_back(verify, count)
    sys.stdout.write(f"the journal costs {with_it / without:.1f} times plain bulk_create\n")


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
    finally:
        shutil.rmtree(settings.DATA_DIR)
