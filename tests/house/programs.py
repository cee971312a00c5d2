"""Runs the project's own programs as an operator would, on a data folder of their own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0
# What decides where a program works; the tests' own values must not reach it.
OURS = ("DATA_DIR", "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "DEBUG", "EMAIL_URL")


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of an operator who sets DATA_DIR to `folder` and what `more` says."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    return {**kept, "DATA_DIR": str(folder), "STATIC_ROOT": str(folder / "static"), **more}


def manage(env: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """`manage.py WORDS`, to its end, whatever that is."""
    command = [sys.executable, str(ROOT / "manage.py"), *words]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)


class Portal:
    """A launcher that runs; what it prints is in `folder/output`."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self.folder, self.env, self.port = folder, env, free_port()
        command = [sys.executable, str(ROOT / "manage.py"), "portal", "--port", str(self.port)]
        command += ["--web-workers", "1", "--task-workers", "1"]
        with (folder / "output").open("wb") as output:
            self.process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=output, stderr=output)

    @property
    def output(self) -> str:
        return (self.folder / "output").read_text()

    def health(self) -> dict[str, Any]:
        """What /healthz says, or nothing while the portal does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10) as answer:
                return {"code": answer.status, **json.load(answer)}
        except urllib.error.HTTPError as error:
            return {"code": error.code, **json.load(error)}
        except OSError:
            return {}

    def start(self) -> dict[str, Any]:
        """Waits until every part has started; returns what /healthz says."""
        until(lambda: self.process.poll() is not None or (self.health() and "ready." in self.output), self)
        assert self.process.poll() is None, self.output
        return self.health()

    def call(self, task: str) -> str:
        """Sends a task as any program would; returns its id."""
        command = [sys.executable, "-m", "celery", "--app", "sec_portal", "call", task]
        run = subprocess.run(
            command, env=self.env, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE
        )
        assert run.returncode == 0, run.stderr
        return run.stdout.split()[-1]

    def processes(self) -> list[int]:
        """Every process alive that works on this data folder, the launcher among them."""
        mark = f"DATA_DIR={self.folder}\0".encode()
        return [int(path.name) for path in Path("/proc").glob("[0-9]*") if mark in _environ(path)]

    def end(self) -> None:
        """Leaves nothing behind, whatever the test found."""
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        self.process.wait()


def _environ(path: Path) -> bytes:
    try:
        return (path / "environ").read_bytes()
    except OSError:
        return b""


def until(true: Callable[[], Any], portal: Portal) -> None:
    """Waits, and fails with what the portal printed."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, portal.output
        time.sleep(0.2)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
