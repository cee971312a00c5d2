import json
import tracemalloc
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import perf_counter

import pytest

from cpl import fields
from cpl.fields import FORM
from cpl.formats.cells import Cell, cell_as_json, cell_from_json
from cpl.formats.device_files import MOST_DEVICES, DeviceFile, DeviceRow, read_device_file
from cpl.formats.interchange import write_csv
from cpl.formats.problems import UnreadableFile
from cpl.formats.sheet_names import INTERCHANGE_HEADERS, MAIN, MAIN_HEADERS, MAIN_LABELS, NEW_ENTRY
from cpl.formats.workbook import write_workbook
from tests import real_list
from tests.formats.bulk_files import COLUMNS, as_csv, as_xlsx, device, saved_as_csv, table
from tests.formats.sample import SAMPLE, edited, make_entry, make_listing, with_cells

FIRMWARE, MODEL = fields.FIRMWARE.name, fields.MODEL.name


def read(data: bytes | str) -> tuple[DeviceFile, list[DeviceRow]]:
    file = read_device_file(data.encode() if isinstance(data, str) else data, "devices")
    return file, list(file.rows)


def refusal(data: bytes | str) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(data)
    return caught.value.message


def firmwares(rows: list[DeviceRow]) -> list[object]:
    return [row.cells[FIRMWARE].value for row in rows]


def test_a_filled_in_form_gives_its_cells_as_they_stand() -> None:
    file, [row] = read(
        with_cells(SAMPLE, NEW_ENTRY, {"G10": 12, "G14": " 7e:01", "G17": "=A1", "G19": date(2027, 8, 30)})
    )
    assert (file.shape, row.row, row.sheet, row.problems) == ("entry_form", 0, NEW_ENTRY, ())
    assert set(row.cells) == {one.name for one in FORM} == set(file.columns)
    assert row.cells[fields.MANUFACTURER.name] == Cell("G10", "number", 12)
    assert row.cells[FIRMWARE] == Cell("G14", "text", " 7e:01")
    assert row.cells[fields.CPA_ID.name] == Cell("G17", "formula", "=A1")
    assert row.cells[fields.CPA_DATE.name] == Cell("G19", "date", datetime(2027, 8, 30))  # noqa: DTZ001
    assert row.cells[fields.DLMS_ID.name].is_blank


def test_missing_and_doubled_rows_of_a_form_are_problems_of_its_device() -> None:
    _, [row] = read(with_cells(SAMPLE, NEW_ENTRY, {"B10": "model_identifier", "G10": "0A1B"}))
    assert {(one.field, one.cell) for one in row.problems} == {
        ("Device_Model.manufacturer_identifier", ""),
        ("Device_Model.model_identifier", "G11"),
    }


def test_an_empty_form_alone_is_a_form_and_one_beside_devices_is_not() -> None:
    def without_devices(book: object) -> None:
        book[MAIN].delete_rows(8, 10)  # type: ignore[index]
        del book["CPL - saveable in CSV"]  # type: ignore[attr-defined]

    assert read(edited(SAMPLE, without_devices))[0].shape == "entry_form"
    file, rows = read(edited(SAMPLE, lambda book: book[MAIN].delete_cols(2, 2)))
    assert (file.shape, len(rows), rows[0].sheet) == ("bulk", 2, MAIN)


@pytest.mark.parametrize(
    "as_file", [lambda rows: as_xlsx(rows), lambda rows: "\r\n".join("\t".join(row) for row in rows)]
)
def test_both_forms_of_headers_are_known_in_both_kinds_of_file(as_file: object) -> None:
    one_row = [list(COLUMNS), [device(7)[name] for name in COLUMNS if name in device(7)]]
    columns = [name for name in COLUMNS if name in device(7)]
    one_row[0] = columns
    two_rows = [
        [name.partition(".")[0] for name in columns],
        [name.partition(".")[2] for name in columns],
        one_row[1],
    ]
    for rows, line in ((one_row, 2), (two_rows, 3)):
        file, [row] = read(as_file(rows))  # type: ignore[operator]
        assert (file.columns, file.problems, row.row) == (tuple(columns), (), line)
        assert {name: cell.value for name, cell in row.cells.items()} == {
            name: device(7)[name] for name in columns
        }


# The main sheet by itself: beside a form in which nothing stands, it is the list.
ALONE = edited(SAMPLE, lambda book: book.remove(book[NEW_ENTRY]))


def test_the_main_sheet_is_read_with_its_labels_guidance_and_spellings() -> None:
    file, rows = read(ALONE)
    assert file.problems == ()
    assert [row.row for row in rows] == [8, 9]
    assert rows[0].cells[MODEL] == Cell("F8", "text", "00:01")
    assert rows[0].cells[fields.TS_VERSION.name].value == "SMETS V4.2"


def test_guidance_is_known_without_the_column_of_labels_too() -> None:
    file, rows = read(edited(ALONE, lambda book: book[MAIN].delete_cols(1)))
    assert ([row.row for row in rows], file.problems) == ([8, 9], ())


@pytest.mark.parametrize("labels", [True, False])
def test_the_main_sheet_saved_as_csv_is_the_same_however_many_lines_its_guidance_has(labels: bool) -> None:
    book = SAMPLE if labels else edited(SAMPLE, lambda book: book[MAIN].delete_cols(1))
    file, rows = read(saved_as_csv(book, MAIN))
    assert file.problems == ()
    assert [row.cells[FIRMWARE].value for row in rows] == ["00:00:00:01", "00:00:00:02"]


def test_groups_of_merged_headers_stand_for_the_columns_after_them() -> None:
    groups = [
        group if at == 0 or group != MAIN_HEADERS[at - 1][0] else None
        for at, (group, _) in enumerate(MAIN_HEADERS)
    ]
    values = [value for _, value in make_entry().by_field]
    file, [row] = read(as_xlsx([groups, [attribute for _, attribute in MAIN_HEADERS], values]))
    assert (file.problems, row.cells[fields.IMAGE_HASH.name].value) == ((), values[18])


def test_the_interchange_file_is_a_bulk_file_and_what_the_panel_allocates_is_not_taken() -> None:
    file, rows = read(write_csv(make_listing(make_entry())))
    assert (file.problems, rows[0].problems) == ((), ())
    assert len(file.columns) == 9
    assert "Entry.number" not in rows[0].cells


def test_a_concatenation_that_disagrees_with_its_parts_is_a_problem() -> None:
    columns = INTERCHANGE_HEADERS[3:]
    good = [
        "Gas Smart Meter",
        "0A1B",
        "0001",
        "00",
        "5E",
        "0001005E",
        "00000001",
        "SMETS V4.2",
        "GBCS Version 3.2",
        "",
    ]
    for whole, level in (("00:01:00:5e", ""), ("0001005F", "refuse"), ("0001", "warn"), ("", "")):
        _, [row] = read("\n".join([",".join(columns), ",".join([*good[:5], whole, *good[6:]])]))
        assert [one.level for one in row.problems] == ([level] if level else [])
        assert not level or row.problems[0].cell == "F2"


def test_spaces_capitals_line_breaks_and_marks_in_headers_mean_nothing() -> None:
    headers = [f" {name.upper()}\n" if at % 2 else f"\u200b{name}" for at, name in enumerate(COLUMNS)]
    file, [row] = read("\ufeff" + as_csv(device(), headers=headers))
    assert (file.columns, file.problems) == (COLUMNS, ())
    assert row.row == 1 + len(headers) // 2 + 1  # the line breaks in the headers are lines of the file


def test_unknown_doubled_and_missing_columns_are_all_named() -> None:
    columns = [*(name for name in COLUMNS if name != MODEL), FIRMWARE, "x"]
    headers = [*columns[:-1], "Device_Model.model_identifer"]
    file, rows = read(as_csv(device(), columns=columns, headers=headers))
    assert [(one.cell, one.field) for one in file.problems] == [
        ("", MODEL),
        ("AK1", FIRMWARE),
        ("AL1", "Device_Model.model_identifer"),
    ]
    assert file.problems[2].expected == f"perhaps {MODEL}"
    assert len(rows) == 1


def test_a_thousand_unknown_columns_are_told_in_few_words() -> None:
    file, _ = read(as_csv(device(), headers=[*COLUMNS, *(f"x{at}" for at in range(900))]))
    assert len(file.problems) == 51
    assert file.problems[-1].found.startswith("850 more")


def test_cells_beyond_the_headers_are_problems_of_their_row() -> None:
    _, rows = read(as_csv(device(1), device(2)).replace("none,,,", "none,,,,,stray", 1))
    assert [one.found for one in rows[0].problems] == ["stray"]
    assert rows[1].problems == ()


def test_a_copy_of_the_published_workbook_with_nothing_in_its_form_is_the_list_itself() -> None:
    listed = write_workbook(make_listing(make_entry(1), make_entry(2)))
    message = refusal(listed)
    assert f"{NEW_ENTRY!r} is empty" in message and "the list itself" in message
    assert "Fill in column G" in message
    _, [row] = read(with_cells(listed, NEW_ENTRY, {"G10": "0A1B"}))
    assert row.sheet == NEW_ENTRY


def test_devices_below_the_headers_of_a_published_workbook_without_numbers_are_new() -> None:
    listed = write_workbook(make_listing(make_entry(1)))
    file, [row] = read(with_cells(listed, MAIN, {"B8": "", "C8": ""}))
    assert (file.shape, row.row) == ("bulk", 8)


def test_a_short_row_has_blank_cells_and_blank_rows_are_no_devices() -> None:
    _, rows = read("\r\n".join([",".join(COLUMNS), "", "Gas Smart Meter", ",,,", "   ,\t", "PPMID", ""]))
    assert [row.row for row in rows] == [3, 6]
    assert rows[0].cells[fields.SUPPLIER_CONFIRMED_ON.name] == Cell("AK3", "empty", None)


def test_rows_are_counted_as_lines_of_the_file() -> None:
    text = as_csv(device(1, FIR_DESCRIPTION="two\nlines"), device(2))
    assert [row.row for row in read(text)[1]] == [2, 4]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_csv_of_every_country_and_program_is_the_same(separator: str, encoding: str, ending: str) -> None:
    text = as_csv(device(FIR_CITY="Łódź, “;”"), separator=separator, ending=ending)
    file, [row] = read(text.encode(encoding))
    assert (file.problems, row.row) == ((), 2)
    assert row.cells[fields.FIR_CITY.name].value == "Łódź, “;”"


def test_windows_1252_is_read_and_told() -> None:
    file, [row] = read(as_csv(device(FIR_CITY="Évian, 5 €")).encode("cp1252"))
    assert row.cells[fields.FIR_CITY.name].value == "Évian, 5 €"
    assert [one.level for one in file.problems] == ["warn"]
    assert "Windows-1252" in file.problems[0].message


def test_a_line_that_names_the_separator_is_no_header() -> None:
    assert len(read("sep=;\r\n" + as_csv(device(), separator=";"))[1]) == 1


def test_what_a_spreadsheet_would_run_is_text_in_csv_and_a_formula_in_a_workbook() -> None:
    given = device(FIR_CITY="=1+1")
    assert read(as_csv(given))[1][0].cells[fields.FIR_CITY.name].kind == "text"
    assert read(as_xlsx(table(given)))[1][0].cells[fields.FIR_CITY.name].kind == "formula"


def test_a_cell_of_ten_thousand_characters_is_given_whole() -> None:
    given = device(FIR_DESCRIPTION="x," * 5_000)
    for data in (as_csv(given), as_xlsx(table(given))):
        assert read(data)[1][0].cells[fields.FIR_DESCRIPTION.name].value == "x," * 5_000


def test_numbers_dates_and_truths_of_a_workbook_keep_their_kind() -> None:
    given = {**device(), MODEL: 26, fields.CPA_DATE.name: date(2027, 8, 30), fields.FIR_HOUSE.name: True}
    [row] = read(as_xlsx(table(given)))[1]
    assert [row.cells[name].kind for name in (MODEL, fields.CPA_DATE.name, fields.FIR_HOUSE.name)] == [
        "number", "date", "truth",
    ]  # fmt: skip


def test_devices_on_a_second_sheet_are_not_passed_over_in_silence() -> None:
    def second(book: object) -> None:
        sheet = book.create_sheet("More")  # type: ignore[attr-defined]
        for row in table(device(2)):
            sheet.append(row)

    file, rows = read(edited(as_xlsx(table(device(1))), second))
    assert len(rows) == 1
    assert [(one.level, one.sheet) for one in file.problems] == [("warn", "More")]


def test_as_many_devices_as_may_be_are_taken_and_one_more_is_refused_at_once() -> None:
    columns = COLUMNS[:3]
    line = "Gas Smart Meter,0A1B,0001\n"
    good = ",".join(columns) + "\n" + line * MOST_DEVICES
    assert len(read(good)[1]) == MOST_DEVICES
    assert "Split it" in refusal(good + line)
    with pytest.raises(UnreadableFile, match="Split it"):
        read_device_file((good + line * 1_001).encode(), "x.csv")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"%PDF-1.7", "is a PDF"),
        (b"<?xml version='1.0'?><a/>", "web page or XML"),
        (b"\x1e\xf1\xee\x0b" + bytes(56), "firmware file"),
        ("Type,Maker,Model\r\nGas,1,2\r\n", "no row of headers"),
        (",".join(COLUMNS) + "\r\n", "no device below"),
        (as_xlsx([list(COLUMNS)]), "no device below"),
        (as_xlsx([["Type", "Maker"], ["Gas", "1"]]), "holds no new entry"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_devices_is_refused_with_what_to_do(data: bytes | str, words: str) -> None:
    assert words in refusal(data)


def test_what_breaks_off_is_found_before_the_first_device_is_given() -> None:
    text = as_csv(*(device(at) for at in range(300))) + '"Gas'
    with pytest.raises(UnreadableFile, match="opened in line 302 is never closed"):
        read_device_file(text.encode(), "x.csv")


def test_a_csv_of_five_million_columns_is_refused_at_once_in_little_memory() -> None:
    data = b"Device_Type.name" + b"," * 5_000_000 + b"\r\n"
    tracemalloc.start()
    began = perf_counter()
    assert "columns without end" in refusal(data)
    assert perf_counter() - began < 1
    assert tracemalloc.get_traced_memory()[1] < 16 * 2**20
    tracemalloc.stop()


def test_devices_are_streamed_in_bounded_memory() -> None:
    data = as_csv(*(device(at) for at in range(3_000))).encode()
    tracemalloc.start()
    assert sum(1 for _ in read_device_file(data, "x.csv").rows) == 3_000
    # The text is never held whole; what is held is the file itself and one row.
    assert tracemalloc.get_traced_memory()[1] < 2 * len(data)
    tracemalloc.stop()


@pytest.mark.parametrize(
    "value",
    [
        None, "text\n", 12, 1.5, 10**40, float("inf"), True, date(2027, 8, 30), datetime(2027, 8, 30, 1, 2),  # noqa: DTZ001
        time(1, 2), timedelta(days=-1, seconds=5),
    ],
)  # fmt: skip
def test_a_cell_comes_back_from_json_as_it_was(value: object) -> None:
    kind = (
        "date"
        if isinstance(value, date | time | timedelta)
        else "number"
        if isinstance(value, int | float)
        else "text"
    )
    cell = Cell("B7", kind, value)  # type: ignore[arg-type]
    written = json.dumps(cell_as_json(cell), allow_nan=False)
    assert cell_from_json(json.loads(written)) == cell


def test_characters_that_no_database_takes_stay_escaped() -> None:
    [row] = read(as_xlsx(table(device(FIR_CITY="a_x0000_b_xD800_c_x000D_"))))[1]
    assert row.cells[fields.FIR_CITY.name].value == "a_x0000_b_xD800_c\r"


@real_list.needs_real_list
def test_the_real_list_is_no_submission_and_its_main_sheet_by_itself_is_a_bulk_file() -> None:
    whole = Path(real_list.WORKBOOK).read_bytes()
    assert "the list itself" in refusal(whole)
    file, rows = read(edited(whole, lambda book: book.remove(book[NEW_ENTRY])))
    assert (file.shape, len(rows), rows[0].row) == ("bulk", 729, 8)
    assert len(file.columns) == 18
    assert [one for one in file.problems if one.level == "refuse"] == []
    assert MAIN_LABELS[0] == "Data Group"
