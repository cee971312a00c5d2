"""Reads a file of new entries, whatever form it has: the official sheet, or one device a row.

What a file is, its content says; a name is only what somebody called it. Nothing is judged here but whether
the file can be read: what the cells say is read and judged by the rules, the same for every door.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain

from cpl.formats.bulk import find_bulk, is_the_list, read_bulk
from cpl.formats.bulk_csv import read_bulk_csv
from cpl.formats.cells import Book, open_book
from cpl.formats.device_rows import MOST_DEVICES, DeviceFile, DeviceRow
from cpl.formats.entry_form import FilledForm, find_form
from cpl.formats.guard import OLE_MAGIC, Limits
from cpl.formats.problems import UnreadableFile

__all__ = ["BULK_LIMITS", "MOST_DEVICES", "DeviceFile", "DeviceRow", "read_device_file"]

# 20,000 devices of 40 columns, and room around them; what reads more would keep a process from others.
BULK_LIMITS = Limits(packed=24 * 2**20, inflated=160 * 2**20, rows=50_000, cells=1_200_000)
WORKBOOK_MAGIC = (b"PK", OLE_MAGIC)
OTHER_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"\x1e\xf1\xee\x0b", "a firmware file"),
    (b"\x1f\x8b", "a packed file"),
    (b"{\\rtf", "a text document"),
    (b"<", "a web page or XML"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
WANTED = "Send the official sheet as an Excel workbook (.xlsx), or one device a row as .xlsx or .csv."


def read_device_file(data: bytes, name: str = "", *, limits: Limits = BULK_LIMITS) -> DeviceFile:
    """Read a file of new entries from its bytes. Raises UnreadableFile, which says what to do."""
    called = f"{name!r}" if name else "The file"
    if not data.strip():
        raise UnreadableFile(f"{called} is empty. {WANTED}")
    if data.startswith(WORKBOOK_MAGIC):
        return _read_workbook(data, limits)
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, what in OTHER_MAGIC:
        if start.startswith(magic):
            raise UnreadableFile(f"{called} is {what}, not a list of devices. {WANTED}")
    if len(data) > limits.packed:
        raise UnreadableFile(
            f"{called} has {len(data):,} octets; at most {limits.packed:,} are accepted. Split the file."
        )
    return read_bulk_csv(data)


def _read_workbook(data: bytes, limits: Limits) -> DeviceFile:
    """The form if its answer column holds anything, else the first sheet of devices, else the form."""
    with ExitStack() as stack:
        book = stack.enter_context(open_book(data, limits=limits, formulas=True))
        form = find_form(book)
        if form and form.is_filled_in:
            return _of_form(form)
        sheet = find_bulk(book)
        if form and sheet and is_the_list(book, sheet):
            raise UnreadableFile(
                f"The form on the sheet {form.sheet!r} is empty, and the sheet {sheet.name!r} is the list "
                "itself: its rows have entry numbers. Fill in column G of the form, or send new devices in "
                "a file of their own, one a row."
            )
        if sheet and (first := next(rows := read_bulk(book, sheet), None)):
            return DeviceFile(
                "bulk", sheet.columns, _streamed(first, rows, stack.pop_all(), book), sheet.problems
            )
    if form:
        return _of_form(form)
    if sheet:
        raise UnreadableFile(
            f"The sheet {sheet.name!r} has its headers, but no device below them. Fill in one device a row."
        )
    raise UnreadableFile(
        "This workbook holds no new entry: no sheet is the official form, and none has a row of "
        "headers such as "
        f"Device_Type.name. Sheets: {', '.join(map(repr, book.names[:10]))}. Fill in the form or the "
        "template."
    )


def _of_form(form: FilledForm) -> DeviceFile:
    row = DeviceRow(0, form.cells, form.problems, form.sheet)
    return DeviceFile("entry_form", tuple(form.cells), iter([row]))


def _streamed(
    first: DeviceRow, rows: Iterator[DeviceRow], stack: ExitStack, book: Book
) -> Iterator[DeviceRow]:
    """The rows; the workbook is closed after the last, or when nobody wants more of them."""
    with stack:
        yield from chain([first], rows)
