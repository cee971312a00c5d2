"""Work in the background: each an id and one call. What is due is found again, so all may run twice."""

from celery import shared_task
from django.utils import timezone

from notifications import designations, digests, news, sending, validity, watch


@shared_task
def run() -> None:
    """The daily run over certificates: asked for hourly, made once."""
    outcome = sending.run_of_the_day(timezone.localdate(), timezone.now())
    if outcome and watch.is_good(outcome.run):
        watch.ping()


@shared_task
def redeliver() -> None:
    """The look, every few minutes, for messages that wait."""
    sending.redeliver(timezone.now())


@shared_task
def deliver(message_id: int) -> None:
    sending.deliver(message_id, timezone.now())


@shared_task
def tell_of_steps(submission_id: int | None = None) -> None:
    """After a submission moved, and hourly for whatever that missed."""
    news.tell_of_steps(timezone.now(), submission_id)


@shared_task
def tell_of_releases(number: str | None = None) -> None:
    """After a release, and hourly for whatever that missed."""
    news.tell_of_releases(timezone.localdate(), timezone.now(), number)


@shared_task
def tell_of_designations() -> None:
    """Hourly, and after a designation: every Party, of each edition, once."""
    designations.tell_of_designations(timezone.localdate(), timezone.now())


@shared_task
def tell_who_asked() -> None:
    """Hourly: dates of the tables that draw near, and digests, to those who asked for them."""
    on, at = timezone.localdate(), timezone.now()
    validity.tell_of_ends(on, at)
    digests.tell_digests(on, at)
