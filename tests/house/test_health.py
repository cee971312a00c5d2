"""`/healthz` and the checks behind it."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from sec_portal import health
from sec_portal.tasks import forget_old_sessions, note_worker

pytestmark = pytest.mark.django_db


def test_all_is_well(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_migration_that_is_not_applied_is_a_failure(client):
    MigrationRecorder.Migration.objects.filter(app="sessions").delete()
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "failing"
    assert "run manage.py migrate" in health.problems()["migrations"]


def test_a_trigger_that_is_missing_is_a_failure(client):
    table = "" if connection.vendor == "sqlite" else " ON ledger_record"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger_record'"
            )
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = 'ledger_record'::regclass")
        cursor.execute(f'DROP TRIGGER "{cursor.fetchone()[0]}"{table}')
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["triggers"] == "failing"


def test_a_broker_that_does_not_answer_is_a_failure(client, monkeypatch):
    def refuse() -> str:
        raise ConnectionError

    monkeypatch.setitem(health.CHECKS, "broker", refuse)
    assert client.get("/healthz").json()["broker"] == "failing"


def test_it_tells_when_a_worker_last_ran(client):
    note_worker()
    assert client.get("/healthz").json()["worker"].endswith("+00:00")


def test_a_worker_that_is_silent_for_over_five_minutes_is_told_in_a_word(client):
    cache.delete(health.WORKER_SEEN)
    assert client.get("/healthz").json()["background"] == "never"
    now = timezone.now().replace(microsecond=0)
    with time_machine.travel(now, tick=False):
        note_worker()
    for minutes, word in ((5, "ok"), (6, "late")):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            assert client.get("/healthz").json()["background"] == word


def test_old_sessions_are_forgotten(client):
    forget_old_sessions()
