"""Listens to the register. What is missed here is found again by the hourly look at the rows."""

from typing import Any

from django.dispatch import receiver

from cpl import signals
from notifications import tasks


@receiver(signals.moved)
def submission_moved(submission_id: int, **_: Any) -> None:
    tasks.tell_of_steps.delay_on_commit(submission_id)


@receiver(signals.released)
def release_published(number: str, **_: Any) -> None:
    tasks.tell_of_releases.delay_on_commit(number)
