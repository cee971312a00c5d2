"""That no run took place is noticed: on the first page, by monitors, and by whoever waits for a ping."""

import datetime
import logging
import re
import socket
import threading
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from notifications import sending, tasks, watch
from notifications.models import Message, Run
from tests.notifications.making import TWELVE, Made, noon, run

pytestmark = pytest.mark.django_db
AT = noon(TWELVE)
HOUR = timedelta(hours=1)


def ran(at: datetime.datetime, **changes: Any) -> Run:
    row = {"started_at": at, "ended_at": at, "on": at.date(), "state": Run.State.ENDED, **changes}
    return Run.objects.create(**row)


def test_where_there_never_was_a_run_that_is_an_alarm() -> None:
    found = watch.watch(AT)
    assert (found.word, found.is_late, found.age) == ("never", True, None)


@pytest.mark.parametrize(("hours", "word"), [(1, "ok"), (26, "ok"), (27, "late"), (500, "late")])
def test_after_26_hours_without_a_good_run_it_is_late(hours: int, word: str) -> None:
    ran(AT - hours * HOUR)
    assert watch.watch(AT).word == word


@pytest.mark.parametrize(
    "changes",
    [
        {"state": Run.State.CUT_SHORT},
        {"state": Run.State.RUNNING, "ended_at": None},
        {"state": Run.State.HELD},
        {"on": TWELVE - timedelta(days=1)},
        {"on": TWELVE + timedelta(days=1)},
        {"due": 3, "failed": 3},
    ],
)
def test_a_run_that_told_nobody_of_today_is_no_good_run(changes: dict[str, Any]) -> None:
    ran(AT - 48 * HOUR)
    ran(AT - HOUR, **changes)
    assert watch.watch(AT).word == "late"


def test_a_run_after_midnight_in_summer_looked_at_its_own_day() -> None:
    """A quarter past midnight in London is the day before in UTC."""
    at = datetime.datetime(2026, 8, 30, 23, 15, tzinfo=datetime.UTC)
    ran(at, on=datetime.date(2026, 8, 31))
    assert watch.watch(at + HOUR).word == "ok"


def test_the_next_run_is_of_a_day_that_had_none() -> None:
    six = AT.replace(hour=6)
    assert watch.next_run(six - HOUR) == six
    assert watch.next_run(AT) == AT + HOUR
    ran(AT)
    assert watch.next_run(AT) == six + timedelta(days=1)


def test_healthz_says_that_notices_are_late_and_stays_in_service(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["notices"]) == (200, "never")
    now = datetime.datetime.now(datetime.UTC)
    ran(now - 27 * HOUR, on=timezone.localdate(now - 27 * HOUR))
    assert client.get("/healthz").json()["notices"] == "late"
    ran(now - HOUR, on=timezone.localdate(now - HOUR))
    assert client.get("/healthz").json()["notices"] == "ok"


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []

    class Answer:
        status = 200

        def __enter__(self) -> "Answer":
            return self

        def __exit__(self, *_: object) -> None: ...

    def answer(request: Any, timeout: float) -> Answer:
        assert timeout
        asked.append(request.full_url)
        return Answer()

    monkeypatch.setattr(watch._OPENER, "open", answer)
    return asked


def test_after_a_good_run_the_ping_goes_out_once(made: Made, settings: Any, asked_for: list[str]) -> None:
    settings.HEARTBEAT_URL = "https://monitor.example/ping/1234"
    tasks.run()
    assert asked_for == [settings.HEARTBEAT_URL]
    tasks.run()
    assert len(asked_for) == 1


def test_a_run_that_sent_nothing_of_what_was_due_sends_no_ping(
    made: Made, settings: Any, asked_for: list[str]
) -> None:
    settings.HEARTBEAT_URL = "https://monitor.example/ping/1234"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    today = timezone.localdate()
    made.covers(
        made.certificate("9901", today + timedelta(days=100), on=today), made.entry(on=today), on=today
    )
    tasks.run()
    row = Run.objects.get()
    assert (row.state, row.sent, watch.watch(timezone.now()).word, asked_for) == ("ended", 0, "never", [])
    # When the mail server is back, the day has been made good.
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    sending.redeliver(timezone.now() + 2 * HOUR)
    assert watch.watch(timezone.now()).word == "ok"


def test_a_held_run_sends_no_ping(made: Made, settings: Any, asked_for: list[str]) -> None:
    settings.HEARTBEAT_URL, settings.NOTICE_LIMIT = "https://monitor.example/ping/1234", 1
    made.certificate()
    today = timezone.localdate()
    made.covers(
        made.certificate("9901", today + timedelta(days=100), on=today), made.entry(on=today), on=today
    )
    tasks.run()
    assert Run.objects.get().state == Run.State.HELD
    assert asked_for == []


def test_no_ping_without_an_address(made: Made, asked_for: list[str]) -> None:
    tasks.run()
    assert asked_for == []


def test_a_ping_that_fails_stops_nothing_and_its_address_is_kept_out_of_the_log(
    settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.HEARTBEAT_URL = "https://monitor.example/ping/secret-1234"

    def refuse(*_: object, **__: object) -> None:
        raise ConnectionRefusedError(settings.HEARTBEAT_URL)

    monkeypatch.setattr(watch._OPENER, "open", refuse)
    with caplog.at_level(logging.ERROR):
        assert watch.ping() is False
    assert "monitor.example" in caplog.text
    assert "secret-1234" not in caplog.text


@pytest.mark.parametrize(
    "answer",
    [b"220 mail.example ready\r\n", b"HTTP/1.1 200 OK\r\nno colon here", b"", b"HTTP/1.1 abc\r\n\r\n"],
)
def test_whatever_the_monitor_answers_stops_nothing(
    settings: Any, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    """Asked over plain http, as a test has no certificate."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_answer, args=(server, answer))
        thread.start()
        assert watch.ping(f"http://127.0.0.1:{server.getsockname()[1]}/ping") in (True, False)
        thread.join()


def _answer(server: socket.socket, answer: bytes) -> None:
    line, _ = server.accept()
    with line:
        line.recv(4096)
        line.sendall(answer)


def test_a_run_of_today_by_hand_sends_the_ping_too(made: Made, settings: Any, asked_for: list[str]) -> None:
    """The clock makes no second run that day: without it the monitor would raise a false alarm."""
    settings.HEARTBEAT_URL = "https://monitor.example/ping/1234"
    call_command("send_notices", dry_run=True, stdout=StringIO())
    call_command("send_notices", on=TWELVE, stdout=StringIO())
    assert asked_for == []
    call_command("send_notices", stdout=StringIO())
    assert asked_for == [settings.HEARTBEAT_URL]


def test_a_ping_follows_nobody_out_of_https() -> None:
    (handler,) = [one for one in watch._OPENER.handlers if isinstance(one, watch._StayEncrypted)]
    with pytest.raises(ValueError, match="https"):
        handler.redirect_request(None, None, 302, "", None, "http://monitor.example/")  # type: ignore[arg-type]


def read(client: Client, **headers: str) -> str:
    answer = client.get("/metrics", **headers)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    return answer.content.decode()


def test_metrics_tell_what_a_monitor_needs_and_name_nobody(made: Made, client: Client) -> None:
    made.carried()
    run(TWELVE)
    Message.objects.filter(pk=Message.objects.first().pk).update(state="failed", sent_at=None)  # type: ignore[union-attr]
    text = read(client)
    lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert lines["cpl_notices_due_total"] == "2"
    assert lines["cpl_notices_sent_total"] == "2"
    assert lines['cpl_messages{state="failed"}'] == "1"
    assert lines['cpl_messages{state="sent"}'] == "1"
    assert lines['cpl_notice_runs{state="ended"}'] == "1"
    assert lines["cpl_submissions_waiting"] == "0"
    assert lines['cpl_jobs{state="failed"}'] == "0"
    assert int(lines["cpl_changes_unpublished"]) >= 1
    assert float(lines["cpl_notices_last_good_run_timestamp_seconds"]) >= AT.timestamp()
    assert "tidewater" not in text.lower()
    assert "@" not in text


def test_every_metric_says_what_it_is(client: Client) -> None:
    text = read(client)
    names = {line.partition(" ")[0].partition("{")[0] for line in text.splitlines() if line[0] != "#"}
    for name in names:
        assert text.count(f"# HELP {name} ") == text.count(f"# TYPE {name} ") == 1


SAMPLE = re.compile(
    r"(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)"
    r'(?P<labels>\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"(?:,(?!\})|(?=\})))*\})?'
    r" (?P<value>[-+]?(?:\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|Inf)|NaN)"
)


def test_metrics_are_prometheus_text(made: Made, client: Client) -> None:
    """By its grammar: each family once and together, HELP and TYPE before its samples, no sample twice."""
    made.carried()
    run(TWELVE)
    text = read(client)
    assert text.endswith("\n")
    families: list[str] = []
    samples: list[str] = []
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith("# HELP "):
            families.append(line.split(" ")[2])
            assert families.count(families[-1]) == 1
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == families[-1]
            assert kind == ("counter" if name.endswith("_total") else "gauge")
        else:
            sample = SAMPLE.fullmatch(line)
            assert sample, line
            assert sample["name"] == families[-1]
            samples.append(f"{sample['name']}{sample['labels']}")
    assert len(samples) == len(set(samples)) > 20


def test_metrics_that_cannot_be_had_take_no_others_along(client: Client, monkeypatch: Any) -> None:
    from sec_portal import metrics

    def fails(at: datetime.datetime) -> Any:
        raise ValueError("not today")

    monkeypatch.setitem(metrics.COLLECTORS, "jobs", fails)
    text = read(client)
    assert 'cpl_collected{what="jobs"} 0' in text
    assert 'cpl_collected{what="runs"} 1' in text


def test_without_a_token_only_this_machine_reads_metrics(client: Client, settings: Any) -> None:
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 403
    assert client.get("/metrics", HTTP_X_FORWARDED_FOR="192.0.2.7").status_code == 403
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client.get("/metrics").status_code == 403


def test_with_a_token_whoever_sends_it_reads_metrics(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "an-invented-token-of-letters"
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer another").status_code == 401
    read(client, HTTP_AUTHORIZATION=f"Bearer {settings.METRICS_TOKEN}", REMOTE_ADDR="192.0.2.7")


def test_a_held_run_is_told_to_monitors(made: Made, settings: Any, client: Client) -> None:
    settings.NOTICE_LIMIT = 1
    made.carried()
    assert sending.run(TWELVE, AT).is_held
    assert "cpl_notices_held 1" in read(client)
