"""The officers' first page: what waits and when it is due, what is not published, what ends, what failed."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from time_machine import travel

from cpl import waiting, workflow
from cpl.models import Job, Submission
from tests.cast import make_user, sign_in
from tests.make import make_answers
from tests.register.conftest import submit
from tests.register.test_admitting import admit, approve

pytestmark = pytest.mark.django_db
INDEX = "admin:index"


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    settings.STAFF_MFA = False  # type: ignore[attr-defined]


def figures(client: object) -> dict[str, int]:
    panels = client.get(reverse(INDEX)).context["panels"]  # type: ignore[attr-defined]
    return {figure.words: figure.number for panel in panels for figure in panel.figures}


def test_it_counts_what_waits_and_what_is_overdue(tables: None, maker: User, officer: User) -> None:
    submission = submit(maker, make_answers())
    Submission.objects.filter(pk=submission.pk).update(submitted_at=timezone.now())
    shown = figures(sign_in(officer))
    assert (shown["wait for a decision"], shown["overdue"], shown["assigned to nobody"]) == (1, 0, 1)
    with travel(timezone.now() + datetime.timedelta(days=40)):
        assert figures(sign_in(officer))["overdue"] == 1


@pytest.mark.parametrize(("days_after", "overdue", "today"), [(-1, 0, 0), (0, 0, 1), (1, 1, 0)])
def test_a_submission_is_due_on_its_day_and_overdue_after_it(
    tables: None, maker: User, officer: User, days_after: int, overdue: int, today: int
) -> None:
    submission = submit(maker, make_answers())
    # A Monday: ten Working Days later is the Monday two weeks on, without a bank holiday between.
    at = datetime.datetime(2026, 6, 1, 9, tzinfo=datetime.UTC)
    Submission.objects.filter(pk=submission.pk).update(submitted_at=at)
    submission.refresh_from_db()
    due = waiting.due_on(submission)
    assert due == datetime.date(2026, 6, 15)
    found = waiting.queue(due + datetime.timedelta(days=days_after), officer)
    assert (found.overdue, found.due_today) == (overdue, today)


def test_what_is_on_hold_is_not_due(tables: None, maker: User, officer: User) -> None:
    submission = submit(maker, make_answers())
    Submission.objects.filter(pk=submission.pk).update(on_hold=True)
    found = waiting.queue(datetime.date(2100, 1, 1), officer)
    assert (found.overdue, found.on_hold, found.waiting) == (0, 1, 1)


def test_a_new_entry_is_to_be_published_one_working_day_later(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    admit(maker, officer)
    on = timezone.localdate()
    found = waiting.unpublished(on)
    assert found.counted.added == 1
    assert found.due_on and found.since and found.due_on > found.since


def test_figures_lead_to_the_list_behind_them(tables: None, maker: User, officer: User) -> None:
    submission = submit(maker, make_answers())
    Submission.objects.filter(pk=submission.pk).update(assigned_to=officer)
    client = sign_in(officer)
    panels = client.get(reverse(INDEX)).context["panels"]
    for figure in (figure for panel in panels for figure in panel.figures):
        assert client.get(figure.url).status_code == 200, figure
    mine = next(one for panel in panels for one in panel.figures if one.words == "assigned to me")
    assert mine.number == 1
    assert submission.reference in client.get(mine.url).content.decode()


def test_a_month_lists_the_certificates_behind_its_bar(tables: None, maker: User, officer: User) -> None:
    admit(maker, officer)
    client = sign_in(officer)
    panels = client.get(reverse(INDEX)).context["panels"]
    months = next(panel for panel in panels if panel.title == "Certificates ending").context["months"]
    assert len(months) == 18
    month = reverse("admin:cpl_certificate_ending", args=["2026-11"])
    assert client.get(month).status_code == 200
    assert client.get(month + "?as=csv")["Content-Type"].startswith("text/csv")
    assert client.get(reverse("admin:cpl_certificate_ending", args=["2026-13"])).status_code == 404


def test_who_may_see_nothing_gets_no_panel(db: None) -> None:
    nobody = make_user("clerk@panel.example")
    User.objects.filter(pk=nobody.pk).update(is_staff=True)
    response = sign_in(nobody).get(reverse(INDEX))
    assert response.status_code == 200
    assert response.context["panels"] == []


def test_the_page_asks_as_much_however_much_waits(
    tables: None, maker: User, officer: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        submit(maker, make_answers())
    client = sign_in(officer)
    with django_assert_max_num_queries(40):
        page = client.get(reverse(INDEX))
    assert len(page.content) < 150_000


def test_each_figure_is_as_many_as_the_list_behind_it(
    tables: None, maker: User, rival: User, officer: User, second_officer: User, settings: object
) -> None:
    settings.SECOND_APPROVAL = True  # type: ignore[attr-defined]
    given = [submit(maker, make_answers(firmware=f"0000000{number}")) for number in range(4)]
    Submission.objects.filter(pk=given[0].pk).update(on_hold=True)
    Submission.objects.filter(pk=given[1].pk).update(assigned_to=officer)
    approve(given[2], second_officer)
    workflow.move(given[3].pk, "return", by=second_officer, at=timezone.now(), words="Look again.")
    for state, days in (("failed", 1), ("failed", 30), ("running", 0), ("waiting", 0), ("done", 0)):
        at = timezone.now() - datetime.timedelta(days=days)
        ended = at if state in ("failed", "done") else None
        Job.objects.create(
            what="export", subject=f"{state} {days}", state=state, started_by=officer, created_at=at,
            ended_at=ended, words="It stopped." if state == "failed" else "",
        )  # fmt: skip
    client = sign_in(officer)
    shown, wrong = client.get(reverse(INDEX)).context["panels"], {}
    for panel in shown:
        for figure in panel.figures:
            behind = client.get(figure.url).context
            # What is not yet published has a page of its own, or stands behind the list of releases.
            listed = behind.get("cl") if panel.title != "Not yet published" else None
            if listed and listed.result_count != figure.number:
                wrong[figure.words] = (figure.number, listed.result_count)
    assert not wrong
    told = {figure.words: figure.number for panel in shown for figure in panel.figures}
    assert (told["approved by one of two"], told["failed in the last seven days"]) == (1, 1)
    assert (told["running or waiting"], told["on hold"], told["assigned to me"]) == (2, 1, 1)
    settings.SECOND_APPROVAL = False  # type: ignore[attr-defined]
    page = client.get(reverse(INDEX)).content.decode()
    assert "approved by one of two" not in page
