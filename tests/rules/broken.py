"""For each rule of `check`, a case that breaks it: valid but for what the rule is about."""

import datetime
from dataclasses import replace

from cpl.formats.cells import Cell
from cpl.rules.case import Case, DocumentFacts
from cpl.rules.documents import normalised
from tests.make import (
    DAY,
    DEVICE_TYPES,
    ESME,
    HASH,
    HUB,
    RIVAL_CODE,
    RIVAL_KEY,
    SECURITY,
    make_answers,
    make_case,
    make_device,
    make_hub_answers,
    make_listed,
    make_ppmid_answers,
    make_record,
    make_removal_answers,
    make_renewal_answers,
    make_same,
    make_smets1_answers,
    make_smets1_case,
    make_statement_answers,
    make_withdrawal_answers,
)

RECORD = ("CPA", "20261101-7701")
ZIGBEE_RECORD = ("Zigbee", "ZIG26TMI77010-24")
YESTERDAY = DAY - datetime.timedelta(days=1)


def new(**changes: str) -> Case:
    return make_case(make_answers(**changes))


def hub(**changes: str) -> Case:
    return make_case(make_hub_answers(**changes))


def ppmid(**changes: str) -> Case:
    return make_case(make_ppmid_answers(**changes))


def renewal(**changes: str) -> Case:
    return make_case(make_renewal_answers(**changes), "renewal")


def withdrawal(**changes: str) -> Case:
    return make_case(make_withdrawal_answers(**changes), "withdrawal")


def removal(**changes: str) -> Case:
    return make_case(make_removal_answers(**changes), "removal")


def statement(**changes: str) -> Case:
    return make_case(make_statement_answers(**changes), "statement")


def read(text: str, scheme: str = "CPA", **changes: str) -> Case:
    """With one file attached, whose text is this."""
    return make_case(
        make_answers(**changes), documents={scheme: (DocumentFacts("certificate.pdf", normalised(text)),)}
    )


def on_record(**changes: object) -> Case:
    return make_case(certificates={RECORD: make_record(**changes)})


BROKEN: dict[str, Case] = {
    "F-required": new(firmware=""),
    "F-length": new(image_creator="x" * 101),
    "F-control": new(fir_city="Leeds\x07"),
    "F-printable": new(dlms_id="77·01"),
    "F-manufacturer-range": new(manufacturer="FFFF"),
    "F-model-range": new(model="FFC0"),
    "F-device-type": new(device_type="In-Home Display"),
    "V-document": hub(ts_version="SMETS V5.1"),
    "V-tables": make_case(tables=None),
    "V-combination": new(ts_version="SMETS V5.1", gbcs_version="GBCS Version 2.0"),
    "C-cpa-required": new(cpa_id=""),
    "C-dlms-required": new(dlms_id=""),
    "C-zigbee-required": new(zse_id=""),
    "C-forbidden": ppmid(cpa_id="[E] 20261101-7701"),
    "C-not-relevant": ppmid(cpa_security=SECURITY),
    "C-need-unknown": make_case(
        device_types={**DEVICE_TYPES, ESME: replace(DEVICE_TYPES[ESME], needs={"DLMS": "required"})}
    ),
    "C-alone": hub(dlms_version="CTT 4.2"),
    "C-prefix": new(cpa_id="20261101-7701"),
    "C-prefix-unwanted": new(dlms_id="[E] 7701"),
    "C-version-required": new(dlms_version=""),
    "C-version": new(zse_version="ZigBee Smart Energy Standard 9.9"),
    "C-date-required": new(cpa_date=""),
    "C-expired": new(cpa_date="19/11/2026"),
    "C-too-far": new(cpa_date="21/11/2032"),
    "C-ended": on_record(ended="withdrawn"),
    "C-record-expired": on_record(date=YESTERDAY),
    "C-disagrees": on_record(version="Security Characteristics version 1.2"),
    "C-spelling": make_case(spelt={RECORD: "[E] NCSC-20261101-7701"}),
    "C-carries": on_record(),
    "C-evidence": make_case(evidence=frozenset({"CPA", "DLMS"})),
    "C-statement": on_record(models=frozenset()),
    "C-statement-evidence": make_case(
        make_answers(security_statement="The change is in the display alone."),
        certificates={RECORD: make_record(models=frozenset())},
        evidence=frozenset({"DLMS", "Zigbee"}),
    ),
    "W-model-not-named": on_record(models=frozenset({"7A010C0E01020A0B0C0D"})),
    "W-zigbee-firmware": make_case(
        certificates={
            ZIGBEE_RECORD: make_record(
                date_kind="none", date=None, models=frozenset({"7A010C0D010211111111"})
            )
        }
    ),
    "D-identifier": read("Tidewater T100 0A0B0C0D, 1 November 2031"),
    "D-date": read("20261101-7701: Tidewater T100 0A0B0C0D, 2 November 2031"),
    "D-model": read("20261101-7701: Tidewater T200 0A0B0C0D, 1 November 2031"),
    "D-firmware": read("20261101-7701: Tidewater T100 0A0B0C0E, 1 November 2031"),
    "D-not-compared": read(""),
    "S-empty": make_smets1_case(zse_id="ZIG26TMI77010-24"),
    "S-dcc": make_case(make_smets1_answers()),
    "S-confirmed": make_smets1_case(supplier=""),
    "S-supplier": make_smets1_case(supplier="Tidewater Metering Ltd"),
    "S-confirmed-late": make_smets1_case(supplier_confirmed_on="21/11/2026"),
    "S-unwanted": new(supplier="Harbour Energy Supply Ltd"),
    "P-contact-required": new(contact_email=""),
    "P-contact-unwanted": ppmid(contact_name="Ada Quill"),
    "P-five": new(contact_name="A; B; C; D; E; F"),
    "P-email": new(contact_email="certificates at tidewater.example"),
    "P-firmware-required": new(fir_website=""),
    "P-firmware-unwanted": hub(fir_city="Leeds"),
    "P-website": new(fir_website="Tidewater"),
    "P-address": new(fir_description="See ftp://tidewater.example/notes"),
    "I-both": new(image_creator=""),
    "I-descriptor": new(image_descriptor=""),
    "I-alone": new(image_creator="", image_hash=""),
    "I-band": new(image_descriptor="Whole image"),
    "W-hash-in-file": make_case(image_in_file="row 2, firmware 0A0B0C0E"),
    "W-hash-elsewhere": make_case(same_hash=(make_listed(image_hash=HASH),)),
    "W-other-hash": make_case(same_firmware=(make_same(image_hash="E" * 64),)),
    "W-firmware-digits": make_case(make_answers(firmware="01020304"), lettered_firmware="0A0B0C01"),
    "W-firmware-lower": make_case(same_hardware=(make_listed(device=make_device(firmware="0A0B0C0E")),)),
    "W-manufacturer-new": make_case(manufacturer_holder=""),
    "W-manufacturer-other": make_case(manufacturer_is_own=False),
    "N-twice": make_case(same_device=(make_same(),)),
    "N-open": make_case(open_submissions=("S-000004",)),
    "N-open-other": make_case(open_of_others=("S-000005 of Northlight Instruments Ltd",)),
    "N-twice-in-file": make_case(same_in_file="row 12"),
    "N-replaces-maker": make_case(
        make_answers(replaces="000012"),
        entries={
            12: make_listed(device=make_device(manufacturer=RIVAL_CODE), maker="Northlight Instruments Ltd")
        },
    ),
    "E-unknown": new(upgrades_from="000014"),
    "E-twice": new(upgrades_from="000012; 000013; 000012"),
    "E-current": make_case(make_answers(replaces="000012"), entries={12: make_listed(status="Removed")}),
    "E-leaving": make_case(make_answers(replaces="000012"), entries={12: make_listed(leaving=True)}),
    "U-stated": new(upgrades_from=""),
    "U-other-device": make_case(
        make_answers(upgrades_from="000012"), entries={12: make_listed(device=make_device(model="0C0E"))}
    ),
    "O-nothing": make_case({**make_renewal_answers(), "Entries.numbers": ""}, "offer"),
    "O-reference": make_case({**make_renewal_answers(), "Submissions.references": "the one of May"}, "offer"),
    "R-scheme": renewal(certificate_scheme="ISO"),
    "R-length": renewal(certificate_id="[R] 20261102-8801-AND-MORE"),
    "R-date-unwanted": renewal(certificate_scheme="DLMS", certificate_id="8801"),
    "R-replaces-unknown": renewal(certificate_replaces="[E] 20201102-8802"),
    "R-replaces-itself": renewal(certificate_replaces="[R] 20261102-8801"),
    "R-renews-nothing": renewal(certificate_replaces=""),
    "R-smets1": make_case(kind="offer", entries={12: make_listed(12, is_smets1=True), 13: make_listed(13)}),
    "R-type": make_case(
        kind="renewal",
        entries={12: make_listed(12, device_type="Pre-Payment Interface Device"), 13: make_listed(13)},
    ),
    "R-covers-ahead": renewal(covers_from="21/11/2026"),
    "T-unknown": withdrawal(certificate_id="[E] 20201102-8899"),
    "T-ended": make_case(
        kind="withdrawal", certificates={("CPA", "20201102-8801"): make_record(ended="cancelled")}
    ),
    "T-event": withdrawal(certificate_event="lost"),
    "T-late": withdrawal(certificate_event_on="21/11/2026"),
    "X-ground": removal(ground="whim"),
    "X-fits": removal(ground="smets1_ssc_advice"),
    "X-other-required": removal(ground="duplicate"),
    "X-other-unwanted": removal(other_entry="000013", entries="000012"),
    "X-other-itself": removal(ground="duplicate", other_entry="000013"),
    "X-decision-date": removal(decision_date="21/11/2026"),
    "X-effective-date": removal(effective_date="17/11/2026"),
    "A-own": make_case(
        kind="statement", entries={12: make_listed(12, parties=frozenset({RIVAL_KEY})), 13: make_listed(13)}
    ),
    "A-something": statement(upgrades_from=""),
    "A-whole": statement(fir_company="Tidewater Metering Ltd"),
    "A-unwanted": make_case(
        make_statement_answers(fir_company="Tidewater Metering Ltd"),
        "statement",
        entries={12: make_listed(12, device_type=HUB), 13: make_listed(13)},
    ),
    "A-itself": statement(upgrades_from="000012"),
    "A-other-device": make_case(
        kind="statement",
        entries={12: make_listed(12), 13: make_listed(13, device=make_device(model="0C0E"))},
    ),
}

# What reading itself says: the form's field and what stands in it.
MISREAD: dict[str, tuple[str, object]] = {
    "F-cell": ("firmware", Cell("G14", "formula", "=G13")),
    "F-hex": ("firmware", "5E12"),
    "F-hex-repaired": ("firmware", "0a0b0c0d"),
    "F-date": ("cpa_date", "31/02/2029"),
    "F-date-repaired": ("cpa_date", "1-11-2031"),
    "F-entries": ("upgrades_from", "twelve"),
    "F-text": ("fir_city", True),
    "F-text-repaired": ("dlms_id", 7701),
}

# What is said of a file as such: see tests/rules/test_file_checks.py.
OF_FILES = {"F-file"}
