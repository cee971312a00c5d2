"""Answers in canonical form: repaired where there is one reading, refused where there are two."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpl import fields as f
from cpl.fields import BY_KIND, Field
from cpl.prefixes import split_prefix
from cpl.rules.problem import Level
from cpl.rules.reading import read_answer, read_answers
from cpl.rules.values import octets, parse_numbers, people, read_numbers


def taken(field: Field, value: object) -> str:
    """The value read, with nothing to say about it."""
    text, problem = read_answer(field, value)
    assert problem is None, problem
    return text


def repaired(field: Field, value: object) -> str:
    text, problem = read_answer(field, value)
    assert problem and problem.level == Level.REPAIR and problem.expected == text
    return text


def refused(field: Field, value: object) -> str:
    text, problem = read_answer(field, value)
    assert problem and problem.level == Level.REFUSE
    return text


@pytest.mark.parametrize("typed", ["0A0B0C0D", "0A:0B:0C:0D"])
def test_hex_is_taken_with_and_without_colons(typed):
    assert taken(f.FIRMWARE, typed) == "0A0B0C0D"


@pytest.mark.parametrize(
    "typed", ["0a0b0c0d", "0A 0B 0C 0D", "0x0A0B0C0D", "0A-0B-0C-0D", "OAOBOCOD", " 0A0B0C0D "]
)
def test_hex_with_one_reading_is_repaired_and_shown(typed):
    assert repaired(f.FIRMWARE, typed) == "0A0B0C0D"


def test_a_repair_shows_what_was_found_and_what_was_taken():
    _, problem = read_answer(f.FIRMWARE, "0a0b0c0d")
    assert problem
    assert (problem.rule, problem.found, problem.expected) == ("F-hex-repaired", "0a0b0c0d", "0A0B0C0D")


@pytest.mark.parametrize("typed", ["5E12", "0A0B0C", "0A0B0C0D0E", "0A0B0C0G", "5E+12", "1.5"])
def test_hex_with_no_one_reading_is_refused_and_left_as_it_is(typed):
    assert refused(f.FIRMWARE, typed) == typed


def test_a_number_cell_is_taken_as_hex_only_at_full_width():
    assert repaired(f.MODEL, 1234) == "1234"
    assert repaired(f.HARDWARE_VERSION, 12) == "12"
    refused(f.MODEL, 123)
    refused(f.HARDWARE_VERSION, 0)
    refused(f.FIRMWARE, 5e12)


def test_a_refused_number_cell_is_refused_again_when_it_is_read_from_the_draft():
    kept = refused(f.MODEL, 1200)
    assert kept != "1200"
    assert refused(f.MODEL, kept) == kept


# What a spreadsheet's cell of a date holds: no zone.
MIDNIGHT = datetime.datetime(2031, 11, 1)  # noqa: DTZ001


@pytest.mark.parametrize("typed", ["01/11/2031", MIDNIGHT.date(), MIDNIGHT])
def test_a_date_is_read_from_text_and_from_date_cells(typed):
    assert taken(f.CPA_DATE, typed) == "01/11/2031"


@pytest.mark.parametrize("typed", ["1/11/2031", "01-11-2031", "2031-11-01", " 01/11/2031"])
def test_a_date_written_another_way_is_repaired(typed):
    assert repaired(f.CPA_DATE, typed) == "01/11/2031"


@pytest.mark.parametrize("typed", ["31/02/2031", "11/2031", "soon", "01/11/31"])
def test_a_date_that_is_none_is_refused_and_left_as_it_is(typed):
    assert refused(f.CPA_DATE, typed) == typed


def test_a_number_cell_is_no_date():
    kept = refused(f.CPA_DATE, 44000)
    assert refused(f.CPA_DATE, kept) == kept


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("12; 13, 15-17", "000012; 000013; 000015; 000016; 000017"),
        ("000012", "000012"),
        ("12\r\n13", "000012; 000013"),
        ("15\u201316;", "000015; 000016"),
        ("13; 12; 13", "000013; 000012; 000013"),
    ],
)
def test_entry_numbers_are_written_with_six_digits(typed, numbers):
    assert taken(f.ENTRIES, typed) == numbers


def test_a_number_cell_is_an_entry_number():
    assert taken(f.REPLACES, 12) == "000012"
    assert taken(f.REPLACES, 12.0) == "000012"


@pytest.mark.parametrize("typed", ["0", "twelve", "12 13", "17-15", "1000000", "12-", "none", "-3", ";"])
def test_what_is_no_entry_number_is_refused(typed):
    assert refused(f.ENTRIES, typed) == typed


def test_a_field_for_one_entry_takes_no_second():
    assert refused(f.REPLACES, "12; 13") == "12; 13"


def test_as_many_entries_are_taken_as_the_field_holds_and_no_more():
    assert octets(taken(f.ENTRIES, "1-2500")) <= f.ENTRIES.limit
    refused(f.ENTRIES, "1-2501")
    refused(f.ENTRIES, "1-999999")


@pytest.mark.parametrize("typed", ["none", "None", " NONE "])
def test_that_there_is_no_upgrade_path_is_one_word(typed):
    assert taken(f.UPGRADES_FROM, typed) == "none"


def test_none_beside_numbers_is_refused():
    refused(f.UPGRADES_FROM, "none; 12")


def test_outer_spaces_of_text_are_removed_and_shown():
    assert repaired(f.DLMS_ID, " 7701\u00a0") == "7701"


def test_spaces_within_a_choice_run_together():
    assert repaired(f.GBCS_VERSION, "GBCS  Version 4.1 ") == "GBCS Version 4.1"


def test_spaces_within_text_stay():
    assert taken(f.FIR_STREET, "Mill  Lane") == "Mill  Lane"


@pytest.mark.parametrize("typed", ["[e] 2026-7701", "[E]2026-7701", "[E]   2026-7701"])
def test_the_prefix_of_a_cpa_certificate_is_written_as_the_form_has_it(typed):
    assert repaired(f.CPA_ID, typed) == "[E] 2026-7701"


def test_a_number_cell_is_text_that_has_to_be_confirmed():
    assert repaired(f.DLMS_ID, 7701) == "7701"


@pytest.mark.parametrize("cell", [True, 1.5, datetime.date(2026, 11, 20), float("nan"), float("inf"), 10**15])
def test_a_cell_that_is_no_text_is_refused_and_not_kept_as_if_it_were(cell):
    assert refused(f.FIR_HOUSE, cell) == ""


def test_people_are_separated_the_same_way_without_a_word():
    assert taken(f.CONTACT_EMAIL, "a@x.example;b@x.example ;") == "a@x.example; b@x.example"


def test_empty_answers_are_left_out_and_other_names_left_alone():
    reading = read_answers("new_entry", {f.MODEL.name: " ", f.FIR_CITY.name: None, "Other.field": "x"})
    assert reading.answers == {}
    assert reading.problems == ()


def test_problems_of_reading_come_in_the_order_of_the_form():
    reading = read_answers("new_entry", {f.CPA_DATE.name: "soon", f.MODEL.name: "5E1"})
    assert [problem.field for problem in reading.problems] == [f.MODEL.name, f.CPA_DATE.name]


TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="0123456789ABCDEFabcdefOx:.- []\u2013;,/\n\r", max_size=40),
    st.sampled_from(["none", "12; 13-15", "[e]  7701", "0A:0B:0C:0D", "1/2/2030", "\ud800", "a\x00b"]),
)
CELLS = st.one_of(TEXTS, st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.datetimes())


@given(kind=st.sampled_from(sorted(BY_KIND)), cells=st.lists(CELLS, max_size=50))
def test_reading_what_was_read_changes_nothing(kind, cells):
    raw = {field.name: cell for field, cell in zip(BY_KIND[kind], cells, strict=False)}
    once = read_answers(kind, raw)
    again = read_answers(kind, once.answers)
    assert again.answers == once.answers
    assert not [problem for problem in again.problems if problem.level == Level.REPAIR]


@given(field=st.sampled_from([f.FIRMWARE, f.CPA_DATE, f.ENTRIES]), cell=CELLS)
def test_what_is_refused_once_is_refused_for_ever(field, cell):
    kept, problem = read_answer(field, cell)
    if problem and problem.level == Level.REFUSE:
        assert kept
        assert refused(field, kept) == kept


@given(numbers=st.lists(st.integers(1, 999_999), min_size=1, max_size=30))
def test_numbers_come_back_as_they_were_written(numbers):
    assert read_numbers("; ".join(f"{number:06d}" for number in numbers)) == tuple(numbers)


def test_numbers_of_what_is_none_or_unreadable_are_none():
    assert read_numbers("none") == read_numbers("") == read_numbers("12 13") == ()
    assert parse_numbers("12 13") is None


def test_more_numbers_than_a_field_holds_are_none():
    """A refused answer is asked after all the same: a million numbers would take a database seconds."""
    assert len(read_numbers("1-2500")) == 2500
    assert read_numbers("1-999999") == read_numbers("1-2000; 1-2000") == ()


def test_a_prefix_tells_the_kind_of_date():
    assert split_prefix("[E] 7701") == ("expires", "7701")
    assert split_prefix("[R] 7701") == ("renews", "7701")
    assert split_prefix("7701") == ("none", "7701")


def test_people_are_the_parts_between_semicolons():
    assert people("A; ;B;") == ("A", "B")
