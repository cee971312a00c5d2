from datetime import date
from pathlib import Path

import pytest

from cpl.formats.history import HistoryFacts, facts_of
from cpl.formats.listing import IssuedVersion
from cpl.formats.published import read_published
from tests import real_list
from tests.formats.sample import TYPES


def facts(*texts: str) -> HistoryFacts:
    return facts_of(
        IssuedVersion(f"1.{at}", date(2020, 1, at), text) for at, text in enumerate(texts, start=1)
    )


def test_an_added_entry_has_the_product_and_firmware_that_the_line_names() -> None:
    added = facts(
        "Two New Device Models added:\n000005 - Quercus Q1 Gas Meter 01.02.A3.04 (updated firmware)\n"
        "0000014 \N{EN DASH} Quercus Hub (Hybrid) OB:1E:00:00 SKU1 (new hardware version)"
    )
    named = [(one.number, one.version, one.product, one.firmware) for one in added.additions]
    assert named == [
        (5, "1.1", "Quercus Q1 Gas Meter", "01.02.A3.04"),
        (14, "1.1", "Quercus Hub (Hybrid) SKU1", "OB:1E:00:00"),
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "One new device Model Added",
        "12 New SMETS1 Device Models added:",
        "Twenty six new SMETS1 device models added:",
        "One New SMETS2 Device Model added and four new SMETS1 Device Models added:",
        "One new SMETS2 GSME added:",
        "One Device Model re-added:",
        "Five new devices added:",
    ],
)
def test_the_headings_of_additions_vary(heading: str) -> None:
    assert facts(f"{heading}\n000005 - Quercus").addition_of(5) is not None


def test_a_number_of_the_wrong_width_is_the_number_that_it_means() -> None:
    removal = facts(
        "One Device Model has been removed:\n000007 - Hub (Incorrect details submitted. A revised entry is "
        "provided as entry number 0000012)"
    ).removal_of(7)
    assert removal is not None
    assert (removal.ground, removal.replaced_by) == ("replaced", (12,))


def test_corrected_entries_are_meant_in_order_if_there_are_as_many() -> None:
    text = (
        "Two Device Models removed:\n000067 - A (removed)\n000068 - B (removed)\n"
        "(Incorrect details submitted. The corrected entries are provided as entry numbers 000070 and {})"
    )
    assert [one.replaced_by for one in facts(text.format("000071")).removals] == [(70,), (71,)]
    three = facts(text.format("000071 and 000072"))
    assert [one.replaced_by for one in three.removals] == [(70, 71, 72), (70, 71, 72)]


def test_the_dates_of_a_decision_are_taken_where_stated() -> None:
    removal = facts(
        "Four Device Models removed:\n000083 - Quercus meter\nThe CPA Certificates for the listed Device "
        "Models expired on 25 April 2019. The Security Sub-Committee determined on 12 June 2019 that the "
        "above Device Models are to be removed from the Central Products List on 24 June 2019."
    ).removal_of(83)
    assert removal is not None
    assert removal.ground == "cpa_expired"
    assert removal.decided_by == "Security Sub-Committee"
    assert (removal.certificate_on, removal.decided_on, removal.effective_on) == (
        date(2019, 4, 25), date(2019, 6, 12), date(2019, 6, 24),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "ground"),
    [
        ("The CPA Certificates were withdrawn on 13 March 2019.", "certificate_withdrawn"),
        ("It is a clone release of Entry 488.", "duplicate"),
        ("(Incorrect details submitted)", "entered_in_error"),
        ("Approved by the Security Sub-Comittee.", "ssc_decision"),
        ("No longer wanted", "not_stated"),
    ],
)
def test_a_ground_is_taken_only_from_words_that_state_it(reason: str, ground: str) -> None:
    removal = facts(f"One Device Model removed:\n000007 - Quercus\n{reason}").removal_of(7)
    assert removal is not None
    assert removal.ground == ground
    assert removal.decided_on is None
    assert removal.effective_on is None


def test_a_removal_taken_back_does_not_stand() -> None:
    both = facts(
        "One Device Model removed:\n000067 - Quercus (removed)",
        "One Device Models, status changed to 'current'\n000067 - Quercus (original entry valid)",
    )
    assert both.removal_of(67) is None
    assert both.removals[0].undone_in == "1.2"
    assert [one.number for one in both.restorations] == [67]


def test_a_later_version_may_say_what_replaces_an_entry() -> None:
    both = facts(
        "One Device Model removed:\n000036 - Quercus (removed for now)",
        "One Device Model re-added:\n000050 - Quercus (re-added and therefore replaces entry number 000036)",
    ).removal_of(36)
    assert both is not None
    assert (both.version, both.replaced_by, both.also_stated_in) == ("1.1", (50,), "1.2")


def test_corrections_name_their_entries_or_none() -> None:
    found = facts(
        "Entry number 000024 CPA certificate expiry date was corrected",
        "An incorrect Hash value was submitted on entry number 000152.\nIncident INC000000435732: the hash "
        "has been corrected on entry number 000152",
        "A new Certificate. 48 current entries have been updated to reflect this change.",
        "GBCS Version.version_number has been amended in the form",
    ).corrections
    assert [(one.version, one.entries) for one in found] == [("1.1", (24,)), ("1.2", (152,)), ("1.3", ())]


# Version, ground, decided on, effective on, certificate's day, replaced by or duplicate of: read by eye.
WITHDRAWN = ("1.152", "certificate_withdrawn", date(2019, 7, 10), date(2019, 8, 30), date(2019, 3, 13), ())
EXPIRED = ("1.133", "cpa_expired", date(2019, 6, 12), date(2019, 6, 24), date(2019, 4, 25), ())
GAS = ("1.127", "certificate_withdrawn", None, date(2019, 5, 23), date(2019, 3, 13), ())
STATED = {
    7: ("1.4", "replaced", None, None, None, (12,)),
    15: ("1.8", "replaced", None, None, None, (16,)),
    23: ("1.284", "ssc_decision", None, None, None, ()),
    24: ("1.22", "replaced", None, None, None, (40,)),
    36: ("1.25", "replaced", None, None, None, (50,)),
    **dict.fromkeys((37, 55, 62), GAS),
    **dict.fromkeys((44, 66, 97, 98, 121, 122, 124, 125, 140, 141, 148, 149, 153), WITHDRAWN),
    70: ("1.43", "replaced", None, None, None, (74,)),
    71: ("1.43", "replaced", None, None, None, (75,)),
    72: ("1.43", "replaced", None, None, None, (76,)),
    **dict.fromkeys((79, 130), ("1.282", "ssc_decision", None, None, None, ())),
    **dict.fromkeys((83, 139, 182, 185), EXPIRED),
    159: ("1.100", "replaced", None, None, None, (165,)),
    489: ("1.252", "duplicate", None, None, None, (488,)),
    629: ("2.044", "replaced", None, None, None, (710,)),
    630: ("2.044", "replaced", None, None, None, (711,)),
    631: ("2.044", "replaced", None, None, None, (712,)),
}


@real_list.needs_real_list
def test_the_real_history_gives_each_of_the_35_removals_its_stated_reason() -> None:
    published = read_published(Path(real_list.WORKBOOK).read_bytes(), TYPES)
    found = facts_of(published.history)
    removed = {entry.number for entry in published.entries if entry.status == "Removed"}
    assert removed == STATED.keys()
    for number in removed:
        one = found.removal_of(number)
        assert one is not None
        stated = (one.decided_on, one.effective_on, one.certificate_on, one.replaced_by + one.duplicate_of)
        assert (one.version, one.ground, *stated) == STATED[number]
    standing = {one.number for one in found.removals if not one.undone_in}
    assert standing - removed == {33, 74, 75}
    assert [(one.number, one.version) for one in found.restorations] == [(67, "1.44"), (68, "1.44")]


@real_list.needs_real_list
def test_the_real_history_names_every_entry_but_the_first_four() -> None:
    published = read_published(Path(real_list.WORKBOOK).read_bytes(), TYPES)
    found = facts_of(published.history)
    unnamed = [entry.number for entry in published.entries if not found.addition_of(entry.number)]
    assert unnamed == [1, 2, 3, 4]
    meter = found.addition_of(21)
    assert meter is not None
    assert meter.product == "Landis + Gyr E470-5394 Electricity Meter"
    assert [(one.version, one.entries) for one in found.corrections] == [
        ("1.15", (24,)), ("1.23", ()), ("1.24", (36, 33)), ("1.87", (139,)), ("1.111", (83, 139)),
        ("1.113", (152,)), ("1.170", (205, 215)), ("1.210", (356,)), ("1.233", (460,)), ("2.015", (627,)),
        ("2.039", ()), ("2.043", ()), ("2.047", (1,)),
    ]  # fmt: skip
