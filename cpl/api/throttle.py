"""How many calls an address or a token may make, counted in the shared cache, so that more processes allow
no more."""

import threading

from django.conf import settings
from django.http import HttpRequest
from ninja.throttling import SimpleRateThrottle


class CallsAMinute(SimpleRateThrottle):
    """`API_CALLS_A_MINUTE` calls within any minute from one address, signed in or not."""

    scope = "api"

    def __init__(self) -> None:
        super().__init__(f"{settings.API_CALLS_A_MINUTE}/m")
        # One object serves every thread; the parent would count one caller's calls under another's name.
        self._asked = threading.local()

    def allow_request(self, request: HttpRequest) -> bool:
        """Counts the call, unless there were too many before it."""
        made = self._made(request)
        self._asked.made = made
        if len(made) >= (self.num_requests or 0):
            return False
        self.cache.set(self.get_cache_key(request), [self._now(), *made], self.duration)
        return True

    def has_room(self, request: HttpRequest) -> bool:
        """Whether there were not too many calls; this one is not counted."""
        return len(self._made(request)) < (self.num_requests or 0)

    def wait(self) -> float:
        """Seconds until the oldest call of the last minute counts no more."""
        return float(self._asked.made[-1] + (self.duration or 0) - self._now())

    def get_cache_key(self, request: HttpRequest) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}

    def _made(self, request: HttpRequest) -> list[float]:
        """When the calls of the last minute came, the latest first."""
        begun = self._now() - (self.duration or 0)
        return [at for at in self.cache.get(self.get_cache_key(request), []) if at > begun]

    def _now(self) -> float:
        return float(type(self).timer())


class CallsOfATokenAMinute(CallsAMinute):
    """As many calls with one token, from wherever it is used."""

    scope = "token"

    def get_cache_key(self, request: HttpRequest) -> str:
        token = request.auth.pk  # type: ignore[attr-defined]
        return self.cache_format % {"scope": self.scope, "ident": token}


class FailuresAMinute(CallsAMinute):
    """As many tokens that let nobody in, from one address: past that, none is looked up for it."""

    scope = "token-failures"
