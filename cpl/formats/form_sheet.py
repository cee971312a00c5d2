"""Writes the sheet `CPL - New Entry`: the official form, with its guidance and drop-downs in column G."""

from collections.abc import Callable

from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from cpl import fields
from cpl.fields import FORM, IMAGE_FIELDS, Field
from cpl.formats import sheet_texts
from cpl.formats.choices import Choices
from cpl.formats.looks import Looks, put, widen
from cpl.formats.sheet_names import FORM_HEADER_ROW, FORM_HEADERS

ALLOCATED = (fields.ENTRY_NUMBER, fields.ENTRY_STATUS)
ROWS = (*ALLOCATED, *FORM)
WIDTHS = {"A": 24.6, "B": 21.6, "C": 41.6, "D": 30.6, "E": 28.6, "F": 23.6, "G": 40.6}
ANSWER = 6
# A list within a validation may have 255 characters; longer ones stand in hidden columns from K on.
INLINE_LIMIT = 255
FIRST_LIST_COLUMN = 10


WriteAnswer = Callable[[int, Field], None]


def write_form(sheet: Worksheet, choices: Choices, looks: Looks, answer: WriteAnswer | None = None) -> None:
    """The form, blank, or with the answers that `answer` writes into column G of each row (from 0)."""
    widen(sheet, WIDTHS)
    sheet.freeze_panes(FORM_HEADER_ROW, 0)
    put(sheet, 0, 0, sheet_texts.FORM_TITLE, looks.title)
    for row, text in ((2, sheet_texts.FORM_PURPOSE), (3, sheet_texts.FORM_HOW)):
        sheet.set_row(row, 30)
        sheet.merge_range(row, 0, row, ANSWER, "", looks.note)
        put(sheet, row, 0, text, looks.note)
    for column, header in enumerate(FORM_HEADERS):
        put(sheet, FORM_HEADER_ROW - 1, column, header, looks.header)
    lists = _hidden_lists(choices)
    length = max([len(ROWS), *map(len, lists.values())])
    for offset in range(length):
        _write_row(sheet, FORM_HEADER_ROW + offset, offset, choices, looks, answer)
        for column, name in enumerate(lists, start=FIRST_LIST_COLUMN):
            if offset < len(lists[name]):
                put(sheet, FORM_HEADER_ROW + offset, column, lists[name][offset], looks.text)
    if lists:
        last = FIRST_LIST_COLUMN + len(lists) - 1
        sheet.set_column(FIRST_LIST_COLUMN, last, None, None, {"hidden": True})
    _add_drop_downs(sheet, choices, lists)


def _write_row(
    sheet: Worksheet, row: int, offset: int, choices: Choices, looks: Looks, answer: WriteAnswer | None
) -> None:
    if offset >= len(ROWS):
        return
    one = ROWS[offset]
    sheet.set_row(row, 75)
    put(sheet, row, 0, one.group, looks.header)
    put(sheet, row, 1, one.attribute, looks.header)
    for column, text in enumerate(sheet_texts.FORM_TEXTS[one.name], start=2):
        put(sheet, row, column, choices.written_into(text, one.name), looks.note)
    if one in ALLOCATED:
        put(sheet, row, ANSWER, sheet_texts.ALLOCATED, looks.allocated)
    else:
        sheet.write_blank(row, ANSWER, None, looks.image_answer if one in IMAGE_FIELDS else looks.answer)
        if answer:
            answer(row, one)


def _hidden_lists(choices: Choices) -> dict[str, tuple[str, ...]]:
    return {name: values for name, values in choices.by_field.items() if not _fits_inline(values)}


def _fits_inline(values: tuple[str, ...]) -> bool:
    return len(",".join(values)) <= INLINE_LIMIT and not any("," in value for value in values)


def _add_drop_downs(sheet: Worksheet, choices: Choices, lists: dict[str, tuple[str, ...]]) -> None:
    places = list(lists)
    for name, values in choices.by_field.items():
        if not values:
            continue
        row = FORM_HEADER_ROW + _offset_of(name)
        source: list[str] | str = list(values)
        if name in lists:
            column = chr(ord("A") + FIRST_LIST_COLUMN + places.index(name))
            source = f"=${column}${FORM_HEADER_ROW + 1}:${column}${FORM_HEADER_ROW + len(values)}"
        sheet.data_validation(row, ANSWER, row, ANSWER, {"validate": "list", "source": source})


def _offset_of(name: str) -> int:
    return next(offset for offset, one in enumerate(ROWS) if one.name == name)
