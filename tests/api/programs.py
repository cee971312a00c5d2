"""Programs of the cast: a Party's token, and calls with it."""

import datetime
import itertools
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from cpl import access
from cpl.models import ApiToken
from tests.cast import party_of
from tests.register.conftest import AT

KEYS = itertools.count(1)
HALF_A_YEAR = datetime.timedelta(days=182)


def make_token(
    user: User, at: datetime.datetime = AT, lasts: datetime.timedelta = HALF_A_YEAR
) -> tuple[ApiToken, str]:
    return access.make_token(party_of(user), "release server", lasts, by=user, at=at)


class Program:
    """A client that shows a token, and nothing else, with every call."""

    def __init__(self, secret: str) -> None:
        self.secret, self.client = secret, Client()

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=self._headers(headers))

    def post(self, path: str, body: object = None, *, key: str | None = None, **headers: str) -> Any:
        """JSON; a key of its own with each call, unless one is given (`""`: none)."""
        return self._send("post", path, body, key, headers)

    def put(self, path: str, body: object, *, key: str = "", **headers: str) -> Any:
        return self._send("put", path, body, key, headers)

    def give(self, path: str, parts: dict[str, Any], *, key: str | None = None, **headers: str) -> Any:
        """Multipart."""
        headers = self._headers(headers, f"key-{next(KEYS)}" if key is None else key)
        return self.client.post(f"/api/v1/{path}", parts, headers=headers)

    def _send(self, method: str, path: str, body: object, key: str | None, headers: dict[str, str]) -> Any:
        headers = self._headers(headers, f"key-{next(KEYS)}" if key is None else key)
        return getattr(self.client, method)(
            f"/api/v1/{path}", {} if body is None else body, content_type="application/json", headers=headers
        )

    def _headers(self, headers: dict[str, str], key: str = "") -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {
            "Authorization": f"Bearer {self.secret}",
            **({"Idempotency-Key": key} if key else {}),
            **named,
        }


def program_of(user: User) -> Program:
    return Program(make_token(user)[1])
