import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpl.formats.hexes import Reading, is_canonical, read_listed, read_submitted, with_colons, without_colons
from cpl.formats.problems import Refusal

octets = st.integers(1, 32)
hexes = st.binary(min_size=1, max_size=32).map(lambda value: value.hex().upper())


@given(hexes)
def test_colons_come_and_go_without_loss(value: str) -> None:
    assert without_colons(with_colons(value)) == value


@given(hexes)
def test_canonical_hexadecimal_is_read_unchanged_by_both_readers(value: str) -> None:
    for read in (read_listed, read_submitted):
        assert read(value, len(value) // 2) == Reading(value)
        assert read(with_colons(value), len(value) // 2) == Reading(value)


@given(st.text(), octets)
def test_whatever_is_read_is_canonical(text: str, size: int) -> None:
    for read in (read_listed, read_submitted):
        reading = read(text, size)
        assert isinstance(reading, Refusal) or is_canonical(reading.value, size)


@given(st.integers() | st.floats(), octets)
def test_a_number_is_never_padded(number: int | float, size: int) -> None:
    for read in (read_listed, read_submitted):
        reading = read(number, size)
        assert isinstance(reading, Refusal) or reading.value == str(int(number))


@given(hexes, st.data())
def test_what_typing_does_to_hexadecimal_is_undone_and_reported(value: str, data: st.DataObject) -> None:
    spoilt = data.draw(st.sampled_from([
        value.lower() + " ",
        "\u2009".join(value),
        "0x" + value,
        value.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789ABCDEF"}),
        " " + value.replace("0", "O"),
        "\ufeff" + with_colons(value.lower()),
    ]))  # fmt: skip
    reading = read_submitted(spoilt, len(value) // 2)
    assert isinstance(reading, Reading)
    assert reading.value == value
    assert reading.repairs


@pytest.mark.parametrize(
    ("value", "size", "reason"),
    [
        (0, 1, "leading zeros"),
        (12, 2, "leading zeros"),
        (5e12, 2, "too long"),
        (1200, 2, "with an E"),
        (12.5, 2, "turned this into a number"),
        (float("nan"), 1, "turned this into a number"),
        ("5.00E+12", 4, "turned this into a number"),
        ("1.2E7", 4, "turned this into a number"),
        ("12.50", 2, "turned this into a number"),
        ("12", 2, "too few"),
        ("106C00", 2, "too many"),
        ("10G6", 2, "not hexadecimal digits: G"),
        ("", 1, "empty"),
        (True, 1, "not text"),
        (None, 1, "not text"),
    ],
)
def test_a_submitted_value_with_two_readings_is_refused_with_the_reason(
    value: object, size: int, reason: str
) -> None:
    refusal = read_submitted(value, size)
    assert isinstance(refusal, Refusal)
    assert reason in refusal.message
    assert refusal.expected


@pytest.mark.parametrize(("value", "size", "reason"), [
    ("0.0", 1, "turned this into a number"),
    ("0", 1, "leading zeros may be missing"),
    ("5E-12", 2, "turned this into a number"),
    ("1,2E7", 4, "turned this into a number"),
    ("5.0e12", 2, "turned this into a number"),
    (1000, 2, "with an E"),  # 1E03
    (12345600, 4, "with an E"),  # 123456E2
    (-12, 1, "turned this into a number"),
    (10**400, 32, "turned this into a number"),
    ("1:06C", 2, "between whole octets"),
    ("A:0B:0C:0D0", 4, "between whole octets"),
    ("12::34", 2, "between whole octets"),
    ("12:34:", 2, "between whole octets"),
    ("1 06C", 2, "between whole octets"),
    ("0A B 0C 0D0", 4, "between whole octets"),
    ("12-34", 2, "between whole octets"),
    ("2026-01-02", 4, "between whole octets"),
    ("01-02-2026", 4, "between whole octets"),
    ("1-2", 1, "between whole octets"),
    ("I2", 1, "I (a letter, where the digit 1 may be meant)"),
    ("l2", 1, "l (a letter, where the digit 1 may be meant)"),
    ("5S", 1, "S (a letter, where the digit 5 may be meant)"),
    ("0\u0410", 1, "U+0410 (cyrillic capital letter a)"),
    ("\u03920", 1, "U+0392 (greek capital letter beta)"),
    ("\u0661\u0662", 1, "U+0661 (arabic-indic digit one)"),
    ("\ufb00", 1, "U+FB00 (latin small ligature ff)"),
    ("1\u00b2", 1, "U+00B2 (superscript two)"),
    ("12\u202e34", 2, "U+202E (right-to-left override)"),
    ("0A/0B", 2, "not hexadecimal digits: /"),
    ("=1200", 2, "not hexadecimal digits: ="),
])  # fmt: skip
def test_what_only_looks_like_hexadecimal_is_refused_with_the_reason(
    value: object, size: int, reason: str
) -> None:
    refusal = read_submitted(value, size)
    assert isinstance(refusal, Refusal)
    assert reason in refusal.message


@pytest.mark.parametrize(("value", "taken", "repairs"), [
    ("5e12", "5E12", ["put in upper case"]),
    ("0x5E12", "5E12", ["0x prefix removed"]),
    ("Ox0A 0X0B", "0A0B", ["letter O replaced by the digit zero", "0x prefix removed", "spaces removed"]),
    ("0A\u00a00B", "0A0B", ["spaces removed"]),
    ("0A\u20090B\u202f0C\u30000D", "0A0B0C0D", ["spaces removed"]),
    ("0A : 0B : 0C : 0D", "0A0B0C0D", ["spaces removed"]),
    ("0A0B:0C0D", "0A0B0C0D", ["separators removed"]),
    ("\u200e0A:0B", "0A0B", ["invisible characters removed"]),
    ("0A\u20130B\u20130C\u20130D", "0A0B0C0D", ["separators removed"]),
    ("5E-12-00-01", "5E120001", ["separators removed"]),
    ('="0012"', "0012", ["quotation marks removed"]),
    ("'0012", "0012", ["quotation marks removed"]),
    ("\uff10\uff21\uff1a\uff2f\uff43", "0A0C", [
        "full-width characters replaced", "letter O replaced by the digit zero", "put in upper case",
    ]),
])  # fmt: skip
def test_what_has_one_reading_is_repaired_and_each_step_told(
    value: str, taken: str, repairs: list[str]
) -> None:
    assert read_submitted(value, len(taken) // 2) == Reading(taken, tuple(repairs))


SPOILT = st.text("0123456789ABCDEFabcdefOo:.- \u2009\u200b\u2013xXGIl'=\"+,\uff11\uff21", max_size=24)
DIGITS = str.maketrans({"O": "0", "o": "0", "\uff11": "1", "\uff21": "A"})


@given(SPOILT | st.text(), st.sampled_from([1, 2, 4, 32]))
def test_no_repair_changes_adds_or_drops_a_digit(text: str, size: int) -> None:
    """Whatever is taken holds the very digits that stood there, in their order."""
    reading = read_submitted(text, size)
    if isinstance(reading, Reading):
        stood = text.translate(DIGITS)
        digits = re.findall("[0-9A-F]", re.sub("0[xX]", "", stood).upper().translate(DIGITS))
        assert "".join(digits) == reading.value
        assert reading.repairs or text in (reading.value, with_colons(reading.value))


@given(hexes, st.data())
def test_a_digit_lost_or_doubled_is_never_made_up_for(value: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(value) - 1))
    part = data.draw(st.sampled_from(["", value[at] * 2]))
    colons = data.draw(st.booleans())
    spoilt = value[:at] + part + value[at + 1 :]
    written = with_colons(spoilt) if colons else spoilt
    assert isinstance(read_submitted(written, len(value) // 2), Refusal)


@given(st.sampled_from([2, 4]), st.data())
def test_no_number_that_digits_with_an_e_become_is_taken(size: int, data: st.DataObject) -> None:
    """Were it taken, other digits would be listed than those that somebody typed."""
    digits = data.draw(st.text("0123456789", min_size=2 * size - 1, max_size=2 * size - 1))
    at = data.draw(st.integers(1, len(digits) - 1))
    assert isinstance(read_submitted(float(f"{digits[:at]}E{digits[at:]}"), size), Refusal)


def test_digits_with_an_e_typed_as_text_are_hexadecimal() -> None:
    assert read_submitted("5E12", 2) == Reading("5E12")


def test_dots_between_octets_are_separators_where_no_decimal_can_be_meant() -> None:
    assert read_submitted("01.08.97.00", 4) == Reading("01089700", ("separators removed",))


def test_a_submitted_number_at_full_width_is_taken_and_reported() -> None:
    assert read_submitted(1201, 2) == Reading("1201", ("a number cell, taken at full width",))


@pytest.mark.parametrize(("number", "size"), [(12, 1), (37, 1), (52.0, 1), (10000001, 4)])
def test_a_number_on_the_list_is_taken_at_full_width(number: int | float, size: int) -> None:
    reading = read_listed(number, size)
    assert isinstance(reading, Reading)
    assert reading.value == str(int(number))
    assert reading.repairs


@pytest.mark.parametrize(
    "value", [0, 7, 100, float("nan"), float("inf"), -12, True, None, "NaN", "1O", "1", "1:2"]
)
def test_the_list_is_never_guessed_at(value: object) -> None:
    assert isinstance(read_listed(value, 1), Refusal)


def test_outer_spaces_and_lower_case_on_the_list_are_put_right_and_reported() -> None:
    assert read_listed(" 10:6c ", 2) == Reading("106C", ("outer spaces removed", "put in upper case"))


def test_colons_in_the_wrong_place_on_the_list_are_refused() -> None:
    assert isinstance(read_listed("1:06C", 2), Refusal)
