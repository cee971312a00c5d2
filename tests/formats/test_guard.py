import re
import tracemalloc
import zipfile
from io import BytesIO

import pytest

from cpl.formats.cells import open_book
from cpl.formats.guard import Limits, inspect
from cpl.formats.problems import DamagedFile, UnreadableFile
from cpl.formats.published import read_published
from tests.formats.sample import MAIN_PART, SAMPLE, TYPES, make_listing, with_part


def refusal(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(UnreadableFile) as caught:
        inspect(data, limits or Limits())
    return caught.value.message


def test_a_workbook_of_ours_passes() -> None:
    assert inspect(SAMPLE) == ()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not an Excel workbook"),
        (b"a,b,c\r\n", "not an Excel workbook"),
        (b"%PDF-1.7", "not an Excel workbook"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "password"),
        (SAMPLE[:2000], "damaged"),
        (b"PK\x03\x04" + b"\0" * 600, "damaged"),
    ],
)
def test_what_is_no_workbook_is_refused_with_what_to_do(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("letter.txt", "hello")
    assert "not an Excel workbook" in refusal(out.getvalue())


def test_an_unusual_way_of_packing_is_refused() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    assert "unusual" in refusal(out.getvalue())


def test_damaged_contents_are_refused() -> None:
    at = SAMPLE.index(b"xl/worksheets/sheet3.xml") + 60
    assert "damaged" in refusal(SAMPLE[:at] + b"\xff" * 40 + SAMPLE[at + 40 :])


def test_a_zip_bomb_is_refused_in_little_memory() -> None:
    bomb = with_part(SAMPLE, "xl/media/bomb.bin", lambda _: b"\0" * (300 * 2**20))
    assert len(bomb) < 2**20
    tracemalloc.start()
    assert "unpacks to more than" in refusal(bomb)
    assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    tracemalloc.stop()


def test_a_header_that_lies_about_the_size_does_not_help() -> None:
    data = bytearray(with_part(SAMPLE, "xl/media/bomb.bin", lambda _: b"\0" * (3 * 2**20)))
    size = (3 * 2**20).to_bytes(4, "little")
    for at in range(len(data) - 4):
        if data[at : at + 4] == size:
            data[at : at + 4] = (10).to_bytes(4, "little")
    assert "damaged" in refusal(bytes(data))


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'.encode(
            "utf-16"
        ),
    ],
)
@pytest.mark.parametrize("name", ["xl/sharedStrings.xml", "docProps/core.xml", "xl/media/picture.png"])
def test_a_document_type_is_refused_in_any_part_and_encoding(name: str, content: bytes) -> None:
    assert "document type" in refusal(with_part(SAMPLE, name, lambda _: content))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b'<row r="9"', b'<row r="1048576"', "row 1,048,576"),
        (b'<c r="U8"', b'<c r="XFD8"', "beyond column"),
        (b'<c r="C8"', b'<c r="B8"', "twice or out of order"),
        (b'<c r="C8"', b'<c r="C9"', "in row 8"),
        (b'<c r="C8"', b'<c r="C-8"', "in row 8"),
        (b'<row r="9"', b'<row r="8"', "out of order"),
        (b"</sheetData>", b"</sheetDate>", "not well-formed"),
        (b"Quercus Metering", b"Q" * 40_000, "32,767 characters"),
        (b"</sheetData>", b"</sheetData>" + b"<a>" * 100, "deep"),
    ],
)
def test_no_honest_sheet_looks_like_this(old: bytes, new: bytes, words: str) -> None:
    assert words in refusal(with_part(SAMPLE, MAIN_PART, lambda part: part.replace(old, new, 1)))


def test_too_many_cells_or_parts_are_refused() -> None:
    assert "cells" in refusal(SAMPLE, Limits(cells=100))
    assert "parts" in refusal(SAMPLE, Limits(members=3))
    assert "elements" in refusal(SAMPLE, Limits(other_elements=10))
    assert "elements" in refusal(SAMPLE, Limits(elements=50))
    assert "octets" in refusal(SAMPLE, Limits(packed=100))


def test_two_parts_of_one_name_are_refused() -> None:
    out = BytesIO(SAMPLE)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("XL/worksheets/sheet3.xml", "<worksheet/>")
    assert "same name" in refusal(out.getvalue())


def test_a_false_dimension_hides_no_rows() -> None:
    false = with_part(
        SAMPLE, MAIN_PART, lambda part: part.replace(b'<dimension ref="A1:U9"/>', b'<dimension ref="A1:A1"/>')
    )
    assert false != SAMPLE
    assert read_published(false, TYPES).listing == make_listing()


def test_a_number_cell_without_a_number_is_named_by_sheet_and_address() -> None:
    spoilt = with_part(
        SAMPLE, MAIN_PART, lambda part: re.sub(rb'(<c r="N8"[^>]*><v>)[0-9]+', rb"\1NaN", part)
    )
    assert spoilt != SAMPLE
    with pytest.raises(UnreadableFile, match=r"Central Products List!N8 holds 'NaN'"), open_book(spoilt):
        pass


@pytest.mark.parametrize("number", [b"1E999", b"9" * 300, b"-0.5"])
def test_an_absurd_number_is_left_to_the_reader_of_the_cell(number: bytes) -> None:
    spoilt = with_part(
        SAMPLE,
        MAIN_PART,
        lambda part: re.sub(rb'<c r="O8"[^>]*>.*?</c>', b'<c r="O8"><v>' + number + b"</v></c>", part),
    )
    with pytest.raises(DamagedFile, match="O8"):
        read_published(spoilt, TYPES)
