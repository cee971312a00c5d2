"""Contacts for CPA, firmware information, and who must leave them empty."""

import pytest

from cpl import fields as f
from tests import make
from tests.rules.said import ids, of


def email(text: str) -> set[str]:
    return ids(make.make_case(make.make_answers(contact_email=text)))


@pytest.mark.parametrize("text", [
    "a@b.example",
    "first.last+cpl@sub.domain.example",
    "o'neill@tidewater.example",
    "a@b.example; c@d.example",
])  # fmt: skip
def test_an_email_address_is_taken(text):
    assert email(text) == set()


@pytest.mark.parametrize("text", [
    "a", "a@b", "a@@b.example", "a b@c.example", "@b.example", "a@b..example", ".a@b.example", "a.@b.example",
    "a..b@c.example", "a@-b.example", "a@b.example; nobody", "<a@b.example>", "a@b.example, c@d.example",
    "x" * 65 + "@b.example", "a@b.1",
])  # fmt: skip
def test_what_is_no_email_address_is_refused(text):
    assert "P-email" in email(text)


def test_only_the_wrong_one_of_several_addresses_is_named():
    case = make.make_case(make.make_answers(contact_email="a@b.example; nobody; c@d.example"))
    assert [problem.found for problem in of("P-email", case)] == ["nobody"]


def test_the_firmware_contact_has_an_email_address_too():
    (problem,) = of("P-email", make.make_case(make.make_answers(fir_email="nobody")))
    assert problem.field == f.FIR_EMAIL.name


@pytest.mark.parametrize("field", f.CONTACT_FIELDS, ids=lambda field: field.label)
def test_five_contacts_are_taken_and_a_sixth_refused(field):
    one = "a@b.example" if field == f.CONTACT_EMAIL else "A"
    answers = {**make.make_answers(), field.name: "; ".join([one] * 5)}
    assert ids(make.make_case(answers)) == set()
    assert ids(make.make_case({**answers, field.name: "; ".join([one] * 6)})) == {"P-five"}


def test_a_contact_is_asked_for_wherever_a_cpa_certificate_is():
    without = dict.fromkeys(make.CONTACT, "")
    assert len(of("P-contact-required", make.make_case(make.make_answers(**without)))) == 3
    assert len(of("P-contact-required", make.make_case(make.make_hub_answers(**without)))) == 3


def test_a_smets1_entry_has_no_contact_for_cpa():
    assert ids(make.make_smets1_case(contact_name="Ada Quill")) == {"P-contact-unwanted"}


@pytest.mark.parametrize("field", f.FIR_FIELDS, ids=lambda field: field.label)
def test_meters_give_all_firmware_information(field):
    answers = {**make.make_answers(), field.name: ""}
    assert [p.field for p in of("P-firmware-required", make.make_case(answers))] == [field.name]


def test_smets1_meters_give_it_too():
    assert ids(make.make_smets1_case(fir_city="")) == {"P-firmware-required"}


@pytest.mark.parametrize("device_type", [make.HUB, make.PPMID, make.HCALCS])
def test_hubs_interfaces_and_switches_give_none(device_type):
    found = of("P-firmware-unwanted", make.make_case(make.make_answers(device_type=device_type)))
    assert [problem.field for problem in found] == [field.name for field in f.FIR_FIELDS]


@pytest.mark.parametrize("text", [
    "https://tidewater.example", "http://tidewater.example:8080/notes?x=1", "www.tidewater.example",
    "tidewater.example/firmware", "HTTPS://TIDEWATER.EXAMPLE", "https://m\u00fcnchen.example",
])  # fmt: skip
def test_a_website_is_an_address_with_or_without_its_scheme(text):
    assert ids(make.make_case(make.make_answers(fir_website=text))) == set()


@pytest.mark.parametrize("text", [
    "n/a", "Tidewater", "ftp://tidewater.example", "javascript:alert(1)", "https://", "https://localhost",
    "https://ada:secret@tidewater.example", "//tidewater.example", "https://tidewater.example/a b",
    "certificates@tidewater.example",
])  # fmt: skip
def test_any_other_website_is_refused(text):
    assert ids(make.make_case(make.make_answers(fir_website=text))) == {"P-website"}


@pytest.mark.parametrize("text", [
    "Faster start.",
    "See https://tidewater.example/notes, or http://tidewater.example",
    "Write to us: clock // display",
    "https://www.tidewater.example/a",
])  # fmt: skip
def test_an_address_in_the_notes_may_be_opened_by_anybody(text):
    assert ids(make.make_case(make.make_answers(fir_description=text))) == set()


@pytest.mark.parametrize("text", [
    "ftp://tidewater.example", "www.tidewater.example/notes", "https://ada:secret@tidewater.example/",
    "file:///notes", "HTTPX://tidewater.example", "https:///notes",
])  # fmt: skip
def test_any_other_address_is_refused(text):
    assert "P-address" in ids(make.make_case(make.make_answers(fir_description=text)))
