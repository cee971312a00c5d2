"""Facts gathered from the register, for the rules: the right ones, as of the day, in few queries."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from cpl.checking import Earlier, check_many, device_key, problems, problems_of_answers
from cpl.models import ListImport, ManufacturerIdentifier, Party, Submission
from cpl.rules.problem import refusals
from tests import make
from tests.rules.listing import (
    bring,
    make_certificate,
    make_coverage,
    make_entry,
    make_event,
    make_import,
    make_removal,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tables")]
# For new entries, one or a thousand.
QUERIES = 19
TOMORROW, YESTERDAY = make.DAY + datetime.timedelta(days=1), make.DAY - datetime.timedelta(days=1)


@pytest.fixture
def party() -> Party:
    party = Party.objects.create(name="Tidewater Metering Ltd", category="other", verified=True)
    ManufacturerIdentifier.objects.create(code=make.MAKER_CODE, holder=party.name, party=party)
    return party


@pytest.fixture
def listed() -> ListImport:
    return make_import()


def check(answers: make.Answers, party: Party | None, kind: str = "new_entry", on: datetime.date = make.DAY):
    return problems_of_answers(
        kind, answers, party=party, by_panel=party is None, on=on, evidence=make.EVIDENCE
    )


def rules(*args, **kwargs) -> set[str]:
    return {problem.rule for problem in check(*args, **kwargs)}


def make_draft(
    party: Party | None, answers: make.Answers, kind: str = "new_entry", status: str = "draft"
) -> Submission:
    user, _ = User.objects.get_or_create(username="maker")
    return Submission.objects.create(
        kind=kind,
        party=party,
        answers=answers,
        device_key=device_key(answers),
        status=status,
        created_by=user,
        created_at=timezone.now(),
    )


@pytest.mark.parametrize("answers", [make.make_answers, make.make_hub_answers, make.make_ppmid_answers])
def test_a_valid_new_entry_of_its_own_maker_has_no_problem(party, answers):
    assert check(answers(), party) == ()


def test_the_dcc_submits_a_smets1_entry_of_another_maker(party):
    dcc = Party.objects.create(name="Data and Communications Company", category="dcc", verified=True)
    Party.objects.create(name=make.SUPPLIER, category="large_supplier", verified=True)
    assert check(make.make_smets1_answers(), dcc) == ()
    assert "S-dcc" in rules(make.make_smets1_answers(), party)


def test_who_confirmed_compliance_is_a_supplier_and_no_other_party(party):
    dcc = Party.objects.create(name="Data and Communications Company", category="dcc", verified=True)
    assert "S-supplier" in rules(make.make_smets1_answers(supplier=party.name), dcc)


def test_an_entry_that_stands_already_is_found_until_its_removal_takes_effect(party, listed):
    entry = make_entry(listed, 12)
    bring(entry)
    assert "N-twice" in rules(make.make_answers(), party)
    bring(make_removal(listed, entry, effective=make.DAY))
    assert "N-twice" in rules(make.make_answers(), party, on=YESTERDAY)
    assert "N-twice" not in rules(make.make_answers(), party, on=make.DAY)


def test_the_entry_that_is_replaced_is_left_out(party, listed):
    bring(make_entry(listed, 12, image_hash="E" * 64))
    assert rules(make.make_answers(), party) == {"N-twice", "W-other-hash"}
    assert rules(make.make_answers(replaces="12"), party) == set()


def test_an_entry_whose_removal_is_decided_cannot_be_replaced_or_removed_again(party, listed):
    entry = make_entry(listed, 12)
    bring(entry)
    bring(make_removal(listed, entry, effective=TOMORROW))
    assert "E-leaving" in rules(make.make_answers(replaces="12"), party)
    assert "E-leaving" in rules(make.make_removal_answers(entries="12"), None, "removal")
    assert "E-current" in rules(make.make_removal_answers(entries="12"), None, "removal", on=TOMORROW)


def test_a_certificate_stands_with_its_latest_date(party, listed):
    certificate, entry = (
        make_certificate(listed, date=YESTERDAY),
        make_entry(listed, 12, firmware="0A0B0C01", image_hash=""),
    )
    bring(certificate, entry, make_coverage(listed, entry, certificate))
    stated = make.make_answers(security_statement="The display alone.")
    assert rules(stated, party) == {"C-record-expired", "C-disagrees"}
    bring(make_event(listed, certificate, "dated", datetime.date(2030, 1, 1)))
    bring(make_event(listed, certificate, "dated", datetime.date(2031, 11, 1)))
    assert rules(stated, party) == set()


def test_a_certificate_that_was_withdrawn_cannot_be_named_or_withdrawn_again(party, listed):
    certificate = make_certificate(listed)
    bring(certificate)
    notice = make.make_withdrawal_answers(certificate_id="[E] 20261101-7701")
    assert rules(notice, None, "withdrawal") == set()
    bring(make_event(listed, certificate, "withdrawn"))
    assert "C-ended" in rules(make.make_answers(), party)
    assert rules(notice, None, "withdrawal") == {"T-ended"}


def test_a_model_that_joins_a_certificate_is_told_from_one_that_is_on_it(party, listed):
    certificate, entry = make_certificate(listed), make_entry(listed, 12, firmware="0A0B0C01", image_hash="")
    bring(certificate, entry, make_coverage(listed, entry, certificate))
    assert rules(make.make_answers(), party) == {"C-statement"}
    same = make_entry(listed, 13, gbcs_version="GBCS Version 4.0")
    bring(same, make_coverage(listed, same, certificate))
    assert rules(make.make_answers(), party) == {"C-carries"}


@pytest.mark.parametrize(("identifier", "recorded", "meant"), [
    ("[E] NCSC-20261101-7701", "20261101-7701", True),
    ("[E] 20261101 7701", "NCSC20261101-7701", True),
    ("[E] 20261101-7701", "20261101-7701", False),
    ("[E] 20261101-7702", "20261101-7701", False),
])  # fmt: skip
def test_a_certificate_spelt_otherwise_than_on_record_is_told(party, listed, identifier, recorded, meant):
    bring(make_certificate(listed, identifier=recorded))
    (message,) = [
        one.message for one in check(make.make_answers(cpa_id=identifier), party) if one.rule == "C-spelling"
    ] or [""]
    assert (f"[E] {recorded}" in message) is meant


def test_a_number_that_lost_its_zeros_is_told(party, listed):
    bring(
        make_certificate(
            listed, scheme="DLMS", identifier="0042", date_kind="none", date=None, version=make.CTT
        )
    )
    assert "C-spelling" in rules(make.make_answers(dlms_id="42"), party)
    assert "C-spelling" not in rules(make.make_answers(dlms_id="0042"), party)


def test_a_renewal_covers_entries_of_types_that_need_the_certificate(listed):
    old = make_certificate(listed, identifier="20201102-8801")
    meter, interface = make_entry(listed, 12), make_entry(listed, 13, device_type=make.PPMID)
    bring(old, meter, interface)
    answers = make.make_renewal_answers(entries="12-13")
    assert rules(answers, None, "renewal") == {"R-type"}
    assert rules(make.make_renewal_answers(entries="12"), None, "renewal") == set()


def test_a_smets1_entry_is_covered_by_no_certificate(listed):
    bring(
        make_certificate(listed, identifier="20201102-8801"),
        make_entry(listed, 12, technical_specification="SMETS V1.2", gbcs_version="GBCS Version 0.0"),
    )
    assert rules(make.make_renewal_answers(entries="12"), None, "renewal") == {"R-smets1"}


def test_grounds_of_removal_are_those_that_staff_offer(listed):
    bring(make_entry(listed, 12), make_entry(listed, 13, firmware="0A0B0C01"))
    assert rules(make.make_removal_answers(entries="12"), None, "removal") == set()
    assert rules(make.make_removal_answers(entries="12", ground="duplicate"), None, "removal") == {
        "X-other-required"
    }
    assert rules(make.make_removal_answers(entries="12", ground="smets1_non_compliant"), None, "removal") == {
        "X-fits"
    }
    assert rules(make.make_removal_answers(entries="12", ground="not_stated"), None, "removal") == {
        "X-ground"
    }


def test_a_manufacturer_identifier_is_held_in_its_period(party):
    held = ManufacturerIdentifier.objects.filter(code=make.MAKER_CODE)
    held.update(held_from=make.DAY, held_to=make.DAY)
    assert check(make.make_answers(), party) == ()
    assert rules(make.make_answers(), party, on=YESTERDAY) == {"W-manufacturer-new"}
    assert rules(make.make_answers(), party, on=TOMORROW) == {"W-manufacturer-new"}


def test_another_partys_identifier_is_warned_of(party):
    rival = Party.objects.create(name="Northlight Instruments Ltd", category="other", verified=True)
    assert rules(make.make_answers(), rival) == {"W-manufacturer-other"}


def test_earlier_firmware_of_the_maker_is_compared(party, listed):
    bring(make_entry(listed, 12, firmware="0A0B0C01", image_hash=make.HASH))
    assert rules(make.make_answers(firmware="01020304"), party) == {
        "W-firmware-digits",
        "W-firmware-lower",
        "W-hash-elsewhere",
    }
    assert rules(
        make.make_answers(firmware="0A0B0C01", image_hash="E" * 64, gbcs_version="GBCS Version 4.0"), party
    ) == {"W-other-hash", "V-combination"}


def test_a_submission_of_the_same_device_that_waits_is_named(party):
    waiting = make_draft(party, make.make_answers(), status="submitted")
    assert [
        problem.message
        for problem in check(make.make_answers(), party)
        if waiting.reference in problem.message
    ]
    assert "N-open" not in rules(make.make_answers(firmware="0A0B0C0E"), party)
    assert "N-open" not in {problem.rule for problem in problems(waiting, make.DAY)}


def test_nobody_learns_what_another_party_is_about_to_list(party):
    other = Party.objects.create(name="Northlight Instruments Ltd", category="other", verified=True)
    make_draft(other, make.make_answers(), status="submitted")
    assert rules(make.make_answers(), party) == set()
    own = make_draft(party, make.make_answers())
    assert not [problem for problem in problems(own, make.DAY) if problem.rule.startswith("N-")]


def test_an_officer_is_told_that_another_party_waits_with_the_same(party):
    other = Party.objects.create(name="Northlight Instruments Ltd", category="other", verified=True)
    rival = make_draft(other, make.make_answers(), status="submitted")
    own = make_draft(party, make.make_answers(), status="submitted")
    (problem,) = [one for one in problems(own, make.DAY, for_officer=True) if one.rule == "N-open-other"]
    assert f"{rival.reference} of Northlight Instruments Ltd" in problem.message


@pytest.mark.parametrize("status", ["draft", "withdrawn", "refused"])
def test_a_draft_or_a_decided_submission_stands_in_nobodys_way(party, status):
    make_draft(party, make.make_answers(), status=status)
    assert "N-open" not in rules(make.make_answers(), party)


def test_a_submission_is_judged_by_its_own_evidence(party):
    draft = make_draft(party, make.make_answers())
    assert [problem.rule for problem in problems(draft, make.DAY)] == ["C-evidence"] * 3
    user = draft.created_by
    for what in ("CPA", "DLMS", "Zigbee"):
        draft.evidence.create(
            what=what,
            file_name="c.pdf",
            sha256="0" * 64,
            size=1,
            uploaded_by=user,
            uploaded_at=timezone.now(),
        )
    assert refusals(problems(draft, make.DAY)) == ()


def test_reading_and_rules_speak_together_in_the_order_of_the_form(party):
    draft = make_draft(party, make.make_answers(firmware="5E12", model="ffc0", fir_city=""))
    found = [problem.rule for problem in problems(draft, make.DAY) if problem.rule != "C-evidence"]
    assert found == ["F-hex-repaired", "F-model-range", "F-hex", "P-firmware-required"]


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "' OR 1=1 --", "x" * 30000])
def test_whatever_is_typed_is_answered_with_problems(party, text):
    for kind, valid in make.VALID.items():
        answers = dict.fromkeys(valid(), text)
        assert refusals(problems_of_answers(kind, answers, party=party, by_panel=False, on=make.DAY))


def test_without_tables_the_versions_cannot_be_judged(party):
    assert "V-tables" in rules(make.make_answers(), party, on=datetime.date(2000, 1, 1))


@pytest.mark.parametrize("entries", [1, 60])
def test_the_number_of_queries_does_not_grow_with_the_register(
    party, listed, entries, django_assert_max_num_queries
):
    certificate = make_certificate(listed)
    rows = [make_entry(listed, number, firmware=f"0A0B{number:04X}") for number in range(1, entries + 1)]
    bring(certificate, *rows, *(make_coverage(listed, row, certificate) for row in rows))
    draft = make_draft(party, make.make_answers(upgrades_from=f"1-{entries}"))
    draft = Submission.objects.get(pk=draft.pk)
    with django_assert_max_num_queries(24):
        problems(draft, make.DAY)


@pytest.mark.parametrize("kind", ["renewal", "withdrawal", "removal"])
def test_the_other_kinds_ask_still_less(kind, django_assert_max_num_queries):
    draft = make_draft(None, make.VALID[kind](), kind)
    with django_assert_max_num_queries(9):
        problems(draft, make.DAY)


def test_many_are_judged_as_each_would_be_alone(party, listed):
    bring(make_entry(listed, 12), make_entry(listed, 13, firmware="0A0B0C0F", image_hash="E" * 64))
    make_draft(party, make.make_answers(firmware="0A0B0C10"), status="returned")
    raws = [
        make.make_answers(),
        make.make_answers(firmware="0A0B0C10", model="0c0d"),
        make.make_answers(replaces="12", upgrades_from="13"),
        make.make_answers(manufacturer="FFFF", image_hash="E" * 64),
        make.make_hub_answers(),
        {},
    ]
    many = check_many("new_entry", raws, party=party, by_panel=False, on=make.DAY, evidence=make.EVIDENCE)
    assert [one.problems for one in many] == [check(raw, party) for raw in raws]
    assert [one.refused for one in many] == [True, False, False, True, False, True]
    assert many[1].repaired and many[1].warned and not many[2].repaired


def test_the_same_device_twice_in_a_file_is_refused_the_second_time(party):
    same, other = make.make_answers(), make.make_answers(firmware="0A0B0C0E")
    checked = check_many(
        "new_entry", [same, other, {**same, "Device_Model.firmware_version": "0a:0b:0c:0d"}],
        party=party, by_panel=False, on=make.DAY, evidence=make.EVIDENCE,
        earlier=Earlier({device_key(other): "row 9"}), labels=["row 10", "row 11", "row 12"],
    )  # fmt: skip
    found = [
        [p.message.split(".")[0] for p in one.problems if p.rule == "N-twice-in-file"] for one in checked
    ]
    stands = "The same Device Model, TS and GBCS version stands already in row {} of this file"
    assert found == [[], [stands.format(9)], [stands.format(10)]]


def test_what_is_incomplete_is_nothing_s_double(party):
    assert device_key(make.make_answers(firmware="")) == ""
    assert device_key(make.make_answers(firmware="5.00E+12")) == "", "what cannot be read is no double"
    assert device_key(make.make_answers(firmware="x" * 200)) == ""
    assert device_key(make.make_removal_answers()) == ""
    checked = check_many("new_entry", [{}, {}], party=party, by_panel=False, on=make.DAY, labels=["1", "2"])
    assert "N-twice-in-file" not in {problem.rule for one in checked for problem in one.problems}


@pytest.mark.parametrize("count", [10, 500])
def test_the_number_of_queries_does_not_grow_with_what_is_judged(
    party, listed, count, django_assert_num_queries
):
    """Every row names a certificate, entries, a hash, a maker and a device of its own."""
    bring(*(make_entry(listed, number, firmware=f"0A0B{number:04X}") for number in range(1, count + 1)))
    bring(*(make_certificate(listed, identifier=f"2026-{number}") for number in range(1, count + 1)))
    raws = [
        make.make_answers(
            firmware=f"0B0B{number:04X}", image_hash=f"{number:064X}", manufacturer=f"7A{number % 256:02X}",
            cpa_id=f"[E] 2026-{number}", upgrades_from=str(number), replaces=str(number),
        )
        for number in range(1, count + 1)
    ]  # fmt: skip
    make_draft(party, raws[0], status="submitted")
    with django_assert_num_queries(QUERIES):
        checked = check_many("new_entry", raws, party=party, by_panel=False, on=make.DAY, labels=[""] * count)
    assert len(checked) == count
    assert "N-open" in {problem.rule for problem in checked[0].problems}
