"""Invented submissions and facts, each valid as it comes; a test changes what it is about.

Changes are written by the names of `cpl.fields` in lower case: `make_answers(firmware="01020304")`.
Nothing here touches a database.
"""

import datetime
from dataclasses import replace

from applicability.openness import NONE, Day
from applicability.tables import PeriodRow, Tables, ValidityRow
from cpl import fields
from cpl.rules.case import Case, CertificateFacts, DeviceTypeFacts, Facts, ListedFacts

DAY = datetime.date(2026, 11, 20)
MAKER_CODE, RIVAL_CODE = "7A01", "7B10"
# The keys of the two Parties.
MAKER_KEY, RIVAL_KEY = 7, 8
ESME = "Single Element Electricity Metering Equipment"
HUB, PPMID, GAS = "Communications Hub", "Pre-Payment Interface Device", "Gas Smart Meter"
HCALCS, SAPC = "HAN Connected Auxiliary Load Control Switch", "Standalone Auxiliary Proportional Controller"
HASH = "0123456789ABCDEF" * 4
SUPPLIER = "Harbour Energy Supply Ltd"
SECURITY, CTT, ZSE = (
    "Security Characteristics version 1.3",
    "CTT 4.2",
    "ZigBee Smart Energy Standard 1.4",
)
EVIDENCE = frozenset({"CPA", "DLMS", "Zigbee"})
Answers = dict[str, str]


def make_answers(**changes: str) -> Answers:
    """A new entry for a single element electricity meter."""
    return _answers(
        changes,
        device_type=ESME,
        manufacturer=MAKER_CODE,
        model="0C0D",
        hardware_version="01",
        hardware_revision="02",
        firmware="0A0B0C0D",
        ts_version="SMETS V5.1",
        gbcs_version="GBCS Version 4.1",
        cpa_id="[E] 20261101-7701",
        cpa_security=SECURITY,
        cpa_date="01/11/2031",
        dlms_id="7701",
        dlms_version=CTT,
        zse_id="ZIG26TMI77010-24",
        zse_version=ZSE,
        image_creator="Tidewater Metering Ltd",
        image_hash=HASH,
        image_descriptor="Whole image; Dual Band",
        contact_name="Ada Quill",
        contact_telephone="020 7946 0000",
        contact_email="certificates@tidewater.example",
        fir_company="Tidewater Metering Ltd",
        fir_house="1",
        fir_street="Mill Lane",
        fir_city="Leeds",
        fir_post_code="LS1 1AA",
        fir_country="United Kingdom",
        fir_telephone="020 7946 0001",
        fir_website="https://tidewater.example",
        fir_email="firmware@tidewater.example",
        fir_description="Faster start. See https://tidewater.example/notes/0A0B0C0D",
        product_name="Tidewater T100",
        upgrades_from="none",
    )


def make_hub_answers(**changes: str) -> Answers:
    """A new entry for a Communications Hub: a CHTS version, no DLMS, no firmware information."""
    hub = _answers(
        changes,
        device_type=HUB,
        ts_version="CHTS V1.5",
        dlms_id="",
        dlms_version="",
        **dict.fromkeys(FIRMWARE_INFORMATION, ""),
    )
    return _over(make_answers(), hub)


def make_ppmid_answers(**changes: str) -> Answers:
    """A new entry for a Pre-Payment Interface Device: no CPA certificate, hence no contact for it."""
    ppmid = _answers(
        changes,
        device_type=PPMID,
        ts_version="SMETS V4.4",
        cpa_id="",
        cpa_date="",
        cpa_security="Not Relevant",
        dlms_id="",
        dlms_version="",
        **dict.fromkeys((*CONTACT, *FIRMWARE_INFORMATION), ""),
    )
    return _over(make_answers(), ppmid)


def make_smets1_answers(**changes: str) -> Answers:
    """A new entry for a SMETS1 electricity meter, as the DCC submits it."""
    smets1 = _answers(
        changes,
        ts_version="SMETS V1.2",
        gbcs_version="GBCS Version 0.0",
        supplier=SUPPLIER,
        supplier_confirmed_on="02/11/2026",
        **dict.fromkeys((*CERTIFICATES, *CONTACT), ""),
    )
    return _over(make_answers(), smets1)


def make_renewal_answers(**changes: str) -> Answers:
    """A lifetime CPA certificate that takes the place of an expiring one, for two entries."""
    return _answers(
        changes,
        certificate_scheme="CPA",
        certificate_id="[R] 20261102-8801",
        certificate_version=SECURITY,
        certificate_date="02/11/2032",
        certificate_replaces="[E] 20201102-8801",
        covers_from="20/11/2026",
        entries="000012; 000013",
        reference="Letter of 18 November 2026",
    )


def make_withdrawal_answers(**changes: str) -> Answers:
    """A notice that a CPA certificate was withdrawn."""
    return _answers(
        changes,
        certificate_scheme="CPA",
        certificate_id="[E] 20201102-8801",
        certificate_event="withdrawn",
        certificate_event_on="18/11/2026",
        reference="Letter of 18 November 2026",
    )


def make_removal_answers(**changes: str) -> Answers:
    """A recommendation to remove two SMETS2+ entries for a defect."""
    return _answers(
        changes,
        entries="000012; 000013",
        ground="defect",
        reason="Loses its clock.",
        decided_by="Security Sub-Committee",
        reference="SSC minutes 212, item 4",
        decision_date="18/11/2026",
        effective_date="01/02/2027",
    )


def make_statement_answers(**changes: str) -> Answers:
    """Upgrade paths for an entry that is on the list already."""
    return _answers(changes, entries="000012", upgrades_from="000013")


VALID = {
    "new_entry": make_answers,
    "renewal": make_renewal_answers,
    "offer": make_renewal_answers,
    "withdrawal": make_withdrawal_answers,
    "removal": make_removal_answers,
    "statement": make_statement_answers,
}


def make_listed(number: int = 12, **changes: object) -> ListedFacts:
    """A Current entry for an electricity meter of the maker, other than the one of `make_answers`."""
    listed = ListedFacts(
        number=number,
        status="Current",
        device_type=ESME,
        device=(ESME, MAKER_CODE, "0C0D", "01", "02", "0A0B0C01"),
        ts="SMETS V5.1",
        gbcs="GBCS Version 4.1",
        image_hash="F" * 64,
        maker="Tidewater Metering Ltd",
        parties=frozenset({MAKER_KEY}),
    )
    return replace(listed, **changes)  # type: ignore[arg-type]


def make_same(number: int = 12, **changes: object) -> ListedFacts:
    """A Current entry that is the very device of `make_answers`."""
    return make_listed(number, **{"device": make_device(), "image_hash": HASH, **changes})


def make_device(**changes: str) -> tuple[str, ...]:
    answers = make_answers(**changes)
    return tuple(answers[field.name] for field in fields.DEVICE_FIELDS)


def make_record(**changes: object) -> CertificateFacts:
    """The record of the CPA certificate of `make_answers`, which carries that very device."""
    record = CertificateFacts(
        identifier="20261101-7701",
        date_kind="expires",
        date=datetime.date(2031, 11, 1),
        version=SECURITY,
        models=frozenset({"".join(make_device()[1:])}),
    )
    return replace(record, **changes)  # type: ignore[arg-type]


def make_tables() -> Tables:
    """Tables in which SMETS V2.0 ended on 27 October 2020 and GBCS 2.0 ends on the last day of 2026."""
    ended = Day.on(datetime.date(2020, 10, 27))
    return Tables.of(
        "edition 7",
        validities=[
            *(
                ValidityRow(kind, ts, NONE, NONE, NONE, NONE)
                for kind, ts, _ in COMBINATIONS
                if ts != "SMETS V2.0"
            ),
            ValidityRow(ESME, "SMETS V2.0", NONE, ended, NONE, ended),
        ],
        periods=[
            PeriodRow("SMETS V3.1", "GBCS Version 2.0", NONE, Day.on(datetime.date(2026, 12, 31))),
            PeriodRow("SMETS V5.1", "GBCS Version 4.1", NONE, NONE),
        ],
        combinations=COMBINATIONS,
    )


COMBINATIONS = (
    (HUB, "CHTS V1.5", "GBCS Version 4.1"),
    (HUB, "SMETS V1.2", "GBCS Version 0.0"),
    (ESME, "SMETS V1.2", "GBCS Version 0.0"),
    (ESME, "SMETS V2.0", "GBCS Version 1.1"),
    (ESME, "SMETS V3.1", "GBCS Version 2.0"),
    (ESME, "SMETS V5.1", "GBCS Version 4.1"),
    (GAS, "SMETS V4.3", "GBCS Version 4.1"),
    (HCALCS, "SMETS V5.1", "GBCS Version 4.1"),
    (PPMID, "SMETS V4.4", "GBCS Version 4.1"),
    (SAPC, "SMETS V5.1", "GBCS Version 4.1"),
)


def make_facts(**changes: object) -> Facts:
    """A register with the device types and versions of the form, entries 12 and 13, one certificate."""
    facts = Facts(
        device_types=DEVICE_TYPES,
        versions={
            "Security Characteristics": ("Security Characteristics version 1.2", SECURITY),
            "CTT": ("CTT 3.1", CTT),
            "ZSE": ("ZigBee Smart Energy Standard 1.2b", ZSE),
        },
        tables=make_tables(),
        manufacturer_holder="Tidewater Metering Ltd",
        certificates={("CPA", "20201102-8801"): make_record(identifier="20201102-8801")},
        entries={12: make_listed(12), 13: make_listed(13)},
        grounds={
            "defect": ("any", False),
            "smets1_ssc_advice": ("smets1", False),
            "cpa_expired": ("smets2", False),
            "duplicate": ("any", True),
        },
        suppliers=frozenset({SUPPLIER}),
        evidence=EVIDENCE,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def make_case(
    answers: Answers | None = None,
    kind: str = "new_entry",
    *,
    on: datetime.date = DAY,
    by_dcc: bool = False,
    **facts: object,
) -> Case:
    """A valid case of a kind; the further arguments change facts of the register."""
    given = VALID[kind]() if answers is None else answers
    return Case(kind, given, on, make_facts(**facts), by_dcc=by_dcc, party=MAKER_KEY)


def make_smets1_case(**changes: str) -> Case:
    return make_case(make_smets1_answers(**changes), by_dcc=True)


def _type(
    name: str, kind: str, cpa: str, dlms: str, document: str = "SMETS", open: bool = True
) -> DeviceTypeFacts:
    return DeviceTypeFacts(name, kind, {"CPA": cpa, "DLMS": dlms, "Zigbee": "required"}, document, open)


DEVICE_TYPES = {
    facts.name: facts
    for facts in (
        _type(HUB, "hub", "required", "optional", "CHTS"),
        _type(GAS, "meter", "required", "optional"),
        _type(HCALCS, "hcalcs", "required", "optional"),
        _type(PPMID, "ppmid", "forbidden", "optional"),
        _type(ESME, "meter", "required", "required"),
        _type(SAPC, "other", "required", "required", open=False),
    )
}
CONTACT = ("contact_name", "contact_telephone", "contact_email")
FIRMWARE_INFORMATION = (
    "fir_company", "fir_house", "fir_street", "fir_city", "fir_post_code", "fir_country", "fir_telephone",
    "fir_website", "fir_email", "fir_description",
)  # fmt: skip
CERTIFICATES = (
    "cpa_id", "cpa_security", "cpa_date", "dlms_id", "dlms_version", "zse_id", "zse_version",
)  # fmt: skip


def _answers(changes: dict[str, str], /, **valid: str) -> Answers:
    """By the names of the form; what is empty stays, so that it can take something away."""
    return {getattr(fields, name.upper()).name: text for name, text in {**valid, **changes}.items()}


def _over(under: Answers, over: Answers) -> Answers:
    return {name: text for name, text in {**under, **over}.items() if text}
