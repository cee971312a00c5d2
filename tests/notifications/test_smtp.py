"""Delivery as in production: our backend speaks with a real mail server, over the wire."""

import contextlib
import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from smtplib import SMTPException

import pytest

from cpl.models import Contact
from notifications import bounces, mails, sending
from notifications.models import Attempt, Audience, Bounce, Letter, Message
from tests.cast import party_of
from tests.notifications.making import TWELVE, Made, noon, run
from tests.notifications.post import YES, Post, certificate, one_password, open_post

pytestmark = pytest.mark.django_db
AT, HOUR = noon(TWELVE), timedelta(hours=1)
TO, SECOND = "notices@tidewater.example", "second@tidewater.example"


@pytest.fixture(autouse=True)
def in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Delivery takes none, so that pauses can be told to the second."""
    monkeypatch.setattr(sending, "clock", lambda at: lambda: at)


@pytest.fixture
def one(made: Made) -> Made:
    """An entry that concerns its manufacturer alone; its product's name is no plain English."""
    Audience.objects.filter(kind="certificate").exclude(who="manufacturer").delete()
    made.carried(product_name="Zähler " + "ü" * 80)
    return made


@pytest.fixture
def written_to(settings) -> Callable[..., None]:
    """Has the portal write to a mail server."""

    def write_to(post: Post, **changes: object) -> None:
        settings.EMAIL_BACKEND = "sec_portal.mail.Smtp"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", post.port, 10
        for name, value in changes.items():
            setattr(settings, name, value)

    return write_to


@pytest.fixture
def post(written_to: Callable[..., None]) -> Iterator[Post]:
    with open_post() as post:
        written_to(post)
        yield post


def message() -> Message:
    return Message.objects.get()


def on_the_wire(kept: bytes) -> bytes:
    return kept.replace(b"\n", b"\r\n")


def test_what_is_kept_is_what_the_server_took_and_its_answer_is_recorded(one: Made, post: Post) -> None:
    run(TWELVE)
    kept = bytes(Letter.objects.get().content)
    assert post.bytes_taken == [on_the_wire(kept)]
    assert post.taken[0].rcpt_tos == [TO]
    assert (message().state, message().last_answer) == ("sent", f"accepted: {YES}")
    attempt = Attempt.objects.get()
    assert (attempt.answer, attempt.at, attempt.message) == (f"accepted: {YES}", AT, message())
    assert attempt.content == hashlib.sha256(kept).hexdigest()


def test_it_is_seven_bits_and_no_line_is_long_whatever_the_words(one: Made, post: Post) -> None:
    run(TWELVE)
    (taken,) = post.bytes_taken
    assert taken.isascii() and max(map(len, taken.splitlines())) <= 78
    read = message_from_bytes(taken, policy=policy.default)
    body = read.get_body(("plain",))
    assert body and "Zähler üüü" in " ".join(body.get_content().split())
    table = next(part for part in read.iter_attachments() if part.get_content_type() == "text/csv")
    assert "Zähler üüü" in table.get_content()


def test_a_repeat_after_a_lost_answer_is_the_same_to_the_last_octet(one: Made, post: Post) -> None:
    post.hangs_up = {"after data"}
    run(TWELVE)
    assert message().state == "queued"
    assert message().last_answer.startswith("SMTPServerDisconnected")
    post.hangs_up = set()
    sending.redeliver(AT + 7 * HOUR)
    first, second = post.bytes_taken
    assert first == second
    assert message().state == "sent"
    assert len(set(Attempt.objects.values_list("content", flat=True))) == 1


def test_after_an_address_was_put_right_the_mail_names_it_and_keeps_its_message_id(
    one: Made, post: Post
) -> None:
    post.answers = {TO: "550 5.1.1 unknown"}
    run(TWELVE)
    assert message().state == "failed"
    Contact.objects.filter(email=TO).update(email=SECOND)
    sending.send_again([message().pk], AT + HOUR)
    sending.deliver(message().pk, AT + HOUR)
    read = message_from_bytes(post.bytes_taken[0], policy=policy.default)
    assert (read["To"], read["Message-ID"]) == (SECOND, message().message_id)
    assert bytes(Letter.objects.get().content) == post.bytes_taken[0].replace(b"\r\n", b"\n")


def test_a_server_that_hangs_up_at_the_farewell_has_taken_the_message(one: Made, post: Post) -> None:
    post.hangs_up = {"at quit"}
    run(TWELVE)
    assert (message().state, len(post.taken)) == ("sent", 1)


@pytest.mark.parametrize(
    ("answer", "state", "kept"), [("452 4.3.1 full", "queued", 0), ("554 5.7.1 no", "failed", 1)]
)
def test_a_refusal_of_the_message_is_repeated_or_final_as_its_code_says(
    one: Made, post: Post, answer: str, state: str, kept: int
) -> None:
    post.to_data = [answer]
    run(TWELVE)
    assert (message().state, Bounce.objects.count()) == (state, kept)
    assert answer.split()[0] in message().last_answer


@pytest.mark.parametrize(("answer", "state"), [("451 4.7.1 later", "queued"), ("550 5.1.1 no", "failed")])
def test_a_refusal_of_the_only_address_is_repeated_or_final(
    one: Made, post: Post, answer: str, state: str
) -> None:
    post.answers = {TO: answer}
    run(TWELVE)
    assert message().state == state
    assert TO not in message().last_answer and answer.split()[1] in message().last_answer


def test_an_address_that_is_put_off_is_tried_again_alone(one: Made, post: Post) -> None:
    Contact.objects.create(party=party_of(one.maker), email=SECOND)
    post.answers = {SECOND: "451 4.7.1 greylisted"}
    run(TWELVE)
    assert (message().state, message().left) == ("queued", [bounces.digest_of(SECOND)])
    assert message().last_answer.startswith("accepted, some addresses put off")
    post.answers = {}
    sending.redeliver(AT + HOUR)
    assert message().state == "sent"
    assert [one.rcpt_tos for one in post.taken] == [[TO], [SECOND]]
    first, second = post.bytes_taken
    assert first == second


def test_an_address_that_is_put_off_for_ever_is_given_up_and_noted(one: Made, post: Post) -> None:
    Contact.objects.create(party=party_of(one.maker), email=SECOND)
    post.answers = {SECOND: "451 4.7.1 greylisted"}
    run(TWELVE)
    Message.objects.update(attempts=len(sending.PAUSES))
    sending.redeliver(AT + HOUR)
    assert message().state == "sent"
    row = Bounce.objects.get()
    assert (row.status, row.address) == ("451", bounces.digest_of(SECOND))


def test_an_address_that_is_refused_after_others_took_it_leaves_the_message_sent(
    one: Made, post: Post
) -> None:
    Contact.objects.create(party=party_of(one.maker), email=SECOND)
    post.answers = {SECOND: "451 4.7.1 greylisted"}
    run(TWELVE)
    post.answers = {SECOND: "550 5.1.1 unknown"}
    sending.redeliver(AT + HOUR)
    assert (message().state, len(post.taken)) == ("sent", 1)
    assert Bounce.objects.get().address == bounces.digest_of(SECOND)


def test_a_domain_in_other_letters_is_written_to_as_mail_servers_know_it(one: Made, post: Post) -> None:
    Contact.objects.update(email="notices@zähler.example")
    run(TWELVE)
    assert message().state == "sent"
    assert post.taken[0].rcpt_tos == ["notices@xn--zhler-gra.example"]


def test_nobody_there_and_somebody_silent_are_tried_again_later(one: Made, post: Post, settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = silent.getsockname()[1], 0.2
        run(TWELVE)
    assert message().state == "queued" and "timed out" in message().last_answer
    sending.redeliver(AT + HOUR)
    assert "ConnectionRefusedError" in message().last_answer
    assert Attempt.objects.count() == 2


@pytest.mark.parametrize("implicit", [True, False])
def test_over_tls_with_a_password(
    one: Made,
    written_to: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    implicit: bool,
) -> None:
    context, trusted = certificate(tmp_path)
    asked = {"ssl_context": context} if implicit else {"tls_context": context, "require_starttls": True}
    tls = {"EMAIL_USE_SSL": implicit, "EMAIL_USE_TLS": not implicit}
    who = {"EMAIL_HOST_USER": "portal", "EMAIL_HOST_PASSWORD": "p@ss word"}
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with open_post(
        **asked, authenticator=one_password, auth_required=True, auth_require_tls=not implicit
    ) as post:
        written_to(post, **tls, **(who | {"EMAIL_HOST_PASSWORD": "wrong"}))
        run(TWELVE)
        assert message().state == "queued" and "535" in message().last_answer
        assert not Bounce.objects.exists()
        written_to(post, **tls, **who)
        sending.redeliver(AT + HOUR)
        assert (message().state, post.secure) == ("sent", [True])


@pytest.mark.parametrize("name", ["other.example", "127.0.0.1"])
@pytest.mark.parametrize("implicit", [True, False])
def test_a_certificate_of_another_name_or_of_nobody_we_trust_gets_no_mail(
    one: Made,
    written_to: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    implicit: bool,
) -> None:
    context, trusted = certificate(tmp_path, name)
    if name == "other.example":
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    asked = {"ssl_context": context} if implicit else {"tls_context": context, "require_starttls": True}
    with open_post(**asked) as post:
        written_to(post, EMAIL_USE_SSL=implicit, EMAIL_USE_TLS=not implicit)
        run(TWELVE)
        assert (message().state, post.taken) == ("queued", [])
        assert "SSLCertVerificationError" in message().last_answer


def test_a_server_that_greets_an_octet_at_a_time_is_hung_up_on(
    made: Made, written_to: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No pause of its own is long enough for a timeout."""
    monkeypatch.setattr(sending, "SEND_WITHIN", timedelta(seconds=0.3))
    over = threading.Event()

    def greet(server: socket.socket) -> None:
        line, _ = server.accept()
        with line, contextlib.suppress(OSError):
            line.sendall(b"220-")
            while not over.wait(0.1):
                line.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=greet, args=[server], daemon=True).start()
        written_to(Post(port=server.getsockname()[1]))
        mail = mails.Mail("Subject", "Text", "portal@panel.example", [TO])
        handing = threading.Thread(target=lambda: _failing(mail), daemon=True)
        handing.start()
        handing.join(5)
        over.set()
        assert not handing.is_alive()


def _failing(mail: mails.Mail) -> None:
    with pytest.raises((OSError, SMTPException)):
        sending._hand_over(mail)
