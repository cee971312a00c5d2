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
