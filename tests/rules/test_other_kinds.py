"""Renewed and offered certificates, notices of withdrawal, recommendations to remove."""

import datetime

import pytest

from tests import make
from tests.rules.broken import removal, renewal, withdrawal
from tests.rules.said import ids, of


@pytest.mark.parametrize(("scheme", "limit", "version"), [
    ("DLMS", 10, make.CTT),
    ("Zigbee", 40, make.ZSE),
])  # fmt: skip
def test_an_identifier_is_as_long_as_its_scheme_allows(scheme, limit, version):
    def offered(length: int) -> set[str]:
        answers = make.make_renewal_answers(
            certificate_scheme=scheme,
            certificate_id="7" * length,
            certificate_version=version,
            certificate_date="",
            certificate_replaces="",
        )
        return ids(make.make_case(answers, "offer"))

    assert offered(limit) == set()
    assert "R-length" in offered(limit + 1)


def test_a_cpa_identifier_of_24_octets_is_taken():
    assert "R-length" not in ids(renewal(certificate_id="[R] " + "7" * 20))
    assert "R-length" in ids(renewal(certificate_id="[R] " + "7" * 21))


@pytest.mark.parametrize(("date", "rule"), [
    ("19/11/2026", "C-expired"),
    ("20/11/2026", ""),
    ("20/11/2032", ""),
    ("21/11/2032", "C-too-far"),
])  # fmt: skip
def test_the_dates_of_a_renewed_certificate_are_those_of_a_new_entry(date, rule):
    found = ids(renewal(certificate_id="[E] 20261102-8801", certificate_date=date))
    assert found & {"C-expired", "C-too-far"} == ({rule} if rule else set())


def test_a_renewed_cpa_certificate_has_a_date_and_a_version_of_its_scheme():
    assert ids(renewal(certificate_date="")) == {"C-date-required"}
    assert "C-version" in ids(renewal(certificate_version=make.CTT))


def test_a_certificate_covers_entries_from_no_day_that_is_still_to_come():
    assert "R-covers-ahead" not in ids(renewal(covers_from="20/11/2026"))
    assert "R-covers-ahead" in ids(renewal(covers_from="21/11/2026"))


def test_the_day_from_which_it_covers_may_be_left_to_the_approval():
    assert ids(renewal(covers_from="")) == set()


def test_a_certificate_on_record_may_only_be_dated_anew():
    known = {("CPA", "20261102-8801"): make.make_record(date_kind="renews")}
    answers = make.make_renewal_answers(certificate_replaces="")
    assert ids(make.make_case(answers, "renewal", certificates=known)) == set()


def test_an_offered_certificate_needs_no_predecessor():
    answers = make.make_renewal_answers(certificate_replaces="")
    assert ids(make.make_case(answers, "renewal")) == {"R-renews-nothing"}
    assert ids(make.make_case(answers, "offer")) == set()


def test_a_certificate_that_ended_covers_nothing():
    known = {
        ("CPA", "20201102-8801"): make.make_record(),
        ("CPA", "20261102-8801"): make.make_record(date_kind="renews", ended="withdrawn"),
    }
    assert "C-ended" in ids(make.make_case(kind="renewal", certificates=known))


def test_a_certificate_covers_current_entries_alone():
    entries = {12: make.make_listed(12, status="Removed"), 13: make.make_listed(13, leaving=True)}
    (problem,) = of("E-current", make.make_case(kind="renewal", entries=entries))
    assert problem.found == "000012"


def test_an_optional_scheme_may_cover_any_entry():
    answers = make.make_renewal_answers(
        certificate_scheme="DLMS",
        certificate_id="8801",
        certificate_version=make.CTT,
        certificate_date="",
        certificate_replaces="",
    )
    hub = {n: make.make_listed(n, device_type=make.HUB) for n in (12, 13)}
    assert ids(make.make_case(answers, "offer", entries=hub)) == set()


@pytest.mark.parametrize("named", ["20201102-8801", "[E] 20201102-8801"])
def test_a_withdrawn_certificate_is_named_with_or_without_its_prefix(named):
    assert ids(withdrawal(certificate_id=named)) == set()


def test_a_certificate_of_another_scheme_is_another_certificate():
    assert ids(withdrawal(certificate_scheme="DLMS")) == {"T-unknown"}


def test_a_certificate_ended_today_at_the_latest():
    assert ids(withdrawal(certificate_event_on="20/11/2026")) == set()
    assert ids(withdrawal(certificate_event_on="21/11/2026")) == {"T-late"}


def test_a_removal_is_decided_today_at_the_latest():
    assert ids(removal(decision_date="20/11/2026")) == set()
    assert ids(removal(decision_date="21/11/2026")) == {"X-decision-date"}


def test_a_removal_takes_effect_on_the_day_of_its_decision_at_the_earliest():
    assert ids(removal(effective_date="18/11/2026")) == set()
    assert ids(removal(effective_date="17/11/2026")) == {"X-effective-date"}


@pytest.mark.parametrize(("ground", "is_smets1", "fits"), [
    ("defect", True, True),
    ("defect", False, True),
    ("smets1_ssc_advice", True, True),
    ("smets1_ssc_advice", False, False),
    ("cpa_expired", True, False),
    ("cpa_expired", False, True),
])  # fmt: skip
def test_a_ground_fits_each_entry_or_is_refused(ground, is_smets1, fits):
    entries = {n: make.make_listed(n, is_smets1=is_smets1) for n in (12, 13)}
    case = make.make_case(make.make_removal_answers(ground=ground), "removal", entries=entries)
    assert len(of("X-fits", case)) == (0 if fits else 2)


def test_a_duplicate_names_the_entry_that_stays():
    entries = {n: make.make_listed(n) for n in (12, 13, 14)}
    answers = make.make_removal_answers(ground="duplicate", other_entry="000014")
    assert ids(make.make_case(answers, "removal", entries=entries)) == set()
    unknown = make.make_removal_answers(ground="duplicate", other_entry="000099")
    assert ids(make.make_case(unknown, "removal", entries=entries)) == {"E-unknown"}


def test_an_entry_is_removed_once():
    removed = {
        12: make.make_listed(12, status="Removed", leaving=True),
        13: make.make_listed(13, leaving=True),
    }
    found = make.make_case(kind="removal", entries=removed)
    assert [problem.found for problem in of("E-current", found)] == ["000012"]
    assert [problem.found for problem in of("E-leaving", found)] == ["000013"]
    assert "E-twice" in ids(removal(entries="000012; 000012"))


def test_a_case_far_in_the_past_is_judged_by_its_own_day():
    answers = make.make_withdrawal_answers(certificate_event_on="01/03/2020")
    assert ids(make.make_case(answers, "withdrawal", on=datetime.date(2020, 3, 1))) == set()
