"""Long work as a row: who has it, how far it is, and what came of it.

A worker claims a job, says from time to time that it lives, and writes what it did in the same transaction in
which it says so: a worker that was given up for lost can then write nothing more. A message to a worker is a
hint; what waits or fell silent is found again every minute.
"""

import datetime
import uuid
from collections.abc import Mapping
from functools import partial

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from cpl import signals
from cpl.models import Job, Party
from cpl.private_files import Shelf

# After so long without a word a worker is given up for lost.
SILENCE = datetime.timedelta(seconds=60)
# What five workers were lost over would take the sixth as well.
MOST_ATTEMPTS = 5
GIVEN_UP = (
    f"This was begun {MOST_ATTEMPTS} times and never came to its end. What was done until then is kept. "
    "Begin it again; if it stops again, tell the Panel."
)
State = Job.State
# Files that jobs wrote for the person who asked, and how long they stay.
RESULTS = Shelf("results")
KEPT = datetime.timedelta(days=7)


class LostClaim(Exception):
    """Another worker has the job now, or it has ended: nothing more may be written for it."""


@transaction.atomic
def start(
    what: str,
    subject: object,
    *,
    by: User,
    party: Party | None,
    at: datetime.datetime,
    asked: Mapping[str, object] | None = None,
    total: int | None = None,
) -> Job:
    """A job that waits for a worker; one that is open already for the same subject is returned as it is."""
    job = Job(
        what=what,
        subject=str(subject),
        asked=dict(asked or {}),
        party=party,
        started_by=by,
        created_at=at,
        total=total,
    )
    if found := current(what, subject):
        return found
    try:
        with transaction.atomic():
            job.save()
    except IntegrityError:
        # Somebody was faster by a moment.
        if found := current(what, subject):
            return found
        raise
    _call(job.pk)
    return job


def current(what: str, subject: object) -> Job | None:
    """The open job of that sort for that subject."""
    return Job.objects.filter(what=what, subject=str(subject), state__in=Job.OPEN).first()


def latest(what: str, subject: object) -> Job | None:
    """The last job of that sort for that subject, whatever became of it."""
    return Job.objects.filter(what=what, subject=str(subject)).first()


def claim(job_id: int, at: datetime.datetime) -> Job | None:
    """The job, if it waits or its worker fell silent; nothing if another has it or it has ended."""
    mine = uuid.uuid4().hex
    free = Job.objects.filter(_free(at), pk=job_id)
    taken = free.filter(attempts__lt=MOST_ATTEMPTS).update(
        state=State.RUNNING, claim=mine, attempts=F("attempts") + 1, heard_at=at
    )
    if taken:
        return Job.objects.get(pk=job_id)
    free.update(state=State.FAILED, claim="", ended_at=at, words=GIVEN_UP)
    return None


def heard(
    job: Job,
    at: datetime.datetime,
    *,
    done: int | None = None,
    problems: int | None = None,
    total: int | None = None,
) -> None:
    """The worker lives, and is so far. Call it first in each transaction that does a part of the work.

    Raises:
        LostClaim: the job is no longer this worker's.
    """
    said = {"done": done, "problems": problems, "total": total}
    _write(job, heard_at=at, **{name: value for name, value in said.items() if value is not None})


def finish(
    job: Job, at: datetime.datetime, words: str = "", result: Mapping[str, object] | None = None
) -> None:
    """The work is done."""
    _write(job, state=State.DONE, heard_at=at, ended_at=at, words=words, result=dict(result or {}))


def fail(job: Job, at: datetime.datetime, words: str) -> None:
    """The work cannot be done; the words tell the person why, and what to do."""
    _write(job, state=State.FAILED, heard_at=at, ended_at=at, words=words)


def stop(what: str, subject: object, at: datetime.datetime, words: str) -> None:
    """Ends an open job from outside: its worker finds that it has lost it."""
    rows = Job.objects.filter(what=what, subject=str(subject), state__in=Job.OPEN)
    rows.update(state=State.FAILED, claim="", ended_at=at, words=words)


def resume(at: datetime.datetime) -> int:
    """Calls a worker to every job that waits or fell silent, and gives up those that were begun too often."""
    rows = Job.objects.filter(_free(at)).order_by("pk")
    found = list(rows.values_list("pk", flat=True))
    for job_id in found:
        _call(job_id)
    return len(found)


def forget_results(at: datetime.datetime) -> None:
    """Takes away the files that were written a week ago: they are made anew in a minute."""
    for digest in list(RESULTS.untouched_since(at - KEPT)):
        RESULTS.clear(digest)
    RESULTS.clear_unfinished(at - KEPT)


def _free(at: datetime.datetime) -> Q:
    return Q(state=State.WAITING) | Q(state=State.RUNNING, heard_at__lt=at - SILENCE)


def _write(job: Job, **fields: object) -> None:
    if not Job.objects.filter(pk=job.pk, state=State.RUNNING, claim=job.claim).update(**fields):
        raise LostClaim(f"Job {job.pk} is no longer this worker's.")
    for name, value in fields.items():
        setattr(job, name, value)


def _call(job_id: int) -> None:
    """Robust: without a broker the job waits until the next look."""
    transaction.on_commit(partial(signals.job_waits.send_robust, sender=Job, job_id=job_id))
