"""The fields of the `CPL - New Entry` form, by the names that the form itself uses (`Group.attribute`).

Every door, rule and format names a field by these names, so that a problem found anywhere reads the same.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["choice", "hex", "text", "date", "people"]


@dataclass(frozen=True)
class Field:
    """One row of the form: `limit` is in octets of UTF-8 (for hex: octets of the value itself)."""

    group: str
    attribute: str
    label: str
    kind: Kind
    limit: int
    published: bool = True

    @property
    def name(self) -> str:
        return f"{self.group}.{self.attribute}"


ENTRY_NUMBER = Field("Entry", "number", "Entry number", "text", 6)
ENTRY_STATUS = Field("Entry", "status", "Status", "text", 7)
DEVICE_TYPE = Field("Device_Type", "name", "Device type", "choice", 50)
MANUFACTURER = Field("Device_Model", "manufacturer_identifier", "Manufacturer identifier", "hex", 2)
MODEL = Field("Device_Model", "model_identifier", "Model identifier", "hex", 2)
HARDWARE_VERSION = Field("Device_Model", "hardware_version.version", "Hardware version", "hex", 1)
HARDWARE_REVISION = Field("Device_Model", "hardware_version.revision", "Hardware revision", "hex", 1)
FIRMWARE = Field("Device_Model", "firmware_version", "Firmware version", "hex", 4)
TS_VERSION = Field("SMETS/CHTS Version", "Version_number", "SMETS or CHTS version", "choice", 14)
GBCS_VERSION = Field("GBCS Version", "version_number", "GBCS version", "choice", 20)
CPA_ID = Field("CPA_Certificate", "identification_number", "CPA certificate", "text", 24)
CPA_SECURITY = Field(
    "CPA_Certificate", "security_characteristics_version", "Security Characteristics version", "choice", 40
)
CPA_DATE = Field("CPA_Certificate", "expiry_date", "CPA expiry or renewal date", "date", 10)
DLMS_ID = Field("DLMS_Certificate", "identification_number", "DLMS certificate", "text", 10)
DLMS_VERSION = Field("DLMS_Certificate", "DLMS_version", "DLMS (CTT) version", "choice", 10)
ZSE_ID = Field("ZSE_Certificate", "identification_number", "Zigbee certificate", "text", 40)
ZSE_VERSION = Field("ZSE_Certificate", "ZSE_version", "Zigbee Smart Energy version", "choice", 40)
IMAGE_CREATOR = Field("Manufacturer_Image", "creator", "Image creator", "text", 100)
IMAGE_HASH = Field("Manufacturer_Image", "hash", "Image hash (SHA-256)", "hex", 32)
IMAGE_DESCRIPTOR = Field("Manufacturer_Image", "descriptor", "Image descriptor", "text", 100)
CONTACT_NAME = Field("Contact-CPA", "Contact.contact name", "Contact name", "people", 400, False)
CONTACT_TELEPHONE = Field("Contact-CPA", "Contact.contact telephone", "Contact telephone", "people", 100, False)
CONTACT_EMAIL = Field("Contact-CPA", "Contact.contact email", "Contact e-mail", "people", 400, False)
FIR_COMPANY = Field("Manufacturer Contact FIR", "Company Name", "Company name", "text", 45)
FIR_HOUSE = Field("Manufacturer Contact FIR", "House Number", "House number", "text", 45)
FIR_STREET = Field("Manufacturer Contact FIR", "Street", "Street", "text", 45)
FIR_CITY = Field("Manufacturer Contact FIR", "City", "City", "text", 45)
FIR_POST_CODE = Field("Manufacturer Contact FIR", "Post Code", "Post code", "text", 8)
FIR_COUNTRY = Field("Manufacturer Contact FIR", "Country", "Country", "text", 45)
FIR_TELEPHONE = Field("Manufacturer Contact FIR", "Telephone Number", "Telephone", "text", 45)
FIR_WEBSITE = Field("Manufacturer Contact FIR", "Website", "Website", "text", 100)
FIR_EMAIL = Field("Manufacturer Contact FIR", "Email Address", "E-mail", "text", 100)
FIR_DESCRIPTION = Field("FIR Release Notes", "Description", "Release notes", "text", 500)

DEVICE_FIELDS = (DEVICE_TYPE, MANUFACTURER, MODEL, HARDWARE_VERSION, HARDWARE_REVISION, FIRMWARE)
VERSION_FIELDS = (TS_VERSION, GBCS_VERSION)
CPA_FIELDS = (CPA_ID, CPA_SECURITY, CPA_DATE)
DLMS_FIELDS = (DLMS_ID, DLMS_VERSION)
ZSE_FIELDS = (ZSE_ID, ZSE_VERSION)
IMAGE_FIELDS = (IMAGE_CREATOR, IMAGE_HASH, IMAGE_DESCRIPTOR)
CONTACT_FIELDS = (CONTACT_NAME, CONTACT_TELEPHONE, CONTACT_EMAIL)
FIR_FIELDS = (
    FIR_COMPANY, FIR_HOUSE, FIR_STREET, FIR_CITY, FIR_POST_CODE, FIR_COUNTRY,
    FIR_TELEPHONE, FIR_WEBSITE, FIR_EMAIL, FIR_DESCRIPTION,
)  # fmt: skip

# Rows 9 to 39 of the form, in its order; rows 7 and 8 (number, status) are allocated by the Panel.
FORM = (
    *DEVICE_FIELDS, *VERSION_FIELDS, *CPA_FIELDS, *DLMS_FIELDS, *ZSE_FIELDS, *IMAGE_FIELDS, *CONTACT_FIELDS, *FIR_FIELDS,
)  # fmt: skip
BY_NAME = {field.name: field for field in FORM}
# The columns B to U of the main sheet of the published workbook.
LISTED = (
    ENTRY_NUMBER, ENTRY_STATUS, *DEVICE_FIELDS, *VERSION_FIELDS, *CPA_FIELDS, *DLMS_FIELDS, *ZSE_FIELDS, *IMAGE_FIELDS,
)  # fmt: skip
