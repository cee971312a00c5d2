"""The fields of the `CPL - New Entry` form, by the names that the form itself uses (`Group.attribute`).

Every door, rule and format names a field by these names, so that a problem found anywhere reads the same.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Kind = Literal["choice", "hex", "text", "date", "people", "entries"]


@dataclass(frozen=True, eq=False)
class Field:
    """One row of the form: `limit` is in octets of UTF-8 (for hex: octets of the value itself).

    Each stands here once, so that a field is equal to itself alone.
    """

    group: str
    attribute: str
    label: str
    kind: Kind
    limit: int
    published: bool = True

    @cached_property
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
CONTACT_TELEPHONE = Field(
    "Contact-CPA", "Contact.contact telephone", "Contact telephone", "people", 100, False
)
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

# A SMETS1 Device Model names these two (rows 15 and 16).
SMETS1_TS, SMETS1_GBCS = "SMETS V1.2", "GBCS Version 0.0"

# Rows 9 to 39 of the form, in its order; rows 7 and 8 (number, status) are allocated by the Panel.
FORM = (
    *DEVICE_FIELDS, *VERSION_FIELDS, *CPA_FIELDS, *DLMS_FIELDS, *ZSE_FIELDS, *IMAGE_FIELDS,
    *CONTACT_FIELDS, *FIR_FIELDS,
)  # fmt: skip

# The columns B to U of the main sheet of the published workbook.
LISTED = (
    ENTRY_NUMBER, ENTRY_STATUS, *DEVICE_FIELDS, *VERSION_FIELDS, *CPA_FIELDS, *DLMS_FIELDS, *ZSE_FIELDS,
    *IMAGE_FIELDS,
)  # fmt: skip

# What the official sheet has no field for, asked after it.
PRODUCT_NAME = Field("Product", "name", "Product name", "text", 100)
REPLACES = Field("Entry", "replaces", "Replaces entry", "entries", 6)
UPGRADES_FROM = Field("Upgrade", "from_entries", "May be upgraded to this firmware from", "entries", 4000)
SECURITY_STATEMENT = Field(
    "Security", "statement", "Statement on the existing CPA certificate", "text", 2000, False
)
SUPPLIER = Field("SMETS1", "supplier", "Supplier Party that confirmed compliance", "text", 200, False)
SUPPLIER_CONFIRMED_ON = Field("SMETS1", "confirmed_on", "Confirmed on", "date", 10, False)
NEW_ENTRY = (
    *FORM, PRODUCT_NAME, REPLACES, UPGRADES_FROM, SECURITY_STATEMENT, SUPPLIER, SUPPLIER_CONFIRMED_ON,
)  # fmt: skip

ENTRIES = Field("Entries", "numbers", "Entries", "entries", 20000)
REFERENCE = Field("Decision", "reference", "Reference", "text", 200)
CERTIFICATE_SCHEME = Field("Certificate", "scheme", "Scheme", "choice", 10)
CERTIFICATE_ID = Field("Certificate", "identification_number", "Certificate", "text", 40)
CERTIFICATE_VERSION = Field("Certificate", "version", "Version of the standard", "choice", 40)
CERTIFICATE_DATE = Field("Certificate", "date", "Expiry or renewal date", "date", 10)
CERTIFICATE_REPLACES = Field("Certificate", "replaces", "Takes the place of certificate", "text", 40)
COVERS_FROM = Field("Certificate", "covers_from", "Covers the entries from", "date", 10)
CERTIFICATE_EVENT = Field("Certificate", "event", "Withdrawn or cancelled", "choice", 10)
CERTIFICATE_EVENT_ON = Field("Certificate", "event_on", "On", "date", 10)
CERTIFICATE = (
    CERTIFICATE_SCHEME, CERTIFICATE_ID, CERTIFICATE_VERSION, CERTIFICATE_DATE, CERTIFICATE_REPLACES,
    COVERS_FROM, ENTRIES, REFERENCE,
)  # fmt: skip
# Somebody else's, by their references; whoever offers never learns whether there are such.
SUBMISSIONS = Field("Submissions", "references", "Submissions of others", "text", 400, False)
OFFER = (*CERTIFICATE[:-1], SUBMISSIONS, REFERENCE)
WITHDRAWAL = (CERTIFICATE_SCHEME, CERTIFICATE_ID, CERTIFICATE_EVENT, CERTIFICATE_EVENT_ON, REFERENCE)

GROUND = Field("Removal", "ground", "Ground", "choice", 40)
OTHER_ENTRY = Field("Removal", "other_entry", "Replaced by, or duplicate of, entry", "entries", 6)
DECIDED_BY = Field("Removal", "decided_by", "Decided by", "text", 100)
DECISION_DATE = Field("Removal", "decision_date", "Decision date", "date", 10)
EFFECTIVE_DATE = Field("Removal", "effective_date", "Effective date", "date", 10)
REASON = Field("Removal", "reason", "Reason, as it will be published", "text", 500)
REMOVAL = (ENTRIES, GROUND, OTHER_ENTRY, REASON, DECIDED_BY, REFERENCE, DECISION_DATE, EFFECTIVE_DATE)
# For entries of one's own that are on the list already: further rows, the latest of which counts.
STATEMENT = (ENTRIES, UPGRADES_FROM, *FIR_FIELDS)

# What each kind of submission answers (`cpl.models.Submission.Kind`), in the order in which it is asked.
BY_KIND = {
    "new_entry": NEW_ENTRY,
    "renewal": CERTIFICATE,
    "offer": OFFER,
    "withdrawal": WITHDRAWAL,
    "removal": REMOVAL,
    "statement": STATEMENT,
}
BY_NAME = {field.name: field for field in (*NEW_ENTRY, *OFFER, *WITHDRAWAL, *REMOVAL, *STATEMENT)}
