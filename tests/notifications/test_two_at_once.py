"""Two who do the same work at the same time do it once."""

import threading
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection

from cpl import workflow
from notifications import news, sending
from notifications.models import Message, Notice, Run, StepNotice
from tests.make import make_answers
from tests.notifications.making import TWELVE, Made, noon, run
from tests.register.conftest import AT, submit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


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
