"""The servers under the tests are real, and the tests can empty a database that refuses to be emptied."""

import os

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import DatabaseError, connection
from redis import Redis

REFUSAL = {
    "sqlite": [
        "CREATE TRIGGER keep_groups BEFORE DELETE ON auth_group BEGIN SELECT RAISE(ABORT, 'kept'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION keep_groups() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'kept'; END $$",
        "CREATE TRIGGER keep_groups BEFORE TRUNCATE OR DELETE ON auth_group EXECUTE FUNCTION keep_groups()",
        "ALTER TABLE auth_group ENABLE ALWAYS TRIGGER keep_groups",
    ],
}
REMOVAL = {
    "sqlite": ["DROP TRIGGER keep_groups"],
    "postgresql": ["DROP TRIGGER keep_groups ON auth_group", "DROP FUNCTION keep_groups()"],
}


def run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_a_database_is_emptied_past_its_triggers_and_they_stand_afterwards():
    run(REFUSAL[connection.vendor])
    Group.objects.create(name="kept")
    call_command("flush", interactive=False, verbosity=0)
    try:
        assert not Group.objects.filter(name="kept").exists()
        Group.objects.create(name="kept")
        with pytest.raises(DatabaseError):
            Group.objects.all().delete()
    finally:
        run(REMOVAL[connection.vendor])


@pytest.mark.postgresql
@pytest.mark.django_db
def test_the_suite_runs_on_postgresql_18():
    assert connection.pg_version // 10_000 == 18


@pytest.mark.redis
def test_a_real_redis_answers():
    with Redis.from_url(os.environ["REDIS_URL"]) as client:
        assert client.ping()


def test_what_asks_for_no_database_runs_once(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("pure")
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        connection.ensure_connection()


def test_what_asks_for_a_database_runs_on_both(request: pytest.FixtureRequest, db: None) -> None:
    assert not request.node.get_closest_marker("pure")
