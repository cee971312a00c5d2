"""Whether the person of a session gave a second factor in that very session."""

from typing import Any

from allauth.mfa.signals import authenticator_added, authenticator_used
from django.dispatch import receiver
from django.http import HttpRequest

GIVEN = "second_factor_of"


def given(request: HttpRequest) -> bool:
    return request.session.get(GIVEN) == request.user.pk


# The middleware imports this, so that it listens before the first request.
@receiver([authenticator_added, authenticator_used])
def note(request: HttpRequest, user: Any, **_: object) -> None:
    """Keeps it in the session as soon as allauth tells that one was used, or set up."""
    request.session[GIVEN] = user.pk
