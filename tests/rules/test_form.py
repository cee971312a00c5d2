"""Lengths in octets, ranges, characters: taken at the limit and refused beyond it."""

import pytest

from cpl import fields as f
from cpl.fields import BY_KIND, Field
from cpl.rules.form import REQUIRED
from cpl.rules.reading import WORDS
from tests import make
from tests.rules.said import ids, of

KIND_OF = {field: kind for kind in reversed(BY_KIND) for field in BY_KIND[kind]}
CHOICES = [field for field in WORDS if field.kind == "choice"]


def case_with(field: Field, text: str):
    kind = KIND_OF[field]
    return make.make_case({**make.VALID[kind](), field.name: text}, kind)


@pytest.mark.parametrize("field", WORDS, ids=lambda field: field.name)
def test_every_field_of_words_is_as_long_as_its_limit_and_no_longer(field):
    assert "F-length" not in ids(case_with(field, "x" * field.limit))
    (problem,) = of("F-length", case_with(field, "x" * (field.limit + 1)))
    assert problem.field == field.name
    assert str(field.limit) in problem.message


def test_length_is_counted_in_octets_and_not_in_letters():
    assert "F-length" not in ids(case_with(f.FIR_POST_CODE, "é" * 4))
    assert "F-length" in ids(case_with(f.FIR_POST_CODE, "é" * 4 + "e"))


def test_the_limits_are_those_of_the_form():
    limits = {field.label: field.limit for field in f.FORM}
    assert [limits[field.label] for field in (f.CPA_ID, f.DLMS_ID, f.ZSE_ID)] == [24, 10, 40]
    assert [field.limit for field in (f.CONTACT_NAME, f.CONTACT_TELEPHONE, f.CONTACT_EMAIL)] == [
        400,
        100,
        400,
    ]
    assert [f.FIR_POST_CODE.limit, f.FIR_WEBSITE.limit, f.FIR_DESCRIPTION.limit] == [8, 100, 500]


@pytest.mark.parametrize(("field", "last", "beyond"), [
    (f.MANUFACTURER, "FFFE", "FFFF"),
    (f.MODEL, "FFBF", "FFC0"),
])  # fmt: skip
def test_identifiers_reach_to_the_end_of_their_range(field, last, beyond):
    assert not ids(case_with(field, "0000")) & {"F-manufacturer-range", "F-model-range"}
    assert not ids(case_with(field, last)) & {"F-manufacturer-range", "F-model-range"}
    assert ids(case_with(field, beyond)) & {"F-manufacturer-range", "F-model-range"}


@pytest.mark.parametrize(
    "field", [f.HARDWARE_VERSION, f.HARDWARE_REVISION, f.FIRMWARE], ids=lambda one: one.name
)
def test_the_other_hex_fields_take_every_value_of_their_width(field):
    for digit in "0F":
        assert ids(case_with(field, digit * 2 * field.limit)) == set()


def test_an_unreadable_identifier_has_no_range():
    assert not ids(case_with(f.MODEL, "FFFFF")) & {"F-model-range"}


@pytest.mark.parametrize("kind", REQUIRED)
def test_each_required_field_is_missed_by_itself(kind):
    for field in REQUIRED[kind]:
        answers = {name: text for name, text in make.VALID[kind]().items() if name != field.name}
        assert [problem.field for problem in of("F-required", make.make_case(answers, kind))] == [field.name]


@pytest.mark.parametrize("character", [" ", "!", "~"])
def test_identifiers_may_hold_any_character_from_space_to_tilde(character):
    assert "F-printable" not in ids(case_with(f.ZSE_ID, f"ZIG{character}7"))


@pytest.mark.parametrize("text", ["ZIG\x7f", "ZIG\x1f7", "ZIGé", " ZIG", "ZIG ", "ZIG\u20137"])
def test_identifiers_may_hold_nothing_else(text):
    assert "F-printable" in ids(case_with(f.ZSE_ID, text))


def test_a_new_line_is_taken_where_people_write_several():
    assert "F-control" not in ids(case_with(f.FIR_DESCRIPTION, "one\ntwo"))
    assert "F-control" not in ids(case_with(f.IMAGE_DESCRIPTOR, "one\ntwo"))
    assert "F-control" in ids(case_with(f.FIR_STREET, "one\ntwo"))


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "a\u2028b", "a\x1bb"])
def test_characters_that_are_no_text_are_refused(text):
    assert "F-control" in ids(case_with(f.FIR_DESCRIPTION, text))


def test_letters_of_any_language_are_text():
    assert "F-control" not in ids(case_with(f.FIR_CITY, "Ynys Môn"))


def test_a_device_type_that_is_closed_today_may_not_be_named():
    (problem,) = of("F-device-type", case_with(f.DEVICE_TYPE, make.SAPC))
    assert make.SAPC not in problem.expected
    assert make.ESME in problem.expected


@pytest.mark.parametrize("spelling", [make.ESME.lower(), make.ESME + "s", "ESME"])
def test_a_device_type_has_one_spelling(spelling):
    assert "F-device-type" in ids(case_with(f.DEVICE_TYPE, spelling))
