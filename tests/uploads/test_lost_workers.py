"""A worker is killed in the midst of a file, as a machine would: what goes on after it doubles nothing."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from cpl import jobs, tasks, uploads
from cpl.models import Job, Submission, Upload, UploadRow
from tests.cast import party_of
from tests.uploads.files import make_csv, make_devices

ROOT = Path(__file__).resolve().parents[2]
ROWS, PART = 47, 10
# Writes a line when it has come to the place, and stays there until it is killed.
WORKER = """
import sys, time, django
django.setup()
from django.db import transaction
from cpl import jobs, tasks
from cpl.uploads import limits, reading, taking

job_id, place, part = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
reading.PART = taking.PART = part
count = 0

def stay(*_):
    print("here", flush=True)
    time.sleep(600)

def after(verb):
    def written(*args):
        global count
        told = verb(*args)
        count += 1
        if count == 3 and place == "within":
            stay()
        if count == 3 and place == "between":
            transaction.on_commit(stay)
        return told
    return written

reading.keep_rows = after(reading.keep_rows)
taking.link = after(taking.link)
tasks.work(job_id)
print("done", flush=True)
"""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("place", ["within", "between"])
def test_a_worker_killed_in_the_midst_loses_and_doubles_no_row(maker, place, monkeypatch):
    monkeypatch.setattr("cpl.uploads.taking.AT_ONCE", 0)
    content = make_csv(make_devices(ROWS))
    now = timezone.now()
    upload = uploads.receive([("devices.csv", content)], party=party_of(maker), by=maker, at=now)

    job = _killed(Job.objects.get(state="waiting"), place)
    there = UploadRow.objects.count()
    assert there == {"within": 2 * PART, "between": 3 * PART}[place]
    assert (job.state, job.done) == ("running", there)
    _gone_on_with(job)
    _demand_each_row_once(upload)

    uploads.take(upload.pk, "all", by=maker, at=now)
    job = _killed(Job.objects.get(state="waiting"), place)
    made = Submission.objects.count()
    assert made == {"within": 2 * PART, "between": 3 * PART}[place]
    assert Submission.history.count() == made
    _gone_on_with(job)
    upload.refresh_from_db()
    assert upload.status == "taken"
    assert Submission.objects.count() == Submission.history.count() == ROWS
    assert Submission.objects.values("device_key").distinct().count() == ROWS
    assert not upload.rows.filter(submission__isnull=True).exists()


def _killed(job: Job, place: str) -> Job:
    """The job after `kill -9` of its worker."""
    command = [sys.executable, "-c", WORKER, str(job.pk), place, str(PART)]
    with subprocess.Popen(command, env=_environment(), cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout
        assert worker.stdout.readline() == "here\n"
        worker.send_signal(signal.SIGKILL)
    job.refresh_from_db()
    return job


def _gone_on_with(job: Job) -> None:
    """Another worker finds it once the first has been silent for long enough."""
    assert jobs.claim(job.pk, timezone.now()) is None
    later = timezone.now() + 2 * jobs.SILENCE
    again = jobs.claim(job.pk, later)
    assert again
    tasks.WORK[job.what](again, lambda: later)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.done) == ("done", 2, ROWS)


def _demand_each_row_once(upload: Upload) -> None:
    upload.refresh_from_db()
    assert (upload.status, upload.rows_read, upload.rows_refused) == ("checked", ROWS, 0)
    assert list(upload.rows.values_list("place", "row")) == [(n, n + 2) for n in range(ROWS)]
    firmwares = [row.answers["Device_Model.firmware_version"] for row in upload.rows.all()]
    assert firmwares == [f"{n + 1:08X}" for n in range(ROWS)]


def _environment() -> dict[str, str]:
    """The worker is another process on the very database of this test."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite://{database['NAME']}"
    else:
        user = ":".join(quote(database[name]) for name in ("USER", "PASSWORD") if database[name])
        host = json.loads(json.dumps(database["OPTIONS"])).get("host") or database["HOST"]
        url = f"postgresql://{user}@:{database['PORT']}/{database['NAME']}?host={quote(host, safe='')}"
    ours = {
        "DJANGO_SETTINGS_MODULE": "sec_portal.settings",
        "DATABASE_URL": url,
        "DATA_DIR": str(settings.DATA_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
    }
    return {**os.environ, **ours}
