import json
from datetime import date

import pytest

from cpl.formats.interchange import read_csv, write_csv
from cpl.formats.listing_json import write_json
from cpl.formats.problems import DamagedFile, UnreadableFile
from tests.formats.sample import HASH, make_entry, make_listing

FILE = write_csv(make_listing())


def test_the_file_has_13_columns_crlf_and_no_mark() -> None:
    lines = FILE.split(b"\r\n")
    assert lines[0].startswith(b"Version,Entry.number,Entry.status,Device_Type.name,")
    assert lines[1] == (
        b"Version 3.010 Issued on 02-03-2026,000001,Current,Single Element Electricity Metering Equipment,"
        b"0A1B,0001,00,5E,0001005E,00000001,SMETS V4.2,GBCS Version 3.2," + HASH.encode()
    )
    assert lines[3] == b""


def test_what_was_written_is_read_again() -> None:
    rows = read_csv(FILE)
    assert [(row.line, row.number) for row in rows] == [(2, "000001"), (3, "000002")]
    assert read_csv(b"\xef\xbb\xbf" + FILE.replace(b"\r\n", b"\n")) == rows


def test_outer_spaces_and_case_are_put_in_canonical_form() -> None:
    spelt = FILE.replace(b"SMETS V4.2,", b"SMETS V4.2  ,").replace(b"0A1B", b"0a1b")
    assert read_csv(spelt) == read_csv(FILE)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b'"', b"a,b\r\n", FILE.replace(b"Entry.number", b"Number"), b"\0" * 20]
)
def test_another_file_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_csv(data)


def test_every_damaged_cell_is_named() -> None:
    with pytest.raises(DamagedFile) as caught:
        read_csv(FILE.replace(b",00,5E,", b",0,5.00E+00,").replace(HASH.encode(), b"NaN"))
    assert [one.cell for one in caught.value.problems] == ["G2", "H2", "M2", "G3", "H3"]


def test_a_cut_line_is_named() -> None:
    with pytest.raises(DamagedFile, match="cut"):
        read_csv(FILE[:-30])


def test_a_value_that_a_spreadsheet_would_run_is_not_written() -> None:
    with pytest.raises(ValueError, match="formula"):
        write_csv(make_listing(make_entry(1, gbcs_version="=1+1")))


def test_the_json_has_every_public_field_under_its_name_and_null_for_nothing() -> None:
    content = json.loads(write_json(make_listing()))
    assert (content["format"], content["version"], content["issued_on"]) == (
        "central-products-list/1", "3.010", "2026-03-02",
    )  # fmt: skip
    first, second = content["entries"]
    assert len(first) == 20
    assert first["Entry.number"] == "000001"
    assert first["Device_Model.firmware_version"] == "00000001"
    assert first["CPA_Certificate.expiry_date"] == "2027-08-30"
    assert second["CPA_Certificate.expiry_date"] is None
    assert second["Manufacturer_Image.hash"] is None
    assert content["history"][1]["changes"].startswith("One new device model added:")


def test_the_json_of_the_same_list_is_the_same_bytes() -> None:
    assert write_json(make_listing()) == write_json(make_listing())
    assert date.fromisoformat(json.loads(write_json(make_listing()))["issued_on"]) == make_listing().issued_on
