"""Kills workers and the database at random while notices go out to a mail server that misbehaves.

    python -m tests.notifications.killing --kills 200 --seed 1

Real processes: three workers, each of which asks for the day's run and for what waits, over and over, as
beat and a worker of Celery do between them; and a PostgreSQL. Any of them is killed with SIGKILL and started
again. Celery itself is left out: it takes seconds to start, so that most kills would hit it before it did
anything.
The mail server refuses, delays, drops the line before and after it took a message, and dies.

Half of the kills wait until their victim has claimed a message, so that they fall while that is being sent.
A day lasts a second or two; on each an entry becomes due for six Parties. A claim holds for five seconds. At
the end all are left alone for as long as it takes, and what the mail server took is compared with
what was owed.
"""

import argparse
import contextlib
import datetime
import json
import os
import random
import re
import secrets
import shutil
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterable
from email import message_from_bytes, policy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sec_portal import children

ROOT = Path(__file__).resolve().parents[2]
BASE = datetime.date(2026, 11, 22)
# The milestones of six months come later than the last of these days.
MOST_DAYS = 170
PARTIES = 6
WORKERS = ("worker 1", "worker 2", "worker 3")
PATIENCE = 120.0
# Where nobody has claimed anything for so long, somebody is killed at whatever else it does.
LULL = 3.0


class Post(socketserver.ThreadingTCPServer):
    """A mail server of few words. `taken`: the Message-ID, the address and the entries named of each."""

    allow_reuse_address = daemon_threads = True
    request_queue_size = 50

    def __init__(self, chance: random.Random, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Talk)
        self.chance, self.kind = chance, False
        self.taken: list[tuple[str, str, frozenset[str]]] = []
        self.moods: Counter[str] = Counter()
        self.reached = 0
        self.dead_until = 0.0

    def mood(self) -> str:
        self.reached += not self.kind
        if self.kind:
            return "kind"
        if time.monotonic() < self.dead_until:
            return "dead"
        moods = ("kind", "refuses", "refuses the recipient", "delays", "drops before", "drops after", "dies")
        found = self.chance.choices(moods, (50, 8, 8, 10, 8, 12, 4))[0]
        if found == "dies":
            self.dead_until = time.monotonic() + 1
        self.moods[found] += 1
        return found

    def take(self, address: str, content: bytes) -> None:
        mail = message_from_bytes(content, policy=policy.default)
        body = mail.get_body(("plain",))
        entries = frozenset(re.findall(r"/entries/(\d{6})/", body.get_content() if body else ""))
        self.taken.append((str(mail["Message-ID"]), address, entries))


class Talk(socketserver.StreamRequestHandler):
    server: Post
    timeout = 30

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            self._talk(self.server.mood())

    def _talk(self, mood: str) -> None:
        if mood in ("dead", "dies"):
            return
        if mood == "refuses":
            self._say("421 not now")
            return
        self._say("220 here")
        address = ""
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"RCPT":
                address = line.decode().partition("<")[2].partition(">")[0]
            if word == b"RCPT" and mood == "refuses the recipient":
                self._say("451 later")
            elif word == b"DATA":
                self._say("354 go on")
                if not self._data(address, mood):
                    return
            elif word == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 yes")

    def _data(self, address: str, mood: str) -> bool:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line or (mood == "drops before" and lines):
                return False
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        # Nothing is quick, so that a kill finds somebody between the sending and the record of it.
        if not self.server.kind:
            time.sleep(self.server.chance.uniform(0.5, 4) if mood == "delays" else 0.1)
        self.server.take(address, b"".join(lines))
        if mood == "drops after":
            return False
        if not self.server.kind:
            time.sleep(0.1)
        self._say("250 taken")
        return True

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())
        self.wfile.flush()


class Scene:
    """The programs, by name; whoever is killed is started again."""

    def __init__(self, folder: Path, seed: int) -> None:
        from tests import servers

        self.servers, self.folder, self.chance = servers, folder, random.Random(seed)  # noqa: S311
        self.post = Post(random.Random(seed + 1))  # noqa: S311
        threading.Thread(target=self.post.serve_forever, daemon=True).start()
        folder.chmod(0o711)
        self.programs = servers._postgresql_programs(folder)
        self.data = folder / "postgresql"
        self.data.mkdir()
        if servers.UNPRIVILEGED:
            shutil.chown(self.data, servers.UNPRIVILEGED)
        servers._initialise(self.programs, self.data)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.killed: Counter[str] = Counter()
        self.died_sending: list[int] = []
        self.taken_under_fire = 0
        private = folder / "private"
        private.mkdir(mode=0o700)
        self.env = {
            **{name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "DEBUG")},
            "DATABASE_URL": f"postgresql://postgres@/postgres?host={self.data}",
            "DATA_DIR": str(private),
            "SECRET_KEY": secrets.token_urlsafe(64),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.post.server_address[1]}",
            "DJANGO_SETTINGS_MODULE": "tests.notifications.killing_settings",
            "LOG_LEVEL": "ERROR",
        }

    def start(self, name: str) -> None:
        if name == "database":
            self._start_database()
            return
        words = [sys.executable, "-m", "tests.notifications.killing", name]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                words, env=self.env, cwd=ROOT, stdout=log, stderr=log,
                preexec_fn=children.watch_parent(signal.SIGKILL),
            )  # fmt: skip

    def kill(self, name: str) -> None:
        """As the kernel does it when memory is short: nobody is asked."""
        self.killed[name.split()[0]] += 1
        if name == "database":
            self.running[name].kill()
            self.running[name].wait()
            self.start(name)
            return
        number, claimed = int(self.mark(name).read_text()), self.claimed(name)
        # Its parent takes it away first thing, and starts the next one.
        self.mark(name).unlink()
        os.kill(number, signal.SIGKILL)
        if claimed and claimed == self.claimed(name):
            self.died_sending.append(claimed)

    def wait_for(self, names: Iterable[str]) -> None:
        while not all(self.mark(name).exists() for name in names):
            time.sleep(0.02)

    def one_at_work(self) -> str:
        """A worker that is sending a message, in the middle of that; where all rest, any of them."""
        until = time.monotonic() + LULL
        names = self.chance.sample(WORKERS, len(WORKERS))
        while not (found := [name for name in names if self.claimed(name)]) and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(self.chance.uniform(0, 0.3))
        return (found or names)[0]

    def kill_somebody(self, pause: float) -> None:
        self.wait_for(WORKERS)
        time.sleep(self.chance.uniform(0.1, 2 * pause - 0.1))
        what = self.chance.choice(("at work", "at work", "whoever", "database"))
        if what == "at work":
            what = self.one_at_work()
        elif what == "whoever":
            what = self.chance.choice(WORKERS)
        self.kill(what)

    def mark(self, name: str) -> Path:
        """Holds the number of the process, from when it begins to work."""
        return marked(self.env["DATA_DIR"], name, "pid")

    def claimed(self, name: str) -> int:
        """The message that it holds a claim on, or 0."""
        with contextlib.suppress(FileNotFoundError):
            return int(marked(self.env["DATA_DIR"], name, "claim").read_text() or 0)
        return 0

    def stop(self) -> None:
        for name in sorted(self.running):
            self.running[name].kill()
            self.running[name].wait()
        self.post.shutdown()

    def _start_database(self) -> None:
        # Orphans of the one that was killed hold its memory for a moment. A commit is on record at once:
        # what PostgreSQL has promised survives its own death, if not that of the machine.
        settings = ["-c", "fsync=off", "-c", "listen_addresses=", "-c", "log_min_messages=panic"]
        until = time.monotonic() + 60
        while time.monotonic() < until:
            server = children.start(
                [str(self.programs / "postgres"), "-D", str(self.data), "-k", str(self.data), *settings],
                user=self.servers.UNPRIVILEGED,
            )
            while server.poll() is None and time.monotonic() < until:
                if self.servers._is_ready(self.programs, self.data):
                    self.running["database"] = server
                    return
                time.sleep(0.05)
            time.sleep(0.1)
        raise TimeoutError("The database did not come back.")


def marked(folder: str, name: str, what: str) -> Path:
    return Path(folder) / f"{name.replace(' ', '-')}.{what}"


def put(path: Path, number: int) -> None:
    """Whole or not at all, whoever reads it meanwhile and whenever this process is killed."""
    unfinished = path.with_name(f"unfinished {path.name} {os.getpid()}")
    unfinished.write_text(str(number))
    unfinished.rename(path)


def hurry(name: str) -> None:
    """In a process of the scene: short days, pauses and claims to match, and word of each claim."""
    from django.utils import timezone

    from notifications import sending, tasks

    sending.PAUSES = tuple(n / 3600 for n in (1, 1, 2, 2, 3, 3, 4, 4, *[5] * 40))
    sending.LEASE, sending.SEND_WITHIN = datetime.timedelta(seconds=5), datetime.timedelta(seconds=2)
    tasks.timezone = SimpleNamespace(now=timezone.now, localdate=today)
    claim, finish, mark = sending._claim, sending._finish, marked(os.environ["DATA_DIR"], name, "claim")

    def claim_and_tell(message_id: int, at: datetime.datetime) -> Any:
        message = claim(message_id, at)
        if message:
            put(mark, message_id)
        return message

    def tell_and_finish(message: Any, **values: object) -> None:
        mark.unlink(missing_ok=True)
        finish(message, **values)

    sending._claim, sending._finish = claim_and_tell, tell_and_finish


def clock() -> Path:
    """Holds when the first day began."""
    return marked(os.environ["DATA_DIR"], "clock", "began")


def today() -> datetime.date:
    days = (time.time() - int(clock().read_text())) / float(os.environ["KILLING_A_DAY"])
    return BASE + datetime.timedelta(days=max(0, min(int(days), int(os.environ["KILLING_DAYS"]))))


def all_workers() -> None:
    """Loads the program once, for all of them."""
    import django

    django.setup()
    import notifications.tasks  # noqa: F401

    while not clock().exists():
        time.sleep(0.05)
    parent = os.getpid()
    for name in WORKERS:
        if os.fork() == 0:
            children.die_with(parent, signal.SIGKILL)
            again_and_again(name)
    os.wait()


def again_and_again(name: str) -> None:
    """Starts a fresh copy whenever the last was killed: that takes no time."""
    hurry(name)
    claim = marked(os.environ["DATA_DIR"], name, "claim")
    parent = os.getpid()
    while True:
        child = os.fork()
        if child == 0:
            children.die_with(parent, signal.SIGKILL)
            work(name)
        os.waitpid(child, 0)
        time.sleep(0.05)
        claim.unlink(missing_ok=True)


def work(name: str) -> None:
    """What beat asks for and a worker does: the verbs of the tasks. What fails is asked for again."""
    from django.db import close_old_connections

    from notifications import tasks

    put(marked(os.environ["DATA_DIR"], name, "pid"), os.getpid())
    while True:
        for task in (tasks.run, tasks.redeliver):
            try:
                task.run()
            except Exception:
                traceback.print_exc()
            # As Celery does after each task: the database may have been killed under it.
            close_old_connections()
        time.sleep(0.05)


def set_the_stage(days: int) -> None:
    """Parties, and for each day an entry of which they are all to be told."""
    from dateutil.relativedelta import relativedelta
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from cpl.models import Party
    from notifications.models import Audience
    from tests.cast import make_party
    from tests.notifications.making import Made, make_import

    Audience.objects.filter(kind="certificate").exclude(who="suppliers").delete()
    Audience.objects.update(acts="")
    for number in range(PARTIES):
        make_party(f"Supplier {number}", Party.Category.SMALL_SUPPLIER, email=f"s{number}@supplier.example")
    made = Made(None, None, make_import())  # type: ignore[arg-type]
    for day in range(days + 1):
        entry = made.entry(day + 1)
        ends = BASE + datetime.timedelta(days=day) + relativedelta(months=12)
        made.covers(made.certificate(str(day + 1), ends), entry)


def findings(scene: Scene, days: int) -> dict[str, Any]:
    """What was owed, and what the mail server took of it."""
    from notifications.models import Message, Notice, Run
    from tests.notifications import plain

    told = Notice.objects.filter(message__state="sent").select_related("message", "recipient__party")
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    for message_id, address, entries in scene.post.taken:
        for number in entries:
            ids[address, number].add(message_id)
    addresses = [f"s{number}@supplier.example" for number in range(PARTIES)]
    owed = {(address, f"{day + 1:06d}") for address in addresses for day in range(days + 1)}
    times = Counter(message_id for message_id, _, _ in scene.post.taken)
    known = set(Message.objects.values_list("message_id", flat=True))
    return {
        "killed": dict(scene.killed),
        "killed while they sent a message": len(scene.died_sending),
        "mail server reached during the killing": scene.post.reached,
        "taken during the killing": scene.taken_under_fire,
        "mail server": dict(scene.post.moods),
        "runs": dict(Counter(Run.objects.values_list("state", flat=True))),
        "owed": len(owed),
        "notices sent": told.count(),
        "still owed": len(plain.owed(BASE + datetime.timedelta(days=days))),
        "lost": sorted(owed - set(ids))[:5],
        "never owed": sorted(set(ids) - owed)[:5],
        "told under two Message-IDs": [pair for pair, found in ids.items() if len(found) > 1][:5],
        "taken but on no record": len(set(times) - known),
        "not sent": Message.objects.exclude(state="sent").count(),
        "messages": len(times),
        "taken twice or more, with an equal Message-ID": sum(count > 1 for count in times.values()),
    }


def is_well(found: dict[str, Any]) -> bool:
    wrong = ("still owed", "lost", "never owed", "told under two Message-IDs", "taken but on no record")
    told = not any(found[name] for name in (*wrong, "not sent")) and found["owed"] == found["notices sent"]
    return told and was_under_fire(found)


def was_under_fire(found: dict[str, Any]) -> bool:
    """Else the kills hit nobody at work, and prove nothing."""
    kills = sum(found["killed"].values())
    return (
        found["mail server reached during the killing"] >= 2 * kills
        and found["taken during the killing"] >= kills
        and found["killed while they sent a message"] >= kills / 5
    )


def settle(scene: Scene, days: int) -> None:
    """Waits, with everybody alive and kind, until nothing is queued; a failed message is sent again."""
    from django.db import OperationalError, connection
    from django.utils import timezone

    from notifications import sending
    from notifications.models import Message
    from tests.notifications import plain

    scene.post.kind = True
    last = BASE + datetime.timedelta(days=days)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        time.sleep(0.2)
        # The database may have been killed under these connections.
        connection.close_pool()
        with contextlib.suppress(OperationalError):
            failed = Message.objects.filter(state="failed").values_list("pk", flat=True)
            sending.send_again(list(failed), timezone.now())
            if Message.objects.exclude(state="sent").exists() or today() < last:
                continue
            if not plain.owed(last):
                return


def play(kills: int, seed: int, pause: float) -> dict[str, Any]:
    # A kill takes about half a second more than the pause before it: the days last as long as the killing.
    lasts = kills * (pause + 0.5)
    days = min(MOST_DAYS, max(5, int(lasts)))
    # PostgreSQL's socket has no room for a long path.
    with tempfile.TemporaryDirectory(prefix="kill-", dir="/tmp") as name:
        scene = Scene(Path(name), seed)
        scene.start("database")
        scene.env |= {"KILLING_A_DAY": str(lasts / days), "KILLING_DAYS": str(days)}
        os.environ.update(scene.env)
        os.environ.pop("REDIS_URL", None)
        import django

        django.setup()
        from django.db import connections

        try:
            # They load the program while the stage is set, and wait for the clock to start.
            scene.start("workers")
            set_the_stage(days)
            connections.close_all()
            put(clock(), int(time.time()))
            for _ in range(kills):
                scene.kill_somebody(pause)
            scene.taken_under_fire = len(scene.post.taken)
            settle(scene, days)
            return findings(scene, days)
        finally:
            connections.close_all()
            scene.stop()
            if logs := os.environ.get("KILLING_LOGS"):
                for log in scene.folder.glob("*.log"):
                    shutil.copy(log, logs)


def main() -> int:
    if sys.argv[1:] == ["workers"]:
        all_workers()
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pause", type=float, default=1.5, help="seconds between two, on the average")
    chosen = parser.parse_args()
    started = time.monotonic()
    found = play(chosen.kills, chosen.seed, chosen.pause)
    found["seconds"] = round(time.monotonic() - started)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return 0 if is_well(found) else 1


if __name__ == "__main__":
    sys.exit(main())
