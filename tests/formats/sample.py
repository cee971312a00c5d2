"""An invented list in the official format, and workbooks damaged cell by cell."""

import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from cpl.formats.choices import OFFICIAL
from cpl.formats.listing import CertificateShown, CpaShown, ImageShown, IssuedVersion, ListedEntry, Listing
from cpl.formats.workbook import write_workbook

TYPES = OFFICIAL.device_types
METER = "Single Element Electricity Metering Equipment"
HASH = "0123456789ABCDEF" * 4


def make_entry(number: int = 1, **changes: Any) -> ListedEntry:
    values: dict[str, Any] = {
        "number": number,
        "status": "Current",
        "device_type": METER,
        "manufacturer": "0A1B",
        "model": "0001",
        "hardware_version": "00",
        "hardware_revision": "5E",
        "firmware": f"0000{number:04X}",
        "ts_version": "SMETS V4.2",
        "gbcs_version": "GBCS Version 3.2",
        "cpa": CpaShown("[E] 0000000000-0001", "Security Characteristics version 1.2", date(2027, 8, 30)),
        "dlms": CertificateShown("0042", "CTT 3.1"),
        "zse": CertificateShown("ZIG00001ZSE00001-24", "ZigBee Smart Energy Standard 1.4"),
        "image": ImageShown("Quercus Metering", HASH, "Complete image; Dual Band"),
    }
    return ListedEntry(**{**values, **changes})


def make_listing(*entries: ListedEntry, history: tuple[IssuedVersion, ...] = ()) -> Listing:
    issued_on = date(2026, 3, 2)
    last = IssuedVersion(
        "3.010", issued_on, "One new device model added:\n000002 - Quercus Q1 meter 00:00:00:02"
    )
    first = IssuedVersion("3.009", date(2026, 3, 1), "  Kept as it is \r\n\r\n=1+1  ")
    bare = {"cpa": CpaShown(), "dlms": CertificateShown(), "zse": CertificateShown(), "image": ImageShown()}
    return Listing(
        "3.010", issued_on, entries or (make_entry(1), make_entry(2, **bare)), (*history, first, last)
    )


def with_cells(data: bytes, sheet: str, cells: Mapping[str, object]) -> bytes:
    """The workbook with some of its cells changed, as a person would change them."""
    return edited(
        data, lambda book: [book[sheet].__setitem__(address, value) for address, value in cells.items()]
    )


def edited(data: bytes, edit: Callable[[Any], object]) -> bytes:
    book = load_workbook(BytesIO(data))
    edit(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part of its zip changed, or added where there is none of that name."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            content = old.read(member)
            new.writestr(member, change(content) if member == name else content)
        if name not in old.namelist():
            new.writestr(name, change(b""))
    return out.getvalue()


SAMPLE = write_workbook(make_listing())
MAIN_PART = "xl/worksheets/sheet3.xml"
