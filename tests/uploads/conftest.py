"""Files handed in, and a worker that is there when a test calls it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from cpl import jobs, tasks, uploads
from cpl.models import Job, Upload
from cpl.uploads.limits import SHELF
from tests.cast import party_of
from tests.make import Answers, make_answers
from tests.register.conftest import AT
from tests.uploads.files import make_csv, make_form

Clock = Callable[[], Any]


def clock() -> Any:
    return AT


@pytest.fixture(autouse=True)
def ready(tables: None) -> None:
    """The tables that rules ask."""


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs that a worker was called to; a test does the work itself."""
    called: list[int] = []
    monkeypatch.setattr(tasks.work, "delay", called.append)
    return called


def receive(by: User, *files: tuple[str, bytes], further: Answers | None = None) -> Upload:
    return uploads.receive(files, party=party_of(by), by=by, at=AT, further=further)


def receive_bulk(by: User, devices: list[Answers], **further: str) -> Upload:
    """One file with one device a row, checked."""
    upload = receive(by, ("devices.csv", make_csv(devices)), further=further)
    do_next_job()
    upload.refresh_from_db()
    return upload


def receive_forms(by: User, *forms: Answers) -> Upload:
    return receive(by, *((f"form {n}.xlsx", make_form(form)) for n, form in enumerate(forms, start=1)))


def do_next_job() -> Job:
    """What the one job that waits comes to."""
    (waiting,) = Job.objects.filter(state=Job.State.WAITING)
    job = jobs.claim(waiting.pk, AT)
    assert job
    tasks.WORK[job.what](job, clock)
    job.refresh_from_db()
    return job


def take_all(upload: Upload, by: User) -> None:
    uploads.take(upload.pk, "all", by=by, at=AT)
    if Job.objects.filter(state=Job.State.WAITING).exists():
        do_next_job()
    upload.refresh_from_db()


__all__ = ["SHELF", "make_answers"]
