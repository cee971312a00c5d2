"""On the real list: what is due in each month agrees with a plain calculation from the workbook."""

import datetime
from calendar import monthrange
from collections import Counter
from datetime import date, timedelta

import openpyxl
import pytest

from cpl.bringing import bring_forward
from cpl.models import Party
from notifications import audiences
from notifications.audiences import Directory
from notifications.due import due
from notifications.models import Audience, Message, Notice
from tests.cast import make_party
from tests.notifications import plain
from tests.notifications.making import noon, run
from tests.real_list import WORKBOOK, needs_real_list

pytestmark = [pytest.mark.django_db, needs_real_list]
ISSUED, MONTHS = date(2022, 9, 21), 36


@pytest.fixture
def brought(tables: None) -> None:
    """The real list, one Supplier and the DCC: each entry concerns exactly one of them."""
    bring_forward(WORKBOOK.read_bytes(), file_name=WORKBOOK.name, by=None, at=noon(ISSUED))
    make_party("Harbour Energy Supply Ltd", Party.Category.LARGE_SUPPLIER, email="notices@harbour.example")
    make_party("Data and Communications Company", Party.Category.DCC, email="notices@dcc.example")


def months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def day_of(value: object) -> date | None:
    """The three ways in which the workbook writes a date."""
    if isinstance(value, datetime.datetime):
        return value.date()
    if not isinstance(value, str) or not value.strip():
        return None
    return datetime.datetime.strptime(value.strip().replace("-", "/"), "%d/%m/%Y").date()  # noqa: DTZ007


def from_the_workbook() -> Counter[str]:
    """By month, the milestones of Current entries' CPA dates since the issue. SMETS1 has no dates."""
    sheet = openpyxl.load_workbook(WORKBOOK, read_only=True)["Central Products List"]
    sheet.reset_dimensions()
    found: Counter[str] = Counter()
    for row in sheet.iter_rows(min_row=8, values_only=True):
        status, ends = (*row, *[None] * 21)[2:14:11]
        ends = day_of(ends) if status and str(status).strip() == "Current" else None
        for months in (12, 6) if ends else ():
            milestone = months_before(ends, months)
            if ISSUED <= milestone <= last_day():
                found[f"{milestone:%Y-%m}"] += 1
    return found


def last_day() -> date:
    return months_before(ISSUED, -MONTHS)


@pytest.mark.sqlite
def test_the_number_due_in_each_of_36_months_agrees_with_the_workbook(brought: None) -> None:
    expected = from_the_workbook()
    assert sum(expected.values()) > 500
    directory = Directory(audiences.rows(Audience.Kind.CERTIFICATE), ISSUED)
    told, found, outcomes = set(), Counter[str](), Counter[str]()
    weeks = [ISSUED + timedelta(weeks=week) for week in range((last_day() - ISSUED).days // 7 + 1)]
    for day in [*weeks, last_day()]:
        notices = due(plain.carried(day, directory), told, day)
        told |= {notice.obligation for notice in notices}
        found.update(f"{notice.due_on:%Y-%m}" for notice in notices if notice.state.is_sent)
        outcomes.update(notice.state.value for notice in notices)
    assert found == expected
    # A run every week misses nothing, and what came with the list came before its milestones.
    assert set(outcomes) == {"due", "before_register"}


def test_runs_a_month_apart_send_the_same_and_miss_nothing(brought: None, settings) -> None:
    settings.NOTICE_LIMIT = 10_000
    for months in range(MONTHS + 1):
        run(months_before(ISSUED, -months))
    expected = from_the_workbook()
    sent = Notice.objects.filter(state="due").count()
    assert sent == sum(expected.values())
    assert not Notice.objects.filter(state__in=["late", "missed", "overtaken"]).exists()
    assert not Message.objects.exclude(state="sent").exists()


def test_the_list_tells_nothing_old_on_the_day_of_its_issue(brought: None) -> None:
    run(ISSUED)
    assert set(Notice.objects.values_list("state", flat=True)) <= {"before_register"}
    assert Message.objects.count() == 0
