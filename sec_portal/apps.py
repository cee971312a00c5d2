from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate

from sec_portal.celery import app as celery_app

# Tasks find the application by its having been made before them.
__all__ = ["SecPortalConfig", "celery_app"]


class SecPortalConfig(AppConfig):
    name = "sec_portal"
    verbose_name = "The portal"

    def ready(self) -> None:
        # Django tells only of apps that have models; sessions and the cache go together.
        post_migrate.connect(create_cache_table, sender=apps.get_app_config("sessions"))


def create_cache_table(using: str, **_: object) -> None:
    """Makes the table of the cache where the cache is in the database; with Redis it does nothing."""
    call_command("createcachetable", database=using, verbosity=0)
