from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules

from notifications import founding


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Notices"

    def ready(self) -> None:
        post_migrate.connect(founding.see_to, sender=self)
        # They need models, which exist only now.
        autodiscover_modules("receivers")
        autodiscover_modules("dossiers")
