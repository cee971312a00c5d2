"""What a file of new entries costs on our way in, beside django-import-export's own way, on the same rows.

    python benchmarks/submissions.py [N ...]          10000 unless told otherwise

Ours: bytes in, rows read and judged by every rule, kept with their cells and problems, made into submissions
with their history. Theirs: a `ModelResource` with its settings as they come, over a plain table with one
column a field and no rule at all; read by tablib, run dry, read again and imported, as its admin does. Each is
a process of its own over a database of its own; peak memory is that of the whole process. Uses DATABASE_URL
like everything else: give an empty PostgreSQL database to measure on that.
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
from django.core.management import call_command
from django.db import connection, models
from django.utils import timezone
from import_export import resources
from import_export.formats import base_formats

from cpl import jobs, tasks, uploads
from cpl.models import Job, Party, Submission, Upload
from tests.cast import MAKER_CODE, make_party, make_user
from tests.tables import lay_down
from tests.uploads.files import COLUMNS, make_csv, make_devices, make_xlsx

MAKE = {"csv": make_csv, "xlsx": make_xlsx}
# Their columns bear the names of the model's fields, ours those of the form.
PLAIN = {name: "".join(c if c.isalnum() else "_" for c in name).lower().strip("_") for name in COLUMNS}


def plain_model() -> type[models.Model]:
    """A table with a column of text for each field."""
    columns: dict[str, Any] = {name: models.CharField(max_length=4000, blank=True) for name in PLAIN.values()}
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


def theirs(data: bytes, name: str, count: int) -> None:
    model = plain_model()
    with connection.schema_editor() as editor:
        editor.create_model(model)
    written = base_formats.XLSX() if name.endswith("xlsx") else base_formats.CSV(encoding="utf-8")
    taken = resources.modelresource_factory(model)
    for dry_run in (True, False):
        dataset = written.create_dataset(data)
        result = taken().import_data(dataset, dry_run=dry_run, raise_errors=False)
        if result.has_errors() or result.has_validation_errors():
            raise SystemExit(f"import-export found errors: {result.row_errors()[:1]}")
    if model._default_manager.count() != count:
        raise SystemExit(f"{model._default_manager.count()} rows instead of {count}.")


WAYS = {"ours": ours, "theirs": theirs}


def measure(way: str, file: Path, count: int) -> None:
    """In a process of its own: one way, one file; prints what it took."""
    call_command("migrate", verbosity=0)
    if Upload.objects.exists():
        raise SystemExit("This database has uploads already; give an empty one.")
    lay_down()
    data = file.read_bytes()
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
        f"{'':12}{'rows':>7}  {'way':7}{'s':>8}{'CPU s':>8}{'ms a row':>10}{'before':>8}{'peak MB':>9}\n"
    )
    for kind, make_file in MAKE.items():
        for count in counts:
            devices = make_devices(count)
            took: dict[str, float] = {}
            for way in WAYS:
                file = folder / f"{way}.{kind}"
                file.write_bytes(
                    make_file(devices) if way == "ours" else make_file(_plainly(devices), [*PLAIN.values()])
                )
                told = _in_a_process(way, file, count)
                took[way] = told["took"]
                each = told["took"] / count * 1000
                sys.stdout.write(
                    f"{kind:12}{count:7,}  {way:7}{told['took']:8.2f}{told['cpu']:8.2f}{each:10.2f}"
                    f"{told['before']:8.0f}{told['peak']:9.0f}\n"
                )
            sys.stdout.write(
                f"{kind:12}{count:7,}  ours is {took['theirs'] / took['ours']:.1f} times faster\n"
            )


def _plainly(devices: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{PLAIN[name]: text for name, text in device.items()} for device in devices]


def _in_a_process(way: str, file: Path, count: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--measure", way, str(file), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{way}: {done.stdout}{done.stderr}")
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


if __name__ == "__main__":
    try:
        if sys.argv[1:2] == ["--measure"]:
            measure(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
        else:
            main([int(count) for count in sys.argv[1:]] or [10_000])
    finally:
        shutil.rmtree(settings.DATA_DIR)
