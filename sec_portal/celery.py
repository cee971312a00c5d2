"""The Celery application. Its settings are Django's, those that begin CELERY_."""

import gc
import os
import signal

from celery import Celery
from celery.signals import worker_init, worker_process_init
from kombu.transport import TRANSPORT_ALIASES

from sec_portal import children

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sec_portal.settings")
TRANSPORT_ALIASES["folder"] = "sec_portal.queue:Transport"

app = Celery("sec_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def remember_the_worker(**_: object) -> None:
    """Before it is copied into what does its tasks."""
    app.worker_pid = os.getpid()


@worker_process_init.connect
def die_with_the_worker(**_: object) -> None:
    """Ends what does the tasks once the worker that hands them out is gone, whatever it is at."""
    children.die_with(app.worker_pid, signal.SIGKILL)


@worker_process_init.connect
def spare_the_program_itself(**_: object) -> None:
    """Its modules and models are never garbage: whoever collects it need not look at them over and over.

    Of what a job makes by the thousand hardly any is part of a circle: looking for one at every seven
    hundredth object took a fifth of the time of a file of ten thousand rows.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
