from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from cpl import fields
from cpl.fields import NEW_ENTRY
from cpl.formats import problem_report
from cpl.formats.device_files import read_device_file
from cpl.formats.problem_report import (
    LEVELS,
    ReportedProblem,
    ReportRow,
    write_file_report,
    write_report,
)
from cpl.formats.sheet_names import NEW_ENTRY as FORM_SHEET
from tests.formats.bulk_files import COLUMNS, as_csv, as_xlsx, device, table
from tests.formats.sample import SAMPLE, with_cells

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MODEL, FIRMWARE, DATE = fields.MODEL.name, fields.FIRMWARE.name, fields.CPA_DATE.name


def problem(field: str = MODEL, row: int | None = 2, **changes: Any) -> ReportedProblem:
    values = {
        "file": "a.csv", "row": row, "cell": f"C{row}", "field": field, "level": "refuse", "rule": "F-hex",
        "found": "1A", "expected": "4 digits", "message": "Two digits are missing.", "source": "form, row 11",
    }  # fmt: skip
    return ReportedProblem(**{**values, **changes})


def opened(data: bytes) -> Any:
    return load_workbook(BytesIO(data), rich_text=False)


def report(given: bytes, *problems: ReportedProblem, name: str = "a.csv") -> bytes:
    return write_file_report(given, name, problems, created=AT)


def test_a_bad_cell_is_coloured_by_its_worst_level_and_says_what_to_do() -> None:
    sheet = opened(
        report(
            as_csv(device(1), device(2)).encode(),
            problem(level="warn", rule="V-1", message="Is this right?"),
            problem(),
            problem(FIRMWARE, level="repair"),
        )
    )["Devices"]
    column = {cell.value: cell.column for cell in sheet[2]}
    bad, repaired = sheet.cell(3, column["model_identifier"]), sheet.cell(3, column["firmware_version"])
    assert bad.value == "00:1A"
    assert bad.fill.start_color.rgb == "FF" + LEVELS["refuse"][1][1:]
    assert "Warning [V-1]: Is this right?" in bad.comment.text
    assert "Refused [F-hex]: Two digits are missing.\nExpected: 4 digits" in bad.comment.text
    assert repaired.fill.start_color.rgb == "FF" + LEVELS["repair"][1][1:]
    assert "Repaired [F-hex]" in repaired.comment.text
    good = sheet.cell(4, column["model_identifier"])
    assert (good.comment, good.fill.fill_type) == (None, None)


def test_problems_of_a_row_or_of_a_field_without_a_column_stand_at_its_label() -> None:
    columns = [name for name in COLUMNS if name != DATE]
    book = opened(report(as_csv(device(1), columns=columns).encode(), problem(DATE), problem("")))
    label = book["Devices"]["A3"]
    assert label.value == "Row 2 of a.csv"
    assert label.comment.text.count("Refused") == 2


def test_the_second_sheet_lists_every_problem_of_the_file_first() -> None:
    sheet = opened(
        report(as_csv(device(1), device(2)).encode(), problem(row=3), problem("", None, message="No column."))
    )["Problems"]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == [
        "File", "Row", "Cell", "Field", "Field's label", "Level", "Rule", "Found", "Expected", "What to do",
        "Source",
    ]  # fmt: skip
    assert rows[1][1] is None
    assert rows[1][9] == "No column."
    assert rows[2] == [
        "a.csv", 3, "C3", MODEL, "Model identifier", "Refused", "F-hex", "1A", "4 digits",
        "Two digits are missing.", "form, row 11",
    ]  # fmt: skip
    assert (sheet.auto_filter.ref, sheet.freeze_panes) == ("A1:K3", "A2")


def test_a_report_put_right_can_be_handed_in_again() -> None:
    given = [device(1), device(2, MODEL="1A", FIR_CITY="=cmd")]
    again = read_device_file(report(as_csv(*given).encode(), problem(row=3)), "report.xlsx")
    assert (again.problems, again.columns) == ((), COLUMNS)
    rows = list(again.rows)
    for one, row in zip(given, rows, strict=True):
        assert row.problems == ()
        assert {name: cell.value for name, cell in row.cells.items() if cell.value} == one


def test_cells_keep_their_kind_and_formulas_are_shown_as_text() -> None:
    given = {**device(), MODEL: 26, DATE: date(2027, 8, 30), FIRMWARE: "=A1", fields.FIR_HOUSE.name: True}
    sheet = opened(report(as_xlsx(table(given)), problem(), problem(DATE), name="a.xlsx"))["Devices"]
    cells = {above.value: cell for above, cell in zip(sheet[2], sheet[3], strict=True)}
    assert cells["model_identifier"].value == 26
    assert cells["expiry_date"].value == datetime(2027, 8, 30)  # noqa: DTZ001
    assert (cells["firmware_version"].value, cells["firmware_version"].data_type) == ("=A1", "s")
    assert cells["House Number"].value is True


def test_forms_come_back_as_forms_a_sheet_each() -> None:
    def rows() -> Iterator[ReportRow]:
        for name in ("first/of:two.xlsx", "first of two.xlsx", "Problems"):
            [row] = read_device_file(with_cells(SAMPLE, FORM_SHEET, {"G10": "0A:1B", "G11": 26}), name).rows
            yield ReportRow(name, 0, row.cells, [problem(row=11, cell="G11", file=name)])

    data = write_report(rows(), shape="entry_form", columns=(), created=AT)
    book = opened(data)
    assert book.sheetnames == ["Problems", "first of two", "first of two (2)", "Problems (2)"]
    sheet = book["first of two"]
    assert (sheet["G10"].value, sheet["G11"].value) == ("0A:1B", 26)
    assert sheet["G10"].comment is None
    assert "Two digits are missing." in sheet["G11"].comment.text
    assert [row[0] for row in book["Problems"].iter_rows(min_row=2, values_only=True)] == [
        "first/of:two.xlsx", "first of two.xlsx", "Problems",
    ]  # fmt: skip
    [again] = read_device_file(data, "report.xlsx").rows
    assert again.cells[fields.MANUFACTURER.name].value == "0A:1B"


def test_the_problems_of_one_form_are_placed_whatever_row_they_name() -> None:
    sheet = opened(report(with_cells(SAMPLE, FORM_SHEET, {"G11": "1A"}), problem(row=11), name="x.xlsx"))["x"]
    assert "Two digits" in sheet["G11"].comment.text


def test_what_no_cell_can_hold_is_cut_and_said_so() -> None:
    data = report(as_csv(device(FIR_DESCRIPTION="x" * 100_000)).encode(), problem(message="y" * 40_000))
    book = opened(data)
    values = [cell.value for cell in book["Devices"][3] if isinstance(cell.value, str)]
    assert any(value.endswith("(100,000 characters)") for value in values)
    assert book["Problems"]["J2"].value.endswith("(40,000 characters)")


@pytest.mark.parametrize("text", ["\x01\x0b", "_x000D_", "\ufffe", "😀", "a\r\nb"])
def test_strange_characters_do_not_break_the_workbook(text: str) -> None:
    book = opened(report(as_csv(device(FIR_CITY=text)).encode(), problem(found=text, message=text)))
    assert book["Problems"].max_row == 2


def test_comments_end_where_a_spreadsheet_grows_slow_and_colours_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(problem_report, "MOST_COMMENTS", 3)
    count = 8
    rows = [ReportRow("a.csv", at, {}, [problem(row=at)]) for at in range(2, count + 2)]
    data = write_report(rows, shape="bulk", columns=[MODEL], created=AT)
    sheet = opened(data)["Devices"]
    cells = [sheet.cell(row, 2) for row in range(3, count + 3)]
    assert sum(cell.comment is not None for cell in cells) == 3
    assert all(cell.fill.fill_type == "solid" for cell in cells)


def test_the_same_input_gives_the_same_bytes() -> None:
    given = as_csv(device()).encode()
    assert report(given, problem()) == report(given, problem())
    assert len(NEW_ENTRY) == len(COLUMNS)
