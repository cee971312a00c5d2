from django.apps import AppConfig


class SecPortalConfig(AppConfig):
    name = "sec_portal"
    verbose_name = "The portal"
