"""Work in the background: each an id and one call. What is due is found again, so all may run twice."""

import datetime
from collections.abc import Callable
from typing import Any

from celery import shared_task
from celery.utils.log import get_task_logger
from django.dispatch import receiver
from django.utils import timezone

from cpl import access, evidence, families, jobs, signals, uploads
from cpl.models import Job
from cpl.workflow import NotPossible

logger = get_task_logger(__name__)
Clock = Callable[[], datetime.datetime]
Work = Callable[[Job, Clock], None]

# A program that got no answer asks again within minutes, a person's script on the next day perhaps.
CALLS_KEPT = datetime.timedelta(days=7)
# Each may take seconds.
FILES_AT_ONCE = 100

# What is done for each sort of job; it calls `jobs.heard` as it goes, and `jobs.finish` at its end.
# A door adds what only it knows how to do (`cpl/admin/exports.py`).
WORK: dict[str, Work] = {
    Job.What.CHECK_UPLOAD: uploads.do_check,
    Job.What.TAKE_UPLOAD: uploads.do_take,
    Job.What.SUBMIT_UPLOAD: uploads.do_submit,
    Job.What.APPROVE: families.do_approve,
}


@shared_task
def work(job_id: int) -> None:
    """Does a job, unless another worker has it.

    A failure that nobody foresaw leaves the job to fall silent: it is then begun again where it stood.
    """
    job = jobs.claim(job_id, timezone.now())
    if job is None:
        return
    try:
        try:
            WORK[job.what](job, timezone.now)
        except NotPossible as refused:
            jobs.fail(job, timezone.now(), str(refused))
    except jobs.LostClaim as lost:
        logger.info("%s", lost)


@shared_task
def resume_jobs() -> None:
    """Each minute: finds jobs that wait although nobody was called, or whose worker fell silent."""
    jobs.resume(timezone.now())


@shared_task
def forget_uploads() -> None:
    """Daily: takes away what old files said, as far as nobody needs it any longer."""
    uploads.forget(timezone.now())


@shared_task
def forget_results() -> None:
    """Daily: takes away the files that jobs wrote a week ago."""
    jobs.forget_results(timezone.now())


@shared_task
def forget_calls() -> None:
    """Daily: takes away the answers of API calls that nobody repeats any more."""
    access.forget_calls(before=timezone.now() - CALLS_KEPT)


@shared_task
def look_into_files() -> None:
    """Hourly: reads files that were attached before files were looked into; once done, it finds none."""
    evidence.look_into_the_rest(FILES_AT_ONCE)


@receiver(signals.job_waits)
def call_a_worker(job_id: int, **_: Any) -> None:
    work.delay(job_id)
