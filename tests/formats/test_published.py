from datetime import date
from pathlib import Path

import pytest

from cpl.formats.interchange import read_csv, write_csv
from cpl.formats.listing import CpaShown, IssuedVersion
from cpl.formats.main_sheet import Normalisation
from cpl.formats.problems import CellProblem, DamagedFile, UnreadableFile
from cpl.formats.published import PublishedList, read_published
from cpl.formats.sheet_names import INTERCHANGE, MAIN, NEW_ENTRY, VERSION_CONTROL
from cpl.formats.workbook import write_workbook
from tests import real_list
from tests.formats.sample import METER, SAMPLE, TYPES, edited, make_entry, make_listing, with_cells


def damage(data: bytes) -> dict[str, CellProblem]:
    """The problems found, by `sheet!cell`."""
    with pytest.raises(DamagedFile) as caught:
        read_published(data, TYPES)
    return {f"{one.sheet}!{one.cell}": one for one in caught.value.problems}


def test_a_written_list_is_read_as_it_was() -> None:
    found = read_published(SAMPLE, TYPES)
    assert found.listing == make_listing()
    assert found.normalisations == ()


@pytest.mark.parametrize(
    ("cell", "value", "field"),
    [
        ("B8", 1, "Entry.number"),
        ("B8", None, "Entry.number"),
        ("B8", "000000", "Entry.number"),
        ("C8", "Withdrawn", "Entry.status"),
        ("D8", "Toaster", "Device_Type.name"),
        ("E8", 12, "Device_Model.manufacturer_identifier"),
        ("G8", 0, "Device_Model.hardware_version.version"),
        ("G8", "NaN", "Device_Model.hardware_version.version"),
        ("G8", "#NUM!", "Device_Model.hardware_version.version"),
        ("H8", None, "Device_Model.hardware_version.revision"),
        ("I8", 1.0e12, "Device_Model.firmware_version"),
        ("J8", None, "SMETS/CHTS Version.Version_number"),
        ("N8", "soon", "CPA_Certificate.expiry_date"),
        ("O8", 18.3, "DLMS_Certificate.identification_number"),
        ("S8", True, "Manufacturer_Image.creator"),
        ("T8", "01:23", "Manufacturer_Image.hash"),
    ],
)
def test_a_damaged_cell_of_the_main_sheet_is_named(cell: str, value: object, field: str) -> None:
    problem = damage(with_cells(SAMPLE, MAIN, {cell: value}))[f"{MAIN}!{cell}"]
    assert problem.field == field
    assert problem.expected
    assert problem.message


def test_every_problem_is_found_at_once() -> None:
    spoilt = with_cells(SAMPLE, MAIN, {"G8": 0, "H9": "x", "D9": "Toaster", "A3": "Remarks"})
    spoilt = with_cells(spoilt, INTERCHANGE, {"C3": "Removed"})
    assert damage(spoilt).keys() == {f"{MAIN}!G8", f"{MAIN}!D9", f"{MAIN}!H9"}


def test_a_number_used_twice_is_named_with_its_first_place() -> None:
    problem = damage(with_cells(SAMPLE, MAIN, {"B9": "000001"}))[f"{MAIN}!B9"]
    assert "stands already in B8" in problem.message


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("A2", "Version 3.009 Issued on 01-03-2026"),
        ("C2", "Removed"),
        ("E2", "0A1C"),
        ("G2", 0),
        ("I2", "0001005F"),
        ("J2", None),
        ("M2", None),
        ("M3", "00" * 32),
    ],
)
def test_a_row_of_the_last_sheet_that_does_not_derive_is_named(cell: str, value: object) -> None:
    problem = damage(with_cells(SAMPLE, INTERCHANGE, {cell: value}))[f"{INTERCHANGE}!{cell}"]
    assert "does not derive" in problem.message


def test_a_row_missing_from_or_added_to_the_last_sheet_is_named() -> None:
    problems = damage(with_cells(SAMPLE, INTERCHANGE, {"B3": "000009"}))
    assert problems[f"{INTERCHANGE}!B3"].found == "000009"
    assert problems[f"{INTERCHANGE}!"].expected == "000002"


def test_a_row_that_comes_twice_in_the_last_sheet_is_named() -> None:
    assert "twice" in damage(with_cells(SAMPLE, INTERCHANGE, {"B3": "000001"}))[f"{INTERCHANGE}!B3"].message


@pytest.mark.parametrize("sheet", [VERSION_CONTROL, NEW_ENTRY, MAIN, INTERCHANGE])
def test_a_missing_sheet_is_named(sheet: str) -> None:
    assert "missing" in damage(edited(SAMPLE, lambda book: book.remove(book[sheet])))[f"{sheet}!"].message


def test_an_unknown_sheet_is_named_and_so_is_another_order() -> None:
    assert "not known" in damage(edited(SAMPLE, lambda book: book.create_sheet("Notes")))["Notes!"].message
    moved = edited(SAMPLE, lambda book: book.move_sheet(INTERCHANGE, -1))
    assert "another order" in damage(moved)[f"{MAIN}!"].message


def test_missing_unknown_and_misplaced_columns_are_named() -> None:
    problems = damage(edited(SAMPLE, lambda book: book[MAIN].delete_cols(8)))
    assert problems[f"{MAIN}!H2"].expected == "Device_Model.hardware_version.revision"
    problems = damage(with_cells(SAMPLE, MAIN, {"V2": "colour"}))
    assert [one.message for one in problems.values()] == ["Unknown column."]
    problems = damage(with_cells(SAMPLE, INTERCHANGE, {"B1": "Entry.status", "C1": "Entry.number"}))
    assert [one.message for one in problems.values()] == ["Columns stand elsewhere."]
    problems = damage(with_cells(SAMPLE, VERSION_CONTROL, {"B10": "Date"}))
    assert f"{VERSION_CONTROL}!B10" in problems


def test_a_value_beyond_the_columns_is_named() -> None:
    assert "no header" in damage(with_cells(SAMPLE, MAIN, {"W8": "see overleaf"}))[f"{MAIN}!W8"].message


@pytest.mark.parametrize(
    ("cells", "cell"),
    [
        ({"A3": "Version three"}, "A3"),
        ({"A3": "Version 3.011 Issued on 02-03-2026"}, "A12"),
        ({"A12": 3.01}, "A12"),
        ({"A12": "3.009"}, "A12"),
        ({"B11": "31/02/2026"}, "B11"),
    ],
)
def test_a_damaged_version_history_is_named(cells: dict[str, object], cell: str) -> None:
    assert f"{VERSION_CONTROL}!{cell}" in damage(with_cells(SAMPLE, VERSION_CONTROL, cells))


def test_what_was_taken_otherwise_than_it_stood_is_reported() -> None:
    entry = make_entry(1, hardware_version="12", cpa=CpaShown("[E] 1", "1.2", date(2026, 2, 19)))
    untidy = {
        "G8": 12,
        "J8": "SMETS V4.2  ",
        "N8": "19-02-2026",
        "O8": 42,
        "U8": "    ",
        "T8": "ab:" * 31 + "ab",
    }
    found = read_published(
        with_cells(
            with_cells(write_workbook(make_listing(entry)), MAIN, untidy),
            INTERCHANGE,
            {"K2": "SMETS V4.2 ", "M2": "AB" * 32},
        ),
        TYPES,
    )
    assert found.entries[0].dlms.identifier == "42"
    assert found.entries[0].image.hash == "AB" * 32
    assert found.entries[0].image.descriptor == ""
    assert Normalisation(1, "CPA_Certificate.expiry_date", "19-02-2026", "19/02/2026") in found.normalisations
    assert {one.field.split(".")[-1] for one in found.normalisations} == {
        "version", "Version_number", "expiry_date", "identification_number", "descriptor", "hash",
    }  # fmt: skip


def test_spellings_are_kept_and_formulas_never_run() -> None:
    spelt = make_entry(1, ts_version="CHTS  V1.0", device_type=METER, gbcs_version="=1+1")
    assert read_published(write_workbook(make_listing(spelt)), TYPES).entries == (spelt,)


def test_the_text_of_a_version_is_tidied_for_reading_and_kept_for_writing_back() -> None:
    version = IssuedVersion(
        "1.1", date(2020, 1, 1), "One&#39;s\r\n\r\n000001 - A" + " " * 90 + "000002 - B \n"
    )
    assert version.text == "One's\n000001 - A\n000002 - B"
    found = read_published(write_workbook(make_listing(history=(version,))), TYPES)
    assert found.history[0] == version


def test_a_workbook_without_rows_is_damaged_and_a_text_file_unreadable() -> None:
    assert damage(edited(SAMPLE, lambda book: book[MAIN].delete_rows(1, 20)))
    with pytest.raises(UnreadableFile):
        read_published(b"Version,Entry.number", TYPES)


@pytest.fixture(scope="module")
def published() -> PublishedList:
    return read_published(Path(real_list.WORKBOOK).read_bytes(), TYPES)


@real_list.needs_real_list
def test_the_real_list_is_read_whole(published: PublishedList) -> None:
    assert (published.version, published.issued_on) == ("2.051", date(2022, 9, 21))
    assert len(published.entries) == 729
    assert [entry.status for entry in published.entries].count("Removed") == 35
    assert len(published.history) == 346
    assert {1, 732} <= {entry.number for entry in published.entries}
    assert not {33, 74, 75} & {entry.number for entry in published.entries}


@real_list.needs_real_list
def test_the_real_list_comes_back_as_it_went_in(published: PublishedList) -> None:
    again = read_published(write_workbook(published.listing), TYPES)
    assert again.listing == published.listing
    assert again.normalisations == ()


@real_list.needs_real_list
def test_the_real_interchange_file_comes_out_again(published: PublishedList) -> None:
    assert read_csv(write_csv(published)) == read_csv(Path(real_list.CSV).read_bytes())


@real_list.needs_real_list
def test_numbers_and_spaces_of_the_real_list_are_reported(published: PublishedList) -> None:
    hardware = {one.number for one in published.normalisations if "hardware_version" in one.field}
    assert hardware == {114, 116, 143, 144, 145, 292}
    spelt = {entry.zse.version for entry in published.entries}
    assert {"ZigBee Smart Energy Standard 1.4", "Zigbee Smart Energy Standard 1.4"} <= spelt
    assert "49:74:72:6F:6E" in {entry.image.creator for entry in published.entries}
