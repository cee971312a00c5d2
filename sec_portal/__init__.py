"""Settings, addresses, sign-in, background work and the launcher: the house around the rooms."""

from sec_portal.celery import app as celery_app

__all__ = ["celery_app"]
