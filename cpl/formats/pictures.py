"""Whether a PNG or JPEG is a whole picture, by its structure alone: nothing is decoded, nothing explodes."""

import struct
import zlib

MOST_PIXELS = 100_000_000
LONGEST_SIDE = 30_000
PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
ANEW = "Open it in a picture viewer, save it anew as PNG or JPEG, and attach that."
# Markers of a JPEG that have no length: fill, restart, start and end.
_BARE = frozenset({0x01, *range(0xD0, 0xDA)})
# Those that begin a frame, and so tell its size; the others between C0 and CF are tables.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Cameras write a few octets of their own after the end.
_AFTER = 1024


class Broken(ValueError):
    """A picture that is not kept; its text says what is wrong and how to save it anew."""


def demand_whole(data: bytes) -> None:
    """Raises Broken for a PNG or JPEG that is cut off, damaged, too large, or something else besides."""
    try:
        width, height = _size_of_png(data) if data.startswith(PNG) else _size_of_jpeg(data)
    except (struct.error, IndexError) as error:
        raise Broken(f"This picture is cut off or damaged. {ANEW}") from error
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE) or width * height > MOST_PIXELS:
        raise Broken(f"This picture has {width:,} by {height:,} points; save it smaller, and attach that.")


def _size_of_png(data: bytes) -> tuple[int, int]:
    """Every part has its length, name and checksum; IHDR comes first and IEND last."""
    at, first, size = len(PNG), True, (0, 0)
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, at + 8 + length)
        if checksum != zlib.crc32(name + body) or first != (name == b"IHDR"):
            raise Broken(f"This picture is damaged. {ANEW}")
        if first:
            size = struct.unpack_from(">II", body)
        at, first = at + 12 + length, False
        if name == b"IEND":
            break
    if data[at:].strip(b"\0\r\n "):
        raise Broken(f"This file goes on after the picture's end: it holds something else besides. {ANEW}")
    return size


def _size_of_jpeg(data: bytes) -> tuple[int, int]:
    """Parts with their lengths up to the picture itself, which the marker FFD9 ends."""
    at, size = 2, (0, 0)
    while True:
        if data[at] != 0xFF:
            raise Broken(f"This picture is damaged. {ANEW}")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _BARE:
            at += 2
        else:
            (length,) = struct.unpack_from(">H", data, at + 2)
            if marker in _FRAMES:
                size = struct.unpack_from(">HH", data, at + 5)[::-1]
            at += 2 + length
            if marker == 0xDA:
                break
            if length < 2 or at >= len(data):
                raise Broken(f"This picture is cut off or damaged. {ANEW}")
    end = data.rfind(b"\xff\xd9", at)
    if end < 0:
        raise Broken(f"This picture is cut off: its end is missing. {ANEW}")
    if len(data) - end - 2 > _AFTER:
        raise Broken(f"This file goes on after the picture's end: it holds something else besides. {ANEW}")
    return size
