"""The list as plain rows: what the workbook, the CSV and the JSON all say, each in its own form.

Hexadecimal is canonical here (`124074DA`, see `hexes`), dates are dates, everything else is text as the list
spells it, without outer spaces. An empty string means that the list shows nothing there.
"""

import html
import re
from dataclasses import astuple, dataclass
from datetime import date
from typing import Literal

from cpl.fields import LISTED, Field
from cpl.formats.dates import written_with_dashes

Status = Literal["Current", "Removed"]
# A field may be called `date`, as the list calls it, only if its type has another name.
Day = date


@dataclass(frozen=True)
class CpaShown:
    """The CPA certificate as one entry shows it: identifier verbatim, with its prefix `[E] ` or `[R] `."""

    identifier: str = ""
    security_characteristics: str = ""
    date: Day | None = None


@dataclass(frozen=True)
class CertificateShown:
    """A DLMS or Zigbee certificate as one entry shows it: identifier and the version of the standard."""

    identifier: str = ""
    version: str = ""


@dataclass(frozen=True)
class ImageShown:
    """The Manufacturer Image as one entry shows it; `hash` is canonical hexadecimal of 32 octets."""

    creator: str = ""
    hash: str = ""
    descriptor: str = ""


@dataclass(frozen=True)
class ListedEntry:
    """One row of the main sheet, columns B to U."""

    number: int
    status: Status
    device_type: str
    manufacturer: str
    model: str
    hardware_version: str
    hardware_revision: str
    firmware: str
    ts_version: str
    gbcs_version: str
    cpa: CpaShown = CpaShown()
    dlms: CertificateShown = CertificateShown()
    zse: CertificateShown = CertificateShown()
    image: ImageShown = ImageShown()

    @property
    def written_number(self) -> str:
        return f"{self.number:06}"

    @property
    def by_field(self) -> tuple[tuple[Field, str | Day | None], ...]:
        """Columns B to U of the main sheet: each field and its value, hexadecimal canonical."""
        values = (
            self.written_number,
            self.status,
            self.device_type,
            self.manufacturer,
            self.model,
            self.hardware_version,
            self.hardware_revision,
            self.firmware,
            self.ts_version,
            self.gbcs_version,
            *astuple(self.cpa),
            *astuple(self.dlms),
            *astuple(self.zse),
            *astuple(self.image),
        )
        return tuple(zip(LISTED, values, strict=True))

    @property
    def model_with_hardware(self) -> str:
        """Column 9 of the interchange file: model identifier, hardware version and revision run together."""
        return self.model + self.hardware_version + self.hardware_revision


@dataclass(frozen=True)
class IssuedVersion:
    """One row of the sheet `Version Control`; `verbatim` is the cell as it stands, to be written back."""

    number: str
    date: Day
    verbatim: str

    @property
    def text(self) -> str:
        """The changes for reading: one line a line, entities and layout spaces resolved, no empty lines."""
        # Some cells break their lines with hundreds of spaces, as wrapped in the column's width of the day.
        lines = re.split(r"[\r\n]+| {8,}", html.unescape(self.verbatim))
        return "\n".join(line.strip() for line in lines if line.strip())


@dataclass(frozen=True)
class Listing:
    """One edition of the whole list: entries by rising number, versions from the first to this one."""

    version: str
    issued_on: Day
    entries: tuple[ListedEntry, ...]
    history: tuple[IssuedVersion, ...]

    @property
    def version_line(self) -> str:
        """`Version 2.051 Issued on 21-09-2022`: `Version Control` A3, column 1 of the interchange file."""
        return f"Version {self.version} Issued on {written_with_dashes(self.issued_on)}"
