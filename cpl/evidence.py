"""Private files, stored by the digest of their content, out of reach of any web server."""

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings

LIMIT = 20 * 1024 * 1024
KINDS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class NotAccepted(ValueError):
    """A file that is not kept; its text says why."""


def media_type(content: bytes) -> str:
    """The type that the bytes themselves show, whatever the name says.

    Raises:
        NotAccepted: for anything but PDF, PNG and JPEG.
    """
    for magic, kind in KINDS.items():
        if content.startswith(magic):
            return kind
    raise NotAccepted("This is not a PDF, PNG or JPEG file. Save the certificate as PDF and attach that.")


def keep(content: bytes) -> str:
    """Stores the bytes once and gives their SHA-256 in hex.

    Raises:
        NotAccepted: for an empty or too large file, or one of another type.
    """
    if not content:
        raise NotAccepted("This file is empty. Choose the certificate again.")
    if len(content) > LIMIT:
        raise NotAccepted(f"This file has {len(content) / 2**20:.0f} MB; at most 20 MB are taken.")
    media_type(content)
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Written aside and moved, so that a crash leaves no half a file under a digest.
        # Under a name of its own: two threads may be given the same file at once.
        handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(partial).replace(path)
    return digest


def read(digest: str) -> bytes:
    """The bytes again, after making sure that they are still those of the digest."""
    content = path_of(digest).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError(f"The file kept as {digest} has been altered on the disk.")
    return content


def path_of(digest: str) -> Path:
    return Path(settings.DATA_DIR) / "evidence" / digest[:2] / digest
