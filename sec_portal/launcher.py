"""Web, worker and beat as children of one process: the embedded default in place of a service manager."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from sec_portal import children

# How long a request or a task may take to finish once the portal has been told to stop, in seconds.
GRACE = 20.0
Children = dict[str, subprocess.Popen[bytes]]


class CannotStart(Exception):
    """Why the portal was not started, in a sentence for a person."""


def commands(host: str, port: int, *, web_workers: int, task_workers: int) -> dict[str, list[str]]:
    """What is started, by name. In production a service manager starts the same (deploy/)."""
    celery = [sys.executable, "-m", "celery", "--app", "sec_portal", "--quiet"]
    # Embedded, the broker is a folder: workers cannot see each other, and need not.
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return {
        "web": [
            *(sys.executable, "-m", "gunicorn", "sec_portal.wsgi", "--bind", f"{host}:{port}"),
            *("--workers", str(web_workers), "--threads", "4", "--no-control-socket"),
            *("--access-logfile", "-", "--logger-class", "sec_portal.access_log.AccessLog"),
            *("--graceful-timeout", str(int(GRACE) - 5)),
        ],
        "worker": [*celery, "worker", "--concurrency", str(task_workers), "--loglevel", "INFO", *alone],
        "beat": [*celery, "beat", "--loglevel", "INFO", "--pidfile="],
    }


def refuse_taken_port(host: str, port: int) -> None:
    """Raises CannotStart when somebody else answers there."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise CannotStart(
                f"Port {port} on {host} cannot be used ({error.strerror}). "
                f"Stop what uses it, or choose another: portal --port {port + 1}."
            ) from error


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Holds a lock on the data folder; the kernel lets go of it however this process ends."""
    with (folder / "portal.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStart(f"Another portal runs on {folder}. Stop it first, or set DATA_DIR.") from error
        yield


def run(programs: Mapping[str, list[str]], folder: Path) -> str:
    """Starts all, waits for the first to end or for SIGTERM or SIGINT, stops all; names what ended."""
    stopping = threading.Event()
    for word in (signal.SIGTERM, signal.SIGINT):
        signal.signal(word, lambda *_: stopping.set())
    running: Children = {}
    try:
        for name, command in programs.items():
            running[name] = _start(name, command, folder)
        return _wait(running, stopping)
    finally:
        # Celery's and gunicorn's own parents stop their workers; told all at once, a worker can hang.
        children.stop(running.values(), grace=GRACE)


def _start(name: str, command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    # Uploads and half-made files stay out of the machine's common temporary folder.
    scratch = folder / "scratch"
    scratch.mkdir(mode=0o700, exist_ok=True)
    env = {**os.environ, "TMPDIR": str(scratch), "PYTHONUNBUFFERED": "1"}
    # Any other word lets a worker finish its task first, however long that takes; what is due is found again.
    return children.start(command, env=env, last_words=signal.SIGKILL if name == "worker" else signal.SIGTERM)


def _wait(running: Children, stopping: threading.Event) -> str:
    while not stopping.wait(0.3):
        for name, child in running.items():
            if child.poll() is not None:
                return name
    return ""
