from typing import Any

from django.apps import AppConfig
from django.apps import apps as real_apps
from django.apps.registry import Apps
from django.db import DEFAULT_DB_ALIAS
from django.db.models.signals import post_migrate, pre_migrate

from ledger import checks as checks  # registers them
from ledger import triggers


class LedgerConfig(AppConfig):
    name = "ledger"
    verbose_name = "Journal of the register"

    def ready(self) -> None:
        pre_migrate.connect(make_way, sender=self)
        post_migrate.connect(put_back, sender=self)


def make_way(using: str = DEFAULT_DB_ALIAS, plan: list[Any] | None = None, **kwargs: Any) -> None:
    """Before migrations: those triggers go that would stop a table from being made again."""
    if plan:
        triggers.drop_parent_readers(using)


def put_back(using: str = DEFAULT_DB_ALIAS, apps: Apps = real_apps, **kwargs: Any) -> None:
    """After migrations, and after a flush: every trigger, and the journal's one-row head."""
    triggers.install(apps, using)
    if "head" in apps.all_models.get("ledger", {}):
        apps.get_model("ledger", "Head").objects.using(using).get_or_create(pk=1)
