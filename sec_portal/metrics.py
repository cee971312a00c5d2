"""What a monitor reads: `/metrics`, in Prometheus' text format. Counts and ages only, nobody's data.

A number that cannot be had is left out, and `cpl_collected` says so: the rest stays readable.
"""

import datetime
import ipaddress
import logging
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cpl import waiting
from cpl.models import Job, Submission
from notifications.models import Message, Run
from notifications.watch import watch
from sec_portal.health import worker_seen

log = logging.getLogger(__name__)
TEXT = "text/plain; version=0.0.4; charset=utf-8"
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")
Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Metric:
    """One number with its name, what it means, and whether it only grows."""

    name: str
    about: str
    samples: tuple[tuple[Labels, float], ...]
    kind: str = "gauge"

    def lines(self) -> Iterator[str]:
        yield f"# HELP {self.name} {self.about}"
        yield f"# TYPE {self.name} {self.kind}"
        for labels, number in self.samples:
            named = ",".join(f'{key}="{_escaped(value)}"' for key, value in labels)
            yield f"{self.name}{{{named}}} {number:.15g}" if named else f"{self.name} {number:.15g}"


def one(name: str, about: str, number: float, kind: str = "gauge") -> Metric:
    return Metric(name, about, (((), number),), kind)


def runs(at: datetime.datetime) -> Iterator[Metric]:
    found = watch(at)
    yield one("cpl_notices_late", "1: no good run of notices for 26 hours, or ever.", found.is_late)
    yield one("cpl_notices_held", "1: a run waits for an officer to release it.", found.held is not None)
    if found.last_good and found.last_good.ended_at and found.age is not None:
        ended = found.last_good.ended_at.timestamp()
        yield one("cpl_notices_last_good_run_timestamp_seconds", "When the last good run ended.", ended)
        age = found.age.total_seconds()
        yield one("cpl_notices_last_good_run_age_seconds", "How long ago that was.", age)
    totals = Run.objects.filter(state=Run.State.ENDED).aggregate(
        due=Sum("due"), sent=Sum("sent"), failed=Sum("failed")
    )
    for name, about in (
        ("due", "Notices that runs found to be sent."),
        ("sent", "Notices whose message went out within their run."),
        ("failed", "Notices whose message did not go out within their run; it is tried again."),
    ):
        yield one(f"cpl_notices_{name}_total", about, totals[name] or 0, "counter")
    states = dict(Run.objects.order_by().values_list("state").annotate(Count("pk")))
    yield _by("cpl_notice_runs", "Runs of notices by state.", "state", Run.State.values, states)


def messages(at: datetime.datetime) -> Iterator[Metric]:
    states = dict(Message.objects.order_by().values_list("state").annotate(Count("pk")))
    yield _by("cpl_messages", "E-mails by state.", "state", Message.State.values, states)
    waits = Message.objects.filter(state__in=[Message.State.QUEUED, Message.State.SENDING])
    oldest = waits.aggregate(oldest=Min("queued_at"))["oldest"]
    age = (at - oldest).total_seconds() if oldest else 0
    yield one("cpl_message_queue_age_seconds", "How long the oldest e-mail has waited; 0: none.", age)


def submissions(at: datetime.datetime) -> Iterator[Metric]:
    late = Q(on_hold=False) & waiting.overdue(timezone.localdate(at))
    rows = Submission.objects.filter(status=Submission.Status.SUBMITTED)
    found = rows.aggregate(waiting=Count("pk"), overdue=Count("pk", filter=late))
    yield one("cpl_submissions_waiting", "Submissions that wait for a decision.", found["waiting"])
    yield one("cpl_submissions_overdue", "Of these, those past their day.", found["overdue"])


def jobs(at: datetime.datetime) -> Iterator[Metric]:
    states = dict(Job.objects.order_by().values_list("state").annotate(Count("pk")))
    yield _by("cpl_jobs", "Work in the background by state.", "state", Job.State.values, states)


def releases(at: datetime.datetime) -> Iterator[Metric]:
    on = timezone.localdate(at)
    found = waiting.unpublished(on)
    yield one("cpl_changes_unpublished", "Changes of the list not yet in a release.", found.counted.count)
    late = bool(found.due_on and found.due_on < on)
    yield one("cpl_changes_unpublished_late", "1: the day by which they were to be published is past.", late)


def worker(at: datetime.datetime) -> Iterator[Metric]:
    seen = worker_seen()
    if seen:
        moment = datetime.datetime.fromisoformat(seen)
        yield one("cpl_worker_seen_timestamp_seconds", "When a worker last ran a task.", moment.timestamp())
        age = (at - moment).total_seconds()
        yield one("cpl_worker_seen_age_seconds", "How long ago that was; a minute is usual.", age)


COLLECTORS: dict[str, Callable[[datetime.datetime], Iterator[Metric]]] = {
    "runs": runs,
    "messages": messages,
    "submissions": submissions,
    "jobs": jobs,
    "releases": releases,
    "worker": worker,
}


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """With METRICS_TOKEN to whoever sends it as a bearer token; without one, to this machine alone."""
    if not _may(request):
        words = "Send METRICS_TOKEN as a bearer token. Where none is set, ask from the machine itself.\n"
        refused = HttpResponse(words, status=401 if settings.METRICS_TOKEN else 403, content_type=TEXT)
        if settings.METRICS_TOKEN:
            refused["WWW-Authenticate"] = "Bearer"
        return refused
    return HttpResponse(collected(timezone.now()), content_type=TEXT)


def collected(at: datetime.datetime) -> str:
    """All of it as text."""
    found: list[Metric] = []
    worked: dict[str, int] = {}
    for name, collect in COLLECTORS.items():
        try:
            found += list(collect(at))
            worked[name] = 1
        except (DatabaseError, ValueError):
            log.exception("The metrics of %s cannot be had.", name)
            worked[name] = 0
    found.append(_by("cpl_collected", "0: these metrics could not be had.", "what", list(worked), worked))
    return "".join(f"{line}\n" for metric in found for line in metric.lines())


def _may(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        kind, _, given = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        return kind.lower() == "bearer" and secrets.compare_digest(
            given.strip().encode(), settings.METRICS_TOKEN.encode()
        )
    # Behind a proxy on the same machine everybody seems to come from here.
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT or any(request.META.get(name) for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _by(name: str, about: str, label: str, every: list[str], found: dict[str, int]) -> Metric:
    """One sample each, those that are nought too: a series that is not there raises no alarm."""
    return Metric(name, about, tuple((((label, value),), found.get(value, 0)) for value in every))


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
