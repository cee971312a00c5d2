"""What our reader of sheets gives is what openpyxl's own gives: cell for cell, whatever the file."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from io import BytesIO
from random import Random
from typing import Any

import pytest
import xlsxwriter
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from cpl.formats.cells import ESCAPED, Cell, open_book
from cpl.formats.problems import UnreadableFile
from tests.corpus.cases import CASES
from tests.corpus.mutate import mutated_part
from tests.formats.sample import SAMPLE, with_part
from tests.real_list import WORKBOOK, needs_real_list

# Each way in which a cell can be written, and each gap.
SHEET = b"""<?xml version="1.0"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<dimension ref="A1"/><cols><col min="1" max="3" width="9"/></cols><sheetData>
<row r="2"><c r="B2" t="s"><v>0</v></c><c r="D2" t="s" s="1"><v>1</v></c><c r="E2" t="s"/></row>
<row r="4"/>
<row><c t="s"><v>2</v></c><c><v>12.5</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c></row>
<row r="9" ht="20" customHeight="1"><c r="A9"><v>5</v></c><c r="C9" s="1"><v>44000</v></c>
 <c r="D9" s="1"><v>99999999999</v></c><c r="E9" t="d"><v>2026-11-22T10:00:00</v></c>
 <c r="F9" t="str"><v>_x0041__x0000_</v></c><c r="G9" t="str"><f>A1&amp;"x"</f><v>x</v></c>
 <c r="H9"><f t="shared" si="0" ref="H9:H10">A9+1</f><v>6</v></c>
 <c r="I9" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c>
 <c r="K9" t="inlineStr"><is><t xml:space="preserve"> one </t></is></c>
 <c r="L9" t="inlineStr"><is><t/></is></c>
 <c r="M9" t="s"><f>B2</f><v>0</v></c><c r="AB9" t="s"><v>3</v></c></row>
<row r="10"><c r="H10"><f t="shared" si="0"/><v>7</v></c><c r="I10"><f t="array" ref="I10">1+1</f><v>2</v></c>
 <c r="J10" t="n"/><extLst/></row>
</sheetData><pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/></worksheet>"""
FILES: dict[str, Callable[[], bytes]] = {
    "sample": lambda: SAMPLE,
    "odd": lambda: odd(),
    "number of a text that is not there": lambda: odd(b"<v>3</v>", b"<v>99999</v>"),
    "counted from the last text": lambda: odd(b"<v>3</v>", b"<v>-1</v>"),
    "rows numbered otherwise": lambda: odd(b'<row r="4"/>', b'<row r="4.0"/>'),
    "no number of a row": lambda: odd(b'<row r="4"/>', b'<row r="4.5"/>'),
    **{one.name: one.make for one in CASES if one.name.endswith(".xlsx") and "bomb" not in one.name},
}


def odd(old: bytes = b"", new: bytes = b"") -> bytes:
    """In a book with four shared texts, whose second style is a date's."""
    data = BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["first", "se_x000D_cond", " third ", "fo\u00fcrth"])
        sheet.write_datetime(0, 4, date(2026, 11, 22), book.add_format({"num_format": "dd/mm/yyyy"}))
    return with_part(data.getvalue(), "xl/worksheets/sheet1.xml", lambda _: SHEET.replace(old, new))


@pytest.mark.parametrize("name", FILES)
def test_every_cell_is_read_as_openpyxl_reads_it(name: str) -> None:
    demand_equal(FILES[name]())


def test_results_of_formulas_are_read_as_openpyxl_reads_them() -> None:
    demand_equal(odd(), formulas=False)


def test_the_odd_sheet_is_read_whole() -> None:
    assert [len(row) for row in ours(odd(), True)[0]] == [0, 5, 0, 0, 4, 0, 0, 0, 28, 11]


@needs_real_list
def test_the_published_list_is_read_as_openpyxl_reads_it() -> None:
    demand_equal(WORKBOOK.read_bytes())


@pytest.mark.parametrize("start", range(0, 60, 20))
def test_mutated_workbooks_are_read_as_openpyxl_reads_them(start: int) -> None:
    for seed in range(start, start + 20):
        demand_equal(mutated_part(Random(seed)))  # noqa: S311


REFUSED = "refused by the guard, or not to be opened"
Sheets = list[list[list[Cell]]] | str


def demand_equal(data: bytes, formulas: bool = True) -> None:
    # What the guard refuses is not for openpyxl to open.
    if (read := ours(data, formulas)) != REFUSED:
        assert read == theirs(data, formulas)


def ours(data: bytes, formulas: bool) -> Sheets:
    try:
        with open_book(data, formulas=formulas) as book:
            return [_until_it_breaks(book.rows(name)) for name in book.names]
    except UnreadableFile:
        return REFUSED


def theirs(data: bytes, formulas: bool) -> Sheets:
    try:
        book: Any = load_workbook(BytesIO(data), read_only=True, data_only=not formulas, keep_links=False)
    except Exception:
        return REFUSED
    return [_until_it_breaks(_rows(sheet)) for sheet in book.worksheets]


def _until_it_breaks(rows: Any) -> list[Any]:
    found: list[Any] = []
    try:
        for row in rows:
            found.append(row)
    except Exception:
        found.append("broken")
    return found


def _rows(sheet: Any) -> Any:
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(), start=1):
        yield [
            _cell(cell, f"{get_column_letter(column)}{number}") for column, cell in enumerate(row, start=1)
        ]


def _cell(cell: Any, address: str) -> Cell:
    value, written = cell.value, cell.data_type
    if value is None:
        return Cell(address, "empty", None)
    if written == "f":
        return Cell(address, "formula", value if isinstance(value, str) else f"={value.text or ''}")
    if isinstance(value, str):
        plain = ESCAPED.sub(
            lambda found: found[0] if int(found[1], 16) == 0 else chr(int(found[1], 16)), value
        )
        return Cell(address, "error" if written == "e" else "text", plain)
    if isinstance(value, bool):
        return Cell(address, "truth", value)
    moment = isinstance(value, date | datetime | time | timedelta)
    return Cell(address, "date" if moment else "number", value)
