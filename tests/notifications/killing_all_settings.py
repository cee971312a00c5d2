"""The portal's own settings for the scene of tests/notifications/killing_all.py, with a beat in haste."""

from celery import signals

from sec_portal.settings import *  # noqa: F403
from tests.notifications import killing_all

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
NOTICE_LIMIT = 100_000
# Beat's own schedule, of what the scene is about; by seconds in place of hours and minutes.
CELERY_BEAT_SCHEDULE = {
    "tell of certificates that end": {"task": "notifications.tasks.run", "schedule": 0.5},
    "send what waits": {"task": "notifications.tasks.redeliver", "schedule": 0.5},
}
signals.worker_process_init.connect(killing_all.hurry, weak=False)
signals.worker_ready.connect(killing_all.is_ready, weak=False)
signals.beat_init.connect(killing_all.is_ready, weak=False)
