"""One record a certificate: what is taken where entries disagree, and what may be one under two spellings."""

import datetime
from dataclasses import replace

from cpl.brought.certificates import by_certificate, disagreements, facts_of, probably_same, showings
from cpl.formats.listing import CertificateShown, CpaShown, ListedEntry
from tests.bringing.lists import CPA, EXPIRY, make_entry, make_ppmid

OTHER_DAY = datetime.date(2024, 9, 25)
KEY = ("CPA", "20190314-5501")


def grouped(*entries: ListedEntry) -> dict:
    return by_certificate(one for entry in entries for one in showings(entry))


def with_date(number: int, day: datetime.date) -> ListedEntry:
    return make_entry(number, cpa=replace(CPA, date=day))


def test_the_most_frequent_date_is_taken() -> None:
    groups = grouped(with_date(1, EXPIRY), with_date(2, EXPIRY), with_date(3, OTHER_DAY))
    assert facts_of(groups[KEY]).date == EXPIRY


def test_of_two_equally_frequent_dates_that_of_the_latest_entry_is_taken() -> None:
    groups = grouped(with_date(1, EXPIRY), with_date(2, OTHER_DAY))
    assert facts_of(groups[KEY]).date == OTHER_DAY
    groups = grouped(with_date(1, OTHER_DAY), with_date(2, EXPIRY))
    assert facts_of(groups[KEY]).date == EXPIRY


def test_a_disagreement_names_what_was_taken_and_who_shows_what() -> None:
    groups = grouped(with_date(1, EXPIRY), with_date(2, EXPIRY), with_date(3, OTHER_DAY))
    [one] = disagreements(groups)
    assert (one.identifier, one.what, one.taken) == (KEY[1], "date", str(EXPIRY))
    assert one.shown == {str(EXPIRY): [1, 2], str(OTHER_DAY): [3]}
    assert not one.only_spelling


def test_two_spellings_of_one_version_are_told_as_such() -> None:
    loud = CertificateShown("ZIG19TMI55010-24", "Zigbee Smart Energy Standard 1.2b")
    [one] = disagreements(grouped(make_entry(1), make_entry(2, zse=loud)))
    assert (one.what, one.only_spelling) == ("version", True)


def test_one_identifier_as_expiring_and_as_lifetime_is_a_disagreement_of_its_kind() -> None:
    renews = replace(CPA, identifier="[R] 20190314-5501")
    told = {one.what: one for one in disagreements(grouped(make_entry(1), make_entry(2, cpa=renews)))}
    assert told["date kind"].shown == {"expires": [1], "renews": [2]}
    assert told["date kind"].taken == "renews"


def test_entries_that_agree_are_no_disagreement() -> None:
    assert not list(disagreements(grouped(make_entry(1), make_entry(2))))


def test_one_certificate_under_three_spellings_is_told_and_kept_apart() -> None:
    names = ("[E] 20190314-5501", "[E] TMI20190314-5501", "[E] TMI-20190314-5501")
    groups = grouped(*(make_entry(n, cpa=replace(CPA, identifier=name)) for n, name in enumerate(names, 1)))
    assert len([key for key in groups if key[0] == "CPA"]) == 3
    [same] = probably_same(groups)
    assert same.identifiers == {"20190314-5501": 1, "TMI20190314-5501": 1, "TMI-20190314-5501": 1}


def test_the_same_digits_in_another_scheme_or_group_are_not_alike() -> None:
    entry = make_entry(1, dlms=CertificateShown("5501", "CTT 3.1"), zse=CertificateShown("ZIG5501", "x"))
    other = make_entry(2, cpa=replace(CPA, identifier="[E] 201903-145501"))
    assert not list(probably_same(grouped(entry, other)))


def test_a_date_without_a_prefix_is_one_of_expiry() -> None:
    [cpa] = [
        one for one in showings(make_entry(1, cpa=CpaShown("SMCH5501", "", EXPIRY))) if one.scheme == "CPA"
    ]
    assert (cpa.kind, cpa.identifier) == ("expires", "SMCH5501")


def test_a_prefix_without_a_date_gives_a_record_without_a_date() -> None:
    facts = facts_of(grouped(make_entry(1, cpa=replace(CPA, date=None)))[KEY])
    assert (facts.kind, facts.date) == ("none", None)


def test_a_scheme_that_an_entry_does_not_show_has_no_showing() -> None:
    assert {one.scheme for one in showings(make_ppmid(1))} == {"Zigbee"}
