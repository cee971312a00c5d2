"""Certificates by device type and scheme; their dates, versions and prefixes."""

import datetime
from dataclasses import replace

import pytest

from applicability.tables import Tables
from tests import make
from tests.rules.said import ids, of

DATES = {"C-expired", "C-too-far"}


def cpa(identifier: str, date: str, on: datetime.date = make.DAY) -> set[str]:
    return ids(make.make_case(make.make_answers(cpa_id=identifier, cpa_date=date), on=on))


@pytest.mark.parametrize(("date", "rule"), [
    ("19/11/2026", "C-expired"),
    ("20/11/2026", ""),
    ("20/11/2032", ""),
    ("21/11/2032", "C-too-far"),
])  # fmt: skip
def test_a_certificate_that_expires_is_dated_from_today_to_six_years_ahead(date, rule):
    assert cpa("[E] 20261101-7701", date) & DATES == ({rule} if rule else set())


def test_six_years_from_a_leap_day_end_on_28_february():
    leap_day = datetime.date(2028, 2, 29)
    assert not cpa("[E] 20261101-7701", "28/02/2034", leap_day) & DATES
    assert "C-too-far" in cpa("[E] 20261101-7701", "01/03/2034", leap_day)


@pytest.mark.parametrize("date", ["01/01/2001", "20/11/2026", "01/01/2099"])
def test_a_lifetime_certificate_may_have_any_renewal_date(date):
    assert cpa("[R] 20261101-7701", date) == set()


@pytest.mark.parametrize("identifier", ["20261101-7701", "[X] 20261101-7701", "[E]", "[E]20261101"])
def test_a_cpa_certificate_has_its_prefix(identifier):
    assert "C-prefix" in cpa(identifier, "01/11/2031")


def test_a_cpa_identifier_has_24_octets_with_its_prefix():
    assert cpa("[E] " + "7" * 20, "01/11/2031") == set()
    assert "F-length" in cpa("[E] " + "7" * 21, "01/11/2031")


@pytest.mark.parametrize("device_type", [make.HUB, make.GAS, make.HCALCS, make.ESME])
def test_cpa_is_needed_by_every_device_but_the_pre_payment_interface(device_type):
    answers = make.make_answers(device_type=device_type, cpa_id="")
    assert "C-cpa-required" in ids(make.make_case(answers))


def test_dlms_is_needed_by_electricity_meters_and_left_free_elsewhere():
    without = {"dlms_id": "", "dlms_version": ""}
    assert "C-dlms-required" in ids(make.make_case(make.make_answers(**without)))
    gas = make.make_answers(device_type=make.GAS, ts_version="SMETS V4.3", **without)
    assert ids(make.make_case(gas)) == set()
    assert ids(make.make_case(make.make_answers(device_type=make.GAS, ts_version="SMETS V4.3"))) == set()


def test_the_needs_are_facts_of_the_day_and_no_constant():
    esme = replace(
        make.DEVICE_TYPES[make.ESME], needs={"CPA": "required", "DLMS": "forbidden", "Zigbee": "optional"}
    )
    types = {**make.DEVICE_TYPES, make.ESME: esme}
    case = make.make_case(make.make_answers(zse_id="", zse_version=""), device_types=types)
    assert [problem.field for problem in of("C-forbidden", case)] == [
        "DLMS_Certificate.identification_number",
        "DLMS_Certificate.DLMS_version",
    ]
    assert "C-zigbee-required" not in ids(case)


def test_a_pre_payment_interface_says_not_relevant():
    assert "C-not-relevant" in ids(make.make_case(make.make_ppmid_answers(cpa_security="")))
    assert "C-version" in ids(make.make_case(make.make_answers(cpa_security="Not Relevant")))


@pytest.mark.parametrize("change", [
    {"cpa_security": "Security Characteristics version 1.1"},
    {"dlms_version": "CTT 3.0"},
    {"zse_version": "Zigbee Smart Energy Standard 1.4"},
])  # fmt: skip
def test_a_version_that_is_not_on_the_days_list_is_refused(change):
    assert "C-version" in ids(make.make_case(make.make_answers(**change)))


def test_the_tables_ties_come_before_the_dated_list():
    tied = Tables.of(
        "edition 8",
        combinations=make.COMBINATIONS,
        security_ties={"GBCS Version 4.1": frozenset({"Security Characteristics version 1.2"})},
    )
    (problem,) = of("C-version", make.make_case(tables=tied))
    assert problem.expected == "Security Characteristics version 1.2"
    older = make.make_answers(cpa_security="Security Characteristics version 1.2")
    assert "C-version" not in ids(make.make_case(older, tables=tied))


def test_a_gbcs_version_that_nothing_is_tied_to_goes_by_the_dated_list():
    tied = Tables.of(
        "edition 8",
        combinations=make.COMBINATIONS,
        security_ties={"GBCS Version 9.9": frozenset({"Security Characteristics version 1.2"})},
    )
    assert "C-version" not in ids(make.make_case(tables=tied))


def test_a_version_without_an_optional_certificate_is_refused():
    assert ids(make.make_case(make.make_hub_answers(dlms_version=make.CTT))) == {"C-alone"}


def test_a_smets1_entry_is_asked_for_no_certificate():
    assert not [rule for rule in ids(make.make_smets1_case()) if rule.startswith("C-")]


def test_an_unreadable_date_is_not_judged_as_a_day():
    assert not cpa("[E] 20261101-7701", "31/02/2027") & {*DATES, "C-date-required"}
