"""What comes back: reports of mail servers, and refusals when a message is handed over."""

import io
import mailbox
import sys
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from smtplib import SMTPDataError, SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import IntegrityError, transaction

from cpl.models import Contact
from notifications import bounces, sending
from notifications.models import Audience, Bounce, Letter, Message
from tests.cast import party_of
from tests.notifications.making import TWELVE, Made, noon, run

pytestmark = pytest.mark.django_db
AT = noon(TWELVE)
TO = "notices@tidewater.example"


class Refusing(EmailBackend):
    """A mail server that refuses what it is told to, and otherwise takes it."""

    error: Exception | None = None
    some: dict[str, tuple[int, bytes]] = {}

    def send_messages(self, messages: list[mail.EmailMessage]) -> int:
        if self.error:
            raise self.error
        for one in messages:
            one.refused = self.some  # type: ignore[attr-defined]
        return super().send_messages(messages)


@pytest.fixture
def refusing(settings) -> Iterator[type[Refusing]]:
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    yield Refusing
    Refusing.error, Refusing.some = None, {}


@pytest.fixture
def one(made: Made) -> None:
    Audience.objects.filter(kind="certificate").exclude(who="manufacturer").delete()
    made.carried()


@pytest.fixture
def sent(one: None) -> Message:
    run(TWELVE)
    return Message.objects.get()


def report_of(
    message: Message, *, to: str = TO, action: str = "failed", status: str = "5.1.1", returns: str = "headers"
) -> bytes:
    """As RFC 3464 has it; `returns`: the whole message, its headers, or nothing but a reference."""
    report = MIMEMultipart("report", report_type="delivery-status")
    report["From"], report["To"] = "MAILER-DAEMON@mx.example", "cpl@portal.example"
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report.attach(MIMEText(f"I could not deliver your message to <{to}>."))
    whole, each = MIMEText(""), MIMEText("")
    for part in (whole, each):
        for name in list(part.keys()):
            del part[name]
    whole["Reporting-MTA"] = "dns; mx.example"
    each["Final-Recipient"] = f"rfc822; {to}"
    each["Action"] = action
    each["Status"] = status
    each["Diagnostic-Code"] = f"smtp; 550 {status} <{to}>: Recipient address rejected: User unknown"
    status_part = MIMEMultipart("delivery-status")
    status_part.set_type("message/delivery-status")
    status_part.set_payload([whole, each])
    report.attach(status_part)
    kept = bytes(Letter.objects.get(pk=message.pk).content)
    if returns == "whole":
        report.attach(MIMEMessage(message_from_bytes(kept)))
    elif returns == "headers":
        headers = kept.split(b"\n\n", 1)[0].decode()
        part = MIMEText(headers, "rfc822-headers")
        report.attach(part)
    else:
        report["In-Reply-To"] = message.message_id
    return report.as_bytes()


@pytest.mark.parametrize("returns", ["whole", "headers", "reference"])
def test_a_report_is_known_by_the_message_it_returns(sent: Message, returns: str) -> None:
    report = bounces.read_report(report_of(sent, returns=returns))
    assert report is not None
    assert bounces.record(report, AT) == sent
    sent.refresh_from_db()
    assert sent.state == "bounced" and sent.sent_at
    (row,) = sent.bounces.all()
    assert (row.kind, row.status) == ("returned", "5.1.1")
    assert "User unknown" in row.answer


def test_no_address_is_kept_and_yet_it_can_be_told_which_it_is(sent: Message) -> None:
    bounces.record(bounces.read_report(report_of(sent)), AT)
    row = Bounce.objects.get()
    assert "@" not in f"{row.answer}{row.status}{row.address}"
    assert row.address == bounces.digest_of(TO.upper())


def test_the_same_report_read_twice_is_noted_once(sent: Message) -> None:
    report = bounces.read_report(report_of(sent))
    bounces.record(report, AT)
    bounces.record(report, AT + timedelta(hours=1))
    assert Bounce.objects.count() == 1


def test_of_two_addresses_one_that_returns_it_leaves_the_message_sent(one: None, made: Made) -> None:
    Contact.objects.create(party=party_of(made.maker), email="second@tidewater.example")
    run(TWELVE)
    message = Message.objects.get()
    bounces.record(bounces.read_report(report_of(message)), AT)
    message.refresh_from_db()
    assert (message.state, message.bounces.count()) == ("sent", 1)
    bounces.record(bounces.read_report(report_of(message, to="second@tidewater.example")), AT)
    message.refresh_from_db()
    assert message.state == "bounced"


def test_a_delay_is_noted_and_is_no_failure(sent: Message) -> None:
    bounces.record(bounces.read_report(report_of(sent, action="delayed", status="4.4.1")), AT)
    sent.refresh_from_db()
    assert (sent.state, sent.bounces.get().kind) == ("sent", "delayed")


def test_a_report_of_success_and_an_answer_of_a_person_are_no_bounces(sent: Message) -> None:
    assert bounces.read_report(report_of(sent, action="delivered", status="2.0.0")) is None
    assert bounces.read_report(b"From: somebody@x.example\nIn-Reply-To: <a@b>\n\nI am away.\n") is None
    assert bounces.read_report(b"\xff\x00 nonsense") is None


def test_a_report_about_somebody_elses_message_is_nobodys(sent: Message) -> None:
    raw = report_of(sent, returns="headers").replace(sent.message_id.encode(), b"<other@elsewhere.example>")
    assert bounces.record(bounces.read_report(raw), AT) is None
    assert not Bounce.objects.exists()


def test_what_came_back_can_be_sent_again(sent: Message) -> None:
    bounces.record(bounces.read_report(report_of(sent)), AT)
    assert sending.send_again([sent.pk], AT) == 1
    sending.deliver(sent.pk, AT)
    sent.refresh_from_db()
    assert sent.state == "sent"


def test_a_bounce_is_never_changed(sent: Message) -> None:
    bounces.record(bounces.read_report(report_of(sent)), AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Bounce.objects.update(status="2.0.0")


def test_a_refusal_for_good_is_not_tried_five_times(one: None, refusing: type[Refusing]) -> None:
    refusing.error = SMTPRecipientsRefused({TO: (550, b"5.1.1 <notices@tidewater.example> unknown")})
    run(TWELVE)
    message = Message.objects.get()
    assert (message.state, message.attempts) == ("failed", 1)
    row = message.bounces.get()
    assert (row.kind, row.status, row.address) == ("refused", "550", bounces.digest_of(TO))
    assert "@" not in message.last_answer + row.answer


def test_a_refusal_of_the_content_is_for_good_too(one: None, refusing: type[Refusing]) -> None:
    refusing.error = SMTPDataError(552, b"too large")
    run(TWELVE)
    assert Message.objects.get().state == "failed"


@pytest.mark.parametrize(
    "error",
    [SMTPRecipientsRefused({TO: (451, b"greylisted")}), SMTPDataError(451, b"later"), OSError("gone")],
)
def test_what_may_pass_is_tried_again(one: None, refusing: type[Refusing], error: Exception) -> None:
    refusing.error = error
    run(TWELVE)
    assert (Message.objects.get().state, Bounce.objects.count()) == ("queued", 0)


def test_one_of_two_addresses_that_is_refused_is_noted(
    one: None, made: Made, refusing: type[Refusing]
) -> None:
    Contact.objects.create(party=party_of(made.maker), email="second@tidewater.example")
    refusing.some = {"second@tidewater.example": (550, b"no such user")}
    run(TWELVE)
    message = Message.objects.get()
    assert (message.state, message.bounces.get().kind) == ("sent", "refused")


def test_the_command_reads_a_file_a_mailbox_and_a_pipe(sent: Message, tmp_path, monkeypatch, capsys) -> None:
    raw = report_of(sent)
    (tmp_path / "one.eml").write_bytes(raw)
    call_command("read_bounces", str(tmp_path / "one.eml"))
    box = mailbox.mbox(tmp_path / "many.mbox")
    box.add(raw)
    box.add(b"From: a@b.example\n\nHello.\n")
    box.flush()
    call_command("read_bounces", "--mailbox", str(tmp_path / "many.mbox"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    call_command("read_bounces")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("1 of 1 reports")
    assert lines[1] == "1 of 1 reports are about messages of ours; 1 other mails were passed over."
    assert lines[2].startswith("1 of 1 reports")
    assert Message.objects.get().state == "bounced"
