"""Says whether the portal can do its work: `/healthz`, and what the launcher looks at before it starts."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ledger.checks import missing_triggers
from notifications.watch import watch
from sec_portal.celery import app

log = logging.getLogger(__name__)
WORKER_SEEN = "worker-seen"
WORKER_LATE = timedelta(minutes=5)


def database() -> str:
    """Nothing when the database answers a query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def migrations() -> str:
    """Nothing when every migration has been applied, else the first that has not."""
    executor = MigrationExecutor(connection)
    waiting = [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    if not waiting:
        return ""
    return f"{len(waiting)} not applied, the first is {waiting[0]}; run manage.py migrate"


def triggers() -> str:
    """Nothing when every trigger that keeps rows from changing is in the database."""
    faults = missing_triggers()
    if not faults:
        return ""
    remedy = "run manage.py migrate, then verify_register"
    return f"{len(faults)} missing or altered, the first: {faults[0]}; {remedy}"


def broker() -> str:
    """Nothing when the broker takes a connection."""
    with app.connection_for_write() as connected:
        connected.ensure_connection(max_retries=1, timeout=3)
        connected.default_channel.queue_declare(app.conf.task_default_queue, passive=False, durable=True)
    return ""


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "migrations": migrations,
    "triggers": triggers,
    "broker": broker,
}


def problems() -> dict[str, str]:
    """What is wrong, by the name of the check; empty when all is well."""
    found = {name: _asked(check) for name, check in CHECKS.items()}
    return {name: problem for name, problem in found.items() if problem}


def _asked(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # whatever is wrong is the answer
        log.exception("A health check failed.")
        return type(error).__name__


def note_worker() -> None:
    """Remembers that a worker ran a task just now."""
    cache.set(WORKER_SEEN, datetime.now(UTC).isoformat(timespec="seconds"), timeout=None)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when everything answers, else 503, with one word per check; what exactly is wrong is in the log.

    `worker` is when a worker last ran a task (it does so every minute) and `background` whether that is less
    than five minutes ago; `notices` whether a run of notices took place in the last 26 hours: `ok`, `late`,
    `never`, or `unknown`. Neither decides the status, since a web process is no healthier for being taken out
    of service when the worker has stopped. Monitors take every word but `ok` for an alarm.
    """
    found = problems()
    for name, problem in found.items():
        log.error("%s: %s", name, problem)
    body: dict[str, object] = {name: "failing" if name in found else "ok" for name in CHECKS}
    body["worker"] = seen = worker_seen()
    body["background"] = _background(seen)
    body["notices"] = _notices()
    return JsonResponse({"status": "failing" if found else "ok", **body}, status=503 if found else 200)


def _background(seen: str | None) -> str:
    if seen is None:
        return "never"
    return "late" if timezone.now() - datetime.fromisoformat(seen) > WORKER_LATE else "ok"


def _notices() -> str:
    try:
        found = watch(timezone.now())
    except Exception:
        log.exception("The runs of notices cannot be read.")
        return "unknown"
    if found.is_late:
        log.error("notices: %s", found.word)
    return found.word


def worker_seen() -> str | None:
    """When a worker last ran a task, in ISO 8601; nothing where none did or the cache does not answer."""
    try:
        return cache.get(WORKER_SEEN)
    except Exception:
        log.exception("The cache does not answer.")
        return None
