"""What somebody left to a digest is told by it, whatever comes between."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.utils import timezone

from cpl import publishing, workflow
from cpl.models import Release
from notifications import digests, news, subscriptions, validity
from notifications.models import Message
from notifications.subscriptions import How, Kind
from tests.cast import party_of, sign_in
from tests.make import DAY, make_answers
from tests.notifications.making import Made, noon
from tests.notifications.test_news import approve
from tests.notifications.test_wishes import recipient
from tests.register.conftest import AT, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def wished_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Histories are written by the clock: it stands when the register's rows were made."""
    monkeypatch.setattr(timezone, "now", lambda: AT)


@pytest.fixture
def release(tables: None, maker: User, officer: User, second_officer: User) -> Release:
    approve(submit(maker, make_answers()), officer)
    return publishing.publish(by=second_officer, at=AT, on=DAY)


def test_an_end_that_comes_inside_its_window_is_told_in_the_next_digest_once(
    made: Made, supplier: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = validity.End("MVP end", "Gas Smart Meter, SMETS V2.0", date(2027, 2, 7), 6)
    monkeypatch.setattr(validity, "coming", lambda on: [end])
    subscriptions.choose(recipient(supplier), Kind.VALIDITY, How.DAILY)
    on = date(2026, 9, 7)
    for day in (on, on + timedelta(days=1)):
        digests.tell_digests(day, noon(day))
    (message,) = Message.objects.filter(kind="digest")
    assert "MVP end 7 February 2027" in " ".join(message.letter.text.split())
    subscriptions.choose(recipient(supplier), Kind.VALIDITY, How.AT_ONCE)
    assert validity.tell_of_ends(on, noon(on)) == []


def test_the_first_digest_reaches_back_to_the_wish_though_no_worker_ran_that_day(
    release: Release, supplier: User, wished_then: None
) -> None:
    subscriptions.choose(recipient(supplier), Kind.RELEASE, How.DAILY)
    (message,) = digests.tell_digests(DAY + timedelta(days=3), AT + timedelta(days=3))
    assert f"Release {release.number}" in message.letter.text


@pytest.mark.parametrize("how", [How.AT_ONCE, How.WEEKLY])
def test_who_leaves_a_digest_is_told_what_it_would_have_said(
    release: Release, supplier: User, how: How, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscriptions.choose(recipient(supplier), Kind.RELEASE, How.DAILY)
    news.tell_of_releases(DAY, AT)
    later = AT + timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    whose = f"party-{party_of(supplier).pk}"
    sign_in(supplier).post("/portal/subscriptions/", {"whose": whose, "kind": "release", "how": how.value})
    its = Message.objects.filter(recipient__party=party_of(supplier))
    assert [one.kind for one in its] == ["digest"]
    digests.tell_digests(DAY + timedelta(days=1), AT + timedelta(days=1))
    assert its.count() == 1


def test_a_persons_digest_tells_nothing_of_an_organisation_that_they_left(
    tables: None, maker: User, officer: User
) -> None:
    subscriptions.choose(recipient(maker, person=True), Kind.STEP, How.DAILY)
    submission = submit(maker, make_answers())
    workflow.move(submission.pk, "return", by=officer, at=AT, words="Wrong hash.")
    maker.memberships.all().delete()
    mail.outbox.clear()
    assert digests.tell_digests(DAY + timedelta(days=1), AT + timedelta(days=1)) == []
    assert mail.outbox == []
