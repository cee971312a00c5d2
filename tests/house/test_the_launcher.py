"""`manage.py portal` for real: web, worker and beat start together and none outlives the others."""

import os
import shutil
import signal
import socket
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tests.house.programs import Portal, environment, manage, until

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux")
embedded = pytest.mark.sqlite
TASK = "sec_portal.tasks.note_worker"
Start = Callable[[Path], Portal]


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that is ready to be started; its name has a space in it, as people's folders do."""
    folder = tmp_path_factory.mktemp("migrated") / "of the portal"
    folder.mkdir()
    for words in (["migrate"], ["collectstatic", "--noinput"]):
        done = manage(environment(folder), *words)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def folder(migrated: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(migrated, tmp_path / "of the portal"))


@pytest.fixture
def start() -> Iterator[Start]:
    started = []

    def _start(folder: Path, **more: str) -> Portal:
        started.append(Portal(folder, environment(folder, **more)))
        return started[-1]

    yield _start
    for portal in started:
        portal.end()


@embedded
def test_it_starts_web_worker_and_beat_and_says_that_it_is_well(folder: Path, start: Start):
    portal = start(folder)
    health = portal.start()
    assert health["code"] == 200
    assert {health[name] for name in ("status", "database", "migrations", "triggers", "broker")} == {"ok"}
    # launcher, gunicorn and its worker, celery and its worker, beat
    assert len(portal.processes()) >= 6


@embedded
def test_two_tasks_travel_through_folders_to_the_worker(folder: Path, start: Start):
    portal = start(folder)
    assert portal.start()["worker"] is None
    sent = [portal.call(TASK), portal.call(TASK)]
    until(lambda: all(f"{TASK}[{task}] succeeded" in portal.output for task in sent), portal)
    assert portal.health()["worker"]
    assert not list((folder / "queue" / "waiting").iterdir())
    assert not list((folder / "queue" / "claimed").iterdir())


@embedded
def test_a_parent_killed_by_force_leaves_no_child(folder: Path, start: Start):
    portal = start(folder)
    portal.start()
    portal.process.send_signal(signal.SIGKILL)
    portal.process.wait()
    until(lambda: not portal.processes(), portal)


@embedded
def test_a_parent_killed_by_force_leaves_no_child_that_hangs_in_a_task(folder: Path, start: Start):
    portal = start(folder)
    portal.start()
    # Only a process that has begun to work can hang in a task.
    sent = portal.call(TASK)
    until(lambda: f"{TASK}[{sent}] succeeded" in portal.output, portal)
    for pid in workers(portal):
        # Stopped, a process answers nothing but the one signal that it cannot catch.
        os.kill(pid, signal.SIGSTOP)
    portal.process.send_signal(signal.SIGKILL)
    portal.process.wait()
    until(lambda: not portal.processes(), portal)


def workers(portal: Portal) -> list[int]:
    """The processes of the worker that do its tasks; their parent hands these out."""
    all_of_it = [
        pid for pid in portal.processes() if b"\0worker\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    parents = {
        pid: int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) for pid in all_of_it
    }
    return [pid for pid in all_of_it if parents[pid] in all_of_it]


@embedded
@pytest.mark.parametrize("word", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_everything_when_it_is_told_to(folder: Path, start: Start, word: signal.Signals):
    portal = start(folder)
    portal.start()
    portal.process.send_signal(word)
    assert portal.process.wait(timeout=60) == 0
    assert portal.processes() == []
    assert "The portal has stopped." in portal.output


@embedded
def test_when_one_child_ends_the_others_are_stopped(folder: Path, start: Start):
    portal = start(folder)
    portal.start()
    beat = next(pid for pid in portal.processes() if b"\0beat\0" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(beat, signal.SIGKILL)
    assert portal.process.wait(timeout=60) == 1
    assert portal.processes() == []
    assert "The beat process ended by itself" in portal.output


@embedded
def test_a_second_one_on_the_same_folder_is_refused(folder: Path, start: Start):
    start(folder).start()
    second = manage(environment(folder), "portal", "--port", "1")
    assert second.returncode == 1
    assert "Another portal runs on" in second.stderr


@embedded
def test_a_port_that_is_taken_is_refused_with_its_number(folder: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = manage(environment(folder), "portal", "--port", str(port))
    assert refused.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in refused.stderr


@embedded
def test_a_database_without_its_migrations_is_refused(tmp_path: Path):
    refused = manage(environment(tmp_path), "portal", "--port", "1025")
    assert refused.returncode == 1
    assert "run manage.py migrate" in refused.stderr


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[dict[str, str]]:
    """DATABASE_URL of a new database on the suite's server, and its REDIS_URL."""
    name, url = f"launcher_{uuid.uuid4().hex}", os.environ["DATABASE_URL"]
    base, _, query = url.partition("?")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        yield {
            "DATABASE_URL": f"{base.rpartition('/')[0]}/{name}?{query}",
            "REDIS_URL": os.environ["REDIS_URL"],
            "SECRET_KEY": "x" * 60,
        }
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@pytest.mark.redis
@pytest.mark.postgresql
def test_the_environment_alone_puts_it_on_postgresql_and_redis(
    tmp_path: Path, start: Callable[..., Portal], servers: dict[str, str]
):
    for words in (["migrate"], ["collectstatic", "--noinput"]):
        assert manage(environment(tmp_path, **servers), *words).returncode == 0
    portal = start(tmp_path, **servers)
    assert portal.start()["status"] == "ok"
    sent = [portal.call(TASK), portal.call(TASK)]
    until(lambda: all(f"{TASK}[{task}] succeeded" in portal.output for task in sent), portal)
    assert portal.health()["worker"]
    assert not (tmp_path / "portal.sqlite3").exists()
    portal.process.send_signal(signal.SIGTERM)
    assert portal.process.wait(timeout=60) == 0
