"""`Authorization: Bearer …`: a program of a Party, in the name of the person who made its token.

A session's cookie is not looked at, so that no page elsewhere can call in the name of who is signed in.
"""

from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import Throttled
from ninja.security import HttpBearer

from cpl import access
from cpl.access import NotActive, NotRecognised
from cpl.api.faults import Refused
from cpl.api.throttle import FailuresAMinute
from cpl.models import ApiToken

# Ours have 47 characters; what is longer is none.
LONGEST = 200
failures = FailuresAMinute()


class Bearer(HttpBearer):
    """A token that a member of the Party made in the portal, under Programs."""

    openapi_description = __doc__

    def __call__(self, request: HttpRequest) -> ApiToken | None:
        # Not the parent's, which writes what it does not understand into the log of a trial.
        scheme, _, secret = request.headers.get(self.header, "").partition(" ")
        return self.authenticate(request, secret.strip()) if scheme.lower() == "bearer" else None

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        if not failures.has_room(request):
            raise Throttled(wait=60)
        try:
            return access.recognise(token[:LONGEST], at=timezone.now())
        except NotActive as error:
            raise Refused(
                403, "Organisation not active", str(error), "Nothing can be done with this token.",
                where="header Authorization",
            ) from error  # fmt: skip
        except NotRecognised as error:
            failures.allow_request(request)
            raise Refused(
                401, "Token refused", *_sentences(str(error)), where="header Authorization",
                headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
            ) from error  # fmt: skip


def _sentences(words: str) -> tuple[str, str]:
    """What was wrong, and what to do: the first sentence, and the rest."""
    wrong, _, remedy = words.partition(". ")
    return f"{wrong}.", remedy
