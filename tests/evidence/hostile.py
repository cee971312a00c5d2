"""PDFs that may not be kept, each made by code, with words of the reason that its submitter is given."""

import io
import zlib
from collections.abc import Callable

from pypdf import PdfWriter

from tests.papers import make_pdf, put_together

SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
LAUNCH = b"<< /S /Launch /F (calc.exe) >>"
# 250 MB of zeros in 250 KB: eight times what pypdf is ready to unpack, three times over.
BOMB = zlib.compress(b"\0" * 250_000_000, 9)


def _encrypted(user: str, owner: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(make_pdf("Certificate")))
    writer.encrypt(user, owner, algorithm="RC4-128")
    return _written(writer)


def _with_attachment() -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(make_pdf("Certificate")))
    writer.add_attachment("firmware.exe", b"MZ")
    return _written(writer)


def _written(writer: PdfWriter) -> bytes:
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def _bomb() -> bytes:
    stream = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(BOMB), BOMB)
    return _pages_with(b"100 0 R", [stream])


def _bomb_in_bomb() -> bytes:
    twice = zlib.compress(BOMB, 9)
    filters = b"/Filter [/FlateDecode /FlateDecode]"
    return _pages_with(
        b"100 0 R", [b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(twice), filters, twice)]
    )


def _pages_with(contents: bytes, further: list[bytes]) -> bytes:
    """One page, whose content is what `contents` names."""
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents %s"
        b" /Resources << /Font << /F1 4 0 R >> /XObject << /X 101 0 R >> >> >>" % contents,
        4: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        **{100 + number: body for number, body in enumerate(further)},
    }
    return put_together(objects)


def _pages_in_a_ring() -> bytes:
    return put_together({
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>",
    })  # fmt: skip


def _tables_in_a_ring() -> bytes:
    """A cross-reference table whose earlier one is itself."""
    whole = make_pdf("Certificate")
    start = whole.rindex(b"xref\n0 1\n")
    return whole.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % start)


def _few_pages_claimed() -> bytes:
    return make_pdf("Certificate", pages=10_000).replace(b"/Count 10000", b"/Count 3")


def _forms_in_a_ring() -> bytes:
    """A drawing that draws itself twice, and so on."""
    drawing = b"/X Do /X Do"
    form = (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 101 0 R >> >>"
        b" /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing)
    )
    return _pages_with(b"100 0 R", [form, form])


def _hidden_in_an_object_stream() -> bytes:
    """Objects packed into a compressed stream, where no search of the bytes would find the script."""
    packed = {
        1: b"<< /Type /Catalog /Pages 2 0 R /Names << /JavaScript 4 0 R >> >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
        4: b"<< /Names [(a) 5 0 R] >>",
        5: SCRIPT,
    }
    heads, bodies = b"", b""
    for number, body in packed.items():
        heads += b"%d %d " % (number, len(bodies))
        bodies += body + b" "
    content = b"%PDF-1.7\n"
    stream, rows = zlib.compress(heads + bodies), [b"\0\0\0\xff"]
    rows += [b"\2\0\6" + bytes([place]) for place in range(len(packed))]
    rows.append(b"\1" + len(content).to_bytes(2, "big") + b"\0")
    content += b"6 0 obj\n<< /Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d >>\n" % (
        len(packed), len(heads), len(stream),
    )  # fmt: skip
    content += b"stream\n" + stream + b"\nendstream\nendobj\n"
    start = len(content)
    rows.append(b"\1" + start.to_bytes(2, "big") + b"\0")
    table = b"".join(rows)
    content += b"7 0 obj\n<< /Type /XRef /Size 8 /W [1 2 1] /Root 1 0 R /Length %d >>\n" % len(table)
    return content + b"stream\n" + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % start


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "locked with a password": (lambda: _encrypted("secret", "secret"), "locked with a password"),
    "locked against changes alone": (lambda: _encrypted("", "secret"), "locked with a password"),
    "a script in the catalogue": (
        lambda: make_pdf(
            "x", catalog=b"/Names << /JavaScript << /Names [(a) 100 0 R] >> >>", further=[SCRIPT]
        ),
        "a script (JavaScript)",
    ),
    "a script on opening": (lambda: make_pdf("x", catalog=b"/OpenAction " + SCRIPT), "a script (JavaScript)"),
    "a script packed out of sight": (_hidden_in_an_object_stream, "a script (JavaScript)"),
    "a script that nothing refers to": (lambda: make_pdf("x", further=[SCRIPT]), "a script (JavaScript)"),
    "a script whose name is written in hex": (
        lambda: make_pdf("x", further=[b"<< /S /#4AavaScript /#4AS (app.alert\\(1\\)) >>"]),
        "a script (JavaScript)",
    ),
    "an action on opening": (
        lambda: make_pdf("x", catalog=b"/OpenAction << /S /Named /N /Print >>"),
        "does something as soon as it is opened",
    ),
    "an address on opening": (
        lambda: make_pdf("x", catalog=b"/OpenAction << /S /URI /URI (https://tidewater.example) >>"),
        "does something as soon as it is opened",
    ),
    "a page's own actions": (
        lambda: make_pdf("x", further=[b"<< /Type /Page /AA << /O << /S /Named /N /Print >> >> >>"]),
        "actions that start by themselves",
    ),
    "a program that is started": (lambda: make_pdf("x", further=[LAUNCH]), "starts a program"),
    "a program started on opening": (
        lambda: make_pdf("x", catalog=b"/OpenAction " + LAUNCH),
        "starts a program",
    ),
    "an attached file": (_with_attachment, "files attached inside it"),
    "a file beside the page": (
        lambda: make_pdf("x", further=[b"<< /Type /Filespec /EF << /F 101 0 R >> >>", b"<< >>"]),
        "files attached inside it",
    ),
    "a portfolio": (lambda: make_pdf("x", catalog=b"/Collection << /View /D >>"), "a portfolio of files"),
    "a form with scripts": (
        lambda: make_pdf(
            "x", catalog=b"/AcroForm << /Fields [] /XFA [(template) 100 0 R] >>", further=[b"<< >>"]
        ),
        "a form with scripts (XFA)",
    ),
    "a form that sends": (
        lambda: make_pdf("x", further=[b"<< /S /SubmitForm /F (https://northlight.example) >>"]),
        "sends what is typed",
    ),
    "cut off": (lambda: make_pdf("Certificate " * 40)[:-80], "cut off"),
    "cut off in the first page": (lambda: make_pdf("Certificate")[:300], "cut off"),
    "nothing but a beginning": (lambda: b"%PDF-1.7\n", "cut off"),
    "nothing but a beginning and an end": (lambda: b"%PDF-1.7\n%%EOF\n", "damaged"),
    "noise": (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\n%%EOF", "damaged"),
    "no page": (
        lambda: put_together(
            {1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [] /Count 0 >>"}
        ),
        "no page",
    ),
    "ten thousand pages": (lambda: make_pdf("x", pages=10_000), "10,000 pages"),
    "ten thousand pages that claim to be three": (_few_pages_claimed, "10,000 pages"),
    "one page above the limit": (lambda: make_pdf("x", pages=501), "501 pages"),
    "a bomb": (_bomb, "could not be read safely"),
    "a bomb in a bomb": (_bomb_in_bomb, "could not be read safely"),
    "pages in a ring": (_pages_in_a_ring, "could not be read safely"),
    "a web page in its head": (
        lambda: make_pdf("x").replace(b"%PDF-1.7\n", b"%PDF-1.7\n%<html><script>alert(1)</script>\n"),
        "a web page at once",
    ),
    "a web page after its end": (lambda: make_pdf("x") + b"<html><body>", "a web page at once"),
    "an archive after its end": (
        lambda: make_pdf("x") + b"PK\x03\x04" + b"\0" * 40 + b"PK\x05\x06" + b"\0" * 18,
        "a ZIP archive at once",
    ),
    "an archive that ends in a remark": (
        lambda: make_pdf("x").replace(b"trailer", b"%PK\x05\x06" + b"\0" * 18 + b"\ntrailer"),
        "a ZIP archive at once",
    ),
    "ten megabytes after its end": (lambda: make_pdf("x") + b"x" * 10_000_000, "cut off"),
}
# Nothing wrong with them, though they look so to a careless reader.
HARMLESS: dict[str, Callable[[], bytes]] = {
    "a scan": make_pdf,
    "opens at a page": lambda: make_pdf("x", catalog=b"/OpenAction [1000 0 R /Fit]"),
    "opens at a page by an action": lambda: make_pdf(
        "x", catalog=b"/OpenAction << /S /GoTo /D [1000 0 R /Fit] >>"
    ),
    "a link": lambda: make_pdf("x", further=[b"<< /S /URI /URI (https://tidewater.example) >>"]),
    "a plain form": lambda: make_pdf("x", catalog=b"/AcroForm << /Fields [] >>"),
    "words that sound like it": lambda: make_pdf("JavaScript /JS /Launch /EmbeddedFiles <html>"),
    "500 pages": lambda: make_pdf("x", pages=500),
    "a few octets after its end": lambda: make_pdf("x") + b"\r\n\0\0",
    "tables in a ring, which are read once": _tables_in_a_ring,
    "drawings in a ring, which are drawn once": _forms_in_a_ring,
}
