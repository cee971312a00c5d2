"""What the first page of the admin says of notices: whether the run took place, what waits, what failed."""

import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from cpl.admin.dashboard import Figure, Panel, listed, panel
from notifications.models import Message, Run
from notifications.reach import unreachable
from notifications.watch import Watch, next_run, watch

State = Message.State
WAITING = (State.QUEUED, State.SENDING)


@panel(5)
def held(request: HttpRequest, on: datetime.date) -> Panel | None:
    """Only while a run waits."""
    run = watch(timezone.now()).held if request.user.has_perm("notifications.view_run") else None
    if run is None:
        return None
    url = reverse("admin:notifications_run_held", args=[run.pk])
    return Panel(
        "A run of notices is held",
        (Figure("notices wait for an officer", run.due, url, "stop"),),
        note=f"It would have sent more than its limit of {run.limit}. Nothing was sent. Look at it first.",
        tone="stop",
    )


@panel(40)
def notices(request: HttpRequest, on: datetime.date) -> Panel | None:
    if not request.user.has_perm("notifications.view_message"):
        return None
    now = timezone.now()
    found = watch(now)
    failed = Message.objects.filter(state=State.FAILED).count()
    bounced = Message.objects.filter(state=State.BOUNCED).count()
    without = unreachable().count()
    messages = "notifications_message"
    return Panel(
        "Notices",
        (
            Figure("failed: send them again", failed, listed(messages, state__exact=State.FAILED.value),
                   "stop" if failed else ""),
            Figure("came back", bounced, listed(messages, state__exact=State.BOUNCED.value),
                   "warn" if bounced else ""),
            Figure("wait to be sent", Message.objects.filter(state__in=WAITING).count(),
                   listed(messages, state__in=",".join(WAITING))),
            *_nobody(found.last_good),
            Figure("Parties without an address", without, reverse("admin:notifications_audience_unreachable"),
                   "warn" if without else ""),
        ),
        note=_runs(found, next_run(now)),
        tone="stop" if found.is_late or found.held or failed or _nobody(found.last_good) else "good",
        template="admin/notifications/_panel.html",
    )  # fmt: skip


def _nobody(run: Run | None) -> tuple[Figure, ...]:
    """Only where there are such: the audiences, or who holds an identifier, leave somebody out."""
    if run is None or not run.nobody:
        return ()
    proof = reverse("admin:notifications_notice_proof")
    return (Figure("certificates concern nobody", run.nobody, proof, "stop"),)


def _runs(found: Watch, next_one: datetime.datetime | None) -> str:
    run = found.last_good
    if run is None or run.ended_at is None:
        last = f"No run has come to its end yet: nobody has been told anything. {_look(found)}"
    elif found.is_late:
        last = f"No good run since {_said(run.ended_at)}: more than 26 hours. {_look(found)}"
    else:
        last = f"The last run ended on {_said(run.ended_at)}."
    return f"{last} The next is asked for on {_said(next_one)}." if next_one else last


def _look(found: Watch) -> str:
    return "One is held, and waits for an officer." if found.held else "Are worker and beat at work?"


def _said(at: datetime.datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.day} {local:%B %Y} at {local:%H:%M}"
