"""Lists of many rows leave in the background: written row by row, fetched by who asked, gone after a week."""

import csv
import datetime
import io
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from openpyxl import load_workbook

from cpl import jobs, tasks
from cpl.models import Job
from tests.cast import make_user, sign_in
from tests.public.making import AT, make_entries, make_entry, make_import

pytestmark = pytest.mark.django_db
XLSX, CSV = "0", "1"
WEEK = datetime.timedelta(days=7)


@pytest.fixture(autouse=True)
def few_at_once(settings: Any, time_machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.STAFF_MFA, settings.EXPORT_AT_ONCE = False, 2
    time_machine.move_to(AT, tick=False)
    monkeypatch.setattr(tasks.work, "delay", lambda _: None)


@pytest.fixture
def three(db: None) -> None:
    brought = make_import()
    make_entries(2, brought)
    make_entry(brought, product_name="=HYPERLINK(1)")


def ask(user: User, kind: str = CSV, **query: str) -> Job:
    answer = sign_in(user).post(
        reverse("admin:cpl_entry_export", query=query), {"resource": "", "format": kind}
    )
    job = Job.objects.latest("pk")
    assert answer["Location"] == reverse("admin:cpl_job_change", args=[job.pk])
    return job


def written(user: User, kind: str = CSV, **query: str) -> Job:
    job = ask(user, kind, **query)
    tasks.work(job.pk)
    job.refresh_from_db()
    return job


def fetch(user: User, job: Job) -> Any:
    return sign_in(user).get(reverse("admin:cpl_job_file", args=[job.pk]))


def content(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def page(user: User, job: Job) -> str:
    return sign_in(user).get(reverse("admin:cpl_job_change", args=[job.pk])).content.decode()


def test_a_long_list_is_written_by_a_job_and_fetched_from_its_page(three: None, officer: User) -> None:
    job = ask(officer)
    assert "Look again" in page(officer, job)
    tasks.work(job.pk)
    assert "Download entry-2026-11-20.csv" in page(officer, job)
    rows = list(csv.DictReader(io.StringIO(content(fetch(officer, job)).decode())))
    assert [row["number"] for row in rows] == ["000001", "000002", "000003"]
    assert rows[2]["product_name"] == "'=HYPERLINK(1)"


def test_a_workbook_keeps_dates_and_digits_and_has_no_formula(three: None, officer: User) -> None:
    book = load_workbook(io.BytesIO(content(fetch(officer, written(officer, XLSX)))))
    cells = list(book.active.iter_rows())
    assert "f" not in {cell.data_type for row in cells for cell in row}
    first = dict(zip((cell.value for cell in cells[0]), (cell.value for cell in cells[1]), strict=True))
    assert (first["number"], first["firmware"]) == ("000001", "00000001")


def test_the_rows_are_those_that_were_asked_for(three: None, officer: User, settings: Any) -> None:
    settings.EXPORT_AT_ONCE = 1
    job = written(officer, q="Tidewater T100", status="Current")
    assert job.done == 2


def test_asked_for_twice_at_once_it_is_one_job(three: None, officer: User) -> None:
    assert ask(officer) == ask(officer)
    assert Job.objects.count() == 1
    ask(officer, status="Current")
    assert Job.objects.count() == 2


def test_a_short_list_comes_at_once(three: None, officer: User, settings: Any) -> None:
    settings.EXPORT_AT_ONCE = 3
    address = reverse("admin:cpl_entry_export")
    answer = sign_in(officer).post(address, {"resource": "", "format": CSV})
    assert "attachment" in answer["Content-Disposition"]
    assert not Job.objects.exists()


def test_nobody_else_fetches_it(three: None, officer: User, second_officer: User, maker: User) -> None:
    job = written(officer)
    assert fetch(second_officer, job).status_code == 404
    assert "Download" not in page(second_officer, job)
    assert fetch(maker, job).status_code == 302


def test_who_lost_the_role_gets_nothing_more(three: None, officer: User) -> None:
    job, waiting = written(officer), ask(officer, status="Current")
    officer.groups.set(Group.objects.filter(name="Publisher"))
    assert fetch(officer, job).status_code == 404
    tasks.work(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.result) == (Job.State.FAILED, {})


def test_who_may_not_see_jobs_sees_their_own(three: None, officer: User) -> None:
    clerk = make_user("clerk@panel.example", "Administrator")
    of_officer = ask(officer)
    own = Job.objects.create(what="export", subject="x", started_by=clerk, created_at=AT, asked={})
    assert sign_in(clerk).get(reverse("admin:cpl_job_change", args=[own.pk])).status_code == 200
    assert sign_in(clerk).get(reverse("admin:cpl_job_change", args=[of_officer.pk])).status_code == 403
    assert sign_in(clerk).get(reverse("admin:cpl_job_changelist")).status_code == 403


def test_after_a_week_it_is_gone(three: None, officer: User, time_machine: Any) -> None:
    job = written(officer)
    path = jobs.RESULTS.path_of(job.result["sha256"])
    jobs.forget_results(AT + WEEK - datetime.timedelta(hours=1))
    assert path.exists()
    time_machine.move_to(AT + WEEK, tick=False)
    assert fetch(officer, job).status_code == 404
    assert "is deleted" in page(officer, job)
    jobs.forget_results(AT + WEEK + datetime.timedelta(days=400))
    assert not path.exists()


def test_what_was_begun_and_never_kept_goes_too(db: None) -> None:
    path = jobs.RESULTS.beside()
    jobs.forget_results(AT + datetime.timedelta(days=400))
    assert not path.exists()
