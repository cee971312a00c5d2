"""The portal's own settings with a hurried clock: see tests/notifications/killing.py."""

from sec_portal.settings import *  # noqa: F403

CELERY_BEAT_SCHEDULE = {
    "run": {"task": "notifications.tasks.run", "schedule": 2.0},
    "redeliver": {"task": "notifications.tasks.redeliver", "schedule": 2.0},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
NOTICE_LIMIT = 100_000
