"""Settings come from the environment, and nonsense is refused with the variable's name."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from sec_portal import environment as env
from tests.house.programs import PATIENCE, ROOT, environment, manage

PRODUCTION = {
    "DATABASE_URL": "postgresql://portal:secret@db.example:5432/portal",
    "REDIS_URL": "redis://:secret@redis.example:6379/0",
    "SECRET_KEY": "jq7Vw0Zx-9sT2u4KpLmN8yRbEcAfHdGi3o1X5vBzWnCtQkSeMr",
    "ALLOWED_HOSTS": "cpl.example",
    "EMAIL_URL": "smtps://portal:secret@mail.example:465",
    "EMAIL_FROM": "Central Products List <cpl@cpl.example>",
    "PORTAL_URL": "https://cpl.example",
}


def setting(folder: Path, name: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """As any program reads it; Django itself is not started for it, which takes seconds."""
    code = f"from django.conf import settings; print(settings.{name})"
    env = environment(folder, DJANGO_SETTINGS_MODULE="sec_portal.settings", **variables)
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)


def test_without_any_variable_a_secret_is_made_once_for_its_owner_only(tmp_path):
    first, second = (setting(tmp_path, "SECRET_KEY").stdout.strip() for _ in range(2))
    assert first == second
    assert len(first) >= 50
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_with_a_database_of_its_own_a_secret_is_required(tmp_path):
    without = {name: value for name, value in PRODUCTION.items() if name != "SECRET_KEY"}
    assert "SECRET_KEY is not set" in setting(tmp_path, "SECRET_KEY", **without).stderr


@pytest.mark.parametrize("weak", ["CHANGE-ME", "x" * 49, "CHANGE-ME" * 9])
def test_a_secret_that_can_be_guessed_is_refused(tmp_path, weak):
    assert (
        "SECRET_KEY can be guessed"
        in setting(tmp_path, "SECRET_KEY", **PRODUCTION | {"SECRET_KEY": weak}).stderr
    )


@pytest.mark.parametrize("name", ["EMAIL_URL", "EMAIL_FROM", "PORTAL_URL"])
def test_a_portal_that_others_use_does_not_start_without_what_writes_to_them(tmp_path, name):
    refused = setting(tmp_path, name, **{**PRODUCTION, name: ""})
    assert f"{name}: set what others" in refused.stderr


def test_a_port_that_is_none_is_refused_without_a_word_of_the_password(monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "smtp://user:hunter/2@mail.example:25")
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL has a port") as refused:
        env.email("EMAIL_URL", Path())
    assert "hunter" not in str(refused.value)


@pytest.mark.parametrize(
    ("variables", "https"),
    [
        ({}, "False"),
        ({"ALLOWED_HOSTS": "cpl.example"}, "True"),
        ({"ALLOWED_HOSTS": "cpl.example", "HTTPS": "0"}, "False"),
    ],
)
def test_https_is_on_as_soon_as_the_portal_is_for_other_machines(tmp_path, variables, https):
    assert setting(tmp_path, "HTTPS", **variables).stdout.strip() == https


def test_the_deploy_check_of_django_finds_nothing_in_production(tmp_path):
    run = manage(
        environment(tmp_path, **PRODUCTION),
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        "--tag",
        "security",
    )
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        (lambda name: env.flag(name, True), "perhaps"),
        (lambda name: env.number(name, 1), "-3"),
        (lambda name: env.number(name, 1), "²"),
        (lambda name: env.database(name, Path()), "mysql://host/name"),
        (lambda name: env.database(name, Path()), "postgresql://host/"),
        (env.redis, "http://host"),
        (env.redis, "redis://"),
        (lambda name: env.email(name, Path()), "pop3://host"),
        (lambda name: env.email(name, Path()), "smtp://"),
        (lambda name: env.database(name, Path()), "postgresql://u:se/cret@host/name"),
        (env.mailbox, "1"),
        (env.mailbox, "Central Products List"),
        (lambda name: env.folder(name, Path()), "/dev/null/folder"),
    ],
)
def test_nonsense_is_refused_with_the_name_of_the_variable(monkeypatch, reader, value):
    monkeypatch.setenv("A_VARIABLE", value)
    with pytest.raises(ImproperlyConfigured, match="A_VARIABLE"):
        reader("A_VARIABLE")


def test_a_data_folder_that_cannot_be_written_to_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    # Whoever runs the tests may be root, whom no mode of a folder stops.
    monkeypatch.setattr(env.os, "access", lambda path, mode: Path(path) != tmp_path or not mode & os.W_OK)
    with pytest.raises(ImproperlyConfigured, match=r"DATA_DIR is .*may not read and write"):
        env.folder("DATA_DIR", Path())


def test_a_command_says_in_one_sentence_what_is_wrong_with_the_environment(tmp_path):
    (tmp_path / "file").touch()
    refused = manage(environment(tmp_path / "file"), "check")
    assert refused.returncode == 1
    assert refused.stderr.startswith("The portal cannot start: DATA_DIR is ")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "smtp://u:p%40ss@mail.example:587",
            {"EMAIL_HOST_PASSWORD": "p@ss", "EMAIL_USE_TLS": True, "EMAIL_PORT": 587},
        ),
        ("smtp://u:p@mail.example:2525", {"EMAIL_PORT": 2525, "EMAIL_USE_TLS": True}),
        ("smtp://mail.example", {"EMAIL_PORT": 25, "EMAIL_USE_TLS": False, "EMAIL_USE_SSL": False}),
        ("smtps://mail.example", {"EMAIL_PORT": 465, "EMAIL_USE_SSL": True, "EMAIL_USE_TLS": False}),
        ("console:", {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}),
        ("file:/var/mail/a%20b", {"EMAIL_FILE_PATH": "/var/mail/a b"}),
    ],
)
def test_an_email_address_of_a_server_is_read(monkeypatch, url, expected):
    monkeypatch.setenv("EMAIL_URL", url)
    assert expected.items() <= env.email("EMAIL_URL", Path("/data")).items()


def test_mail_goes_to_files_under_the_data_folder_by_default(monkeypatch):
    monkeypatch.delenv("EMAIL_URL", raising=False)
    assert env.email("EMAIL_URL", Path("/data dir"))["EMAIL_FILE_PATH"] == "/data dir/mail"


def test_a_postgresql_address_is_read_with_its_socket(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://u%40x:p%2F@/name?host=/run/pg&sslmode=require")
    read = env.database("DATABASE_URL", Path())
    assert (read["USER"], read["PASSWORD"], read["HOST"], read["NAME"]) == ("u@x", "p/", "/run/pg", "name")
    assert read["OPTIONS"]["sslmode"] == "require"


def test_the_queue_is_for_its_owner_only(tmp_path):
    env.broker("", tmp_path)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "queue").iterdir()} == {0o700}
