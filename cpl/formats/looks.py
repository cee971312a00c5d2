"""How the written sheets look, and the one way in which text gets into a cell."""

from collections.abc import Mapping

from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from cpl.fields import Field

FONT: Mapping[str, object] = {"font_name": "Arial", "font_size": 9, "valign": "top"}
# Cells of the Text format keep leading zeros when somebody edits them.
TEXT = {"num_format": "@"}
LINE = {"border": 1, "border_color": "#BFBFBF"}


class Looks:
    """The formats of one workbook; each must be made by the workbook that uses it."""

    def __init__(self, book: Workbook) -> None:
        def look(*parts: Mapping[str, object]) -> Format:
            return book.add_format({key: value for part in (FONT, *parts) for key, value in part.items()})

        wrap: Mapping[str, object] = {"text_wrap": True}
        self.title = look({"bold": True, "font_size": 14})
        self.heading = look({"bold": True, "font_size": 11})
        self.header = look(LINE, TEXT, wrap, {"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF"})
        self.note = look(LINE, TEXT, wrap, {"bg_color": "#F2F2F2"})
        self.wrapped = look(TEXT, wrap)
        self.text = look(TEXT)
        self.hex = look(TEXT, {"font_name": "Consolas"})
        self.date = look({"num_format": "dd/mm/yyyy", "align": "left"})
        self.answer = look(LINE, TEXT, wrap, {"bg_color": "#E2F0D9"})
        self.image_answer = look(LINE, TEXT, wrap, {"bg_color": "#FFF2CC"})
        self.allocated = look(LINE, TEXT, wrap, {"italic": True})

    def hex_or_text(self, field: Field) -> Format:
        return self.hex if field.kind == "hex" else self.text


def put(sheet: Worksheet, row: int, column: int, text: str, look: Format) -> None:
    """Write text as text, never as formula, number or link. Raises ValueError where a cell cannot hold it."""
    if sheet.write_string(row, column, text, look) != 0:
        raise ValueError(f"row {row + 1}, column {column + 1} cannot hold {len(text):,} characters")


def widen(sheet: Worksheet, widths: dict[str, float]) -> None:
    for columns, width in widths.items():
        first, _, last = columns.partition(":")
        sheet.set_column(f"{first}:{last or first}", width)
