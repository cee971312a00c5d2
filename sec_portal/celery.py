"""The Celery application. Its settings are Django's, those that begin CELERY_."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sec_portal.settings")
TRANSPORT_ALIASES["folder"] = "sec_portal.queue:Transport"

app = Celery("sec_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
