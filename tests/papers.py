"""Papers made by code: PDFs and pictures that are fit to be kept. Hostile ones are in tests/evidence."""

import struct
import zlib

Objects = list[bytes]


def make_pdf(*lines: str, pages: int = 1, catalog: bytes = b"", further: Objects | None = None) -> bytes:
    """A PDF with the same lines on each page; without any it has no text, like a scan.

    `catalog` is written into the catalogue, `further` are objects from number 100 on.
    """
    stream = _drawn(lines)
    kids = b" ".join(b"%d 0 R" % (1000 + number) for number in range(pages))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        2: b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        3: b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        4: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        **{100 + number: body for number, body in enumerate(further or [])},
        **dict.fromkeys(range(1000, 1000 + pages), PAGE),
    }
    return put_together(objects)


PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R"
    b" /Resources << /Font << /F1 4 0 R >> >> >>"
)


def put_together(objects: dict[int, bytes], trailer: bytes = b"") -> bytes:
    """The objects with their cross-reference table."""
    content, table = b"%PDF-1.7\n", b"xref\n0 1\n0000000000 65535 f \n"
    for number, body in sorted(objects.items()):
        table += b"%d 1\n%010d 00000 n \n" % (number, len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    size = max(objects) + 1
    end = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, len(content))
    return content + table + end


def make_certificate(*lines: str) -> bytes:
    """A certificate that says what `tests.make.make_answers` says, and further lines."""
    return make_pdf(
        "Certificate 20261101-7701; 7701; ZIG26TMI77010-24",
        "valid until 1 November 2031",
        "Tidewater T100, model 7A01 0C0D, hardware 01.02, firmware 0A0B0C0D",
        *lines,
    )


def make_png(width: int = 2, height: int = 2) -> bytes:
    """A black picture."""
    rows = b"".join(b"\0" + b"\0" * width for _ in range(min(height, 8)))
    return b"\x89PNG\r\n\x1a\n" + b"".join((
        chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        chunk(b"IDAT", zlib.compress(rows)),
        chunk(b"IEND", b""),
    ))  # fmt: skip


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def make_jpeg(width: int = 2, height: int = 2) -> bytes:
    """The structure of a JPEG; nothing that could be decoded."""
    frame = struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    scan = struct.pack(">HB", 8, 1) + b"\x01\x00\x00\x3f\x00"
    return b"\xff\xd8\xff\xc0" + frame + b"\xff\xda" + scan + b"\x12\x34" + b"\xff\xd9"


def _drawn(lines: tuple[str, ...]) -> bytes:
    if not lines:
        return b"0 0 595 842 re S"
    shown = (line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines)
    text = " T* ".join(f"({line}) Tj" for line in shown)
    return f"BT /F1 11 Tf 14 TL 50 780 Td {text} ET".encode("cp1252")
