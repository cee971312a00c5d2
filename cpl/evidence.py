"""Private files, stored by the digest of their content, out of reach of any web server."""

from pathlib import Path

from cpl.private_files import Shelf

SHELF = Shelf("evidence")
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
    return SHELF.keep(content)


def read(digest: str) -> bytes:
    """The bytes again, after making sure that they are still those of the digest."""
    return SHELF.read(digest)


def path_of(digest: str) -> Path:
    return SHELF.path_of(digest)
