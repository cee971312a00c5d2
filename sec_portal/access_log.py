"""Gunicorn's access log, without the addresses that are as good as a key."""

import re
from typing import Any

from gunicorn.glogging import Logger

# Who has such an address may unsubscribe somebody, or choose their password.
KEYS = re.compile(r"(/unsubscribe/|/account/password/reset/key/)[^/?\s]+")


class AccessLog(Logger):
    """For gunicorn's `--logger-class`."""

    def atoms(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What the format of a line is filled with."""
        found: dict[str, Any] = super().atoms(*args, **kwargs)
        return {name: KEYS.sub(r"\1...", one) if isinstance(one, str) else one for name, one in found.items()}
