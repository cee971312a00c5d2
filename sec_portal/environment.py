"""Reads settings from the environment and refuses nonsense at start, naming the variable."""

import contextlib
import os
import secrets
from collections.abc import Iterable
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool) -> bool:
    """`1 true yes on` or `0 false no off`, in any case."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; it must be 1 or 0.")


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def number(name: str, default: int) -> int:
    """A whole number that is not negative."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number such as {default}.")
    return int(value)


def address(name: str, default: str) -> str:
    """`https://host` or `http://host:8000`, without a slash at the end."""
    url = text(name, default).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"{name} is {url!r}; it must be an address such as {default}.")
    return url


def https_address(name: str) -> str:
    """`https://host/path?query`, or nothing. It may hold a secret, so a refusal does not repeat it."""
    url = text(name)
    parts = urlsplit(url)
    if url and (parts.scheme != "https" or not parts.hostname or parts.username or parts.fragment):
        raise ImproperlyConfigured(f"{name} must be an address such as https://monitor.example/ping/1234.")
    return url


def token(name: str) -> str:
    """A secret that a program sends with each call, or nothing."""
    value = text(name)
    if value and (len(value) < 24 or not value.isascii() or " " in value):
        raise ImproperlyConfigured(f"{name} is too short or holds a space; give it 24 random letters.")
    return value


def secret(name: str, file: Path, *, embedded: bool) -> str:
    """The secret itself; under the embedded default one made once and kept in `file` for its owner only."""
    value = text(name)
    if not value and not embedded:
        raise ImproperlyConfigured(f"{name} is not set; give it 50 or more random characters.")
    if value and not embedded and (len(value) < 50 or "CHANGE-ME" in value):
        raise ImproperlyConfigured(f"{name} can be guessed; give it 50 or more random characters.")
    return value or _kept_secret(file)


def demand(names: Iterable[str]) -> None:
    """What has a default for a trial, and none for a portal that others use."""
    if missing := [name for name in names if not text(name)]:
        raise ImproperlyConfigured(f"{', '.join(missing)}: set what others are to be written to with.")


def mailbox(name: str, default: str = "") -> str:
    """`somebody@host`, with or without a name before it, or nothing."""
    value = text(name, default)
    try:
        if value:
            validate_email(parseaddr(value)[1])
    except ValidationError:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must hold an e-mail address.") from None
    return value


def _kept_secret(file: Path) -> str:
    # Several processes may start at once on an empty folder: a link is made once, so that all read the same.
    if not file.exists():
        unfinished = file.with_name(f".{file.name}-{os.getpid()}")
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, file)
        unfinished.unlink()
    return file.read_text().strip()


def folder(name: str, default: Path) -> Path:
    """A folder that exists afterwards and that only its owner may enter."""
    path = Path(text(name) or default).expanduser().resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name} is {str(path)!r}, which cannot be used: {error.strerror}."
        ) from error
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"{name} is {str(path)!r}, in which this account may not read and write.")
    return path


def database(name: str, data_dir: Path) -> dict[str, Any]:
    """`postgresql://user:password@host:port/name` or nothing for SQLite under the data folder."""
    url = text(name)
    if not url:
        return _sqlite(data_dir / "portal.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"{name} begins {parts.scheme!r}; it must begin postgresql:// or sqlite:///."
        )
    if not parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"{name} names no database; write postgresql://user:password@host:5432/name."
        )
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(_port(name, parts) or ""),
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8}, **query},
    }


def redis(name: str) -> str:
    """`redis://:password@host:6379/0` (or rediss://, over TLS), or nothing."""
    url = text(name)
    if url and (urlsplit(url).scheme not in {"redis", "rediss"} or not urlsplit(url).hostname):
        raise ImproperlyConfigured(f"{name} must be redis://host:6379/0, or rediss:// for TLS.")
    return url


def cache(url: str) -> dict[str, Any]:
    """Shared by all processes, as failed sign-ins are counted in it: Redis, else a table of the database."""
    if url:
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": url,
            "KEY_PREFIX": "portal",
        }
    # Room enough that callers of the API cannot push counted sign-ins out.
    options = {"MAX_ENTRIES": 100_000}
    return {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache", "OPTIONS": options}


def broker(url: str, data_dir: Path) -> dict[str, Any]:
    """Celery's settings for its broker: Redis, else folders of messages under the data folder."""
    if url:
        # A message not finished within an hour goes to another worker; what is due is found again anyway.
        return {"broker_url": url, "broker_transport_options": {"visibility_timeout": 3600}}
    folders = {name: data_dir / "queue" / name for name in ("waiting", "claimed", "control")}
    for path in folders.values():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    options = {
        "data_folder_in": str(folders["waiting"]),
        "data_folder_out": str(folders["waiting"]),
        "processed_folder": str(folders["claimed"]),
        "control_folder": str(folders["control"]),
    }
    return {"broker_url": "folder://localhost/", "broker_transport_options": options}


def email(name: str, data_dir: Path) -> dict[str, Any]:
    """Django's settings for `smtp://`, `smtps://`, `console:` or `file:FOLDER`; files are the default."""
    parts = urlsplit(text(name, f"file:{data_dir / 'mail'}"))
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme == "file" and parts.path:
        return {"EMAIL_BACKEND": "sec_portal.mail.ReadableFiles", "EMAIL_FILE_PATH": unquote(parts.path)}
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured(
            f"{name} must be smtp://user:password@host:587, smtps://user:password@host:465, "
            "console: or file:FOLDER."
        )
    return _smtp(parts, _port(name, parts))


def _port(name: str, parts: SplitResult) -> int | None:
    # What cannot be read may be the rest of a password: it is not repeated.
    try:
        return parts.port
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} has a port that is no number. In a password write @ / : # ? as %40 %2F %3A %23 %3F."
        ) from None


def _smtp(parts: SplitResult, given: int | None) -> dict[str, Any]:
    """`smtps` is TLS from the first octet; `smtp` turns to TLS on port 587, and wherever it signs in."""
    implicit = parts.scheme == "smtps"
    port = given or (465 if implicit else 25)
    return {
        "EMAIL_BACKEND": "sec_portal.mail.Smtp",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": implicit,
        "EMAIL_USE_TLS": not implicit and (port == 587 or bool(parts.username)),
        "EMAIL_TIMEOUT": 30,
    }


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Transactions that read before they write fail at once unless they take the lock first.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: what was committed, and mailed, is still there after the power failed.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }
