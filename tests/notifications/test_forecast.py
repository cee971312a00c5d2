"""The forecast says what the runs to come will send, if nothing changes."""

import csv
from collections import Counter
from datetime import date, timedelta
from io import StringIO

import pytest
from dateutil.relativedelta import relativedelta
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpl.models import ManufacturerIdentifier, Party
from notifications.due import State, To
from notifications.forecast import Lines, Wanted, ahead, last_day, months_from, overview, tally
from notifications.models import FurtherMilestone, Message, Notice
from tests.cast import MAKER_CODE, make_party, party_of, sign_in
from tests.notifications.making import ENDS, LONG_AGO, SIX, TWELVE, Made, make_import, run

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = TWELVE - timedelta(days=40)

Sent = Counter[tuple[date, int, int, date, int, str, str]]


def named(to: To) -> str:
    return f"{to.kind} {to.key}"


def foretold(on: date = TODAY, until: date | None = None) -> Sent:
    rows = ahead(on, until or last_day(on))
    return Counter(
        (row.on, row.entry, row.certificate, row.date, row.milestone, row.state.value, named(to))
        for row in rows
        for to in row.recipients
    )


def sent_by_daily_runs(on: date = TODAY, until: date | None = None) -> Sent:
    """What a run on each day does send."""
    before = set(Notice.objects.values_list("pk", flat=True))
    day, last = on, until or last_day(on)
    while day <= last:
        run(day)
        day += DAY
    rows = Notice.objects.filter(message__isnull=False).exclude(pk__in=before)
    return Counter(
        (
            row.run.on,
            row.entry_id,
            row.certificate_id,
            row.date,
            row.milestone,
            row.state,
            named(row.recipient.to),
        )
        for row in rows.select_related("run", "recipient")
    )


def test_it_foretells_what_a_run_on_each_day_sends(made: Made, supplier: User, dcc: User) -> None:
    # Twelve months are told on their day, six in February.
    made.carried(1)
    shared = made.certificate("8801", ENDS + 3 * DAY)
    for number in (2, 3, 4):
        made.covers(shared, made.entry(number))
    # Told in part already: one comes to a certificate whose others know.
    early = made.certificate("8802", TODAY + timedelta(days=200))
    made.covers(early, made.entry(5))
    run(TODAY - 5 * DAY)
    made.covers(early, made.entry(6, on=TODAY - DAY), on=TODAY - DAY)
    # Known already, and not in force yet: a renewal, a new date, a removal.
    renewed = made.carried(7)
    made.covers(made.certificate("8803", ENDS + 90 * DAY), renewed, on=TWELVE + 30 * DAY)
    dated = made.certificate("8804", ENDS + 400 * DAY)
    made.covers(dated, made.entry(8))
    made.happens(dated, "dated", on=TWELVE + 20 * DAY, to=TWELVE + 100 * DAY)
    made.removed(made.carried(9), on=TWELVE + 50 * DAY)
    made.happens(made.certificate("8805"), "withdrawn", on=TWELVE + 60 * DAY)
    found = foretold(until=SIX + 5 * DAY)
    assert {state for *_, state, _ in found} == {"due", "late"}
    sent = sent_by_daily_runs(until=SIX + 5 * DAY)
    assert sorted(found) == sorted(sent)
    assert found == sent


def test_who_comes_to_hold_the_identifier_is_foretold_from_that_day(made: Made) -> None:
    made.carried()
    heir = make_party("Northlight Instruments Ltd", Party.Category.OTHER, email="notices@northlight.example")
    held = ManufacturerIdentifier.objects.filter(code=MAKER_CODE)
    held.update(party=heir, held_from=TWELVE + 10 * DAY)
    found = foretold(until=TWELVE + 20 * DAY)
    assert {(on, state) for on, *_, state, to in found if to == named(told_as(heir))} == {
        (TWELVE + 10 * DAY, "late")
    }
    assert found == sent_by_daily_runs(until=TWELVE + 20 * DAY)


def told_as(party: Party) -> To:
    return To("party", str(party.pk))


def test_a_milestone_that_the_panel_added_is_foretold(made: Made) -> None:
    made.carried()
    FurtherMilestone.objects.create(months=1, added_on=LONG_AGO)
    assert {milestone for _, _, _, _, milestone, _, _ in foretold()} == {12, 6, 1}


def test_old_news_of_a_list_is_not_foretold(made: Made) -> None:
    made.brought = make_import(issued_on=TWELVE + DAY)
    made.carried()
    assert {row.milestone for row in ahead(TWELVE + DAY, last_day(TWELVE + DAY))} == {6}


def test_what_was_told_is_not_foretold_again(made: Made) -> None:
    made.carried()
    run(TWELVE)
    assert {row.on for row in ahead(TWELVE, last_day(TWELVE))} == {SIX}


def test_nothing_is_written_and_nobody_is_told(made: Made) -> None:
    made.carried()
    assert foretold()
    assert not Notice.objects.exists()
    assert not Message.objects.exists()


def test_the_totals_add_up_in_every_way(made: Made, supplier: User) -> None:
    for number in range(1, 6):
        made.carried(number)
    rows = list(ahead(TODAY, last_day(TODAY)))
    found = overview(tally(rows), TODAY)
    assert [month.first for month in found.months] == months_from(TODAY)
    assert found.notices == 2 * 5 * 3 == sum(row.entries for row in Lines(tally(rows)))
    assert sum(sum(months.values()) for months in found.by_recipient.values()) == found.notices
    (august,) = [month for month in found.months if month.first == TWELVE.replace(day=1)]
    assert (august.notices, august.messages, august.certificates, august.recipients) == (15, 3, 5, 3)


def test_lines_are_made_page_by_page_in_the_order_of_days(made: Made, supplier: User) -> None:
    shared = made.certificate()
    for number in range(1, 8):
        made.covers(shared, made.entry(number))
    lines = Lines(tally(ahead(TODAY, last_day(TODAY))))
    assert len(lines) == 6
    assert list(lines) == lines[:3] + lines[3:] == sorted(lines)
    assert {line.entries for line in lines} == {7}


def test_it_is_narrowed_to_a_month_a_recipient_and_a_certificate(made: Made, supplier: User) -> None:
    made.carried(1)
    made.carried(2)
    rows = list(ahead(TODAY, last_day(TODAY)))
    to = told_as(party_of(supplier))
    certificate = rows[0].certificate
    wanted = Wanted(SIX.replace(day=1), to, frozenset([certificate]), 6)
    assert not list(Wanted(SIX.replace(day=1), milestone=12).of(rows))
    assert [(row.on, row.certificate, row.recipients) for row in wanted.of(rows)] == [
        (SIX, certificate, (to,))
    ]


def test_the_number_of_queries_does_not_grow_with_the_list(made: Made) -> None:
    made.carried(1)
    with CaptureQueriesContext(connection) as few:
        list(ahead(TODAY, last_day(TODAY)))
    for number in range(2, 30):
        made.carried(number)
    with CaptureQueriesContext(connection) as many:
        rows = list(ahead(TODAY, last_day(TODAY)))
    assert len(rows) == 2 * 29
    assert len(many) == len(few) <= 20


def test_a_forecast_of_late_notices_says_so(made: Made) -> None:
    made.carried(on=SIX + DAY)
    assert {row.state for row in ahead(SIX + DAY, last_day(SIX + DAY))} == {State.LATE}


def test_the_page_is_narrowed_to_a_party_a_milestone_and_a_kind_of_date(
    made: Made, officer: User, supplier: User, settings
) -> None:
    settings.STAFF_MFA = False
    today = timezone.localdate()
    for identifier, kind, number in (("8801", "expires", 1), ("8802", "renews", 2)):
        certificate = made.certificate(identifier, today + relativedelta(months=13), kind=kind)
        made.covers(certificate, made.entry(number))
    client, url = sign_in(officer), reverse("admin:notifications_notice_forecast")
    its = f"to=party+{party_of(supplier).pk}"
    for query, lines in (("", 12), (its, 4), (f"{its}&months=12", 2), (f"{its}&months=12&kind=renews", 1)):
        answer = client.get(f"{url}?{query}")
        assert answer.context["notices"] == lines, query
        rows = list(csv.DictReader(StringIO(b"".join(client.get(f"{url}?{query}&as=csv")).decode())))
        assert len(rows) == lines
    assert rows[0]["Certificate"] == "CPA [R] 8802"
    assert "errorlist" in client.get(f"{url}?kind=whatever").content.decode()
