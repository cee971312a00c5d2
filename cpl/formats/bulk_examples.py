"""The devices that the template shows as examples. All of it is invented; no choice or date is here."""

from collections.abc import Mapping

from cpl import fields as f

# The contact and the firmware information of an invented manufacturer.
_CONTACT = {
    f.CONTACT_NAME.name: "Ada Quill; Ben Marsh",
    f.CONTACT_TELEPHONE.name: "020 7946 0000; 020 7946 0001",
    f.CONTACT_EMAIL.name: "certificates@tidewater.example; ben@tidewater.example",
}
_FIRMWARE = {
    f.FIR_COMPANY.name: "Tidewater Metering Limited",
    f.FIR_HOUSE.name: "12",
    f.FIR_STREET.name: "Harbour Road",
    f.FIR_CITY.name: "Bristol",
    f.FIR_POST_CODE.name: "BS1 0AA",
    f.FIR_COUNTRY.name: "United Kingdom",
    f.FIR_TELEPHONE.name: "020 7946 0002",
    f.FIR_WEBSITE.name: "https://tidewater.example/firmware",
    f.FIR_EMAIL.name: "firmware@tidewater.example",
    f.FIR_DESCRIPTION.name: "Example: corrects the display of the debt register.",
}
METER: Mapping[str, str] = {
    f.MANUFACTURER.name: "FF:F0",
    f.MODEL.name: "00:1A",
    f.HARDWARE_VERSION.name: "00",
    f.HARDWARE_REVISION.name: "0B",
    f.FIRMWARE.name: "01:02:0A:03",
    f.CPA_ID.name: "[E] 1433050000-0001",
    f.DLMS_ID.name: "1001",
    f.ZSE_ID.name: "ZIG00000ZSE00001-24",
    f.IMAGE_CREATOR.name: "Tidewater Metering",
    f.IMAGE_HASH.name: ":".join(["0F", "1E", "2D", "3C", "4B", "5A", "69", "78"] * 4),
    f.IMAGE_DESCRIPTOR.name: "Complete image; Dual Band",
    **_CONTACT,
    **_FIRMWARE,
    f.PRODUCT_NAME.name: "Example: Tidewater T1 electricity meter",
    f.UPGRADES_FROM.name: "none",
}
DISPLAY: Mapping[str, str] = {
    f.MANUFACTURER.name: "FF:F0",
    f.MODEL.name: "00:2B",
    f.HARDWARE_VERSION.name: "01",
    f.HARDWARE_REVISION.name: "00",
    f.FIRMWARE.name: "00:00:00:07",
    f.ZSE_ID.name: "ZIG00000ZSE00002-24",
    f.IMAGE_CREATOR.name: "Tidewater Metering",
    f.IMAGE_HASH.name: ":".join(["F0", "E1", "D2", "C3", "B4", "A5", "96", "87"] * 4),
    f.IMAGE_DESCRIPTOR.name: "Complete image; Single Band (2.4 GHz)",
    f.PRODUCT_NAME.name: "Example: Tidewater P2 display",
    f.UPGRADES_FROM.name: "none",
}
EXAMPLES = (METER, DISPLAY)
