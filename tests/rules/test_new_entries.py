"""SMETS1, images, nothing twice, entries named, and the warnings about firmware and makers."""

import pytest

from cpl import fields as f
from tests import make
from tests.rules.said import ids, of

OTHER = make.make_device(firmware="0A0B0C01")


def test_every_certificate_field_of_a_smets1_entry_is_empty():
    filled = {name: make.make_answers()[getattr(f, name.upper()).name] for name in make.CERTIFICATES}
    assert len(of("S-empty", make.make_smets1_case(**filled))) == 7


def test_even_not_relevant_is_too_much_for_a_smets1_entry():
    assert ids(make.make_smets1_case(cpa_security="Not Relevant")) == {"S-empty"}


def test_only_the_dcc_submits_smets1():
    assert ids(make.make_case(make.make_smets1_answers())) == {"S-dcc"}


def test_nobody_but_the_dcc_is_told_to_name_the_supplier_that_confirmed():
    """Their forms have no field for it."""
    unconfirmed = make.make_smets1_answers(supplier="", supplier_confirmed_on="")
    assert ids(make.make_case(unconfirmed)) == {"S-dcc"}


def test_the_supplier_confirmed_today_at_the_latest():
    assert ids(make.make_smets1_case(supplier_confirmed_on="20/11/2026")) == set()
    assert ids(make.make_smets1_case(supplier_confirmed_on="21/11/2026")) == {"S-confirmed-late"}


def test_creator_and_hash_come_together_or_not_at_all():
    neither = make.make_answers(image_creator="", image_hash="", image_descriptor="")
    assert ids(make.make_case(neither)) == set()
    (problem,) = of("I-both", make.make_case(make.make_answers(image_hash="")))
    assert problem.field == f.IMAGE_HASH.name
    (problem,) = of("I-both", make.make_case(make.make_answers(image_creator="")))
    assert problem.field == f.IMAGE_CREATOR.name


@pytest.mark.parametrize(
    "band",
    ["Single Band (2.4 GHz)", "single band (sub-ghz)", "Single Band (2.4GHz)", "Fragment 1 of 2; Dual Band"],
)
def test_a_descriptor_names_one_of_the_bands(band):
    assert ids(make.make_case(make.make_answers(image_descriptor=band))) == set()


def test_the_same_device_and_versions_are_refused_while_the_other_is_current():
    (problem,) = of("N-twice", make.make_case(same_device=(make.make_same(12),)))
    assert "entry 000012" in problem.message.lower()
    assert ids(make.make_case(same_device=(make.make_same(12, status="Removed"),))) == set()
    assert "N-twice" in ids(make.make_case(same_device=(make.make_same(12, leaving=True),)))


@pytest.mark.parametrize("change", [
    {"ts": "SMETS V5.0"},
    {"gbcs": "GBCS Version 4.0"},
    {"device": OTHER},
])  # fmt: skip
def test_the_same_device_with_another_version_is_welcome(change):
    assert ids(make.make_case(same_device=(make.make_same(12, **change),))) == set()


def test_the_entry_that_is_replaced_makes_room_and_may_have_a_wrong_hash():
    wrong = make.make_same(12, image_hash="E" * 64)
    facts = {"same_device": (wrong,), "same_firmware": (wrong,), "entries": {12: wrong}}
    assert ids(make.make_case(make.make_answers(replaces="000012"), **facts)) == set()
    assert ids(make.make_case(**facts)) == {"N-twice", "W-other-hash"}


def test_an_entry_of_another_identifier_of_the_same_maker_may_be_replaced():
    answers = make.make_answers(replaces="000012")
    own = make.make_listed(12, device=make.make_device(manufacturer="7A02"), maker="TIDEWATER METERING LTD")
    assert ids(make.make_case(answers, entries={12: own})) == set()


def test_two_makers_that_are_not_on_record_are_not_the_same():
    answers = make.make_answers(replaces="000012")
    other = make.make_listed(12, device=make.make_device(manufacturer="7A02"), maker="")
    assert "N-replaces-maker" in ids(make.make_case(answers, entries={12: other}, manufacturer_holder=""))


def test_one_hash_on_several_models_of_one_firmware_is_no_wonder():
    other = make.make_same(12, device=make.make_device(model="0C0E"))
    assert ids(make.make_case(same_hash=(other,))) == set()


def test_many_entries_with_the_hash_are_named_in_short():
    others = tuple(make.make_same(n, device=OTHER) for n in range(1, 9))
    (problem,) = of("W-hash-elsewhere", make.make_case(same_hash=others))
    assert "entry 000005 and 3 more" in problem.message


@pytest.mark.parametrize(("firmware", "earlier", "warned"), [
    ("01020304", "0A0B0C01", True),
    ("01020304", "", False),
    ("0A020304", "0A0B0C01", False),
])  # fmt: skip
def test_digits_alone_are_odd_where_the_maker_uses_letters(firmware, earlier, warned):
    case = make.make_case(make.make_answers(firmware=firmware), lettered_firmware=earlier)
    assert ("W-firmware-digits" in ids(case)) is warned


LISTED_FIRMWARE = make.make_listed(12, device=make.make_device(firmware="0A0B0C0C"), image_hash=make.HASH)


@pytest.mark.parametrize(("firmware", "warned"), [
    ("0A0B0C0B", True),
    ("0A0B0C0C", False),
    ("0A0B0C0D", False),
    ("0A0B0C09", True),
    ("0B000000", False),
])  # fmt: skip
def test_a_firmware_below_one_of_the_same_hardware_is_odd(firmware, warned):
    same = (LISTED_FIRMWARE,) if firmware == "0A0B0C0C" else ()
    case = make.make_case(
        make.make_answers(firmware=firmware), same_hardware=(LISTED_FIRMWARE,), same_firmware=same
    )
    assert ids(case) == ({"W-firmware-lower"} if warned else set())


def test_an_older_firmware_that_is_listed_already_is_no_slip():
    """The same device with a new GBCS version, while a later firmware is listed too."""
    case = make.make_case(
        make.make_answers(firmware="0A0B0C01"),
        same_hardware=(LISTED_FIRMWARE, make.make_listed(13)),
        same_firmware=(make.make_listed(13, image_hash=make.HASH),),
    )
    assert ids(case) == set()


def test_a_firmware_that_is_replaced_is_compared_with_the_next_one():
    answers = make.make_answers(firmware="0A0B0C0B", replaces="000012")
    assert ids(make.make_case(answers, same_hardware=(LISTED_FIRMWARE, make.make_listed(13)))) == set()
    (problem,) = of("W-firmware-lower", make.make_case(
        make.make_answers(firmware="0A0B0C00", replaces="000012"),
        same_hardware=(LISTED_FIRMWARE, make.make_listed(13)),
    ))  # fmt: skip
    assert "0A0B0C01, which entry 000013 has" in problem.message


def test_a_descriptor_says_nothing_without_an_image():
    alone = make.make_answers(image_creator="", image_hash="")
    assert ids(make.make_case(alone)) == {"I-alone"}
    assert "I-alone" not in ids(make.make_case(make.make_answers(image_hash="")))


def test_the_dcc_submits_smets1_for_other_makers_without_a_warning():
    case = make.make_case(make.make_smets1_answers(), by_dcc=True, manufacturer_is_own=False)
    assert ids(case) == set()


def test_paths_are_named_or_denied():
    assert ids(make.make_case(make.make_answers(upgrades_from="000012; 000013"))) == set()
    assert ids(make.make_case(make.make_answers(upgrades_from="none"))) == set()
    assert ids(make.make_case(make.make_answers(upgrades_from=""))) == {"U-stated"}


def test_each_entry_that_does_not_exist_is_named():
    found = of("E-unknown", make.make_case(make.make_answers(upgrades_from="000012; 000098; 000099")))
    assert [problem.found for problem in found] == ["000098", "000099"]


def test_a_path_may_start_at_an_entry_that_was_removed():
    removed = {12: make.make_listed(12, status="Removed")}
    assert ids(make.make_case(make.make_answers(upgrades_from="000012"), entries=removed)) == set()


def test_an_entry_that_is_replaced_is_current_and_stays_until_then():
    answers = make.make_answers(replaces="000012")
    assert ids(make.make_case(answers)) == set()
    removed = {12: make.make_listed(12, status="Removed", leaving=True)}
    assert ids(make.make_case(answers, entries=removed)) == {"E-current"}
