"""Kills workers, beats, the database and the mail server at random while notices go out.

    python -m tests.notifications.killing_all --kills 200

Real processes, started by the commands that start the portal: two Celery workers of two processes each, beat,
for a third of the time a second beat beside it, Redis, PostgreSQL, and a mail server that refuses, delays and
drops the line before and after it took a message. All but Redis are killed with SIGKILL and started again.

Most kills wait until somebody has claimed a message, so that they fall while that is being sent. Each kill
brings the next day; on each day an entry becomes due for six Parties. Beat asks twice a second, a claim holds
for five seconds. At the end all are left alone for as long as it takes, and what the mail server took is
compared, to the octet, with what was owed. To be run by hand, on a machine with time for it; the suite has
tests/notifications/killing.py, which spares Celery's start.
"""

import argparse
import contextlib
import datetime
import hashlib
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
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from email import message_from_bytes, policy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sec_portal import children, launcher
from tests.notifications.killing import BASE, MOST_DAYS, PARTIES, ROOT, Talk, put, set_the_stage

WORKERS = ("worker 1", "worker 2")
ALL = ("database", "mail server", *WORKERS, "beat 1")
# What is killed, in turn. A worker dies with the processes that do its tasks; more often one of these dies
# alone, since a worker takes seconds to start.
TURNS = (
    "task process", "database", "worker", "mail server", "task process", "beat",
    "task process", "database", "worker", "mail server", "task process",
)  # fmt: skip
PATIENCE = 180.0
# Where nobody has claimed anything for so long, the kill falls on whatever else is done.
LULL = 3.0
MOODS = {
    "kind": 50, "refuses": 8, "refuses the recipient": 8, "delays": 10, "drops before": 8, "drops after": 12,
}  # fmt: skip


class Post(socketserver.ThreadingTCPServer):
    """A mail server of few words, which writes down what it took before it says so."""

    allow_reuse_address = daemon_threads = True
    request_queue_size = 50

    def __init__(self, port: int, folder: Path) -> None:
        super().__init__(("127.0.0.1", port), Talk)
        self.chance, self.folder = random.Random(), folder  # noqa: S311
        self.log = os.open(folder / "post", os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    @property
    def kind(self) -> bool:
        return (self.folder / "kind").exists()

    def mood(self) -> str:
        found = "kind" if self.kind else self.chance.choices([*MOODS], [*MOODS.values()])[0]
        self.write({"mood": found, "under fire": not self.kind})
        return found

    def take(self, address: str, content: bytes) -> None:
        mail = message_from_bytes(content, policy=policy.default)
        body = mail.get_body(("plain",))
        entries = sorted(set(re.findall(r"/entries/(\d{6})/", body.get_content() if body else "")))
        digest = hashlib.sha256(content).hexdigest()
        self.write({"id": mail["Message-ID"], "to": address, "entries": entries, "digest": digest})

    def write(self, line: dict[str, Any]) -> None:
        """In one go: whoever is killed has written the line or not."""
        os.write(self.log, json.dumps(line).encode() + b"\n")


class Scene:
    """The programs, by name; whoever is killed is started again."""

    def __init__(self, folder: Path, redis: str, seed: int) -> None:
        from tests import servers

        self.servers, self.folder, self.chance = servers, folder, random.Random(seed)  # noqa: S311
        self.programs = servers._postgresql_programs(folder)
        self.data, self.marks = folder / "postgresql", folder / "marks"
        self.data.mkdir()
        self.marks.mkdir()
        if servers.UNPRIVILEGED:
            shutil.chown(self.data, servers.UNPRIVILEGED)
        servers._initialise(self.programs, self.data)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.killed: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        self.died_sending = self.with_two_beats = self.taken_under_fire = 0
        self.port = servers._free_port()
        private = folder / "private"
        private.mkdir(mode=0o700)
        self.env = {
            **{name: value for name, value in os.environ.items() if name != "DEBUG"},
            "DATABASE_URL": f"postgresql://postgres@/postgres?host={self.data}",
            "REDIS_URL": redis,
            "DATA_DIR": str(private),
            "SECRET_KEY": secrets.token_urlsafe(64),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.port}",
            "DJANGO_SETTINGS_MODULE": "tests.notifications.killing_all_settings",
            "KILLING_MARKS": str(self.marks),
        }

    def start(self, name: str) -> None:
        if name == "database":
            self._start_database()
            return
        if name == "mail server":
            words = [sys.executable, "-m", __spec__.name, "post", str(self.port)]
        else:
            words = launcher.commands("127.0.0.1", 0, web_workers=1, task_workers=2)[name.split()[0]]
            words = [*words, "--hostname", f"{name[-1]}@scene"] if name in WORKERS else words
        with (self.folder / f"{name.replace(' ', '-')}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                words, env=self.env, cwd=ROOT, stdout=log, stderr=log,
                preexec_fn=children.watch_parent(signal.SIGKILL),
            )  # fmt: skip

    def is_up(self, name: str) -> bool:
        return (self.marks / f"up-{self.running[name].pid}").exists()

    def some_up(self, names: Sequence[str]) -> list[str]:
        return self.some(lambda: [name for name in names if self.is_up(name)])

    def some(self, find: Callable[[], list[Any]]) -> list[Any]:
        until = time.monotonic() + PATIENCE
        while not (found := find()):
            self.start_who_ended()
            time.sleep(0.02)
            if time.monotonic() > until:
                raise TimeoutError("None came up.")
        return found

    def start_who_ended(self) -> None:
        """As a service manager does it, of whoever ended without being killed."""
        for name, program in list(self.running.items()):
            if (status := program.poll()) is not None:
                self.ended[f"{name}: {status}"] += 1
                self.start(name)

    def kill_one(self, what: str, pause: float) -> None:
        """As the kernel does it when memory is short: nobody is asked."""
        time.sleep(self.chance.uniform(0.1, 2 * pause - 0.1))
        self.start_who_ended()
        self.with_two_beats += "beat 2" in self.running
        worker, process = self.one_at_work()
        if what == "task process":
            # It may have ended by itself meanwhile, as those of a dead worker do.
            with contextlib.suppress(ProcessLookupError):
                os.kill(process or self.chance.choice(self.some(self.processes)), signal.SIGKILL)
        else:
            self.kill(self._named(what, worker), self.chance.uniform(0, 1) if what == "mail server" else 0)
        self.killed[what] += 1
        self.died_sending += self.count_the_dead()

    def _named(self, what: str, worker: int) -> str:
        names = [name for name in self.running if name.startswith(what)]
        if what in ("worker", "beat"):
            # Who is only about to start does nothing yet that a kill could spoil.
            names = self.some_up(names)
        return next((name for name in names if self.running[name].pid == worker), self.chance.choice(names))

    def kill(self, name: str, pause: float = 0) -> None:
        self.running[name].kill()
        self.running[name].wait()
        time.sleep(pause)
        self.start(name)

    def claims(self) -> Iterator[tuple[int, int]]:
        """Each worker and process of it that holds a claim on a message."""
        for path in self.marks.glob("claim-*-*"):
            _, worker, process = path.name.split("-")
            yield int(worker), int(process)

    def one_at_work(self) -> tuple[int, int]:
        """In the middle of a message; nobody, where all rest for a while."""
        until = time.monotonic() + LULL
        while not self.at_work() and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(self.chance.uniform(0, 0.3))
        return self.chance.choice(self.at_work() or [(0, 0)])

    def at_work(self) -> list[tuple[int, int]]:
        return [one for one in self.claims() if is_alive(*one)]

    def processes(self) -> list[int]:
        """Those that do tasks, or are ready to."""
        pids = [path.name.split("-")[1:] for path in self.marks.glob("process-*-*")]
        return [int(process) for worker, process in pids if is_alive(int(worker), int(process))]

    def count_the_dead(self) -> int:
        """Those that left a claim behind."""
        time.sleep(0.05)
        dead = 0
        for worker, process in self.claims():
            if not is_alive(worker, process):
                (self.marks / f"claim-{worker}-{process}").unlink(missing_ok=True)
                dead += 1
        return dead

    def post(self) -> list[dict[str, Any]]:
        """What the mail server wrote down."""
        path = self.marks / "post"
        return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []

    def taken(self) -> list[dict[str, Any]]:
        return [line for line in self.post() if "id" in line]

    def today_is(self, day: int) -> None:
        put(self.marks / "day", day)

    def stop(self) -> None:
        for program in self.running.values():
            program.kill()
            program.wait()

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


def is_alive(worker: int, process: int) -> bool:
    """Whether the worker still has that process: dead ones linger as zombies, and numbers are given anew."""
    try:
        state, parent = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z" and int(parent) == worker


def marks() -> Path:
    return Path(os.environ["KILLING_MARKS"])


def is_ready(**_: object) -> None:
    """In a worker or a beat, once it works."""
    put(marks() / f"up-{os.getpid()}", 1)


def hurry(**_: object) -> None:
    """In a process of a worker: short days, pauses and claims to match, and word of each claim."""
    from django.utils import timezone

    from notifications import sending, tasks

    sending.PAUSES = tuple(n / 3600 for n in (1, 1, 2, 2, 3, 3, 4, 4, *[5] * 40))
    sending.LEASE, sending.SEND_WITHIN = datetime.timedelta(seconds=5), datetime.timedelta(seconds=2)
    tasks.timezone = SimpleNamespace(now=timezone.now, localdate=today)
    claim, deliver = sending._claim, sending.deliver
    mine = f"{os.getppid()}-{os.getpid()}"
    put(marks() / f"process-{mine}", 1)

    def claim_and_tell(message_id: int, at: datetime.datetime) -> Any:
        message = claim(message_id, at)
        if message:
            put(marks() / f"claim-{mine}", message_id)
        return message

    def deliver_and_tell(message_id: int, at: datetime.datetime) -> None:
        try:
            deliver(message_id, at)
        finally:
            (marks() / f"claim-{mine}").unlink(missing_ok=True)

    sending._claim, sending.deliver = claim_and_tell, deliver_and_tell


def today() -> datetime.date:
    return BASE + datetime.timedelta(days=int((marks() / "day").read_text()))


def findings(scene: Scene, days: int) -> dict[str, Any]:
    """What was owed, and what the mail server took of it."""
    from notifications.models import Message, Notice, Run
    from tests.notifications import plain

    last = BASE + datetime.timedelta(days=days)
    told = Notice.objects.filter(message__state="sent")
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    contents: dict[str, set[str]] = defaultdict(set)
    taken = scene.taken()
    for mail in taken:
        contents[mail["id"]].add(mail["digest"])
        for number in mail["entries"]:
            ids[mail["to"], number].add(mail["id"])
    addresses = [f"s{number}@supplier.example" for number in range(PARTIES)]
    owed = {(address, f"{day + 1:06d}") for address in addresses for day in range(days + 1)}
    times = Counter(mail["id"] for mail in taken)
    known = set(Message.objects.values_list("message_id", flat=True))
    return {
        "killed": dict(scene.killed),
        "ended by themselves": dict(scene.ended),
        "killed while they sent a message": scene.died_sending,
        "kills while there were two beats": scene.with_two_beats,
        "mail server reached during the killing": sum(line.get("under fire", False) for line in scene.post()),
        "taken during the killing": scene.taken_under_fire,
        "mail server": dict(Counter(line["mood"] for line in scene.post() if "mood" in line)),
        "runs": dict(Counter(Run.objects.values_list("state", flat=True))),
        "owed": len(owed),
        "notices sent": told.count(),
        "notices": Notice.objects.count(),
        "still owed": len(plain.owed(last)),
        "lost": sorted(owed - set(ids))[:5],
        "never owed": sorted(set(ids) - owed)[:5],
        "told under two Message-IDs": [pair for pair, found in ids.items() if len(found) > 1][:5],
        "one Message-ID, other bytes": [one for one, found in contents.items() if len(found) > 1][:5],
        "taken but on no record": len(set(times) - known),
        "not sent": Message.objects.exclude(state="sent").count(),
        "runs left open": Run.objects.filter(state="running", on__lte=last).count(),
        "messages": len(times),
        "taken twice or more, with an equal Message-ID": sum(count > 1 for count in times.values()),
    }


def is_well(found: dict[str, Any]) -> bool:
    wrong = (
        "still owed", "lost", "never owed", "told under two Message-IDs", "one Message-ID, other bytes",
        "taken but on no record", "not sent", "runs left open",
    )  # fmt: skip
    told = found["owed"] == found["notices sent"] == found["notices"]
    return told and not any(found[name] for name in wrong) and was_under_fire(found)


def was_under_fire(found: dict[str, Any]) -> bool:
    """Else the kills hit nobody at work, and prove nothing."""
    kills = sum(found["killed"].values())
    return (
        found["mail server reached during the killing"] >= 2 * kills
        and found["taken during the killing"] >= kills
        and found["killed while they sent a message"] >= kills / 5
    )


def settle(scene: Scene, days: int) -> None:
    """Waits, with everybody alive and kind, until nothing is queued, and for the run of the day after."""
    from django.db import OperationalError, connection
    from django.utils import timezone

    from notifications import sending
    from notifications.models import Message, Run
    from tests.notifications import plain

    put(scene.marks / "kind", 1)
    last = BASE + datetime.timedelta(days=days)
    # Whatever was cut short on the last day is found to be so by a later run.
    after = Run.objects.filter(on=last + datetime.timedelta(days=1), state="ended")
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        time.sleep(0.5)
        scene.start_who_ended()
        # The database may have been killed under these connections.
        connection.close_pool()
        with contextlib.suppress(OperationalError):
            failed = Message.objects.filter(state="failed").values_list("pk", flat=True)
            sending.send_again(list(failed), timezone.now())
            if Message.objects.exclude(state="sent").exists() or plain.owed(last):
                continue
            scene.today_is(days + 1)
            if after.exists() and not Run.objects.filter(state="running", on__lte=last).exists():
                return


def play(kills: int, seed: int, pause: float) -> dict[str, Any]:
    from tests import servers

    days = min(MOST_DAYS, kills)
    # PostgreSQL's socket has no room for a long path.
    with (
        tempfile.TemporaryDirectory(prefix="kill-", dir="/tmp") as name,
        servers.redis(Path(name)) as redis,
    ):
        Path(name).chmod(0o711)
        scene = Scene(Path(name), redis, seed)
        os.environ.update(scene.env)
        scene.start("database")
        import django

        django.setup()
        from django.db import connections

        try:
            set_the_stage(days)
            connections.close_all()
            scene.today_is(0)
            for program in ALL[1:]:
                scene.start(program)
            for program in ALL[2:]:
                scene.some_up([program])
            for number in range(kills):
                if number == kills // 3:
                    scene.start("beat 2")
                if number == 2 * kills // 3:
                    scene.running.pop("beat 2").kill()
                scene.kill_one(TURNS[number % len(TURNS)], pause)
                scene.today_is((number + 1) * days // kills)
                sys.stderr.write(f"\r{number + 1} of {kills} kills, {len(scene.taken())} mails")
            scene.taken_under_fire = len(scene.taken())
            settle(scene, days)
            return findings(scene, days)
        finally:
            connections.close_all()
            scene.stop()
            if logs := os.environ.get("KILLING_LOGS"):
                for log in scene.folder.glob("*.log"):
                    shutil.copy(log, logs)


def main() -> int:
    if sys.argv[1:2] == ["post"]:
        Post(int(sys.argv[2]), marks()).serve_forever()
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
