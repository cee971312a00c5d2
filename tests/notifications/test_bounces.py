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
AT, HOUR = noon(TWELVE), timedelta(hours=1)
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


@pytest.fixture(autouse=True)
def in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Delivery takes none: what comes back then comes after it."""
    monkeypatch.setattr(sending, "clock", lambda at: lambda: at)


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


def test_what_was_said_of_an_earlier_sending_says_nothing_of_a_later_one(sent: Message) -> None:
    raw = report_of(sent)
    bounces.record(bounces.read_report(raw), AT + HOUR)
    sending.send_again([sent.pk], AT + 2 * HOUR)
    sending.deliver(sent.pk, AT + 2 * HOUR)
    for later in (raw, report_of(sent, action="delayed", status="4.4.1")):
        bounces.record(bounces.read_report(later), AT + 3 * HOUR)
        sent.refresh_from_db()
        assert sent.state == "sent"
    bounces.record(bounces.read_report(report_of(sent, status="5.7.1")), AT + 4 * HOUR)
    sent.refresh_from_db()
    assert sent.state == "bounced"


def test_an_erased_letter_that_one_address_returned_did_not_come_back_from_all(one: None, made: Made) -> None:
    Contact.objects.create(party=party_of(made.maker), email="second@tidewater.example")
    run(TWELVE)
    message = Message.objects.get()
    raw = report_of(message)
    Letter.objects.all().delete()
    bounces.record(bounces.read_report(raw), AT + HOUR)
    message.refresh_from_db()
    assert (message.state, message.bounces.count()) == ("sent", 1)


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


# As three kinds of mail servers write them; ours is {id}.
POSTFIX = """\
Return-Path: <>
From: MAILER-DAEMON@mx.tidewater.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: cpl@panel.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4XyZ1.1669"

This is a MIME-encapsulated message.

--4XyZ1.1669
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.tidewater.example.

<notices@tidewater.example>: host 192.0.2.1 said: 550 5.1.1 User unknown

--4XyZ1.1669
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.tidewater.example
X-Postfix-Queue-ID: 4XyZ1
X-Postfix-Sender: rfc822; cpl@panel.example
Arrival-Date: Mon, 31 Aug 2026 12:00:01 +0000 (UTC)

Final-Recipient: rfc822; notices@tidewater.example
Original-Recipient: rfc822;notices@tidewater.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; 192.0.2.1
Diagnostic-Code: smtp; 550 5.1.1 <notices@tidewater.example>: Recipient address
    rejected: User unknown in virtual mailbox table

--4XyZ1.1669
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Received: by mx.tidewater.example (Postfix) id 4XyZ1
Subject: CPL 2026-08-31
Message-ID: {id}

--4XyZ1.1669--
"""
EXCHANGE = """\
MIME-Version: 1.0
From: <postmaster@tidewater.example>
To: <cpl@panel.example>
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="_bd6e_"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-GB
Message-ID: <8b4f@EX01.tidewater.example>
In-Reply-To: {id}
References: {id}
Subject: Undeliverable: CPL 2026-08-31: 1 certificate needs attention

--_bd6e_
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="_inner_"

--_inner_
Content-Type: text/plain; charset="us-ascii"

Your message to notices@tidewater.example couldn't be delivered.

--_inner_--

--_bd6e_
Content-Type: message/delivery-status

Reporting-MTA: dns;EX01.tidewater.example
Received-From-MTA: dns;mx.panel.example
Arrival-Date: Mon, 31 Aug 2026 12:00:02 +0000

Final-Recipient: rfc822;Notices@Tidewater.example
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found
X-Display-Name: Notices

--_bd6e_
Content-Type: message/rfc822

Received: from mx.panel.example by EX01.tidewater.example
Subject: CPL 2026-08-31: 1 certificate needs attention
Message-ID: {id}
Content-Type: text/plain

Certificates
--_bd6e_--
"""
GMAIL = """\
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: cpl@panel.example
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: {id}
In-Reply-To: {id}
X-Failed-Recipients: notices@tidewater.example
Message-ID: <66d2.050a@mx.google.com>
Content-Type: multipart/report; boundary="000000000000a1"; report-type=delivery-status

--000000000000a1
Content-Type: multipart/related; boundary="000000000000b2"

--000000000000b2
Content-Type: text/plain; charset="UTF-8"

** Address not found **

--000000000000b2--
--000000000000a1
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com
Arrival-Date: Mon, 31 Aug 2026 05:00:03 -0700 (PDT)
X-Original-Message-ID: {id}

Final-Recipient: rfc822; notices@tidewater.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; gmail-smtp-in.l.google.com. (2001:db8::1b, the server for the
 domain tidewater.example.)
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.
 550 5.1.1 https://support.google.com/mail/?p=NoSuchUser - gsmtp
Last-Attempt-Date: Mon, 31 Aug 2026 05:00:05 -0700 (PDT)

--000000000000a1
Content-Type: message/rfc822

Subject: CPL 2026-08-31
Message-ID: {id}

Certificates
--000000000000a1--
"""


@pytest.mark.parametrize(
    ("written", "status"), [(POSTFIX, "5.1.1"), (EXCHANGE, "5.1.10"), (GMAIL, "5.1.1")],
    ids=["Postfix", "Exchange", "Gmail"],
)  # fmt: skip
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_reports_are_read_as_mail_servers_write_them(
    sent: Message, written: str, status: str, ends: str
) -> None:
    raw = written.replace("{id}", sent.message_id).replace("\n", ends).encode()
    assert bounces.record(bounces.read_report(raw), AT) == sent
    sent.refresh_from_db()
    row = sent.bounces.get()
    assert (sent.state, row.kind, row.status) == ("bounced", "returned", status)
    assert row.address == bounces.digest_of(TO)
    assert row.answer.startswith("550") and "@" not in row.answer


def nested(depth: int) -> bytes:
    head = b"Content-Type: multipart/report; boundary=b\n\n--b\n"
    return head + b"Content-Type: message/rfc822\n\n" * depth + b"\nend\n--b--\n"


def of_many_addresses() -> bytes:
    blocks = "".join(f"Final-Recipient: rfc822; a{n}@b.example\nAction: failed\n\n" for n in range(20_000))
    return POSTFIX.replace(
        "Final-Recipient: rfc822; notices", blocks + "Final-Recipient: rfc822; notices"
    ).encode()


@pytest.mark.parametrize(
    "raw",
    [
        nested(5_000),
        of_many_addresses(),
        POSTFIX.replace("Message-ID: {id}", "Message-ID: <a\0b@c>\nMessage-ID: <" + "x" * 9000).encode(),
        POSTFIX.replace("Status: 5.1.1", "Status: \0\ud800".replace("\ud800", "\x80") * 99).encode("latin-1"),
        b"Content-Type: multipart/report; boundary*=x''%ff\nFrom: \xff\xfe\n\n--\xff\n" * 50,
        b'Content-Type: multipart/report; boundary="\n\n--\n',
    ],
    ids=["nested", "many addresses", "a key with a null", "no letters", "no boundary", "no end"],
)
def test_a_hostile_report_changes_nothing_and_stops_nothing(sent: Message, raw: bytes) -> None:
    report = bounces.read_report(raw)
    assert report is None or bounces.record(report, AT) is None
    assert not Bounce.objects.exists()


def test_a_report_of_ours_with_thousands_of_addresses_is_noted_in_a_few_rows(sent: Message) -> None:
    raw = of_many_addresses().replace(b"{id}", sent.message_id.encode())
    report = bounces.read_report(raw)
    assert report is not None and len(report.returned) == bounces.MOST


def test_the_command_reads_a_folder_as_mail_servers_keep_them(sent: Message, tmp_path, capsys) -> None:
    mailbox.Maildir(tmp_path / "Maildir").add(report_of(sent))
    call_command("read_bounces", str(tmp_path / "Maildir"))
    assert capsys.readouterr().out.startswith("1 of 1 reports")
