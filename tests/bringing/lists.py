"""An invented published list and its later editions, as the bytes of a workbook."""

import datetime
from dataclasses import replace

from cpl.formats.listing import CertificateShown, CpaShown, ImageShown, IssuedVersion, ListedEntry, Listing
from cpl.formats.workbook import write_workbook
from tests.make import ESME, PPMID

SECURITY = "Security Characteristics version 1.2"
ZSE = "ZigBee Smart Energy Standard 1.2b"
HASH = "0123456789ABCDEF" * 4
EXPIRY = datetime.date(2024, 3, 14)
CPA = CpaShown("[E] 20190314-5501", SECURITY, EXPIRY)
DLMS = CertificateShown("5501", "CTT 3.1")
ZIGBEE = CertificateShown("ZIG19TMI55010-24", ZSE)


def make_entry(number: int, **changes: object) -> ListedEntry:
    """A Current electricity meter, of a firmware that tells its number."""
    entry = ListedEntry(
        number=number,
        status="Current",
        device_type=ESME,
        manufacturer="7A01",
        model="0C0D",
        hardware_version="01",
        hardware_revision="02",
        firmware=f"{number:08X}",
        ts_version="SMETS V2.0",
        gbcs_version="GBCS Version 1.0",
        cpa=CPA,
        dlms=DLMS,
        zse=ZIGBEE,
        image=ImageShown("Tidewater Metering Ltd", HASH, "Whole image"),
    )
    return replace(entry, **changes)  # type: ignore[arg-type]


def make_ppmid(number: int, **changes: object) -> ListedEntry:
    bare = {"device_type": PPMID, "cpa": CpaShown("", "Not Relevant"), "dlms": CertificateShown()}
    return make_entry(number, **{**bare, **changes})


def issue(number: str, day: str, *lines: str) -> IssuedVersion:
    return IssuedVersion(number, datetime.date.fromisoformat(day), "\n".join(lines) or "-")


# Entry 3 was used and dropped, entry 5 was removed and restored, entries 2 and 6 are gone for good.
HISTORY = (
    issue("1.0", "2019-03-20", "First issue."),
    issue("1.1", "2019-04-01", "Two New Device Models added:",
          "000002 - Tidewater T100 Electricity Meter 00:00:00:02",
          "000003 - Tidewater T100 Electricity Meter 00:00:00:03 (updated firmware)"),
    issue("1.2", "2019-05-02", "One Device Model removed:",
          "000003 - Tidewater T100 Electricity Meter 00:00:00:03 (incorrect details submitted."
          " A revised entry is provided as entry number 000004)",
          "Two New Device Models added:",
          "000004 - Tidewater T100 Electricity Meter 00:00:00:04 (corrected details)",
          "000005 - Tidewater Glance Display 00:00:00:05"),
    issue("1.3", "2019-06-03", "One Device Model removed:",
          "000005 - Tidewater Glance Display 00:00:00:05 (removed)"),
    issue("1.4", "2019-06-04", "One Device Model, status changed to 'current'",
          "000005 - Tidewater Glance Display 00:00:00:05 (original entry valid)"),
    issue("1.5", "2020-07-01", "One Device Model removed:",
          "000002 - Tidewater T100 Electricity Meter 00:00:00:02",
          "The CPA Certificates for the listed Device Models were withdrawn on 13 March 2020. The Security"
          " Sub-Committee determined on 10 June 2020 that the above Device Models are to be removed from the"
          " Central Products List on 30 June 2020."),
)  # fmt: skip
ENTRIES = (
    make_entry(1),
    make_entry(2, status="Removed"),
    make_entry(4),
    make_ppmid(5),
    make_entry(6, status="Removed"),
    make_entry(7, cpa=replace(CPA, identifier="[E] TMI-20190314-5501")),
)


def make_list(
    entries: tuple[ListedEntry, ...] = ENTRIES, history: tuple[IssuedVersion, ...] = HISTORY
) -> Listing:
    """An edition: it is named by the last version of its history."""
    return Listing(history[-1].number, history[-1].date, entries, history)


def workbook(
    entries: tuple[ListedEntry, ...] = ENTRIES, history: tuple[IssuedVersion, ...] = HISTORY
) -> bytes:
    return write_workbook(make_list(entries, history))


def changed(number: int, **changes: object) -> tuple[ListedEntry, ...]:
    """The entries, of which one shows something else."""
    return tuple(replace(one, **changes) if one.number == number else one for one in ENTRIES)  # type: ignore[arg-type]


LATER = issue(
    "1.6",
    "2020-08-15",
    "One New Device Model added:",
    "000008 - Tidewater T200 Electricity Meter 00:00:00:08",
)


def later(entries: tuple[ListedEntry, ...] = (*ENTRIES, make_entry(8)), *issues: IssuedVersion) -> bytes:
    """The next edition of the list."""
    return workbook(entries, (*HISTORY, *(issues or (LATER,))))
