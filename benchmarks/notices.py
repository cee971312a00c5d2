"""What a daily run of notices costs over a long register, beside the plain way, which reads every row.

    python -m tests.servers -- python benchmarks/notices.py

On PostgreSQL alone. CERTIFICATES=1000000 sets the size: as many entries (six digits hold 999,999), and ten
times as many rows of coverage. Of one entry in six the date lies within a year; these were told, but for one
in sixteen, which a run has to find. RECIPIENTS=6 are told of each. The plain way is measured on a tenth,
and ours beside it. Each line is a process of its own; memory is its peak.

On 22 November 2026, 2 cores, 24 GB, PostgreSQL 18, with little else to do: of 999,999 certificates and
9,999,990 rows of coverage a daily run found 62,658 notices (10,443 certificates, six recipients) with 24
statements in 9.4 s and 148 MB, the weekly look at everything with 26 in 18.3 s and 150 MB; writing and
handing over all of it took 159 statements, 40.7 s and 308 MB. An idle process has 125 MB. On a tenth, the
plain way took 28.7 s and 312 MB, a daily run 0.9 s and 125 MB: 30 times less time.
"""
# ruff: noqa: E402, S608 (Django is set up before models are imported; the SQL is our own)

import itertools
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from cpl.models import CertificateEvent, Entry, Party, shown
from notifications import audiences, planning, sending
from notifications.audiences import Directory
from notifications.due import Carried, Obligation, due, reached
from notifications.further import milestones_told
from notifications.models import Audience, Notice, Run
from tests.cast import make_party
from tests.make import ESME

ON = date(2026, 11, 22)
SIZE, RECIPIENTS = int(os.environ.get("CERTIFICATES", "1000000")), int(os.environ.get("RECIPIENTS", "6"))
A_DAY = timedelta(days=1)
# By entry: when the certificate that carries it now ends, within six years; which were not told.
ENDS, UNTOLD = "date '%(on)s' + 1 + (e::bigint * 7919 %% 2190)::int", "e %% 16 = 0"
LOAD = (
    """INSERT INTO ledger_record (serial, at, actor, act, subject, body, previous, digest)
       SELECT s, '2020-01-01', NULL, 'made', '', '', '', '' FROM generate_series(1, 12 * %(n)s + 1) s""",
    """INSERT INTO cpl_listimport (record_id, file_name, sha256, version, issued_on, report)
       VALUES (1, 'list.xlsx', 'x', '1.0', '2020-01-01', '')""",
    """INSERT INTO cpl_entry (number, record_id, device_type, manufacturer, model, hardware_version,
         hardware_revision, firmware, technical_specification, gbcs_version, security_characteristics,
         image_creator, image_hash, image_descriptor, product_name, brought_by_id)
       SELECT e, 1 + e, '%(esme)s', '11D2', '0C0D', '01', '02', upper(lpad(to_hex(e), 8, '0')), 'SMETS V5.1',
         'GBCS Version 4.1', '', '', '', '', '', 1 FROM generate_series(1, %(n)s) e""",
    """INSERT INTO cpl_certificate (record_id, scheme, identifier, date_kind, date, version, brought_by_id)
       SELECT 1 + %(n)s + c, 'CPA', c::text, 'expires', date '%(on)s' + c %% 2190, '1.3', 1
       FROM generate_series(1, %(n)s) c""",
    # Six of ten rows are of CPA, a year apart; only the last of them counts.
    """INSERT INTO cpl_coverage (record_id, entry_id, certificate_id, scheme, identifier_shown, version_shown,
         date_shown, covers_from, brought_by_id)
       SELECT 1 + 2 * %(n)s + k * %(n)s + e, e, 2 + %(n)s + (e + k * 1000) %% %(n)s,
         CASE WHEN k < 6 THEN 'CPA' WHEN k < 8 THEN 'DLMS' ELSE 'Zigbee' END, '[E] ' || e, '1.3',
         CASE WHEN k < 6 THEN """ + ENDS + """ - (5 - k) * 365 END, date '%(on)s' - 3000 + k * 200, 1
       FROM generate_series(0, 9) k, generate_series(1, %(n)s) e""",
    """INSERT INTO notifications_recipient (kind, party_id)
       SELECT 'party', id FROM cpl_party ORDER BY id LIMIT %(recipients)s""",
    # A year's worth; of those not told of the nearest, one in two was told of the one before.
    """INSERT INTO notifications_notice (entry_id, certificate_id, date, milestone, recipient_id, state,
         reason, due_on, run_id, message_id)
       SELECT e, 2 + %(n)s + (e + 5000) %% %(n)s, ends, m, r.id, 'before_register', '',
         (ends - make_interval(months => m))::date, %(run)s, NULL
       FROM (SELECT e, """ + ENDS + """ AS ends FROM generate_series(1, %(n)s) e) entries,
         (VALUES (12), (6)) AS milestones (m), notifications_recipient r
       WHERE (ends - make_interval(months => m))::date <= '%(on)s'
         AND (NOT (""" + UNTOLD + """) OR (m = 12 AND e %% 32 = 0 AND ends < date '%(on)s' + 180))""",
)  # fmt: skip


def load(size: int) -> None:
    """By SQL: past the triggers that look up keys (the append-only ones stand), indexes made at the end."""
    call_command("migrate", verbosity=0)
    for number in range(RECIPIENTS):
        make_party(f"Supplier {number}", Party.Category.SMALL_SUPPLIER, email=f"s{number}@supplier.example")
    Audience.objects.filter(kind="certificate").exclude(who="suppliers").delete()
    directory = Directory(audiences.rows("certificate"), ON)
    digest = planning._digest(directory, milestones_told(ON))
    at = datetime(2026, 11, 21, 6, tzinfo=UTC)
    run = Run.objects.create(
        state="ended", on=ON - A_DAY, started_at=at, ended_at=at, directory=digest, looked_at_all=True
    )
    values = {"n": size, "on": ON, "esme": ESME, "run": run.pk, "recipients": RECIPIENTS}
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND NOT EXISTS"
            " (SELECT 1 FROM pg_constraint WHERE conname = indexname) AND tablename IN"
            " ('ledger_record', 'cpl_coverage', 'cpl_entry', 'cpl_certificate', 'notifications_notice')"
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        for statement in LOAD:
            cursor.execute(statement % values)
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET session_replication_role = DEFAULT; ANALYZE")
        cursor.execute("UPDATE ledger_head SET serial = %s", [12 * size + 1])


def plain() -> int:
    """As it was done before: every row of coverage becomes an object, and all that was told a set."""
    directory = Directory(audiences.rows("certificate"), ON)
    ended = set(
        CertificateEvent.objects.filter(what__in=["withdrawn", "cancelled"]).values_list("certificate")
    )
    rows = [
        row
        for schemes in shown(on=ON).values()
        for row in schemes.values()
        if row.date and row.certificate not in ended and reached(row.date, ON)
    ]
    numbers = {row.entry for row in rows}
    found = Entry.objects.current(ON).filter(number__in=numbers).select_related("submission")
    entries = {entry.number: entry for entry in found}
    told = {
        Obligation(row.entry_id, row.certificate_id, row.date, row.milestone, row.recipient.to)
        for row in Notice.objects.filter(date__gte=ON).select_related("recipient").iterator(5000)
    }
    facts = [
        Carried(
            row.entry, row.certificate, row.date, ON - 900 * A_DAY, False, directory.of(entries[row.entry])
        )
        for row in rows
        if row.date
    ]
    return sum(one.state.is_sent for one in due(facts, told, ON))


def fresh() -> int:
    return planning.plan(ON, audiences.rows("certificate")).count


def full() -> int:
    Run.objects.update(looked_at_all=False)
    try:
        return fresh()
    finally:
        Run.objects.update(looked_at_all=True)


def held() -> int:
    """A run that would send too much: it counts, and keeps nothing."""
    return planning.plan(ON, audiences.rows("certificate"), most=200).count


def write() -> int:
    """The run itself, with its notices, letters and messages; the mail server takes all and keeps none."""
    settings.NOTICE_LIMIT = 10_000_000
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    outcome = sending.run(ON, datetime(2026, 11, 22, 6, tzinfo=UTC))
    return outcome.run.sent if outcome.run else 0


def again() -> int:
    """The next run, which finds nothing more."""
    return fresh()


WAYS: dict[str, Callable[[], int]] = {
    "fresh": fresh, "full": full, "held": held, "write": write, "again": again, "plain": plain
}  # fmt: skip


def measure(way: str) -> None:
    connection.ensure_connection()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    statements = itertools.count()

    def counted(execute: Callable[..., object], *args: object) -> object:
        # Counted, not kept: a log of the statements would hold every letter once more.
        next(statements)
        return execute(*args)

    with connection.execute_wrapper(counted):
        started = time.perf_counter()
        count = WAYS[way]()
        took = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures = {"count": count, "seconds": took, "statements": next(statements), "peak": peak, "idle": before}
    sys.stdout.write(json.dumps(figures))


def child(url: str, *words: str) -> str:
    env = {**os.environ, "DATABASE_URL": url}
    command = [sys.executable, __file__, *words]
    return subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603


def main() -> None:
    if connection.vendor != "postgresql":
        raise SystemExit("It measures PostgreSQL: python -m tests.servers -- python benchmarks/notices.py")
    url = os.environ["DATABASE_URL"]
    whole, tenth = min(SIZE, 999_999), max(SIZE // 10, 1000)
    with connection.cursor() as cursor:
        for name in ("whole", "tenth"):
            cursor.execute(f"CREATE DATABASE {name}")
    seconds: dict[tuple[int, str], float] = {}
    for name, size, ways in (
        ("tenth", tenth, ("plain", "full", "fresh")),
        ("whole", whole, ("fresh", "full", "held", "write", "again")),
    ):
        there = url.replace("/postgres?", f"/{name}?")
        started = time.perf_counter()
        child(there, "load", str(size))
        took = time.perf_counter() - started
        sys.stdout.write(
            f"\n{size:,} certificates and entries, {10 * size:,} rows of coverage (loaded in {took:.0f} s)\n"
            f"{'':8}{'notices to send':>16}{'statements':>12}{'seconds':>9}{'peak MB':>9}{'of it idle':>11}\n"
        )
        for way in ways:
            one = json.loads(child(there, "measure", way))
            seconds[size, way] = one["seconds"]
            sys.stdout.write(
                f"{way:8}{one['count']:>16,}{one['statements']:>12}{one['seconds']:>9.1f}"
                f"{one['peak'] / 1024:>9.0f}{one['idle'] / 1024:>11.0f}\n"
            )
            sys.stdout.flush()
    ratio = seconds[tenth, "plain"] / seconds[tenth, "fresh"]
    sys.stdout.write(f"\nOn {tenth:,} the plain way takes {ratio:.0f} times as long as a daily run.\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["load"]:
        load(int(sys.argv[2]))
    elif sys.argv[1:2] == ["measure"]:
        measure(sys.argv[2])
    else:
        main()
