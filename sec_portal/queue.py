"""Kombu's filesystem transport for the embedded default, with whole messages only.

Kombu creates a message's file and then writes it, so that a worker which looks in between reads an empty
message and ends. Here the file gets its name when it is complete. And it claims a message by moving it to
the machine's temporary folder: on another filesystem that is a copy, which two workers can make at once, so
the move stays in a folder beside the queue (`processed_folder`) and the file is removed once read.
"""

import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):
    """Messages are files `<nanoseconds>_<uuid>.<queue>.msg`, oldest first."""

    # Kombu's own base classes disagree on the second name.
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{time.time_ns():020}_{uuid.uuid4()}.{queue}.msg"
        unfinished = Path(self.processed_folder) / name
        try:
            unfinished.write_text(dumps(payload), encoding="utf-8")
            unfinished.rename(Path(self.data_folder_out) / name)
        except OSError as error:
            raise ChannelError(f"Cannot put a message into {self.data_folder_out}: {error}.") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for path in sorted(Path(self.data_folder_in).iterdir()):
            if path.name.partition(".")[2] != f"{queue}.msg":
                continue
            claimed = Path(self.processed_folder) / path.name
            try:
                path.rename(claimed)
            except FileNotFoundError:
                continue  # another worker was faster
            payload = loads(claimed.read_text(encoding="utf-8"))
            claimed.unlink()
            return payload
        raise Empty


class Transport(filesystem.Transport):
    """What `folder://` stands for."""

    Channel = Channel
