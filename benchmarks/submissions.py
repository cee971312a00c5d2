"""What a file of new entries costs on our way in, beside django-import-export's own way, on the same rows.

    python benchmarks/submissions.py [N ...]          100, 1000 and 10000 unless told otherwise

Ours: bytes in, rows read and judged by every rule, kept with their cells and problems, made into submissions
with their history. Theirs, import-export's default path: a `ModelResource` with its settings as they come;
read by tablib, run dry, read again and imported, as its admin does:

    history   into a table with a column of text for each field, and the history that this project owes every
              row that may change: the peer
    bare      into the same table without a history; no rule either
    checked   as `history`, and every row judged by our rules where such a resource judges its rows

The rows are of forty models in turn: no row is as the one before. Each way is a process of its own over
a database of its own; peak memory is that of the whole process, with Django, the file and the tables. Uses
DATABASE_URL like everything else: give an empty PostgreSQL database to measure on that. Processor time is
compared: it grows on a machine that is busy otherwise, for all of them.

Measured on 22 November 2026 on SQLite, 2 cores and 24 GB with a load of 10 to 15 beside; one run:

                     ours                     history               bare
    csv   10,000     4.56 CPU s, peak 159 MB  28.67, 321 MB (6.3)   18.78, 320 MB (4.1)

In parentheses, how many times ours. A workbook of 10,000 rows took ours 6.62 CPU s, peak 181 MB; theirs was
not measured in that run. Milliseconds a row of ours at 100, 300, 1,000, 3,000 rows, by themselves: CSV 1.43,
0.71, 0.45, 0.46; XLSX 2.02, 0.96, 0.78, and 3,000 not measured. What a file asks once is the rest.
"""
# ruff: noqa: E402 (Django is set up before models are imported)

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, models
from django.utils import timezone
from import_export import resources
from import_export.formats import base_formats

from cpl import jobs, tasks, uploads
from cpl.checking import problems_of_answers
from cpl.models import Job, Party, Submission, Upload
from cpl.rules.problem import refusals
from ledger.history import AppendOnlyHistory
from sec_portal.celery import spare_the_program_itself
from tests.cast import MAKER_CODE, make_party, make_user
from tests.make import EVIDENCE
from tests.tables import lay_down
from tests.uploads.files import COLUMNS, make_csv, make_devices, make_xlsx

MODELS = 40
MAKE = {"csv": make_csv, "xlsx": make_xlsx}
# Their columns bear the names of the model's fields, ours those of the form.
PLAIN = {name: "".join(c if c.isalnum() else "_" for c in name).lower().strip("_") for name in COLUMNS}


def plain_model(history: bool) -> type[models.Model]:
    """A table with a column of text for each field."""
    columns: dict[str, Any] = {name: models.CharField(max_length=4000, blank=True) for name in PLAIN.values()}
    if history:
        columns["history"] = AppendOnlyHistory()
    meta = type("Meta", (), {"app_label": "ledger_app"})
    return type("PlainDevice", (models.Model,), {"__module__": __name__, "Meta": meta, **columns})


def ours(data: bytes, name: str, count: int) -> None:
    person = make_user("maker@tidewater.example")
    party = make_party("Tidewater Metering Ltd", Party.Category.OTHER, person, code=MAKER_CODE)
    at = timezone.now()
    upload = uploads.receive([(name, data)], party=party, by=person, at=at)
    _work()
    upload.refresh_from_db()
    if (upload.rows_read, upload.rows_refused) != (count, 0):
        raise SystemExit(f"{upload.rows_read} rows read, {upload.rows_refused} refused: {_first(upload)}")
    uploads.take(upload.pk, "all", by=person, at=at)
    _work()
    if Submission.objects.count() != count:
        raise SystemExit(f"{Submission.objects.count()} submissions instead of {count}.")


def _work() -> None:
    """What a worker does."""
    for job_id in Job.objects.filter(state=Job.State.WAITING).values_list("pk", flat=True):
        if job := jobs.claim(job_id, timezone.now()):
            tasks.WORK[job.what](job, timezone.now)


def _first(upload: Upload) -> str:
    row = upload.rows.filter(refused=True).first()
    return str(row and [one["message"] for one in row.problems]) or upload.words


def bare(data: bytes, name: str, count: int) -> None:
    _theirs(data, name, count, plain_model(history=False))


def history(data: bytes, name: str, count: int) -> None:
    _theirs(data, name, count, plain_model(history=True))


def checked(data: bytes, name: str, count: int) -> None:
    _theirs(data, name, count, plain_model(history=True), Judging)


class Judging(resources.ModelResource):
    """Judges each row by our rules before it is saved."""

    def before_import_row(self, row: Any, **_: Any) -> None:
        answers = {name: row[plain] or "" for name, plain in PLAIN.items()}
        found = problems_of_answers(
            "new_entry", answers, party=None, by_panel=True, on=timezone.localdate(), evidence=EVIDENCE
        )
        if refusals(found):
            raise ValidationError([one.message for one in refusals(found)])


def _theirs(
    data: bytes,
    name: str,
    count: int,
    model: Any,
    resource_class: type[resources.ModelResource] = resources.ModelResource,
) -> None:
    with connection.schema_editor() as editor:
        editor.create_model(model)
        if hasattr(model, "history"):
            editor.create_model(model.history.model)
    written = base_formats.XLSX() if name.endswith("xlsx") else base_formats.CSV(encoding="utf-8")
    taken = resources.modelresource_factory(model, resource_class)
    for dry_run in (True, False):
        dataset = written.create_dataset(data)
        result = taken().import_data(dataset, dry_run=dry_run, raise_errors=False)
        if result.has_errors() or result.has_validation_errors():
            raise SystemExit(
                f"import-export found errors: {[str(e.error) for _, r in result.row_errors()[:1] for e in r]}"
            )
    if model._default_manager.count() != count:
        raise SystemExit(f"{model._default_manager.count()} rows instead of {count}.")


def make_mixed(count: int) -> list[dict[str, str]]:
    """Devices of many models in turn, each model with certificates and words of its own: no row is as the one
    before."""
    return [device for n in range(count) for device in make_devices(1, n, **_family(n % MODELS))]


def _family(number: int) -> dict[str, str]:
    return {
        "model": f"{number:04X}",
        "hardware_revision": f"{number % 3:02X}",
        "cpa_id": f"[E] 20261101-{7700 + number}",
        "dlms_id": f"{7700 + number}",
        "zse_id": f"ZIG26TMI{77000 + number}-24",
        "contact_name": f"Ada Quill {number}",
        "product_name": f"Tidewater T{number}",
    }


WAYS = {"ours": ours, "bare": bare, "history": history, "checked": checked}
# Beyond this, judging row by row takes longer than anybody waits for a table.
MOST_CHECKED = 100


def measure(way: str, file: Path, count: int) -> None:
    """In a process of its own: one way, one file; prints what it took."""
    call_command("migrate", verbosity=0)
    if Upload.objects.exists():
        raise SystemExit("This database has uploads already; give an empty one.")
    lay_down()
    data = file.read_bytes()
    spare_the_program_itself()  # as a worker does when it begins; for theirs too
    # The first message makes Celery set itself up, once for as long as the process lives.
    tasks.work.delay(0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    try:
        started, worked = time.perf_counter(), time.process_time()
        WAYS[way](data, file.name, count)
        took, cpu = time.perf_counter() - started, time.process_time() - worked
    finally:
        _leave_no_trace()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"took": took, "cpu": cpu, "before": before, "peak": peak}) + "\n")


def _leave_no_trace() -> None:
    """On PostgreSQL the next process finds the same database."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")


def main(counts: list[int]) -> None:
    folder = Path(settings.DATA_DIR)
    sys.stdout.write(
        f"{connection.vendor}, {len(COLUMNS)} columns; memory before: with Django and the file\n"
    )
    sys.stdout.write(
        f"{'':6}{'rows':>7}  {'way':9}{'s':>8}{'CPU s':>8}{'ms a row':>10}{'before':>8}{'peak MB':>9}\n"
    )
    for kind in MAKE:
        for count in counts:
            _compare(kind, count, folder)


def _compare(kind: str, count: int, folder: Path) -> None:
    devices = make_mixed(count)
    took: dict[str, float] = {}
    for way in WAYS:
        if way == "checked" and count > MOST_CHECKED:
            continue
        file = folder / f"{way}.{kind}"
        file.write_bytes(
            MAKE[kind](devices) if way == "ours" else MAKE[kind](_plainly(devices), [*PLAIN.values()])
        )
        told = _in_a_process(way, file, count)
        took[way] = told["cpu"]
        each = told["cpu"] / count * 1000
        sys.stdout.write(
            f"{kind:6}{count:7,}  {way:9}{told['took']:8.2f}{told['cpu']:8.2f}{each:10.2f}"
            f"{told['before']:8.0f}{told['peak']:9.0f}\n"
        )
        sys.stdout.flush()
    ratios = ", ".join(f"{took[way] / took['ours']:.1f} ({way})" for way in took if way != "ours")
    sys.stdout.write(f"{kind:6}{count:7,}  of our processor time theirs takes: {ratios}\n")


def _plainly(devices: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{PLAIN[name]: text for name, text in device.items()} for device in devices]


def _in_a_process(way: str, file: Path, count: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--measure", way, str(file), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(f"{way}: {done.stdout}{done.stderr}")
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


if __name__ == "__main__":
    try:
        if sys.argv[1:2] == ["--measure"]:
            measure(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
        else:
            main([int(count) for count in sys.argv[1:]] or [100, 1_000, 10_000])
    finally:
        shutil.rmtree(settings.DATA_DIR)
