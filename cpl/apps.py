from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules

from cpl import founding


class CplConfig(AppConfig):
    name = "cpl"
    verbose_name = "Central Products List"

    def ready(self) -> None:
        post_migrate.connect(founding.see_to, sender=self)
        # They need models, which exist only now; jobs call workers through them, from every process.
        autodiscover_modules("tasks")
