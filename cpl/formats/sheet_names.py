"""The names and header rows of the published workbook: the strings by which programs recognise it.

They are the official format's own, spelling included; nothing here may be improved.
"""

from cpl.fields import LISTED, Field

VERSION_CONTROL = "Version Control"
NEW_ENTRY = "CPL - New Entry"
MAIN = "Central Products List"
INTERCHANGE = "CPL - saveable in CSV"
# Programs take the interchange sheet as the last one.
SHEETS = (VERSION_CONTROL, NEW_ENTRY, MAIN, INTERCHANGE)

VERSION_LINE_CELL = "A3"
HISTORY_HEADER_ROW = 10
HISTORY_HEADERS = (
    "Version Number (each issued version will increment this number by one)",
    "Date Of Issue",
    "Changes incorporated",
)

FORM_HEADER_ROW = 6
FORM_HEADERS = (
    "Data Group",
    "Data Attribute",
    "Notes",
    "Conditionality rule",
    "Format",
    "Valid values",
    "New Entry's Details",
)
ANSWER_HEADER = FORM_HEADERS[-1]

MAIN_DATA_ROW = 8
# Column A of the main sheet labels rows 1 to 7.
MAIN_LABELS = (
    "Data Group",
    "Data Attribute",
    "Notes",
    "Conditionality rule",
    "Source of definition",
    "Format",
    "Valid values",
)
# The published list calls two columns otherwise than the form does (`cpl.fields` has the form's names).
LISTED_AS = {
    "SMETS/CHTS Version.Version_number": ("SMETS_CHTS Version", "Version_number_and_effective_date"),
}


def listed_header(field: Field) -> tuple[str, str]:
    """Data Group and Data Attribute of a column of the main sheet (rows 1 and 2)."""
    return LISTED_AS.get(field.name, (field.group, field.attribute))


MAIN_HEADERS = tuple(listed_header(field) for field in LISTED)

INTERCHANGE_HEADERS = (
    "Version",
    "Entry.number",
    "Entry.status",
    "Device_Type.name",
    "Device_Model.manufacturer_identifier",
    "Device_Model.model_identifier",
    "Device_Model.hardware_version.version",
    "Device_Model.hardware_version.revision",
    "Device_Model.model_identifier_concatenated_with_hardware_version",
    "Device_Model.firmware_version",
    "SMETS_CHTS Version.Version_number_and_effective_date",
    "GBCS Version.version_number",
    "Manufacturer_Image.hash",
)
