"""Lists that officers find their way in: how many there are, what narrows them, what leads on."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from cpl.admin.jobs import JobAdmin
from cpl.admin.read_only import Pages
from cpl.models import Job
from tests.cast import make_user, sign_in
from tests.make import make_answers
from tests.public.making import make_coverage, make_entry, make_import
from tests.register.conftest import submit
from tests.register.test_admitting import approve

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    settings.STAFF_MFA = False  # type: ignore[attr-defined]


def listed(client: Client, name: str, **asked: str) -> str:
    return client.get(reverse(f"admin:cpl_{name}_changelist"), asked).content.decode()


@pytest.mark.parametrize(("most", "cut"), [(2, True), (3, False)])
def test_a_list_that_is_cut_says_so_and_how_to_reach_the_rest(
    officer: User, monkeypatch: pytest.MonkeyPatch, most: int, cut: bool
) -> None:
    monkeypatch.setattr(Pages, "most", most)
    monkeypatch.setattr(JobAdmin, "list_per_page", 1)
    for number in range(3):
        Job.objects.create(what="export", subject=str(number), started_by=officer, created_at=timezone.now())
    page = listed(sign_in(officer), "job")
    assert ("The first 2 jobs in this order. There are more: search, filter or sort" in page) is cut
    assert ("more than 2 results" in page) is cut
    assert ("3 results" in page) is not cut
    assert "?p=2" in page
    assert ("?p=3" in page) is not cut


def test_the_queue_is_narrowed_to_what_one_of_two_has_approved(
    tables: None, maker: User, officer: User, second_officer: User, settings: object
) -> None:
    settings.SECOND_APPROVAL = True  # type: ignore[attr-defined]
    once, never = submit(maker, make_answers()), submit(maker, make_answers(firmware="01020399"))
    approve(once, officer)
    client = sign_in(second_officer)
    for asked, there, not_there in (("one", once, never), ("none", never, once)):
        page = listed(client, "submission", approvals=asked)
        assert there.reference in page
        assert not_there.reference not in page
    assert "Approved by one of two" in page
    approve(once, second_officer)
    assert once.reference not in listed(client, "submission", approvals="one")
    settings.SECOND_APPROVAL = False  # type: ignore[attr-defined]
    page = listed(client, "submission", approvals="none")
    assert "Approved by one of two" not in page
    assert once.reference in page


def test_submissions_are_narrowed_by_the_day_they_came_in(tables: None, maker: User, officer: User) -> None:
    submission = submit(maker, make_answers())
    year = submission.submitted_at.year  # type: ignore[union-attr]
    client = sign_in(officer)
    assert submission.reference in listed(client, "submission", submitted_at__year=str(year))
    assert submission.reference not in listed(client, "submission", submitted_at__year=str(year - 1))


@pytest.mark.parametrize("state", ["running", "done"])
def test_work_in_the_background_leads_to_the_page_of_what_came_of_it(officer: User, state: str) -> None:
    at = timezone.now()
    job = Job.objects.create(
        what="approve", subject="1", state=state, started_by=officer, created_at=at,
        ended_at=at if state == "done" else None, words="Done.",
    )  # fmt: skip
    place = reverse("admin:cpl_submission_approving", args=[job.pk])
    auditor = sign_in(make_user("auditor@panel.example", "Auditor"))
    assert f'<a href="{place}">' in listed(auditor, "job")
    page = auditor.get(reverse("admin:cpl_job_change", args=[job.pk])).content.decode()
    assert (f'<a href="{place}">' in page) is (state == "done")


def test_an_entry_and_its_days_are_written_as_the_list_writes_them(officer: User) -> None:
    entry = make_entry(make_import())
    make_coverage(entry)
    page = sign_in(officer).get(reverse("admin:cpl_entry_change", args=[entry.pk])).content.decode()
    assert f'<div class="readonly">{entry}</div>' in page
    assert "GBCS version" in page
    assert "Gbcs version" not in page
    assert "<td>1 November 2031</td>" in page
    at = datetime.datetime(2022, 9, 21, 13, 30, tzinfo=datetime.UTC)
    assert date_format(at, "DATETIME_FORMAT") == "21 September 2022, 13:30"


def test_more_entries_than_fit_into_an_address_are_proposed_for_removal_at_once(officer: User) -> None:
    brought = make_import()
    chosen = [make_entry(brought).pk for _ in range(3)]
    asked = {"action": "remove", "_selected_action": chosen}
    answer = sign_in(officer).post(reverse("admin:cpl_entry_changelist"), asked)
    assert answer.status_code == 200
    assert "000001; 000002; 000003" in answer.content.decode()
