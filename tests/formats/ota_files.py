"""OTA upgrade files made by code: a header, an invented image, and a block such as a signature has."""

import struct
from hashlib import sha256

IMAGE = bytes(range(256)) * 4
BLOCK = b"\x00\x40" + bytes(range(100, 164))


def ota(
    image: bytes = IMAGE,
    block: bytes = b"",
    *,
    hardware: tuple[int, int] | None = (0x0100, 0x0105),
    **changes: int | bytes,
) -> bytes:
    """A file; `changes` are header fields set otherwise than they should be."""
    control = (4 if hardware else 0) | int(changes.pop("further", 0))  # type: ignore[call-overload]
    optional = (b"\x02" if control & 1 else b"") + (bytes(range(8)) if control & 2 else b"")
    optional += struct.pack("<HH", *hardware) if hardware else b""
    length = 56 + len(optional)
    values: dict[str, int | bytes] = {
        "magic": 0x0BEEF11E, "version": 0x0100, "length": length, "control": control, "manufacturer": 0xFFF0,
        "image_type": 0x001A, "file_version": 0x01020A03, "stack": 2, "string": b"Tidewater T1",
        "total": length + len(image) + len(block),
    }  # fmt: skip
    values.update(changes)
    return struct.pack("<IHHHHHIH32sI", *values.values()) + optional + image + block


def digest(image: bytes) -> str:
    return sha256(image).hexdigest().upper()
