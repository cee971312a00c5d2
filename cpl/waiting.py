"""What waits for officers: submissions and the days by which they are due, and changes not yet published."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from cpl import publishing
from cpl.changes import Counted
from cpl.models import Step, Submission
from cpl.models.submissions import SubmissionQuerySet
from cpl.working_days import working_days_after, working_days_before
from ledger.models import Record


@dataclass(frozen=True)
class Queue:
    """How many submissions wait for a decision on a day, and how."""

    waiting: int
    overdue: int
    due_today: int
    mine: int
    unassigned: int
    on_hold: int
    returned: int
    oldest: datetime.datetime | None


@dataclass(frozen=True)
class Unpublished:
    """How much the register holds that no release shows yet, since when, and by when one must."""

    counted: Counted
    since: datetime.date | None = None
    due_on: datetime.date | None = None


def due_on(submission: Submission) -> datetime.date | None:
    """The day by which a submission that waits is to be decided; none where it does not wait."""
    if submission.status != Submission.Status.SUBMITTED or submission.submitted_at is None:
        return None
    return working_days_after(timezone.localdate(submission.submitted_at), settings.REVIEW_WORKING_DAYS)


def waiting() -> SubmissionQuerySet:
    return Submission.objects.filter(status=Submission.Status.SUBMITTED)


def with_last_verb(rows: QuerySet[Submission]) -> QuerySet[Any]:
    """Adds `last_verb`, that of the last step: where two have to approve, one may have done so."""
    last = Step.objects.filter(submission=OuterRef("pk")).order_by("-pk").values("verb")[:1]
    return rows.annotate(last_verb=Subquery(last))


def overdue(on: datetime.date) -> Q:
    """Submitted so long ago that the limit ran out before that day."""
    first = working_days_before(on, settings.REVIEW_WORKING_DAYS)
    return Q(submitted_at__lt=_beginning(first))


def due_that_day(on: datetime.date) -> Q:
    """Those whose limit ends on that day; none where it is no Working Day."""
    first = working_days_before(on, settings.REVIEW_WORKING_DAYS)
    last = working_days_before(on + datetime.timedelta(days=1), settings.REVIEW_WORKING_DAYS)
    return Q(submitted_at__gte=_beginning(first), submitted_at__lt=_beginning(last))


def queue(on: datetime.date, officer: User) -> Queue:
    """One query, however long the queue."""
    status = Submission.Status
    free = Q(on_hold=False)
    waits = Q(status=status.SUBMITTED)
    found = Submission.objects.filter(status__in=[status.SUBMITTED, status.RETURNED]).aggregate(
        waiting=Count("pk", filter=waits),
        overdue=Count("pk", filter=waits & free & overdue(on)),
        due_today=Count("pk", filter=waits & free & due_that_day(on)),
        mine=Count("pk", filter=waits & Q(assigned_to=officer)),
        unassigned=Count("pk", filter=waits & Q(assigned_to__isnull=True)),
        on_hold=Count("pk", filter=waits & Q(on_hold=True)),
        returned=Count("pk", filter=Q(status=status.RETURNED)),
        oldest=Min("submitted_at", filter=waits),
    )
    return Queue(**found)


def unpublished(on: datetime.date) -> Unpublished:
    """What is new since the latest release. It is due a number of Working Days after its first record, or
    after the first day on which a removal took effect. Six queries."""
    counted, took_effect = publishing.count_unreleased(on)
    first = Record.objects.filter(pk=counted.first).first() if counted.first else None
    days = [day for day in (timezone.localdate(first.at) if first else None, took_effect) if day]
    if not counted.count or not days:
        return Unpublished(counted)
    return Unpublished(counted, min(days), working_days_after(min(days), settings.PUBLISH_WORKING_DAYS))


def _beginning(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
