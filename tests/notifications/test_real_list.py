"""On the real list: what is due in each month agrees with a plain calculation from the workbook."""

import datetime
import json
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO

import openpyxl
import pytest
from django.core.management import call_command

from cpl.bringing import bring_forward
from cpl.models import Certificate, Party
from notifications import audiences
from notifications.audiences import Directory
from notifications.due import due
from notifications.forecast import ahead
from notifications.models import Audience, Message, Notice
from tests.cast import make_party
from tests.notifications import plain
from tests.notifications.making import noon, run
from tests.real_list import WORKBOOK, needs_real_list

pytestmark = [pytest.mark.django_db, needs_real_list]
ISSUED, MONTHS = date(2022, 9, 21), 36
SUPPLIER, DCC, MAKER = (
    "Harbour Energy Supply Ltd",
    "Data and Communications Company",
    "Northlight Instruments Ltd",
)
# Day, entry, certificate, its date, months before it, recipient.
Told = tuple[date, str, str, date, int, str]


@pytest.fixture
def brought(tables: None) -> None:
    """The real list, one Supplier and the DCC: each entry concerns exactly one of them."""
    bring_forward(WORKBOOK.read_bytes(), file_name=WORKBOOK.name, by=None, at=noon(ISSUED))
    make_party(SUPPLIER, Party.Category.LARGE_SUPPLIER, email="notices@harbour.example")
    make_party(DCC, Party.Category.DCC, email="notices@dcc.example")


@pytest.fixture
def maker(brought: None) -> str:
    """The manufacturer identifier that most of them have, as the workbook writes it: a third Party's."""
    code = Counter(code for _, _, code, *_ in current()).most_common(1)[0][0]
    make_party(MAKER, Party.Category.OTHER, email="notices@northlight.example", code=code.replace(":", ""))
    return code


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


def current() -> Iterator[tuple[str, str, str, str, date]]:
    """Number, device type, manufacturer, CPA identifier and CPA date of the workbook's Current entries that
    have one; SMETS1 has none."""
    sheet = openpyxl.load_workbook(WORKBOOK, read_only=True)["Central Products List"]
    sheet.reset_dimensions()
    for row in sheet.iter_rows(min_row=8, values_only=True):
        cells = (*row, *[None] * 21)
        ends = day_of(cells[13]) if str(cells[2]).strip() == "Current" else None
        if ends:
            number, kind, maker, identifier = (str(cells[at]).strip() for at in (1, 3, 4, 11))
            yield number, kind, maker, identifier, ends


def from_the_workbook() -> Counter[str]:
    """By month, the milestones of Current entries' CPA dates since the issue."""
    return Counter(
        f"{milestone:%Y-%m}"
        for *_, ends in current()
        for milestone in (months_before(ends, months) for months in (12, 6))
        if ISSUED <= milestone <= last_day()
    )


def told_by_hand(on: date, until: date, maker: str, *, kept_up: bool) -> Counter[Told]:
    """Who is told what on which day, by the workbook alone. `kept_up`: runs took place until the day before;
    else the first tells of what fell due since the issue, and only of the nearest milestone."""
    found: Counter[Told] = Counter()
    for number, kind, code, identifier, ends in current():
        days = [(months_before(ends, months), months) for months in (12, 6)]
        nearest = [one for one in days if one[0] <= on <= ends][-1:]
        told = [(on, months) for day, months in nearest if day == on or (day >= ISSUED and not kept_up)]
        told += [one for one in days if on < one[0] <= until]
        to = [DCC if kind == "Communications Hub" else SUPPLIER, *([MAKER] if code == maker else [])]
        found.update((day, number, identifier, ends, months, name) for day, months in told for name in to)
    return found


def foretold(on: date, until: date) -> Counter[Told]:
    names = {str(pk): name for pk, name in Party.objects.values_list("pk", "name")}
    shown = {row.pk: row.listed_identifier for row in Certificate.objects.all()}
    return Counter(
        (row.on, f"{row.entry:06d}", shown[row.certificate], row.date, row.milestone, names[to.key])
        for row in ahead(on, until)
        for to in row.recipients
    )


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


@pytest.mark.parametrize(
    ("on", "kept_up"), [(ISSUED, False), (date(2023, 2, 28), True), (date(2024, 2, 29), False)]
)
def test_the_forecast_of_18_months_is_what_the_workbook_says(
    maker: str, settings, on: date, kept_up: bool
) -> None:
    settings.NOTICE_LIMIT = 10_000
    if kept_up:
        run(on - timedelta(days=1))
    until = months_before(on, -18)
    expected = told_by_hand(on, until, maker, kept_up=kept_up)
    assert sum(expected.values()) > 200
    assert {name for *_, name in expected} == {SUPPLIER, DCC, MAKER}
    assert foretold(on, until) == expected


def dry_run(on: date) -> Counter[Told]:
    out = StringIO()
    call_command("send_notices", on=on, dry_run=True, json=True, stdout=out)
    return Counter(
        (
            on,
            row["entry"],
            row["certificate"],
            date.fromisoformat(row["date"]),
            row["milestone"],
            row["recipient"],
        )
        for row in json.loads(out.getvalue())
        if row["state"] in ("due", "late")
    )


def ledger_of(on: date) -> Counter[Told]:
    rows = Notice.objects.filter(run__on=on, message__isnull=False)
    return Counter(
        (
            on,
            f"{row.entry_id:06d}",
            row.certificate.listed_identifier,
            row.date,
            row.milestone,
            str(row.recipient),
        )
        for row in rows.select_related("certificate", "recipient__party")
    )


def test_a_dry_run_the_forecast_and_the_run_itself_tell_the_same(maker: str, settings) -> None:
    settings.NOTICE_LIMIT = 10_000
    for on, kept_up in ((date(2022, 12, 1), False), (date(2023, 2, 28), True), (date(2023, 8, 14), True)):
        if kept_up:
            run(on - timedelta(days=1))
        expected = told_by_hand(on, on, maker, kept_up=kept_up)
        assert expected
        assert dry_run(on) == foretold(on, on) == expected
        run(on)
        assert ledger_of(on) == expected
        assert dry_run(on) == foretold(on, on) == Counter()
