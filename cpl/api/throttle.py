"""How many calls an address may make. It counts in the shared cache, so that more processes allow no more."""

from django.conf import settings
from django.http import HttpRequest
from ninja.throttling import SimpleRateThrottle


class CallsAMinute(SimpleRateThrottle):
    """`API_CALLS_A_MINUTE` calls within any minute from one address, signed in or not."""

    scope = "api"

    def __init__(self) -> None:
        super().__init__(f"{settings.API_CALLS_A_MINUTE}/m")

    def get_cache_key(self, request: HttpRequest) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}
