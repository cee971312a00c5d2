"""What every test relies on: which servers there are, and a database that can be emptied between tests."""

import functools
import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from cpl import evidence
from tests.cast import dcc, maker, officer, rival, second_officer, supplier, visitor  # noqa: F401
from tests.tables import lay_down

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Under CI and `make test` a test that misses its server fails; elsewhere it is left out with the reason.
EVERYTHING = bool(os.environ.get("CI") or os.environ.get("EVERYTHING"))
SERVERS = ("redis", "sqlite", "postgresql")
MISSING: dict[str, Callable[[], str]] = {
    "redis": lambda: "" if os.environ.get("REDIS_URL") else "REDIS_URL is not set; make test starts a Redis",
    "browser": lambda: "" if CHROMIUM else "there is no chromium on the PATH",
}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "redis: needs a Redis at REDIS_URL")
    config.addinivalue_line("markers", "browser: needs a chromium on the PATH")
    config.addinivalue_line("markers", "sqlite: is about SQLite alone")
    config.addinivalue_line("markers", "postgresql: is about PostgreSQL alone")
    config.addinivalue_line("markers", "pure: reaches no database (set by itself), so that one run is enough")


def pytest_unconfigure() -> None:
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """pytest-django lets no test near a database that does not say so by a mark or a fixture."""
    for item in items:
        asks = {"db", "transactional_db"} & {*getattr(item, "fixturenames", ())}
        if not asks and not any(item.get_closest_marker(name) for name in ("django_db", *SERVERS)):
            item.add_marker("pure")


@pytest.fixture
def tables(db: None) -> None:
    """The device types, versions and TS Applicability Tables that the program brings."""
    lay_down()


def pytest_runtest_setup(item: pytest.Item) -> None:
    for need, missing in MISSING.items():
        if item.get_closest_marker(need) and (reason := missing()):
            _miss(reason)
    for engine in ("sqlite", "postgresql"):
        if item.get_closest_marker(engine) and connection.vendor != engine:
            pytest.skip(f"is about {engine}, and this run is on {connection.vendor}")


def _miss(reason: str) -> None:
    if EVERYTHING:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's own chromium; its sandbox does not start for root."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": [*sandbox, "--disable-gpu"]}


@pytest.fixture(scope="session", autouse=True)
def looking_into_a_file_once() -> Iterator[None]:
    """The same invented certificate is attached a thousand times: one process of its own for it is enough."""
    apart = evidence.inspected_apart
    evidence.inspected_apart = functools.cache(apart)
    yield
    evidence.inspected_apart = apart


@pytest.fixture(scope="session", autouse=True)
def emptying_past_the_triggers(django_db_modify_db_settings: None) -> Iterator[None]:
    """Lets Django empty the tables after a transactional test, which the append-only triggers refuse.

    Every trigger is put back exactly as it was, in the same transaction.
    """
    flush = connection.ops.sql_flush

    def around(*args: Any, **kwargs: Any) -> list[str]:
        statements = flush(*args, **kwargs)
        if not statements:
            return []
        lay_down, take_up = _triggers()
        return [*lay_down, *statements, *take_up]

    connection.ops.sql_flush = around
    yield
    connection.ops.sql_flush = flush


def _triggers() -> tuple[list[str], list[str]]:
    """The statements that put every trigger out of action, and those that restore it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            found = cursor.fetchall()
            return [f'DROP TRIGGER "{name}"' for name, _ in found], [sql for _, sql in found]
        cursor.execute(
            "SELECT tgrelid::regclass, quote_ident(tgname), CASE tgenabled WHEN 'A' THEN 'ALWAYS' ELSE '' END"
            " FROM pg_trigger WHERE NOT tgisinternal"
        )
        found = cursor.fetchall()
    lay_down = [f"ALTER TABLE {table} DISABLE TRIGGER {name}" for table, name, _ in found]
    return lay_down, [f"ALTER TABLE {table} ENABLE {always} TRIGGER {name}" for table, name, always in found]
