"""The official form, row by row: what its columns D to F allow is taken, and what lies beyond is refused.

Column E gives the format and column F the values of each row: see `LIMITS`. Column D says for which devices a
row must be filled in and for which it must be empty: see `CONDITIONS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from cpl import fields as f
from cpl.checking import check_many
from cpl.fields import Field
from cpl.formats.hexes import with_colons
from cpl.formats.sheet_texts import FORM_TEXTS
from cpl.models import Party
from cpl.rules import check
from cpl.rules.problem import Level, Problem
from cpl.rules.reading import read_answers
from tests import make

TWIN = "Twin Element Electricity Metering Equipment"
POLYPHASE = "Polyphase Electricity Metering Equipment"
ROW = {field: row for row, field in enumerate(f.FORM, start=9)}
FIRST_DAY, LAST_DAY = "20/11/2026", "20/11/2032"  # today, and six years ahead
Refused = tuple[str, str]


@dataclass(frozen=True)
class Limits:
    """Answers to one row that are taken, and answers just beyond, each with the rule that refuses it."""

    field: Field
    taken: tuple[str, ...]
    refused: tuple[Refused, ...]


def words(field: Field, limit: int, start: str = "") -> Limits:
    """Up to so many octets of UTF-8: of ASCII, and of letters that take two octets."""
    longest = start + "x" * (limit - len(start))
    wide = start + "\u00e9" * ((limit - len(start)) // 2)
    return Limits(
        field, (start + "x", longest, wide), ((longest + "x", "F-length"), (wide + "\u00e9", "F-length"))
    )


def identifier(field: Field, limit: int, start: str = "") -> Limits:
    """Up to so many octets from space to tilde, with no space at either end."""
    room = limit - len(start)
    beyond = (
        (start + "7" * (room + 1), "F-length"),
        (start + "7\x7f", "F-printable"),
        (start + "7\x1f7", "F-printable"),
        (start + "\u00e97", "F-printable"),
    )
    return Limits(field, (start + "7", start + "7" * room, start + "7 !~7"), beyond)


def hexadecimal(field: Field, last: str, *beyond: Refused) -> Limits:
    """From zero to the last value, with colons between the octets or without."""
    zero = "0" * len(last)
    short, long = (zero[:-1], "F-hex"), (zero + "0", "F-hex")
    taken = (zero, last, with_colons(zero), with_colons(last))
    return Limits(field, taken, (short, long, ("G" + zero[1:], "F-hex"), *beyond))


def addresses(octets: int) -> str:
    """Five e-mail addresses, with their separators so many octets long."""
    room, more = divmod(octets - 4 * len("; "), 5)
    sizes = [room + (place < more) - len("@meters.example") for place in range(5)]
    return "; ".join("a" * size + "@meters.example" for size in sizes)


LIMITS = (
    Limits(f.DEVICE_TYPE, (make.HUB, make.GAS, make.HCALCS, make.PPMID, make.ESME), (
        ("", "F-required"), ("Type 2 Device", "F-device-type"), (make.ESME.lower(), "F-device-type"),
        ("x" * 51, "F-length"),
    )),
    hexadecimal(f.MANUFACTURER, "FFFE", ("FFFF", "F-manufacturer-range"), ("", "F-required")),
    hexadecimal(f.MODEL, "FFBF", ("FFC0", "F-model-range"), ("FFFF", "F-model-range"), ("", "F-required")),
    hexadecimal(f.HARDWARE_VERSION, "FF", ("", "F-required")),
    hexadecimal(f.HARDWARE_REVISION, "FF", ("", "F-required")),
    hexadecimal(f.FIRMWARE, "FFFFFFFF", ("", "F-required")),
    Limits(f.TS_VERSION, ("SMETS V5.1",), (
        ("", "F-required"), ("CHTS V1.5", "V-document"), ("SMETS V" + "9" * 8, "F-length"),
    )),
    Limits(f.GBCS_VERSION, ("GBCS Version 4.1",), (
        ("", "F-required"), ("GBCS Version 9.9", "V-combination"), ("GBCS Version " + "9" * 8, "F-length"),
    )),
    identifier(f.CPA_ID, 24, "[E] "),
    Limits(f.CPA_SECURITY, ("Security Characteristics version 1.2", "Security Characteristics version 1.3"), (
        ("Security Characteristics version 1.4", "C-version"), ("Not Relevant", "C-version"),
        ("x" * 41, "F-length"),
    )),
    Limits(f.CPA_DATE, (FIRST_DAY, LAST_DAY, "29/02/2028"), (
        ("19/11/2026", "C-expired"), ("21/11/2032", "C-too-far"), ("29/02/2027", "F-date"),
        ("01/11/31", "F-date"), ("11/2031", "F-date"),
    )),
    identifier(f.DLMS_ID, 10),
    Limits(f.DLMS_VERSION, ("CTT 3.1", "CTT 4.2"), (("CTT 3.0", "C-version"), ("CTT 4.2.1.0.1", "F-length"))),
    identifier(f.ZSE_ID, 40),
    Limits(f.ZSE_VERSION, ("ZigBee Smart Energy Standard 1.2b", "ZigBee Smart Energy Standard 1.4"), (
        ("ZigBee Smart Energy Standard 1.3", "C-version"), ("x" * 41, "F-length"),
    )),
    words(f.IMAGE_CREATOR, 100),
    hexadecimal(f.IMAGE_HASH, "F" * 64),
    words(f.IMAGE_DESCRIPTOR, 100),
    words(f.CONTACT_NAME, 400),
    words(f.CONTACT_TELEPHONE, 100),
    Limits(f.CONTACT_EMAIL, ("a@x.example", addresses(400)), (
        (addresses(401), "F-length"), ("a at x.example", "P-email"),
        ("; ".join(["a@x.example"] * 6), "P-five"),
    )),
    *(words(field, 45) for field in (f.FIR_COMPANY, f.FIR_HOUSE, f.FIR_STREET, f.FIR_CITY)),
    words(f.FIR_POST_CODE, 8),
    *(words(field, 45) for field in (f.FIR_COUNTRY, f.FIR_TELEPHONE)),
    Limits(f.FIR_WEBSITE, ("https://x.example/" + "x" * 82,), (
        ("https://x.example/" + "x" * 83, "F-length"), ("ftp://x.example", "P-website"),
    )),
    Limits(f.FIR_EMAIL, ("x" * 60 + "@" + "m" * 31 + ".example",), (
        ("x" * 60 + "@" + "m" * 32 + ".example", "F-length"), ("nobody", "P-email"),
    )),
    words(f.FIR_DESCRIPTION, 500),
)  # fmt: skip


def said(field: Field, text: str) -> set[str]:
    """The rules that refuse an answer to one row of a form that is valid otherwise."""
    reading = read_answers("new_entry", {**make.make_answers(), field.name: text})
    found = (*reading.problems, *check(make.make_case(reading.answers)))
    return {one.rule for one in found if one.field == field.name and one.level == Level.REFUSE}


def test_every_row_of_the_form_is_here_and_in_its_order():
    assert [limits.field for limits in LIMITS] == list(f.FORM)
    assert set(FORM_TEXTS) - {f.ENTRY_NUMBER.name, f.ENTRY_STATUS.name} == {one.name for one in f.FORM}
    assert (ROW[f.DEVICE_TYPE], ROW[f.FIR_DESCRIPTION]) == (9, 39)


@pytest.mark.parametrize("limits", LIMITS, ids=lambda one: f"row {ROW[one.field]} {one.field.label}")
def test_an_answer_at_the_limit_is_taken_and_beyond_it_refused(limits: Limits):
    for text in limits.taken:
        assert said(limits.field, text) == set(), text
    for text, rule in limits.refused:
        assert rule in said(limits.field, text), text


@pytest.mark.parametrize("field", [f.CPA_ID, f.DLMS_ID, f.ZSE_ID], ids=lambda one: f"row {ROW[one]}")
def test_a_space_at_either_end_of_an_identifier_is_removed_and_shown(field: Field):
    listed = make.make_answers()[field.name]
    reading = read_answers("new_entry", {field.name: f" {listed} "})
    assert reading.answers == {field.name: listed}
    assert [problem.rule for problem in reading.problems] == ["F-text-repaired"]


@pytest.mark.parametrize(("prefix", "date", "rule"), [
    ("[E] ", "19/11/2026", "C-expired"), ("[E] ", FIRST_DAY, ""), ("[E] ", LAST_DAY, ""),
    ("[E] ", "21/11/2032", "C-too-far"), ("[R] ", "01/01/2001", ""), ("[R] ", "31/12/2099", ""),
])  # fmt: skip
def test_row_19_a_standard_certificate_lasts_six_years_and_a_lifetime_one_any_time(prefix, date, rule):
    answers = make.make_answers(cpa_id=f"{prefix}7701", cpa_date=date)
    found = {one.rule for one in check(make.make_case(answers)) if one.field == f.CPA_DATE.name}
    assert found == ({rule} if rule else set())


# Column D, by device: what each row must be. "may": the certificate is given as a whole or not at all.
SMETS1 = "a SMETS1 meter"
DEVICES = (make.ESME, TWIN, POLYPHASE, make.GAS, make.HUB, make.HCALCS, make.PPMID, SMETS1)
MUST, EMPTY, MAY = "must be given", "must be empty", "may be given"
CPA_FOR = dict.fromkeys(DEVICES, MUST) | {make.PPMID: EMPTY, SMETS1: EMPTY}
DLMS_FOR = dict.fromkeys(DEVICES, MAY) | dict.fromkeys((make.ESME, TWIN, POLYPHASE), MUST) | {SMETS1: EMPTY}
ZIGBEE_FOR = dict.fromkeys(DEVICES, MUST) | {SMETS1: EMPTY}
INFORMATION_FOR = dict.fromkeys(DEVICES, MUST) | dict.fromkeys((make.HUB, make.HCALCS, make.PPMID), EMPTY)
ALWAYS = dict.fromkeys(DEVICES, MUST)
CONDITIONS: dict[Field, Mapping[str, str]] = {
    **dict.fromkeys((*f.DEVICE_FIELDS, *f.VERSION_FIELDS), ALWAYS),  # rows 9 to 16
    **dict.fromkeys((f.CPA_ID, f.CPA_DATE), CPA_FOR),  # rows 17 and 19; row 18 stands below
    **dict.fromkeys(f.DLMS_FIELDS, DLMS_FOR),  # rows 20 and 21
    **dict.fromkeys(f.ZSE_FIELDS, ZIGBEE_FOR),  # rows 22 and 23
    **dict.fromkeys(f.CONTACT_FIELDS, CPA_FOR),  # rows 27 to 29
    **dict.fromkeys(f.FIR_FIELDS, INFORMATION_FOR),  # rows 30 to 39
}


def answers_for(device: str) -> make.Answers:
    if device == SMETS1:
        return make.make_smets1_answers()
    valid = {make.HUB: make.make_hub_answers, make.PPMID: make.make_ppmid_answers}
    answers = valid.get(device, make.make_answers)(device_type=device)
    if device == make.GAS:
        answers[f.TS_VERSION.name] = "SMETS V4.3"
    unwanted = [one.name for one in CONDITIONS if CONDITIONS[one][device] == EMPTY]
    return {name: text for name, text in answers.items() if name not in unwanted}


def refused(answers: make.Answers) -> tuple[Problem, ...]:
    """What the rules refuse, by the device types and requirements that the program brings."""
    dcc, _ = Party.objects.get_or_create(name="Data and Communications Company", category="dcc")
    Party.objects.get_or_create(name=make.SUPPLIER, category="large_supplier")
    (checked,) = check_many(
        "new_entry", [answers], party=dcc, by_panel=False, on=make.DAY, evidence=make.EVIDENCE
    )
    return tuple(one for one in checked.problems if one.level == Level.REFUSE)


@pytest.mark.django_db
@pytest.mark.parametrize("field", CONDITIONS, ids=lambda one: f"row {ROW[one]} {one.label}")
def test_a_row_is_filled_in_or_left_empty_as_its_device_asks(tables: None, field: Field):
    for device, state in CONDITIONS[field].items():
        answers = answers_for(device)
        together = f.DLMS_FIELDS if state == MAY else (field,)
        given = {
            **answers,
            **{one.name: answers.get(one.name) or make.make_answers()[one.name] for one in together},
        }
        empty = {name: text for name, text in answers.items() if name not in {one.name for one in together}}
        assert (field.name in {one.field for one in refused(given)}) is (state == EMPTY), (device, "given")
        assert (field.name in {one.field for one in refused(empty)}) is (state == MUST), (device, "empty")


@pytest.mark.django_db
@pytest.mark.parametrize("device", DEVICES)
def test_a_form_filled_in_as_its_device_asks_is_refused_nothing(tables: None, device: str):
    assert refused(answers_for(device)) == ()


@pytest.mark.django_db
@pytest.mark.parametrize(("device", "text", "rule"), [
    (make.ESME, make.SECURITY, ""),
    (make.ESME, "Not Relevant", "C-version"),
    (make.ESME, "", "C-version-required"),
    (make.PPMID, "Not Relevant", ""),
    (make.PPMID, make.SECURITY, "C-not-relevant"),
    (make.PPMID, "", "C-not-relevant"),
    (SMETS1, "", ""), (SMETS1, "Not Relevant", "S-empty"), (SMETS1, make.SECURITY, "S-empty"),
])  # fmt: skip
def test_row_18_is_not_relevant_for_the_pre_payment_interface_alone(tables, device, text, rule):
    found = refused({**answers_for(device), f.CPA_SECURITY.name: text})
    assert {one.rule for one in found if one.field == f.CPA_SECURITY.name} == ({rule} if rule else set())


@pytest.mark.django_db
@pytest.mark.parametrize(("device", "ts", "rule"), [
    (make.HUB, "CHTS V1.5", ""), (make.HUB, "SMETS V5.1", "V-document"),
    (make.ESME, "SMETS V5.1", ""), (make.ESME, "CHTS V1.5", "V-document"),
])  # fmt: skip
def test_row_15_a_hub_names_chts_and_any_other_device_smets(tables, device, ts, rule):
    found = refused({**answers_for(device), f.TS_VERSION.name: ts})
    assert {one.rule for one in found if one.field == f.TS_VERSION.name} == ({rule} if rule else set())


@pytest.mark.django_db
@pytest.mark.parametrize(("ts", "gbcs", "taken"), [
    ("SMETS V1.2", "GBCS Version 0.0", True), ("SMETS V1.2", "GBCS Version 4.1", False),
    ("SMETS V5.1", "GBCS Version 0.0", False), ("SMETS V5.1", "GBCS Version 4.1", True),
])  # fmt: skip
def test_row_16_smets1_goes_with_gbcs_0_0_and_nothing_else_does(tables, ts, gbcs, taken):
    device = SMETS1 if ts == "SMETS V1.2" else make.ESME
    found = refused({**answers_for(device), f.TS_VERSION.name: ts, f.GBCS_VERSION.name: gbcs})
    assert ("V-combination" not in {one.rule for one in found}) is taken


@pytest.mark.parametrize(("creator", "image", "descriptor", "rules"), [
    ("Tidewater", make.HASH, "Whole image; Dual Band", set()),
    ("", "", "", set()),
    ("Tidewater", make.HASH, "", {"I-descriptor"}),
    ("Tidewater", "", "", {"I-both"}),
    ("", make.HASH, "Whole image; Dual Band", {"I-both"}),
    ("", "", "Whole image; Dual Band", {"I-alone"}),
    ("Tidewater", make.HASH, "Whole image", {"I-band"}),
])  # fmt: skip
def test_rows_24_to_26_an_image_is_given_as_a_whole_or_not_at_all(creator, image, descriptor, rules):
    answers = make.make_answers(image_creator=creator, image_hash=image, image_descriptor=descriptor)
    assert {one.rule for one in check(make.make_case(answers))} == rules


@pytest.mark.parametrize("field", f.CONTACT_FIELDS, ids=lambda one: f"row {ROW[one]}")
def test_rows_27_to_29_name_five_people_and_no_sixth(field: Field):
    five = "; ".join(f"a{number}@x.example" for number in range(5))
    assert said(field, five) == set()
    assert said(field, f"{five}; b@x.example") == {"P-five"}


@pytest.mark.parametrize(("text", "taken"), [
    ("See https://tidewater.example/notes", True), ("See www.tidewater.example/notes", False),
    ("See https://ada:secret@tidewater.example/notes", False), ("See ftp://tidewater.example", False),
])  # fmt: skip
def test_row_39_an_address_opens_without_registration_or_password(text: str, taken: bool):
    assert ("P-address" not in said(f.FIR_DESCRIPTION, text)) is taken
