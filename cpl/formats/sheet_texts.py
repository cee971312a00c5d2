"""The guidance of the official form and of the main sheet, word for word, slips and double spaces included.

Suppliers' programs see these rows above the data, so they stay as the published workbook 2.051 has them; two texts
are cut off there as well. `{choices}` is where the values come that may be chosen (`Must be one of : ...`).
"""
# ruff: noqa: E501 - the texts are one line each, as in their cells

from typing import NamedTuple

from cpl import fields as f


class FormTexts(NamedTuple):
    """Columns C to F of a row of the form."""

    notes: str
    rule: str
    format: str
    values: str


class MainTexts(NamedTuple):
    """Rows 3 to 7 of a column of the main sheet."""

    notes: str
    rule: str
    source: str
    format: str
    values: str


TITLE = "Central Products List (CPL)"
ABOUT_EDITING = "Most fields in this file are locked against editing. SECAS personnel administering the CPL  should only modify the light yellow cells. Someone submitting a new CPL entry to SECAS should only modify the light green cells in the tab called 'CPL - New Entry'"
ABOUT_CSV = "If a comma separated value (CSV) version of the CPL is required, the tab called 'CPL - saveable in CSV' can be saved in CSV format and includes all CPL details, save for informative parts. Note that the  'CPL - saveable in CSV' has a single header row containing field names for each column."
HISTORY_TITLE = "Version History"
FORM_TITLE = "Central Products List - New Entry Form"
FORM_PURPOSE = "This form is to be used to submit a new Device Model and/or Manufacturer Image (with their SEC meanings) for inclusion in the CPL. Supporting material - specifically the required assurance certificates - will need to be provided along with this completed "
FORM_HOW = "Please only complete the cells marked in light green and yellow (if submitting a Manufacturer Image). The details on each row lay out the details required in each cases, and their format."
ALLOCATED = "This value is allocated by SECAS"

MUST = "Must be specified"
UP_TO_40 = "Up to 40 octet utf-8 string"
UP_TO_10 = "Up to 10 octet utf-8 string"
UP_TO_100 = "Up to 100 octet utf-8 string"
UP_TO_45 = "Up to 45 octet utf-8 string"
UP_TO_400 = "Up to 400 octet utf-8 string"
ANY_400 = "Any utf-8 string of length up to 400 octets in length."
ANY_100 = "Any utf-8 string of length up to 100 octets in length."
ANY_45 = "Any utf-8 string of length up to 45 octets in length."
CHOICES = "{choices}"
SMETS2_CHOICES = "SMETS1 Device Model must be empty;\n\nFor SMETS2+ Device Model only: {choices}"
DLMS_RULE = "SMETS2+ Device Model:\nCompletion of field depends on SMETS/CHTS version.\n\nAt current SMETS/CHTS, can be empty if SMETS2+ Device Type is not one of:\n- 'Single Element Electricity Metering Equipment'\n- 'Twin Element Electricity Metering Equipment'\n- 'Polyphase Electricity Metering Equipment'\n- 'Standalone Auxiliary Proportional Controller'\n\nMust be populated and valid otherwise.\n\nSMETS1 Device Model:\nMust be empty"
ZSE_RULE = "SMETS2+ Device Model:\nCompletion of field depends on SMETS/CHTS version. At current SMETS/CHTS, must be populated and valid for all SMETS2+ Device Types.\n\nSMETS1 Device Model:\nMust be empty"
CONTACT_RULE = "SMETS2+ Device Model:\nCompletion of field depends on Device Type\n\nAt current, must be empty if Device Type is:\n- 'Pre-Payment Interface Device';\n\nSMETS1 Device Model:\nMust be empty"
FIR_NOTES = "This information must be provided with every CPL submission. NOTE this information will NOT be included in the CPL entry BUT will be published on the Firmware Information Repository (FIR). "
FIR_RULE = "Completion of field depends on Device Type\n\nAt current, must be empty if Device Type is:\n- 'Pre-Payment Interface Device';\n- 'Communications Hub';\n- 'HAN Connected Auxillary Control Switch'."

BY_PANEL = "Panel configuration management"
SOURCE_OTA = (
    "SEC Section A, Device Model definition for requirement. ZigBee OTA via GBCS  for format and valid values"
)
SOURCE_REQUIREMENTS = "SEC CPL Requirements Document requirement"
SOURCE_CPA = "SEC CPL Requirements Document defines CPA Certificate and requirements. "
SOURCE_DLMS = "SEC CPL Requirements Document defines DLMS Certificate and requirements. "
SOURCE_ZSE = "SEC CPL Requirements Document defines requirements. "
SOURCE_IMAGE = "SEC CPL Requirements Document defines Manufacturer Image requirements. "

FORM_TEXTS = {
    f.ENTRY_NUMBER.name: FormTexts(
        "This field is to identify uniquely each CPL entry. Entries will never be deleted once created. This field is to aid configuration management",
        MUST,
        "6 octet utf-8 string containing a unique number serially allocated from 000001 ",
        "000001 to 999999",
    ),
    f.ENTRY_STATUS.name: FormTexts(
        "This field annotates whether the entry detailed in a row can be used at this version of the CPL. Only entries marked 'Current' shall be treated as being on the Certified Products List, with the SEC meaning.",
        MUST,
        "7 octet utf-8 string",
        CHOICES,
    ),
    f.DEVICE_TYPE.name: FormTexts(
        "A SEC categorisation of devices, which derives from the SMETS /CHTS categories. Note that, as per clause 2.9 of the SEC Subsidiary Document, Inventory Enrolment and Withdrawal Procedures, 'a Type 2 Device shall not be identified in the Certified Products ",
        MUST,
        "Up to 50 octet utf-8 string",
        CHOICES,
    ),
    f.MANUFACTURER.name: FormTexts(
        "A unique identifier for a Manufacturer, assigned by Zigbee. This string is a hexadecimal representation of  the 'Manufacturer Code' field, which is a mandatory element of an OTA Header. It is an unsigned 16 bit integer (so representable as 2 octets). In this CPL this shall be in big endian format.",
        MUST,
        "5 octet utf-8 string whose value is a human readable form of the 'Manufacturer code' in the format XX:XX where each X is one of the characters 0 to 9 or A to F",
        "00:00 to FF:FE (as per the OTA specification FF:FF has a special meaning and so is not in the valid range)",
    ),
    f.MODEL.name: FormTexts(
        "A manufacturer allocated identifier for a particular product. This string is a hexadecimal representation of the 'Image Type' field, which is a mandatory element of an OTA Header. It is an unsigned 16 bit integer (so representable as 2  octets).  In this CPL this shall be in big endian format.",
        MUST,
        "5 octet utf-8 string whose value is a human readable form of the 'Image Type' in the format XX:XX where each X is one of the characters 0 to 9 or A to F",
        "00:00 to FF:BF (as per the OTA specification other values have special meaning and so are not in the valid range)",
    ),
    f.HARDWARE_VERSION.name: FormTexts(
        "Part of the hardware version for this device. This string is a hexadecimal representation of the 'Version' part of 'Hardware Version' field, which is a mandatory element of an OTA Header. It is an unsigned 8 bit integer (so representable as an octet). ",
        MUST,
        "2 octet utf-8 string whose value is a human readable form of the 'Version' part of 'Hardware Version' in the format XX where each X is one of the characters 0 to 9 or A to F",
        "00 to FF",
    ),
    f.HARDWARE_REVISION.name: FormTexts(
        "Part of the hardware version for this device. This string is a hexadecimal representation of the 'Revision' part of 'Hardware Version' field, which is a mandatory element of an OTA Header. It is  an unsigned 8 bit integer (so representable as an octet).",
        MUST,
        "2 octet utf-8 string whose value is a human readable form of the 'Revision' part of 'Hardware Version' in the format XX where each X is one of the characters 0 to 9 or A to F",
        "00 to FF",
    ),
    f.FIRMWARE.name: FormTexts(
        "Specifies the version of firmware covered by this entry. This string is a hexadecimal representation of the  'File Version' field, which is a mandatory element of an OTA Header. It is an unsigned 32 bit integer (so representable as 4 octets).  In this CPL this shall be in big endian format.",
        MUST,
        "11 octet utf-8 string whose value is a human readable form of the File Version in the format XX:XX:XX:XX where each X is one of the characters 0 to 9 or A to F",
        "00:00:00:00 to FF:FF:FF:FF (note that the use of the octets as (octet 1) Application Release, (octet 2) Application Build, (octet 3) Stack Release and (octet 4) Stack Build is recommended in OTA but not mandated and so is not mandated in the CPL)",
    ),
    f.TS_VERSION.name: FormTexts(
        "Identifies the version of SMETS or CHTS against which the assurance certificates were issued. Please note, the requirement to record effective date has been removed from the CPL Requirements Document. ",
        "SMETS2+ Device Model:\nMust be specified. CHTS version  must be specified where Device_Type is 'Communications Hub'. Otherwise SMETS version must be specified.\n\nSMETS1 Device Model:\nMust use SMETS V1.2",
        "Up to 14 octet utf-8 string ",
        CHOICES,
    ),
    f.GBCS_VERSION.name: FormTexts(
        "Identifies the version of GBCS to which the specified SMETS / CHTS version relates.",
        "SMETS2+ Device Model:\nMust be specified.\n\nSMETS1 Device Model: \nMust use 'GBCS Version 0.0'",
        "Up to 20 octet utf-8 string  ",
        CHOICES,
    ),
    f.CPA_ID.name: FormTexts(
        "Uniquely identifies a CPA certificate. The format is not specified in SEC. This field is not required for automated matching.",
        "SMETS2+ Device Model:\nCompletion of field depends on SMETS/CHTS version.\n\nAt current SMETS/CHTS, must be empty if SMETS2+ Device Type is:\n- 'Pre-Payment Interface Device'; \n\nMust be populated and valid otherwise.\n\nSMETS1 Device Model:\nMust be empty",
        "Up to 24 octet utf-8 string; permitted characters range from 'space' (DEC 32) to 'tilde' (DEC 126); leading or trailing 'space' (DEC 32) characters are not permitted.\nPrefix \"[E] \" for standard CPA certificates \nPrefix \"[R] \" for lifetime CPA certificates",
        "SMETS2+ Device Model:\nAt current SMETS/CHTS, must be empty if SMETS2+ Device Type is:\n- 'Pre-Payment Interface Device';\n\nMust be populated and valid otherwise\n\nSMETS1 Device Model:\nMust be empty",
    ),
    f.CPA_SECURITY.name: FormTexts(
        "Details the version of the security characteristics that this Certificate was issued against. The format is not specified in SEC. This field is not required for automated matching.",
        "SMETS2+ Device Model:\nCompletion of field depends on SMETS/CHTS version.\n\nAt current SMETS/CHTS, must be marked 'Not Relevant'  if SMETS2+ Device Type is:\n- 'Pre-Payment Interface Device'\n\nMust be populated and valid otherwise.\n\nSMETS1 Device Model:\nMust be empty",
        UP_TO_40,
        SMETS2_CHOICES,
    ),
    f.CPA_DATE.name: FormTexts(
        "The expiry date or renewal date of the certificate. The format is not specified in SEC in SEC but the field may be required for automated processing.",
        "SMETS2+ Device Model:\nAs for CPA_Certificate.issue_number\n\nSMETS1 Device Model:\nMust be left empty",
        "10 octet utf-8 string in dd/mm/yyyy format",
        'SMETS2+ Device Model:\nAt current SMETS/CHTS, must be empty if Device Type is:\n- \'Pre-Payment Interface Device\'; \n\nMust be populated and valid otherwise.\n\nIf this entry\'s status is current: \n- Standard certificate "[E] ": Any valid date from the date of issue of this version of the CPL to a date 6 years hence.\n- Lifetime certificate "[R] ": Any valid date.\n\nSMETS1 Device Model:\nMust be empty',
    ),
    f.DLMS_ID.name: FormTexts(
        "Uniquely identifies a DLMS certificate. The format is not specified in SEC and is not required for automated matching.",
        DLMS_RULE,
        "Up to 10 octet utf-8 string; permitted characters range from 'space' (DEC 32) to 'tilde' (DEC 126); leading or trailing 'space' (DEC 32) characters are not permitted.",
        "SMETS2+ Device Model:\nAt current SMETS/CHTS, must be populated and valid if Device Type is one of:\n- 'Single Element Electricity Metering Equipment'\n- 'Twin Element Electricity Metering Equipment'\n- 'Polyphase Electricity Metering Equipment'\n- 'Standalone Auxiliary Proportional Controller'\n\nNot required otherwise.\n\nSMETS1 Device Model:\nMust be empty",
    ),
    f.DLMS_VERSION.name: FormTexts(
        "Details the version of DLMS COSEM that this Certificate was issued against. The format is not specified in SEC and is not required for automated matching.",
        DLMS_RULE,
        UP_TO_10,
        SMETS2_CHOICES,
    ),
    f.ZSE_ID.name: FormTexts(
        "Uniquely identifies a ZSE certificate. The format is not specified in SEC and is not required for automated matching.",
        ZSE_RULE,
        "Up to 40 octet utf-8 string; permitted characters range from 'space' (DEC 32) to 'tilde' (DEC 126); leading or trailing 'space' (DEC 32) characters are not permitted.",
        ZSE_RULE,
    ),
    f.ZSE_VERSION.name: FormTexts(
        "Details the version ZSE that this Certificate was issued against. The format is not specified in SEC and is not required for automated matching.",
        ZSE_RULE,
        UP_TO_40,
        SMETS2_CHOICES,
    ),
    f.IMAGE_CREATOR.name: FormTexts(
        "To identifier the creator of the Manufacturer Image. The format is not specified in SEC but may be required for automated processing.",
        "SMETS1 Device Model and SMETS2+ Device Model:\nFields in Manufacturer_Image must  all be empty or all validly populated. It is a decision for manufacturers as to whether providing a Manufacturer Image is required for a particular CPL entry.",
        UP_TO_100,
        ANY_100,
    ),
    f.IMAGE_HASH.name: FormTexts(
        "In line with SEC, a SHA256 hash calculated over the Manufacturer Image.",
        "SMETS1 Device Model and SMETS2+ Device Model:\nAs for Manufacturer_Image.creator",
        "95 octet utf-8 string whose value is a human readable form of the hash in the format XX:XX:…:XX where each X is one of the characters 0 to 9 or A to F",
        "00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00 to FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF:FF",
    ),
    f.IMAGE_DESCRIPTOR.name: FormTexts(
        'To describe \n(a) whether this is an image in its entirety or a fragment of a larger image \n(b) the ZigBee band(s) supported by the Device. \nThe field is optional and for the manufacturer to chose how and whether they populate. \nFor example "Fragment 1 of 2 of FW Version XX:XX:XX:XX; Dual Band"',
        "SMETS1 Device Model and SMETS2+ Device Model:\nOptional but should be populated with\n(a) the information if Manufacturer_Image.hash is populated\n(b) the ZigBee band(s) supported ",
        UP_TO_100,
        "Any utf-8 string of length up to 100 octets in length.\nFor the ZigBee Band(s) enter one of the following:\n- Single Band (2.4 GHz)\n- Single Band (Sub-GHz)\n- Dual Band",
    ),
    f.CONTACT_NAME.name: FormTexts(
        "If there are any queries with this application, the person who SECAS should contact. NOTE this information will NOT be included in the CPL entry.\n\nWhen giving more than one name use the semicolon (;) as separator. Suggested maximum number of contacts is five.",
        CONTACT_RULE,
        UP_TO_400,
        ANY_400,
    ),
    f.CONTACT_TELEPHONE.name: FormTexts(
        "The phone number for the contact. NOTE this information will NOT be included in the CPL entry.\n\nWhen giving more than one telephone number use the semicolon (;) as separator. Suggested maximum number of telephone numbers is five.",
        CONTACT_RULE,
        UP_TO_100,
        ANY_100,
    ),
    f.CONTACT_EMAIL.name: FormTexts(
        "The email address for the contact. NOTE this information will NOT be included in the CPL entry.\n\nWhen giving more than one email address use the semicolon (;) as separator. Suggested maximum number of email addresses is five.",
        CONTACT_RULE,
        UP_TO_400,
        ANY_400,
    ),
    f.FIR_COMPANY.name: FormTexts(FIR_NOTES, FIR_RULE, UP_TO_45, ANY_45),
    f.FIR_HOUSE.name: FormTexts(FIR_NOTES, FIR_RULE, UP_TO_45, ANY_45),
    f.FIR_STREET.name: FormTexts(FIR_NOTES, FIR_RULE, UP_TO_45, ANY_45),
    f.FIR_CITY.name: FormTexts(FIR_NOTES, FIR_RULE, UP_TO_45, ANY_45),
    f.FIR_POST_CODE.name: FormTexts(
        FIR_NOTES,
        FIR_RULE,
        "Up to 8 octet utf-8 string",
        "Any utf-8 string of length up to 8 octets in length.",
    ),
    f.FIR_COUNTRY.name: FormTexts(FIR_NOTES, FIR_RULE, UP_TO_45, ANY_45),
    f.FIR_TELEPHONE.name: FormTexts(FIR_NOTES, FIR_RULE, UP_TO_45, ANY_45),
    f.FIR_WEBSITE.name: FormTexts(FIR_NOTES, FIR_RULE, UP_TO_100, ANY_100),
    f.FIR_EMAIL.name: FormTexts(FIR_NOTES, FIR_RULE, UP_TO_100, ANY_100),
    f.FIR_DESCRIPTION.name: FormTexts(
        "Contains a short description of the firmware release and /or an URL pointing to the manufacturers website. Neither the information contained in this field nor information linked to the URL should not contain any confidential or commerical information. This information must be provided with every CPL submission. NOTE this information will NOT be included in the CPL entry BUT will be published on the Firmware Information Repository (FIR). ",
        FIR_RULE,
        "Up to 500 octet utf-8 string",
        "Any utf-8 string of length up to 500 octets in length. If a URL is present it must be fully accessible without any prior registration or password. ",
    ),
}

MAIN_TEXTS = {
    f.ENTRY_NUMBER.name: MainTexts(
        FORM_TEXTS[f.ENTRY_NUMBER.name].notes,
        MUST,
        BY_PANEL,
        FORM_TEXTS[f.ENTRY_NUMBER.name].format,
        FORM_TEXTS[f.ENTRY_NUMBER.name].values,
    ),
    f.ENTRY_STATUS.name: MainTexts(
        "This field annotates whether the entry detailed in a row can be used at this version of the CPL. Only entries marked 'Current' shall be treated as being on the Central Products List, with the SEC meaning.",
        MUST,
        BY_PANEL,
        FORM_TEXTS[f.ENTRY_STATUS.name].format,
        CHOICES,
    ),
    f.DEVICE_TYPE.name: MainTexts(
        "A SEC categorisation of devices, which derives from the SMETS /CHTS categories. Note that, as per clause 2.9 of the SEC Subsidiary Document, Inventory Enrolment and Withdrawal Procedures, 'a Type 2 Device shall not be identified in the Certified Products List'. Hence 'Type 2 Device' is not included as a Physical Device Type in the CPL.\nThe Physical Device Type 'Standalone Auxiliary Proportional Controller' must be submitted as Physical Device Type 'Single Element Electricity Meter'.",
        MUST,
        "SEC Section A, Physical Device Type definition",
        FORM_TEXTS[f.DEVICE_TYPE.name].format,
        CHOICES,
    ),
    f.MANUFACTURER.name: MainTexts(
        "A unique identifier for a Manufacturer, assigned by Zigbee. This string is a hexadecimal representation of  the 'Manufacturer Code' field, which is a mandatory element of an OTA Header. It is an unsigned 16 bit integer (so representable as 2 octets). In this CPL this shall be in big endian format. ",
        MUST,
        "SEC Section A, Device Model definition for requirement. ZigBee OTA via GBCS  for format and valid values.",
        FORM_TEXTS[f.MANUFACTURER.name].format,
        FORM_TEXTS[f.MANUFACTURER.name].values,
    ),
    f.MODEL.name: MainTexts(
        FORM_TEXTS[f.MODEL.name].notes,
        MUST,
        "SEC Section A, Device Model definition for requirement. ZigBee OTA via GBCS for format and valid values",
        FORM_TEXTS[f.MODEL.name].format,
        FORM_TEXTS[f.MODEL.name].values,
    ),
    f.HARDWARE_VERSION.name: MainTexts(
        "Part of the hardware version for this device. This string is a hexadecimal representation of the 'Version' part of 'Hardware Version' field, which is a mandatory element of an OTA Header. It is an unsigned 8 bit integer (so representable as an octet) .",
        MUST,
        SOURCE_OTA,
        FORM_TEXTS[f.HARDWARE_VERSION.name].format,
        FORM_TEXTS[f.HARDWARE_VERSION.name].values,
    ),
    f.HARDWARE_REVISION.name: MainTexts(
        FORM_TEXTS[f.HARDWARE_REVISION.name].notes,
        MUST,
        SOURCE_OTA,
        FORM_TEXTS[f.HARDWARE_REVISION.name].format,
        FORM_TEXTS[f.HARDWARE_REVISION.name].values,
    ),
    f.FIRMWARE.name: MainTexts(
        FORM_TEXTS[f.FIRMWARE.name].notes,
        MUST,
        SOURCE_OTA,
        FORM_TEXTS[f.FIRMWARE.name].format,
        FORM_TEXTS[f.FIRMWARE.name].values,
    ),
    f.TS_VERSION.name: MainTexts(
        "Identifies the version of SMETS or CHTS against which the assurance certificates were issued. ",
        "SMETS2+ Device Model:\nMust be specified. CHTS version must be specified where Device_Type is 'Communications Hub'. Otherwise SMETS version  must be specified.\n\nSMETS1 Device Model:\nMust use 'SMETS V1.2'",
        SOURCE_REQUIREMENTS,
        FORM_TEXTS[f.TS_VERSION.name].format,
        CHOICES,
    ),
    f.GBCS_VERSION.name: MainTexts(
        FORM_TEXTS[f.GBCS_VERSION.name].notes,
        FORM_TEXTS[f.GBCS_VERSION.name].rule,
        SOURCE_REQUIREMENTS,
        FORM_TEXTS[f.GBCS_VERSION.name].format,
        CHOICES,
    ),
    f.CPA_ID.name: MainTexts(
        FORM_TEXTS[f.CPA_ID.name].notes,
        "SMETS2+ Device Model:\nCompletion of field depends on SMETS/CHTS version.\n\nAt current SMETS/CHTS, must be empty if SMETS2+ Device Type is:\n- 'Pre-Payment Interface Device'\n\nMust be populated and valid otherwise.\n\nSMETS1 Device Model:\nMust be empty\n\n",
        SOURCE_CPA,
        FORM_TEXTS[f.CPA_ID.name].format,
        FORM_TEXTS[f.CPA_ID.name].values,
    ),
    f.CPA_SECURITY.name: MainTexts(
        FORM_TEXTS[f.CPA_SECURITY.name].notes,
        FORM_TEXTS[f.CPA_SECURITY.name].rule,
        SOURCE_CPA,
        UP_TO_40,
        "SMETS1 Device Model must be empty;\n\nFor SMETS2+ Device Model only:{choices}",
    ),
    f.CPA_DATE.name: MainTexts(
        FORM_TEXTS[f.CPA_DATE.name].notes,
        "SMETS2+ Device Model:\nAs for CPA_Certificate.issue_number\n\nSMETS1 Device Model:\nMust be empty",
        SOURCE_CPA,
        FORM_TEXTS[f.CPA_DATE.name].format,
        'At current SMETS/CHTS, must be empty if Device Type is:\n- \'Pre-Payment Interface Device\'; \n\nMust be populated and valid otherwise.\n\nIf this entry\'s status is current: \n- Standard certificate "[E] ": Any valid date from the date of issue of this version of the CPL to a date 6 years hence.\n- Lifetime certificate "[R] ": Any valid date.\n\nSMETS1 Device Model:\nMust be empty',
    ),
    f.DLMS_ID.name: MainTexts(
        FORM_TEXTS[f.DLMS_ID.name].notes,
        DLMS_RULE,
        SOURCE_DLMS,
        UP_TO_10,
        FORM_TEXTS[f.DLMS_ID.name].values,
    ),
    f.DLMS_VERSION.name: MainTexts(
        FORM_TEXTS[f.DLMS_VERSION.name].notes,
        DLMS_RULE,
        SOURCE_DLMS,
        UP_TO_10,
        "SMETS1 Device Model must be empty;\n\nFor SMETS2+ Device Model only:{choices}",
    ),
    f.ZSE_ID.name: MainTexts(
        FORM_TEXTS[f.ZSE_ID.name].notes,
        ZSE_RULE,
        SOURCE_ZSE,
        UP_TO_40,
        ZSE_RULE,
    ),
    f.ZSE_VERSION.name: MainTexts(
        FORM_TEXTS[f.ZSE_VERSION.name].notes,
        ZSE_RULE,
        SOURCE_ZSE,
        UP_TO_40,
        "SMETS1 Device Model must be empty;\n\nFor SMETS2+ Device Model only:{choices}",
    ),
    f.IMAGE_CREATOR.name: MainTexts(
        FORM_TEXTS[f.IMAGE_CREATOR.name].notes,
        "SMETS1 Device Model and SMETS2+ Device Model:\nFields in Manufacturer_Image must should all be empty or all validly populated. It is a decision for manufacturers as to whether providing a Manufacturer Image is required for a particular CPL entry.",
        SOURCE_IMAGE,
        UP_TO_100,
        ANY_100,
    ),
    f.IMAGE_HASH.name: MainTexts(
        FORM_TEXTS[f.IMAGE_HASH.name].notes,
        FORM_TEXTS[f.IMAGE_HASH.name].rule,
        SOURCE_IMAGE,
        FORM_TEXTS[f.IMAGE_HASH.name].format,
        FORM_TEXTS[f.IMAGE_HASH.name].values,
    ),
    f.IMAGE_DESCRIPTOR.name: MainTexts(
        FORM_TEXTS[f.IMAGE_DESCRIPTOR.name].notes,
        "SMETS1 Device Model and SMETS2+ Device Model:\nOptional but should only be populated if Manufacturer_Image.hash is populated",
        SOURCE_REQUIREMENTS,
        UP_TO_45,
        ANY_45,
    ),
}
