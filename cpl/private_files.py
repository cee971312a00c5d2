"""Files out of reach of any web server, stored by the digest of their content, for their owner alone."""

import datetime
import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Shelf:
    """A folder of DATA_DIR whose files are named by their SHA-256."""

    name: str

    def keep(self, content: bytes) -> str:
        """Stores the bytes once and gives their SHA-256 in hex."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.path_of(digest)
        # `parents=True` would give the shelf itself the usual mode.
        path.parent.parent.mkdir(mode=0o700, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            # A file that is handed in again is a new one to whoever clears the shelf.
            os.utime(path)
        except FileNotFoundError:
            _write(path, content)
        return digest

    def keep_file(self, written: Path) -> str:
        """Takes over a file written `beside`, which nobody had to hold whole; gives its SHA-256."""
        with written.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        path = self.path_of(digest)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        written.replace(path)
        os.utime(path)
        return digest

    def beside(self) -> Path:
        """An empty file on the same disk, to be written and then kept."""
        folder = Path(settings.DATA_DIR) / self.name
        folder.mkdir(mode=0o700, exist_ok=True)
        handle, path = tempfile.mkstemp(dir=folder, prefix=".")
        os.close(handle)
        return Path(path)

    def read(self, digest: str) -> bytes:
        """The bytes again, after making sure that they are still those of the digest."""
        content = self.path_of(digest).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise ValueError(f"The file kept as {digest} has been altered on the disk.")
        return content

    def path_of(self, digest: str) -> Path:
        return Path(settings.DATA_DIR) / self.name / digest[:2] / digest

    def untouched_since(self, at: datetime.datetime) -> Iterator[str]:
        """The digests of what was last handed in before `at`."""
        for path in (Path(settings.DATA_DIR) / self.name).glob("??/*"):
            if not path.name.startswith(".") and path.stat().st_mtime < at.timestamp():
                yield path.name

    def clear_unfinished(self, at: datetime.datetime) -> None:
        """Takes away what was begun `beside` before that moment and never kept."""
        for path in (Path(settings.DATA_DIR) / self.name).glob(".*"):
            if path.is_file() and path.stat().st_mtime < at.timestamp():
                path.unlink(missing_ok=True)

    def clear(self, digest: str, before: datetime.datetime | None = None) -> None:
        """Takes it away, unless it was handed in again since `before`, whatever was found out earlier."""
        path = self.path_of(digest)
        if before and path.exists() and path.stat().st_mtime >= before.timestamp():
            return
        path.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    # Written aside and moved, so that a crash leaves no half a file under a digest.
    # Under a name of its own: two threads may be given the same file at once.
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(partial).replace(path)
