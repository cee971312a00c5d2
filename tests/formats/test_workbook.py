import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from cpl.formats.choices import OFFICIAL, Choices
from cpl.formats.listing import CpaShown, IssuedVersion
from cpl.formats.sheet_names import INTERCHANGE, INTERCHANGE_HEADERS, MAIN, NEW_ENTRY, SHEETS, VERSION_CONTROL
from cpl.formats.workbook import write_workbook
from tests import real_list
from tests.formats.sample import SAMPLE, make_entry, make_listing


def opened(data: bytes) -> Any:
    return load_workbook(BytesIO(data))


def test_the_same_list_gives_the_same_bytes() -> None:
    assert write_workbook(make_listing()) == SAMPLE
    assert write_workbook(make_listing(), created=datetime(2026, 3, 2, 9, 30)) != SAMPLE  # noqa: DTZ001


def test_the_four_sheets_stand_in_order_with_data_from_their_rows() -> None:
    book = opened(SAMPLE)
    assert tuple(book.sheetnames) == SHEETS
    assert book[VERSION_CONTROL]["A3"].value == "Version 3.010 Issued on 02-03-2026"
    assert book[VERSION_CONTROL]["A12"].value == "3.010"
    assert book[MAIN]["A1"].value == "Data Group"
    assert book[MAIN]["B8"].value == "000001"
    assert tuple(cell.value for cell in book[INTERCHANGE][1]) == INTERCHANGE_HEADERS
    assert book[INTERCHANGE]["B2"].value == "000001"


def test_colons_stand_in_the_main_sheet_and_none_in_the_last() -> None:
    book = opened(SAMPLE)
    assert [book[MAIN][cell].value for cell in ("E8", "H8", "I8")] == ["0A:1B", "5E", "00:00:00:01"]
    assert [book[INTERCHANGE][cell].value for cell in ("E2", "H2", "J2")] == ["0A1B", "5E", "00000001"]


def test_the_expiry_date_is_a_date_cell_and_all_else_is_text() -> None:
    book = opened(SAMPLE)
    assert book[MAIN]["N8"].value == datetime(2027, 8, 30)  # noqa: DTZ001
    assert book[MAIN]["N8"].number_format == "dd/mm/yyyy"
    kinds = {
        cell.data_type
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
    assert kinds == {"s", "d"}


def test_no_formula_or_link_is_ever_written() -> None:
    nasty = '=HYPERLINK("http://example.com")'
    entry = make_entry(1, gbcs_version=nasty, cpa=CpaShown("http://example.com", "+1", date(1899, 1, 1)))
    data = write_workbook(make_listing(entry, history=(IssuedVersion("1.0", date(2020, 1, 1), "@SUM(1)"),)))
    with zipfile.ZipFile(BytesIO(data)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/" in name]
    assert not any(re.search(rb"<f[ >]|<hyperlink", part) for part in sheets)
    assert opened(data)[MAIN]["N8"].value == "01/01/1899"


def test_a_text_that_no_cell_can_hold_is_an_error() -> None:
    with pytest.raises(ValueError, match="40,000 characters"):
        write_workbook(make_listing(history=(IssuedVersion("1.0", date(2020, 1, 1), "x" * 40_000),)))


def drop_downs(book: Any) -> dict[str, str]:
    return {str(one.sqref): one.formula1 for one in book[NEW_ENTRY].data_validations.dataValidation}


def test_the_form_offers_the_values_that_were_handed_in() -> None:
    book = opened(write_workbook(make_listing(), Choices(gbcs_versions=("GBCS Version 9.9",))))
    assert drop_downs(book)["G16"] == '"GBCS Version 9.9"'
    assert book[NEW_ENTRY]["F16"].value.replace("_x000D_", "") == "Must be one of :\n - GBCS Version 9.9\n"
    assert "GBCS Version 9.9" in book[MAIN]["K7"].value


def test_a_list_too_long_for_a_drop_down_stands_in_hidden_columns() -> None:
    types = (*OFFICIAL.device_types, "Standalone Auxiliary Proportional Controller", "Another, with a comma")
    book = opened(write_workbook(make_listing(), Choices(device_types=types)))
    assert drop_downs(book)["G9"] == "$K$7:$K$15"
    assert [book[NEW_ENTRY].cell(row, 11).value for row in range(7, 16)] == list(types)
    assert book[NEW_ENTRY].column_dimensions["K"].hidden


def differences(ours: Any, theirs: Any, rows: dict[str, int | None]) -> Iterator[str]:
    for name, last in rows.items():
        for row in theirs[name].iter_rows(max_row=last):
            for cell in row:
                if (cell.value or None) != (ours[name][cell.coordinate].value or None):
                    yield f"{name}!{cell.coordinate}"


@real_list.needs_real_list
def test_headers_guidance_form_and_drop_downs_are_those_of_the_real_workbook() -> None:
    theirs, ours = load_workbook(Path(real_list.WORKBOOK)), opened(SAMPLE)
    ours[VERSION_CONTROL]["A3"].value = theirs[VERSION_CONTROL]["A3"].value
    rows = {VERSION_CONTROL: 10, NEW_ENTRY: None, MAIN: 7, INTERCHANGE: 1}
    assert list(differences(ours, theirs, rows)) == []
    assert drop_downs(ours) == drop_downs(theirs)
