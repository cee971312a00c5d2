import datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cpl.models import ManufacturerIdentifier
from cpl.portal.entries import months_left
from tests.cast import MAKER_CODE, RIVAL_CODE, sign_in
from tests.public.making import make_coverage, make_entry, make_import, make_removal

TODAY = datetime.date(2026, 11, 20)


@pytest.mark.parametrize(
    ("date", "months"),
    [
        (None, None),
        (datetime.date(2026, 11, 19), -1),
        (TODAY, 0),
        (datetime.date(2026, 12, 19), 0),
        (datetime.date(2026, 12, 20), 1),
        (datetime.date(2027, 11, 19), 11),
        (datetime.date(2027, 11, 20), 12),
    ],
)
def test_months_left_are_whole_calendar_months(date: datetime.date | None, months: int | None) -> None:
    assert months_left(date, TODAY) == months


def test_a_manufacturer_sees_the_entries_of_its_own_identifiers(making: Client, rival: User) -> None:
    brought = make_import()
    make_coverage(make_entry(brought), date_shown=datetime.date(2027, 5, 20))
    make_entry(brought, manufacturer=RIVAL_CODE)
    answer = making.get("/portal/entries/")
    assert [entry.number for entry, _ in answer.context["rows"]] == [1]
    assert b"[E] 20261101-7701: expires 20 May 2027" in answer.content
    assert b"6 months left" in answer.content
    assert [entry.number for entry, _ in sign_in(rival).get("/portal/entries/").context["rows"]] == [2]


@pytest.mark.parametrize(("days", "seen"), [(0, [1]), (1, [])])
def test_who_held_an_identifier_once_sees_no_more_of_its_entries(
    making: Client, days: int, seen: list[int]
) -> None:
    make_entry(make_import())
    last = timezone.localdate() - datetime.timedelta(days=days)
    ManufacturerIdentifier.objects.filter(code=MAKER_CODE).update(held_to=last)
    assert [entry.number for entry, _ in making.get("/portal/entries/").context["rows"]] == seen


def test_the_page_shows_what_is_not_released_yet(making: Client) -> None:
    make_removal(make_entry(make_import()))
    assert b"Removed" in making.get("/portal/entries/").content


def test_who_holds_no_identifier_is_told_where_the_list_is(supplier: User) -> None:
    make_entry(make_import())
    page = sign_in(supplier).get("/portal/entries/").content
    assert b"None of your organisations holds a manufacturer identifier." in page
    assert b"000001" not in page


def test_the_page_costs_the_same_however_many_entries_there_are(making: Client) -> None:
    brought = make_import()
    make_coverage(make_entry(brought))
    with CaptureQueriesContext(connection) as few:
        making.get("/portal/entries/")
    for _ in range(20):
        make_entry(brought)
    with CaptureQueriesContext(connection) as many:
        making.get("/portal/entries/")
    assert len(few) == len(many) <= 10
