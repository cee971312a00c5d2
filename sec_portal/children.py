"""Starts programs that cannot outlive the one that started them, and stops them again."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def start(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    last_words: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Starts `command` in a session of its own; the kernel sends it `last_words` when this process dies.

    `last_words` reach a child even after `kill -9` of its parent (Linux; elsewhere nothing is sent).
    Call it from the main thread: the kernel watches the thread that started the child.
    """
    return subprocess.Popen(  # noqa: S603 -- the caller's own words, no shell
        command,
        env=env,
        **identity(user),
        start_new_session=True,
        preexec_fn=watch_parent(last_words),
    )


def identity(user: str | None) -> dict[str, Any]:
    """What `subprocess` needs to run a program as `user` with that account's own group and no other."""
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def watch_parent(last_words: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: the kernel then sends the child `last_words` when its parent dies (Linux only)."""

    parent = os.getpid()
    return lambda: die_with(parent, last_words)


def die_with(parent: int, last_words: signal.Signals) -> None:
    """Has the kernel send this process `last_words` when its parent dies (Linux only)."""
    if hasattr(_LIBC, "prctl"):
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(last_words), 0, 0, 0)
        # It may have died before the kernel was told to look.
        if os.getppid() != parent:
            os._exit(1)


def stop(children: Iterable[subprocess.Popen[bytes]], *, grace: float, word: int = signal.SIGTERM) -> None:
    """Asks every child to stop, waits `grace` seconds in all, then kills what is left with its session."""
    asked = [child for child in children if child.poll() is None]
    for child in asked:
        child.send_signal(word)
    until = time.monotonic() + grace
    for child in asked:
        try:
            child.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            _kill_session(child)


def _kill_session(child: subprocess.Popen[bytes]) -> None:
    # The child leads its session, so that its process group holds whatever it started itself.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
