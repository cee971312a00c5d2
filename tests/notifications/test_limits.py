"""What stops a run, what lets it go on, and what makes the clock ask in vain."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.exceptions import ValidationError

from cpl.models import Party
from notifications import sending
from notifications.models import Audience, FurtherMilestone, Message, Notice, Run
from tests.cast import make_party, party_of
from tests.notifications.making import ENDS, SIX, TWELVE, Made, make_import, noon, run

pytestmark = pytest.mark.django_db
A_DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def many(made: Made, count: int) -> None:
    """So many notices: each entry concerns its manufacturer alone."""
    Audience.objects.filter(kind="certificate").exclude(who="manufacturer").delete()
    certificate = made.certificate()
    for number in range(1, count + 1):
        made.covers(certificate, made.entry(number))


def release(row: Run, by: User) -> None:
    Run.objects.filter(pk=row.pk).update(
        state="released", released_by=by, released_at=noon(row.on), words="Looked at"
    )


def test_a_run_that_would_send_more_than_the_limit_writes_nothing_but_its_row(made: Made, settings) -> None:
    settings.NOTICE_LIMIT = 4
    many(made, 5)
    outcome = run(TWELVE)
    row = Run.objects.get()
    assert outcome.is_held and (row.state, row.due, row.sent, row.limit) == ("held", 5, 0, 4)
    assert not (Notice.objects.exists() or Message.objects.exists() or mail.outbox)


def test_as_many_as_the_limit_are_sent(made: Made, settings) -> None:
    settings.NOTICE_LIMIT = 5
    many(made, 5)
    run(TWELVE)
    assert (Run.objects.get().state, Notice.objects.count()) == ("ended", 5)


def test_the_usual_limit_is_thrice_the_largest_run_and_at_least_two_hundred(made: Made) -> None:
    row = Run(on=TWELVE)
    assert sending.limit(row) == 200
    Run.objects.create(
        on=TWELVE, started_at=noon(TWELVE), ended_at=noon(TWELVE), state="ended", due=100, sent=100,
        directory="x",
    )  # fmt: skip
    assert sending.limit(row) == 300


def test_what_an_officer_released_is_sent_by_the_next_run_though_the_day_had_one(
    made: Made, officer: User, settings
) -> None:
    settings.NOTICE_LIMIT = 4
    many(made, 5)
    held = sending.run_of_the_day(TWELVE, noon(TWELVE))
    assert held and held.run and held.is_held
    assert sending.run_of_the_day(TWELVE, noon(TWELVE) + HOUR) is None
    release(held.run, officer)
    sent = sending.run_of_the_day(TWELVE, noon(TWELVE) + 2 * HOUR)
    assert sent and sent.run and (sent.run.sent, sent.run.follows) == (5, held.run)
    assert sending.run_of_the_day(TWELVE, noon(TWELVE) + 3 * HOUR) is None


def test_a_release_is_for_what_was_seen_and_a_tenth_more(made: Made, officer: User, settings) -> None:
    settings.NOTICE_LIMIT = 4
    many(made, 5)
    held = run(TWELVE).run
    assert held
    release(held, officer)
    for number in range(6, 9):
        made.carried(number, on=TWELVE)
    assert run(TWELVE).is_held
    assert not Notice.objects.exists()


def test_only_the_last_of_held_runs_waits(made: Made, settings) -> None:
    settings.NOTICE_LIMIT = 1
    many(made, 2)
    run(TWELVE)
    run(TWELVE + A_DAY)
    assert list(Run.objects.order_by("pk").values_list("state", flat=True)) == ["set_aside", "held"]


def test_the_clock_may_ask_as_often_as_it_likes(made: Made) -> None:
    made.carried()
    assert sending.run_of_the_day(TWELVE, noon(TWELVE))
    assert sending.run_of_the_day(TWELVE, noon(TWELVE) + HOUR) is None
    assert sending.run_of_the_day(TWELVE + A_DAY, noon(TWELVE + A_DAY))
    assert Run.objects.count() == 2


def test_a_run_that_was_cut_short_is_made_up_for_as_soon_as_it_is_known(made: Made) -> None:
    at = noon(TWELVE)
    row = Run.objects.create(on=TWELVE, started_at=at, heard_at=at)
    assert sending.run_of_the_day(TWELVE, at + sending.LEASE / 2) is None
    assert sending.run_of_the_day(TWELVE, at + sending.LEASE)
    row.refresh_from_db()
    assert row.state == "cut_short"


def test_a_party_that_lost_its_last_address_is_told_as_soon_as_it_has_one(made: Made, settings) -> None:
    settings.STAND_IN_EMAIL = ""
    Audience.objects.filter(kind="certificate").exclude(who="manufacturer").delete()
    made.carried()
    party = party_of(made.maker)
    party.contacts.all().delete()
    run(TWELVE)
    assert (Message.objects.get().state, sending.redeliver(noon(TWELVE) + HOUR)) == ("failed", 0)
    party.contacts.create(email="new@tidewater.example")
    assert sending.redeliver(noon(TWELVE) + 2 * HOUR) == 1
    assert (Message.objects.get().state, mail.outbox[0].to) == ("sent", ["new@tidewater.example"])


def test_in_test_mode_everything_goes_to_one_address_and_says_whom_it_was_meant_for(
    made: Made, settings
) -> None:
    settings.NOTICE_DIVERT_TO = "tester@panel.example"
    made.carried()
    run(TWELVE)
    assert {tuple(one.recipients()) for one in mail.outbox} == {("tester@panel.example",)}
    meant = {one.extra_headers["X-Meant-For"] for one in mail.outbox}
    assert meant == {"notices@tidewater.example", "certificates@tidewater.example"}
    for one in mail.outbox:
        words = f"This was meant for {one.extra_headers['X-Meant-For']}."
        assert words in " ".join(one.body.splitlines()[:2])
        assert words in one.alternatives[0][0]


def test_a_further_milestone_is_told_too(made: Made) -> None:
    FurtherMilestone.objects.create(months=3, added_on=TWELVE)
    made.carried()
    for day in (TWELVE, SIX, ENDS - 92 * A_DAY):
        run(day)
    states = Notice.objects.values_list("milestone", "state").distinct()
    assert set(states) == {(12, "due"), (6, "due"), (3, "due")}


def test_a_milestone_added_after_its_day_was_not_missed(made: Made) -> None:
    made.carried()
    run(TWELVE)
    FurtherMilestone.objects.create(months=9, added_on=SIX - A_DAY)
    run(SIX)
    found = Notice.objects.filter(milestone=9).order_by().values_list("state", "reason").distinct()
    assert list(found) == [("overtaken", "The Panel added this milestone after its day.")]


@pytest.mark.parametrize("months", [0, 6, 12, 61])
def test_the_two_that_are_owed_are_no_rows_and_others_lie_within_five_years(months: int) -> None:
    with pytest.raises(ValidationError):
        FurtherMilestone(months=months, added_on=TWELVE).full_clean()


def test_an_outage_is_named_in_what_was_missed(made: Made) -> None:
    made.carried()
    run(TWELVE - A_DAY)
    run(SIX)
    (reason,) = set(Notice.objects.filter(milestone=12).values_list("reason", flat=True))
    assert reason == "No run took place between 30 August 2026 and 28 February 2027."


def test_what_fell_between_a_lists_issue_and_its_import_was_not_missed_here(made: Made) -> None:
    made.brought = make_import(TWELVE - 30 * A_DAY)
    entry, certificate = made.entry(on=SIX), made.certificate(on=SIX)
    row = made.covers(certificate, entry, on=SIX)
    assert row.record.at == noon(SIX)
    run(SIX)
    states = set(Notice.objects.values_list("milestone", "state", "reason"))
    assert states == {
        (12, "before_register", "Its day lay before this register took in the list that brought the row."),
        (6, "due", ""),
    }


def test_a_party_that_joins_hears_why_it_is_told_late(made: Made) -> None:
    made.carried()
    run(TWELVE)
    make_party("Lantern Energy Ltd", Party.Category.SMALL_SUPPLIER, email="notices@lantern.example")
    run(TWELVE + A_DAY)
    assert "came to be concerned" in Notice.objects.get(state="late").reason
