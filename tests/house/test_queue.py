"""The embedded broker: folders of messages."""

from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

from sec_portal import environment as env
from sec_portal.queue import Channel


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    settings = env.broker("", tmp_path)
    connection = Connection(settings["broker_url"], transport_options=settings["broker_transport_options"])
    return connection.default_channel


def test_messages_come_out_in_the_order_they_went_in_and_once(channel):
    for number in range(5):
        channel._put("work", {"number": number})
    assert [channel._get("work")["number"] for _ in range(5)] == list(range(5))
    with pytest.raises(Empty):
        channel._get("work")


def test_a_message_for_another_queue_stays_where_it_is(channel):
    channel._put("other.work", {})
    with pytest.raises(Empty):
        channel._get("work")
    assert channel._size("other.work") == 1


def test_a_message_that_is_still_being_written_is_not_read(channel, tmp_path):
    (tmp_path / "queue" / "claimed" / "1_x.work.msg").write_text("")
    with pytest.raises(Empty):
        channel._get("work")


def test_a_message_that_another_worker_took_is_passed_over(channel, tmp_path, monkeypatch):
    channel._put("work", {"number": 1})
    channel._put("work", {"number": 2})
    rename, lost = Path.rename, []

    def first_is_gone(path: Path, target: Path) -> Path:
        if not lost:
            lost.append(path.unlink())
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", first_is_gone)
    assert channel._get("work") == {"number": 2}
