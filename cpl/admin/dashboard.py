"""The first page of the admin: what waits, what is due, what went wrong, each a way to the list behind it.

A panel is a function of the request and the day. Rooms above this one add theirs with `@panel`.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import mark_safe

from applicability import bars
from applicability.bars import Column
from applicability.openness import say
from cpl import candidates, ending, waiting
from cpl.admin.read_only import signed_in
from cpl.ending import Month
from cpl.models import Cause, Job, Submission
from cpl.workflow import FIRST

Status = Submission.Status
SOON = datetime.timedelta(days=7)


@dataclass(frozen=True)
class Figure:
    """A number that matters, in words, and the list behind it. `tone`: good, warn, stop, or none."""

    words: str
    number: int
    url: str
    tone: str = ""


@dataclass(frozen=True)
class Panel:
    """A part of the first page. `template` shows what figures do not, from `context`."""

    title: str
    figures: tuple[Figure, ...] = ()
    note: str = ""
    tone: str = ""
    template: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    wide: bool = False


Made = Callable[[HttpRequest, datetime.date], Panel | None]
_PANELS: list[tuple[int, Made]] = []


def panel(place: int) -> Callable[[Made], Made]:
    """Adds a panel to the first page, the lower its place the earlier; None to whom it is not for."""

    def add(made: Made) -> Made:
        _PANELS.append((place, made))
        _PANELS.sort(key=lambda one: one[0])
        return made

    return add


def first_page(index: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The admin's own index, with the panels above its list of tables."""

    def with_panels(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        on = timezone.localdate()
        shown = [one for _, made in _PANELS if (one := made(request, on))]
        return index(request, {"panels": shown, "today": on, "title": "Today", **(extra_context or {})})

    return with_panels


def listed(model: str, **asked: str | int) -> str:
    """The address of a list of the admin, narrowed."""
    address = reverse(f"admin:{model}_changelist")
    return f"{address}?{urlencode(asked)}" if asked else address


@panel(10)
def queue(request: HttpRequest, on: datetime.date) -> Panel | None:
    if not request.user.has_perm("cpl.view_submission"):
        return None
    found = waiting.queue(on, signed_in(request))
    where = {"status__exact": Status.SUBMITTED.value}
    half: tuple[Figure, ...] = ()
    if settings.SECOND_APPROVAL:
        once = waiting.with_last_verb(waiting.waiting()).filter(last_verb=FIRST).count()
        half = (
            Figure("approved by one of two", once, listed("cpl_submission", **where, approvals="one"),
                   "warn" if once else ""),
        )  # fmt: skip
    return Panel(
        "Submissions",
        (
            Figure("wait for a decision", found.waiting, listed("cpl_submission", **where)),
            Figure("overdue", found.overdue, listed("cpl_submission", **where, due="over"),
                   "stop" if found.overdue else ""),
            Figure("due today", found.due_today, listed("cpl_submission", **where, due="today"),
                   "warn" if found.due_today else ""),
            *half,
            Figure("assigned to me", found.mine, listed("cpl_submission", **where, whose="mine")),
            Figure("assigned to nobody", found.unassigned, listed("cpl_submission", **where, whose="nobody")),
            Figure("on hold", found.on_hold, listed("cpl_submission", **where, on_hold__exact=1)),
            Figure("returned, with the submitter", found.returned,
                   listed("cpl_submission", status__exact=Status.RETURNED.value)),
        ),
        note=f"The oldest has waited since {say(timezone.localdate(found.oldest))}." if found.oldest else "",
        template="admin/_queue_panel.html",
        context={"rows": _next(on)},
        wide=True,
    )  # fmt: skip


def _next(on: datetime.date) -> list[tuple[Submission, datetime.date | None, bool]]:
    """The next to decide: the longest waiting first, what is on hold left out."""
    rows = waiting.waiting().filter(on_hold=False).select_related("party", "assigned_to")
    rows = rows.order_by("submitted_at", "pk")[:10]
    dues = [(row, waiting.due_on(row)) for row in rows]
    return [(row, due, bool(due and due < on)) for row, due in dues]


@panel(20)
def unpublished(request: HttpRequest, on: datetime.date) -> Panel | None:
    if not request.user.has_perm("cpl.view_release"):
        return None
    found = waiting.unpublished(on)
    may = request.user.has_perm("cpl.publish_release")
    url = reverse("admin:cpl_release_publish") if may else listed("cpl_release")
    counted = found.counted
    late = bool(found.due_on and found.due_on < on)
    note = "Everything that the register holds is published."
    if found.since and found.due_on:
        must = "was to be" if late else "has to be"
        note = f"The first is of {say(found.since)} and {must} published by {say(found.due_on)}."
    return Panel(
        "Not yet published",
        (
            Figure("entries added", counted.added, url),
            Figure("entries removed", counted.removed, url),
            Figure("entries carried by another certificate", counted.covered, url),
        ),
        note=note,
        tone="stop" if late else "warn" if counted.count else "good",
    )


@panel(30)
def for_removal(request: HttpRequest, on: datetime.date) -> Panel | None:
    if not request.user.has_perm("cpl.view_entry"):
        return None
    found = candidates.counts(on)
    by_cause = [
        Figure(cause.label.lower(), count, listed("cpl_candidate", state="due", cause=cause.value))
        for cause in Cause
        if (count := found.due_by_cause.get(cause, 0))
    ]
    return Panel(
        "Candidates for removal",
        (
            Figure("to be decided", found.due, listed("cpl_candidate", state="due"),
                   "warn" if found.due else ""),
            *by_cause,
            Figure("kept until a day of review", found.kept, listed("cpl_candidate", state="kept")),
            Figure("with a removal proposed", found.raised, listed("cpl_candidate", state="raised")),
        ),
        note="" if found.due else "No Current entry rests on a certificate that has ended.",
    )  # fmt: skip


@panel(90)
def ends(request: HttpRequest, on: datetime.date) -> Panel | None:
    if not request.user.has_perm("cpl.view_certificate"):
        return None
    months = ending.by_month(on)
    columns = [
        Column(f"{month.first:%b}", month.certificates, f"{month.first:%Y}" if _begins(month, months) else "")
        for month in months
    ]
    title = "Certificates that expire or need renewal, by month"
    drawn = {"wide": bars.WIDE, "narrow": bars.NARROW}
    pictures = {
        # Nothing in it but names of months and numbers.
        size: mark_safe(bars.draw(title, columns, width=width, name=f"ending-{size}"))  # noqa: S308
        for size, width in drawn.items()
    }
    return Panel(
        "Certificates ending",
        template="admin/_ending_panel.html",
        context={"pictures": pictures, "months": months, "any": any(one.certificates for one in months)},
        wide=True,
    )


def _begins(month: Month, months: list[Month]) -> bool:
    """Whether the year is to stand under it: in January, and in the first of all."""
    return month.first.month == 1 or month is months[0]


@panel(60)
def jobs(request: HttpRequest, on: datetime.date) -> Panel | None:
    if not request.user.has_perm("cpl.view_job"):
        return None
    since = on - SOON
    failed = {"state__exact": Job.State.FAILED.value, "ended_at__date__gte": since.isoformat()}
    failures = Job.objects.filter(state=Job.State.FAILED, ended_at__date__gte=since).count()
    return Panel(
        "Work in the background",
        (
            Figure("failed in the last seven days", failures, listed("cpl_job", **failed),
                   "stop" if failures else ""),
            Figure("running or waiting", Job.objects.filter(state__in=Job.OPEN).count(),
                   listed("cpl_job", state__in=",".join(Job.OPEN))),
        ),
    )  # fmt: skip


def install() -> None:
    """Puts the first page in the place of the admin's own; called once, before its addresses are made."""
    admin.site.index = first_page(admin.site.index)  # type: ignore[assignment, method-assign]
