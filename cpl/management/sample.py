"""Invented people, organisations and devices, to try the portal with. None of them exists."""

from dataclasses import dataclass

from cpl import fields as f
from cpl.models import Party

Category = Party.Category


@dataclass(frozen=True)
class Person:
    """A sign-in: the role that it shows, its address, its groups, and the organisation that it acts for."""

    role: str
    email: str
    name: tuple[str, str]
    groups: tuple[str, ...] = ()
    party: str = ""

    @property
    def is_staff(self) -> bool:
        return bool(self.groups)


PARTIES = {
    "Tidewater Metering Ltd": (Category.OTHER, ("7A01", "7A02")),
    "Northlight Instruments Ltd": (Category.OTHER, ("7B10",)),
    "Harbour Energy Supply Ltd": (Category.LARGE_SUPPLIER, ()),
    "Fenland Power Ltd": (Category.SMALL_SUPPLIER, ()),
    "Data and Communications Company": (Category.DCC, ()),
}
PEOPLE = (
    Person("manufacturer", "maker@tidewater.example", ("Mara", "Quill"), party="Tidewater Metering Ltd"),
    Person(
        "another manufacturer",
        "maker@northlight.example",
        ("Niall", "Orton"),
        party="Northlight Instruments Ltd",
    ),
    Person("supplier", "compliance@harbour.example", ("Hana", "Brook"), party="Harbour Energy Supply Ltd"),
    Person("DCC", "devices@dcc.example", ("Dara", "Venn"), party="Data and Communications Company"),
    Person("Panel officer", "officer@panel.example", ("Orla", "Finch"), ("Panel officer",)),
    Person(
        "second officer", "second.officer@panel.example", ("Sol", "Marsh"), ("Panel officer", "Publisher")
    ),
    Person("approver", "approver@panel.example", ("Priya", "Lang"), ("Approver",)),
    Person("publisher", "publisher@panel.example", ("Per", "Holt"), ("Publisher",)),
    Person("auditor", "auditor@panel.example", ("Ada", "Thorn"), ("Auditor",)),
    Person("administrator", "admin@panel.example", ("Ansel", "Reed"), ("Administrator",)),
)
CONTACTS = {
    "Tidewater Metering Ltd": "certificates@tidewater.example",
    "Northlight Instruments Ltd": "approvals@northlight.example",
    "Harbour Energy Supply Ltd": "compliance@harbour.example",
    "Fenland Power Ltd": "metering@fenland.example",
    "Data and Communications Company": "devices@dcc.example",
}

FIRMWARE_INFORMATION = {
    f.FIR_COMPANY: "Tidewater Metering Ltd",
    f.FIR_HOUSE: "4",
    f.FIR_STREET: "Wharf Lane",
    f.FIR_CITY: "Saltmere",
    f.FIR_POST_CODE: "ZZ1 1ZZ",
    f.FIR_COUNTRY: "United Kingdom",
    f.FIR_TELEPHONE: "01632 960001",
    f.FIR_WEBSITE: "https://tidewater.example",
    f.FIR_EMAIL: "firmware@tidewater.example",
    f.FIR_DESCRIPTION: "Maintenance release. See https://tidewater.example/releases",
}
CONTACT = {
    f.CONTACT_NAME: "Certificates desk",
    f.CONTACT_TELEPHONE: "01632 960002",
    f.CONTACT_EMAIL: "certificates@tidewater.example",
}


def answers(values: dict[f.Field, str]) -> dict[str, str]:
    return {field.name: text for field, text in values.items()}


def meter(firmware: str, cpa_date: str) -> dict[str, str]:
    """A complete new entry for a single element electricity meter; `cpa_date` as dd/mm/yyyy."""
    return answers(
        {
            f.DEVICE_TYPE: "Single Element Electricity Metering Equipment",
            f.MANUFACTURER: "7A01",
            f.MODEL: "0E10",
            f.HARDWARE_VERSION: "02",
            f.HARDWARE_REVISION: "01",
            f.FIRMWARE: firmware,
            f.TS_VERSION: "SMETS V4.2",
            f.GBCS_VERSION: "GBCS Version 3.2",
            f.CPA_ID: "[E] SAMPLE-0001",
            f.CPA_SECURITY: "Security Characteristics version 1.3",
            f.CPA_DATE: cpa_date,
            f.DLMS_ID: "9001",
            f.DLMS_VERSION: "CTT 4.1",
            f.ZSE_ID: "SAMPLEZSE00001-24",
            f.ZSE_VERSION: "ZigBee Smart Energy Standard 1.4",
            f.IMAGE_CREATOR: "Tidewater Metering Ltd",
            f.IMAGE_HASH: (firmware * 8)[:64],
            f.IMAGE_DESCRIPTOR: "Complete image; Single Band (2.4 GHz)",
            **CONTACT,
            **FIRMWARE_INFORMATION,
            f.PRODUCT_NAME: "Tidewater Estuary 100 Electricity Meter",
            f.UPGRADES_FROM: "none",
        }
    )


def display() -> dict[str, str]:
    """A complete new entry for a Pre-Payment Interface Device, which has a Zigbee certificate alone."""
    return answers(
        {
            f.DEVICE_TYPE: "Pre-Payment Interface Device",
            f.MANUFACTURER: "7B10",
            f.MODEL: "0003",
            f.HARDWARE_VERSION: "01",
            f.HARDWARE_REVISION: "00",
            f.FIRMWARE: "01240000",
            f.TS_VERSION: "SMETS V4.2",
            f.GBCS_VERSION: "GBCS Version 3.2",
            f.CPA_SECURITY: "Not Relevant",
            f.ZSE_ID: "SAMPLEZSE00077-24",
            f.ZSE_VERSION: "ZigBee Smart Energy Standard 1.4",
            f.PRODUCT_NAME: "Northlight Lantern display",
            f.UPGRADES_FROM: "none",
        }
    )
