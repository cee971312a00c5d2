"""The portal's own settings for the scene of tests/notifications/killing.py."""

from sec_portal.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
NOTICE_LIMIT = 100_000
