"""How programs of a Party get in: tokens, and the calls that a retry must not make twice."""

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models

from cpl.models.parties import Party
from ledger.history import AppendOnlyHistory


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def for_user(self, user: AbstractBaseUser | AnonymousUser) -> "ApiTokenQuerySet":
        """The tokens of the organisations that `user` acts for; colleagues see and revoke each other's."""
        return self.filter(party__in=Party.objects.for_user(user))


class ApiToken(models.Model):
    """A secret that a Party's program shows instead of a sign-in. Only its SHA-256 is kept."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=100, help_text="Which program uses it.")
    begins = models.CharField(max_length=12, help_text="Its first characters, to tell tokens apart.")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    history = AppendOnlyHistory(excluded_fields=["last_used_at", "digest"])

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.begins}…)"


class IdempotentCall(models.Model):
    """A call that was answered: the same key again gets the same answer, and nothing is done twice."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["party", "key"], name="cpl_idempotent_once")]

    def __str__(self) -> str:
        return self.key
