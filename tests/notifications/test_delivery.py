"""How a message is delivered: claimed, sent, tried again, given up, sent again."""

import itertools
import logging
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from smtplib import SMTPServerDisconnected

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db.models import F

from cpl.models import Contact
from notifications import envelopes, sending
from notifications.models import Audience, Letter, Message, Recipient, Run
from tests.cast import party_of
from tests.notifications.making import TWELVE, Made, noon, run

pytestmark = pytest.mark.django_db
AT = noon(TWELVE)
HOUR = timedelta(hours=1)


class Unwilling(EmailBackend):
    """A mail server that fails as often as it is told to."""

    failures: list[Exception] = []

    def send_messages(self, messages: list[mail.EmailMessage]) -> int:
        if self.failures:
            raise self.failures.pop()
        return super().send_messages(messages)


@pytest.fixture(autouse=True)
def in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Delivery takes none, so that what it writes down can be told to the second."""
    monkeypatch.setattr(sending, "clock", lambda at: lambda: at)


@pytest.fixture
def unwilling(settings) -> Iterator[list[Exception]]:
    settings.EMAIL_BACKEND = f"{__name__}.Unwilling"
    yield Unwilling.failures
    Unwilling.failures.clear()


@pytest.fixture
def one(made: Made) -> None:
    """An entry that concerns its manufacturer alone."""
    Audience.objects.filter(kind="certificate").exclude(who="manufacturer").delete()
    made.carried()


def message() -> Message:
    return Message.objects.get()


def test_a_message_that_went_out_says_when_and_is_not_sent_again(one: None) -> None:
    run(TWELVE)
    sent = message()
    assert (sent.state, sent.sent_at, sent.attempts, sent.last_answer) == ("sent", AT, 1, "accepted")
    sending.deliver(sent.pk, AT + HOUR)
    assert sending.redeliver(AT + 100 * HOUR) == 0
    assert len(mail.outbox) == 1


def test_a_mail_server_that_fails_is_asked_again_after_a_pause_with_the_same_message_id(
    one: None, unwilling: list[Exception]
) -> None:
    unwilling += [ConnectionRefusedError("no")]
    outcome = run(TWELVE)
    assert outcome.run and (outcome.run.sent, outcome.run.failed) == (0, 1)
    waiting = message()
    assert (waiting.state, waiting.next_attempt_at) == ("queued", AT + HOUR)
    assert waiting.last_answer == "ConnectionRefusedError: no"
    assert sending.redeliver(AT + HOUR / 2) == 0
    assert sending.redeliver(AT + HOUR) == 1
    assert message().state == "sent"
    assert mail.outbox[0].extra_headers["Message-ID"] == waiting.message_id


def test_pauses_grow_and_after_the_last_a_person_has_to_look(one: None, unwilling: list[Exception]) -> None:
    unwilling += [SMTPServerDisconnected("gone")] * 10
    run(TWELVE)
    at = AT
    for pause in sending.PAUSES:
        assert message().next_attempt_at == at + pause * HOUR
        at += pause * HOUR
        assert sending.redeliver(at - timedelta(seconds=1)) == 0
        assert sending.redeliver(at) == 1
    assert (message().state, message().attempts) == ("failed", len(sending.PAUSES) + 1)
    assert sending.redeliver(at + 1000 * HOUR) == 0


def test_a_failed_message_can_be_sent_again(one: None, made: Made, settings) -> None:
    settings.STAND_IN_EMAIL = ""
    Contact.objects.all().delete()
    run(TWELVE)
    assert (message().state, message().last_answer) == ("failed", sending.NO_ADDRESS)
    Contact.objects.create(party=party_of(made.maker), email="new@tidewater.example")
    assert sending.send_again([message().pk], AT + HOUR) == 1
    sending.deliver(message().pk, AT + HOUR)
    assert message().state == "sent"
    assert mail.outbox[0].to == ["new@tidewater.example"]


def test_only_failed_messages_can_be_sent_again(one: None) -> None:
    run(TWELVE)
    assert sending.send_again([message().pk], AT) == 0


def test_a_message_that_somebody_claimed_is_left_alone_until_they_must_be_gone(one: None) -> None:
    run(TWELVE)
    Message.objects.update(state="sending", sent_at=None, claimed_at=AT)
    mail.outbox.clear()
    sending.deliver(message().pk, AT + sending.LEASE - timedelta(seconds=1))
    assert mail.outbox == []
    assert sending.redeliver(AT + sending.LEASE) == 1
    assert message().state == "sent"
    assert mail.outbox[0].extra_headers["Message-ID"] == message().message_id


def test_whoever_sends_has_stopped_long_before_another_may_claim() -> None:
    assert sending.SEND_WITHIN * 2 <= sending.LEASE


def test_who_was_taken_for_gone_does_not_overwrite_what_came_after(one: None, monkeypatch) -> None:
    def slow(self: EmailBackend, messages: list[mail.EmailMessage]) -> int:
        Message.objects.update(attempts=F("attempts") + 1)
        raise ConnectionResetError("too late")

    monkeypatch.setattr(EmailBackend, "send_messages", slow)
    run(TWELVE)
    assert (message().state, message().last_answer) == ("sending", "")


def test_one_failure_does_not_stop_the_messages_after_it(
    made: Made, supplier: User, unwilling: list[Exception]
) -> None:
    unwilling += [RuntimeError("a fault of the backend's own")]
    made.carried()
    run(TWELVE)
    assert sorted(Message.objects.values_list("state", flat=True)) == ["queued", "sent", "sent"]


def test_what_nobody_foresaw_stops_none_of_the_messages_after_it(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.carried()
    real, failed = envelopes.where, []

    def where(recipient: Recipient, purpose: str) -> envelopes.Where:
        if not failed:
            failed.append(recipient.pk)
            raise RuntimeError("one recipient")
        return real(recipient, purpose)

    monkeypatch.setattr(envelopes, "where", where)
    run(TWELVE)
    assert sorted(Message.objects.values_list("state", flat=True)) == ["sending", "sent"]
    assert sending.redeliver(AT + sending.LEASE) == 1
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_a_dead_mail_server_holds_no_worker_for_long_and_the_rest_is_found_again(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.carried()
    ticks = itertools.count()
    monkeypatch.setattr(sending, "clock", lambda at: lambda: at + next(ticks) * sending.AT_IT)
    run(TWELVE)
    assert sorted(Message.objects.values_list("state", flat=True)) == ["queued", "sent"]
    assert Run.objects.get().state == Run.State.ENDED
    monkeypatch.setattr(sending, "clock", lambda at: lambda: at)
    assert sending.redeliver(AT + HOUR) == 1


def test_what_is_kept_is_what_was_sent(one: None) -> None:
    run(TWELVE)
    kept = message_from_bytes(bytes(Letter.objects.get().content))
    assert kept["Message-ID"] == message().message_id
    assert kept["To"] == "notices@tidewater.example"
    assert kept["Auto-Submitted"] == "auto-generated"
    assert bytes(Letter.objects.get().content) == mail.outbox[0].message().as_bytes()


def test_an_erased_letter_is_not_sent(one: None, unwilling: list[Exception]) -> None:
    unwilling += [ConnectionRefusedError("no")]
    run(TWELVE)
    Letter.objects.all().delete()
    sending.redeliver(AT + HOUR)
    assert (message().state, message().last_answer) == ("failed", "the letter was erased")


def test_the_answer_that_is_kept_names_no_address(one: None, unwilling: list[Exception]) -> None:
    unwilling += [ConnectionRefusedError("550 <notices@tidewater.example> unknown")]
    run(TWELVE)
    assert message().last_answer == "ConnectionRefusedError: 550 <(address)> unknown"


def test_a_party_is_written_to_at_its_contacts_for_notices(one: None, made: Made) -> None:
    party = party_of(made.maker)
    Contact.objects.create(party=party, email="second@tidewater.example")
    Contact.objects.create(party=party, email="office@tidewater.example", purpose="submissions")
    run(TWELVE)
    assert mail.outbox[0].to == ["notices@tidewater.example", "second@tidewater.example"]


def test_a_party_without_contacts_for_notices_is_written_to_at_the_others(one: None, made: Made) -> None:
    Contact.objects.update(purpose="submissions")
    run(TWELVE)
    assert mail.outbox[0].to == ["notices@tidewater.example"]


def test_no_address_is_logged(one: None, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        run(TWELVE)
    assert "@" not in caplog.text
