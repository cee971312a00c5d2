"""Certificates that the register knows already, and the evidence for those that it does not."""

import datetime

import pytest

from tests import make
from tests.rules.broken import RECORD, ZIGBEE_RECORD, on_record
from tests.rules.said import ids, of

JOINING = frozenset({"7A010C0D010211111111"})  # the same model and hardware, another firmware


def test_a_certificate_on_record_needs_no_pdf_again():
    case = make.make_case(certificates={RECORD: make.make_record()}, evidence=frozenset({"DLMS", "Zigbee"}))
    assert ids(case) == {"C-carries"}


def test_each_certificate_that_is_not_on_record_needs_its_pdf():
    found = of("C-evidence", make.make_case(evidence=frozenset({"other"})))
    assert [problem.expected for problem in found] == [
        f"the {scheme} certificate as a PDF" for scheme in ("CPA", "DLMS", "Zigbee")
    ]


@pytest.mark.parametrize("ended", ["withdrawn", "cancelled"])
def test_a_certificate_that_ended_cannot_be_named(ended):
    (problem,) = of("C-ended", on_record(ended=ended))
    assert ended in problem.message


def test_a_certificate_on_record_is_good_until_the_day_that_it_expires():
    assert "C-record-expired" not in ids(on_record(date=make.DAY))
    assert "C-record-expired" in ids(on_record(date=make.DAY - datetime.timedelta(days=1)))


def test_a_lifetime_certificate_on_record_may_be_past_its_renewal_date():
    answers = make.make_answers(cpa_id="[R] 20261101-7701", cpa_date="01/11/2025")
    record = make.make_record(date_kind="renews", date=datetime.date(2025, 11, 1))
    assert ids(make.make_case(answers, certificates={RECORD: record})) == {"C-carries"}


@pytest.mark.parametrize("change", [
    {"date": datetime.date(2031, 11, 2)},
    {"version": "Security Characteristics version 1.2"},
    {"date_kind": "renews"},
])  # fmt: skip
def test_facts_that_differ_from_the_record_are_warned_of(change):
    assert ids(on_record(**change)) == {"C-disagrees", "C-carries"}


def test_a_renewal_may_give_a_new_date_but_is_warned_of_a_new_version():
    recorded = make.make_record(
        identifier="20261102-8801", date_kind="renews", date=datetime.date(2026, 11, 2)
    )
    replaced = {("CPA", "20201102-8801"): make.make_record()}
    same = make.make_case(kind="renewal", certificates={**replaced, ("CPA", "20261102-8801"): recorded})
    assert ids(same) == set()
    answers = make.make_renewal_answers(certificate_version="Security Characteristics version 1.2")
    other = make.make_case(answers, "renewal", certificates=same.facts.certificates)
    assert ids(other) == {"C-disagrees"}


def test_a_renewal_that_changes_nothing_on_record_needs_no_pdf():
    recorded = make.make_record(
        identifier="20261102-8801", date_kind="renews", date=datetime.date(2032, 11, 2)
    )
    known = {("CPA", "20261102-8801"): recorded, ("CPA", "20201102-8801"): make.make_record()}
    assert ids(make.make_case(kind="renewal", certificates=known, evidence=frozenset())) == set()
    dated = {**known, ("CPA", "20261102-8801"): make.make_record(date_kind="renews")}
    assert ids(make.make_case(kind="renewal", certificates=dated, evidence=frozenset())) == {"C-evidence"}


def test_a_renewal_without_its_new_date_is_told_of_the_pdf_at_once():
    recorded = make.make_record(
        identifier="20261102-8801", date_kind="renews", date=datetime.date(2026, 11, 2)
    )
    known = {("CPA", "20261102-8801"): recorded, ("CPA", "20201102-8801"): make.make_record()}
    undated = make.make_renewal_answers(certificate_date="")
    case = make.make_case(undated, "renewal", certificates=known, evidence=frozenset())
    assert ids(case) == {"C-date-required", "C-evidence"}


def test_a_new_firmware_on_an_existing_certificate_is_stated_and_shown():
    case = make.make_case(certificates={RECORD: make.make_record(models=JOINING)})
    assert ids(case) == {"C-statement"}
    stated = make.make_answers(security_statement="The change is in the display alone.")
    assert ids(make.make_case(stated, certificates=case.facts.certificates)) == set()


@pytest.mark.parametrize("evidence", ["CPA", "other"])
def test_the_statement_rests_on_a_certificate_or_other_evidence(evidence):
    answers = make.make_answers(security_statement="The change is in the display alone.")
    facts = {"certificates": {RECORD: make.make_record(models=JOINING)}}
    given = frozenset({"DLMS", "Zigbee", evidence})
    assert ids(make.make_case(answers, evidence=given, **facts)) == set()
    without = make.make_case(answers, evidence=given - {evidence}, **facts)
    assert ids(without) == {"C-statement-evidence"}


def test_a_model_that_no_entry_of_the_certificate_has_is_warned_of():
    assert "W-model-not-named" not in ids(on_record(models=JOINING))
    assert "W-model-not-named" in ids(on_record(models=frozenset({"7A010C0E010211111111"})))


def test_a_zigbee_certificate_without_this_firmware_asks_for_the_mapping():
    record = make.make_record(date_kind="none", date=None, version=make.ZSE, models=JOINING)
    facts = {"certificates": {ZIGBEE_RECORD: record}}
    (problem,) = of("W-zigbee-firmware", make.make_case(**facts))
    assert "release notes" in problem.message
    (shown,) = of("W-zigbee-firmware", make.make_case(evidence=make.EVIDENCE | {"other"}, **facts))
    assert "release notes" not in shown.message
    named = make.make_record(date_kind="none", date=None, version=make.ZSE)
    assert ids(make.make_case(certificates={ZIGBEE_RECORD: named})) == set()
