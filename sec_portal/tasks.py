"""Work that the house itself does in the background."""

from celery import shared_task
from django.core.management import call_command

from sec_portal import health


@shared_task
def note_worker() -> None:
    """Shows that beat, broker and worker are alive; `/healthz` tells when this last ran."""
    health.note_worker()


@shared_task
def forget_old_sessions() -> None:
    """Deletes sessions that have expired."""
    call_command("clearsessions")
