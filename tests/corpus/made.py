"""How the bad files of the corpus are made: good ones by code, and one thing wrong with each."""

import zipfile
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

from cpl import fields
from cpl.fields import FORM, NEW_ENTRY
from cpl.formats.hexes import with_colons
from cpl.formats.sheet_names import NEW_ENTRY as FORM_SHEET
from tests import make
from tests.formats.bulk_files import as_csv, as_xlsx, table
from tests.formats.sample import SAMPLE, edited, with_part

ROW_OF = {one.name: row for row, one in enumerate(FORM, start=9)}
FORM_PART = "xl/worksheets/sheet2.xml"
DEVICES_PART = "xl/worksheets/sheet1.xml"
COLUMNS = tuple(field.name for field in NEW_ENTRY)
Part = Callable[[bytes], bytes]


def named(changes: Mapping[str, Any]) -> dict[str, Any]:
    return {getattr(fields, key.upper()).name: value for key, value in changes.items()}


def answers(**changes: Any) -> dict[str, Any]:
    """A good device with changes of any kind: numbers, dates, formulas."""
    good = {
        name: with_colons(text) if fields.BY_NAME[name].kind == "hex" else text
        for name, text in make.make_answers().items()
    }
    return {name: value for name, value in {**good, **named(changes)}.items() if value is not None}


def form(only: Mapping[str, str] | None = None, **changes: Any) -> bytes:
    """The official sheet, filled in: with a good device, or with `only` these answers; then the changes."""
    given = {**(answers() if only is None else only), **named(changes)}

    def fill(book: Any) -> None:
        sheet = book[FORM_SHEET]
        for name, row in ROW_OF.items():
            if (value := given.get(name)) is not None:
                sheet[f"G{row}"] = value

    return edited(SAMPLE, fill)


def form_with(edit: Callable[[Any], object], **changes: Any) -> bytes:
    """The official sheet, filled in, then changed as a whole."""
    return edited(form(**changes), lambda book: edit(book[FORM_SHEET]))


def form_part(change: Part, **changes: Any) -> bytes:
    return with_part(form(**changes), FORM_PART, change)


def csv(*devices: Mapping[str, Any], **asked: Any) -> bytes:
    return as_csv(*(devices or (answers(),)), **asked).encode()


def xlsx(*devices: Mapping[str, Any], columns: Sequence[str] = COLUMNS) -> bytes:
    return as_xlsx(table(*(devices or (answers(),)), columns=columns))


def xlsx_part(change: Part, *devices: Mapping[str, Any], name: str = DEVICES_PART) -> bytes:
    return with_part(xlsx(*devices), name, change)


def number_cells(**values: Any) -> dict[str, Any]:
    """A second device, so that it is no double of the first, with values of a spreadsheet's own making."""
    return answers(firmware="0A:0B:0C:0E", image_hash="AB" * 32, **values)


def zip_of(**members: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def doubled_part(data: bytes, name: str) -> bytes:
    out = BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name.upper(), b"<worksheet/>")
    return out.getvalue()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + at, b"&%c;" % (97 + at) * 10) for at in range(9))
    + b"]><sst>&j;</sst>"
)
