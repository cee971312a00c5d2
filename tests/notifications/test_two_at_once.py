"""Two who do the same work at the same time do it once."""

import itertools
import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cpl import workflow
from cpl.models import Coverage
from notifications import news, sending
from notifications.due import State, To
from notifications.models import Message, Notice, Run, StepNotice
from tests.cast import party_of
from tests.make import ESME, HUB, make_answers
from tests.notifications.making import LONG_AGO, TWELVE, Made, noon, run
from tests.notifications.test_every_date import LONGEST_OUTAGE, expected
from tests.register.conftest import AT, submit

pytestmark = pytest.mark.django_db(transaction=True)
A_DAY = timedelta(days=1)
# Ends of months of every length, and the leap day.
NAMED = (date(2027, 2, 28), date(2027, 8, 30), date(2027, 8, 31), date(2027, 12, 31), date(2028, 2, 29))
# Entries of these came inside the window: of one after the first milestone, of the other after both.
CAME_LATE = {NAMED[1]: date(2026, 11, 2), NAMED[3]: date(2027, 7, 20)}


def together(*acts: Callable[[], object]) -> list[Exception]:
    """Starts all at the same moment; returns what any of them raised."""
    start, raised = threading.Barrier(len(acts)), list[Exception]()

    def work(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_four_runs_at_once_tell_everybody_once(made: Made, supplier: User) -> None:
    for number in range(1, 21):
        made.carried(number)
    assert together(*[lambda: run(TWELVE)] * 4) == []
    assert Notice.objects.count() == 20 * 3
    assert (Message.objects.count(), len(mail.outbox)) == (3, 3)
    assert sorted(Run.objects.values_list("due", flat=True)) == [0, 0, 0, 60]


def test_a_message_that_many_deliver_goes_out_once(made: Made, supplier: User) -> None:
    made.carried()
    run(TWELVE)
    Message.objects.update(state="queued", sent_at=None, next_attempt_at=noon(TWELVE))
    mail.outbox.clear()
    assert together(*[lambda: sending.redeliver(noon(TWELVE))] * 4) == []
    assert len(mail.outbox) == 3


def test_a_step_that_two_look_at_is_told_once(tables: None, maker: User, officer: User) -> None:
    submission = submit(maker, make_answers())
    workflow.move(submission.pk, "refuse", by=officer, at=AT, words="The hash is not right.")
    # The move's own task may have been sent, but no worker listens here.
    assert together(*[lambda: news.tell_of_steps(AT)] * 4) == []
    # The receipt of what was submitted, and the refusal.
    assert (StepNotice.objects.count(), len(mail.outbox)) == (2, 2)


@pytest.mark.postgresql
def test_whoever_locks_the_audiences_locks_them_in_the_same_order(made: Made) -> None:
    """Or of two schedulers each could wait for the other."""
    with CaptureQueriesContext(connection) as queries:
        sending.run_of_the_day(TWELVE, noon(TWELVE))
    locks = [
        one["sql"] for one in queries if "notifications_audience" in one["sql"] and "FOR UPDATE" in one["sql"]
    ]
    assert (len(locks), len(set(locks))) == (2, 1)


def test_whatever_the_outages_two_schedulers_give_each_milestone_and_recipient_one_outcome(
    made: Made, supplier: User, dcc: User
) -> None:
    chance = random.Random(20261122)  # noqa: S311
    with transaction.atomic():
        carried = carried_by_chance(made, chance)
    days = days_with_a_run(chance)
    for day in days:
        assert together(*[lambda: one_scheduler(day)] * 2) == []  # noqa: B023
    suppliers, hubs = party_of(supplier), party_of(dcc)
    wanted = sorted(
        (row.entry_id, row.certificate_id, row.date_shown, months, to, state.value, told_on)
        for row, since in carried.items()
        for months, (state, told_on) in expected(row.date_shown, since, days).items()
        for to in (
            To("contact", made.contact),
            To("party", str(party_of(made.maker).pk)),
            To("party", str((hubs if row.entry.device_type == HUB else suppliers).pk)),
        )
    )
    notices = Notice.objects.select_related("recipient", "run")
    assert wanted == sorted(
        (one.entry_id, one.certificate_id, one.date, one.milestone, one.recipient.to, one.state, one.run.on)
        for one in notices
    )
    assert {one.state for one in notices} == {State.DUE, State.LATE, State.OVERTAKEN}
    # One message tells a recipient of all that a day brings, and no other copy of it went out.
    sent = {(to, told_on) for *_, to, state, told_on in wanted if State(state).is_sent}
    told = [(one.recipient.to, one.run.on) for one in Message.objects.select_related("recipient", "run")]
    assert sorted(told) == sorted(sent)
    assert all((one.message_id is not None) == State(one.state).is_sent for one in notices)
    assert Counter(Message.objects.values_list("message_id", "state")) == Counter(
        (one.extra_headers["Message-ID"], "sent") for one in mail.outbox
    )
    assert list(Run.objects.order_by("pk").values_list("on", "state")) == [(day, "ended") for day in days]


def one_scheduler(day: date) -> None:
    """What the clock asks for within one hour."""
    sending.run_of_the_day(day, noon(day))
    sending.redeliver(noon(day))


def days_with_a_run(chance: random.Random) -> list[date]:
    """From before the first milestone until no date is ahead, with outages of up to ninety days."""
    day, days = NAMED[0] - 366 * A_DAY, []
    while day < NAMED[-1]:
        days.append(day)
        day += chance.choice((1, 1, chance.randint(1, LONGEST_OUTAGE))) * A_DAY
    return [*days, NAMED[-1], NAMED[-1] + A_DAY]


def carried_by_chance(made: Made, chance: random.Random) -> dict[Coverage, date]:
    """Certificates of the named dates and of some others, with one to three entries each, and since when
    each entry is here."""
    others = [NAMED[0] + chance.randint(1, 366) * A_DAY for _ in range(3)]
    found, numbers = {}, itertools.count(1)
    for place, ends in enumerate([*NAMED, *others]):
        certificate = made.certificate(f"77{place:02}", ends)
        for _ in range(chance.randint(1, 3)):
            inside = ends - chance.randint(0, 400) * A_DAY
            since = CAME_LATE.get(ends) or chance.choice((LONG_AGO, LONG_AGO, inside))
            entry = made.entry(next(numbers), on=since, device_type=chance.choice((ESME, HUB)))
            found[made.covers(certificate, entry, on=since)] = since
    return found
