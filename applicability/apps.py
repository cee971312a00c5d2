from django.apps import AppConfig


class ApplicabilityConfig(AppConfig):
    name = "applicability"
    verbose_name = "TS Applicability Tables"
