"""A later edition adds to what was brought forward, until this register publishes; it changes nothing."""

import datetime
from dataclasses import replace

import pytest
from django.contrib.auth.models import User

from cpl import publishing
from cpl.formats.listing import CertificateShown, CpaShown, ImageShown
from cpl.models import Certificate, CertificateEvent, Coverage, Entry, ListImport, Release, Removal, shown
from ledger import journal
from ledger.models import Record
from ledger.verify import differences
from tests.bringing.conftest import AT, bring, refused, report
from tests.bringing.lists import (
    CPA,
    ENTRIES,
    HISTORY,
    LATER,
    SECURITY,
    changed,
    issue,
    later,
    make_entry,
    workbook,
)
from tests.bringing.test_bringing import as_listed
from tests.make import make_answers, make_removal_answers, make_renewal_answers
from tests.register.conftest import submit
from tests.register.test_admitting import approve

pytestmark = pytest.mark.django_db

ISSUED, NEXT = HISTORY[-1].date, LATER.date
EXTENDED = datetime.date(2024, 9, 14)
DAY = datetime.date(2026, 11, 20)


@pytest.fixture
def held(tables: None) -> ListImport:
    return bring(workbook())


def acts_since(serial: int) -> list[str]:
    return list(Record.objects.filter(pk__gt=serial).values_list("act", flat=True))


def test_new_entries_and_versions_are_added_and_the_rest_stays(held: ListImport) -> None:
    before = journal.head()[0]
    bring(later())
    assert acts_since(before) == [
        "list.brought_forward",
        "entry.brought_forward",
        "certificate.covers",
        "certificate.covers",
        "certificate.covers",
        "release.brought_forward",
    ]
    new = Entry.objects.get(pk=8)
    assert (new.admitted_on, new.product_name) == (NEXT, "Tidewater T200 Electricity Meter")
    assert Release.objects.get(pk="1.6").position == len(HISTORY) + 1
    assert as_listed(NEXT).entries == (*ENTRIES, make_entry(8))
    assert not list(differences())


def test_the_later_edition_can_be_run_twice_too(held: ListImport) -> None:
    brought, head = bring(later()), journal.head()
    assert bring(later()) == brought
    assert journal.head() == head


def test_a_new_removal_is_added_with_what_the_new_versions_say(held: ListImport) -> None:
    text = "One Device Model removed:", "000004 - Tidewater T100 (duplicate of entry 1)"
    bring(later(changed(4, status="Removed"), issue("1.6", "2020-08-15", *text)))
    removal = Removal.objects.get(entry=4)
    assert (removal.ground_code, removal.other_entry_id, removal.effective_date) == ("duplicate", 1, NEXT)


def test_a_removal_undone_before_does_not_explain_a_new_one(held: ListImport) -> None:
    bring(later(changed(5, status="Removed")))
    assert Removal.objects.get(entry=5).ground_code == "not_stated"


def test_another_certificate_is_a_further_coverage_from_the_issue_on(held: ListImport) -> None:
    renewed = CpaShown("[R] 20200808-6601", SECURITY, datetime.date(2026, 8, 8))
    bring(later(changed(4, cpa=renewed)))
    assert shown([4], on=ISSUED)[4]["CPA"].identifier == CPA.identifier
    assert shown([4], on=NEXT)[4]["CPA"].identifier == renewed.identifier
    assert Coverage.objects.filter(entry=4, scheme="CPA").count() == 2
    assert as_listed(NEXT).entries == changed(4, cpa=renewed)


def test_a_date_changed_on_all_current_entries_is_put_right_on_the_certificate(held: ListImport) -> None:
    dated = replace(CPA, date=EXTENDED)
    entries = tuple(replace(one, cpa=dated) if one.number in (1, 4) else one for one in ENTRIES)
    bring(later(entries))
    certificate = Certificate.objects.get(scheme="CPA", identifier="20190314-5501")
    event = CertificateEvent.objects.get()
    assert (event.certificate, event.date, event.on) == (certificate, EXTENDED, NEXT)
    # The Removed entries 2 and 6 still show the old date, and go on showing it.
    assert as_listed(NEXT).entries == entries
    assert shown([1], on=ISSUED)[1]["CPA"].date == CPA.date


def test_a_date_changed_on_one_of_several_entries_is_its_coverage_alone(held: ListImport) -> None:
    entries = changed(4, cpa=replace(CPA, date=EXTENDED))
    brought = bring(later(entries))
    assert not CertificateEvent.objects.exists()
    assert as_listed(NEXT).entries == entries
    assert report(brought)["disagreements"][0]["certificate"] == "CPA 20190314-5501"


def test_a_version_that_changed_is_a_further_coverage(held: ListImport) -> None:
    entries = changed(4, dlms=CertificateShown("5501", "CTT 4.0"))
    bring(later(entries))
    assert as_listed(NEXT).entries == entries


def test_the_same_list_saved_again_is_nothing_new(held: ListImport) -> None:
    head = journal.head()
    assert bring(_saved_again(workbook())) == held
    assert journal.head() == head


def _saved_again(data: bytes) -> bytes:
    """Other bytes of the same workbook: a comment in the archive."""
    at = data.rindex(b"PK\x05\x06") + 20
    return data[:at] + b"\x05\x00again"


def test_the_same_version_with_other_content_is_refused(held: ListImport) -> None:
    assert "version 1.5" in refused(workbook((*ENTRIES, make_entry(8))))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"image": ImageShown("Tidewater Metering Ltd", "F" * 64, "Whole image")}, "Manufacturer_Image.hash"),
        ({"firmware": "0000AAAA"}, "Device_Model.firmware_version"),
        ({"ts_version": "SMETS V3.1"}, "SMETS/CHTS Version.Version_number"),
        ({"gbcs_version": "GBCS Version 2.0"}, "GBCS Version.version_number"),
        ({"dlms": CertificateShown()}, "DLMS_Certificate.identification_number"),
    ],
)
def test_a_changed_field_is_refused_by_entry_and_field(held: ListImport, change: dict, field: str) -> None:
    told = refused(later(changed(4, **change)))
    assert f"entry 000004 ({field})" in told
    assert told.count("entry 0000") == 1


def test_a_removal_taken_back_is_refused(held: ListImport) -> None:
    assert "entry 000002 (Entry.status)" in refused(later(changed(2, status="Current")))


def test_an_entry_left_out_is_refused(held: ListImport) -> None:
    assert "entry 000004 (Entry.number)" in refused(later(tuple(one for one in ENTRIES if one.number != 4)))


def test_a_dropped_number_that_comes_back_is_refused(held: ListImport) -> None:
    assert "entry 000003 (Entry.number)" in refused(later((*ENTRIES, make_entry(3))))


def test_an_older_edition_is_refused(held: ListImport) -> None:
    assert "older edition" in refused(workbook(history=HISTORY[:-1]))


def test_an_edition_of_another_history_is_refused(held: ListImport) -> None:
    assert "does not continue" in refused(workbook(history=(*HISTORY[:-1], issue("1.9", "2020-08-15"))))
    other = (replace(HISTORY[0], verbatim="Another first issue."), *HISTORY[1:], LATER)
    assert "version 1.0 (Changes incorporated)" in refused(workbook(history=other))
    other = (replace(HISTORY[0], date=datetime.date(2019, 3, 19)), *HISTORY[1:], LATER)
    assert "version 1.0" in refused(workbook(history=other))


def test_an_issued_version_laid_out_otherwise_is_the_same(held: ListImport) -> None:
    spaced = replace(HISTORY[1], verbatim=HISTORY[1].verbatim.replace("\n", "\r\n\r\n") + "\n")
    bring(workbook(history=(HISTORY[0], spaced, *HISTORY[2:], LATER)))
    assert Release.objects.get(pk="1.1").changes == HISTORY[1].verbatim


def test_after_our_own_release_nothing_is_brought_forward(held: ListImport) -> None:
    release = publishing.publish(by=None, at=AT, on=DAY)
    assert release.changes.endswith("It was brought forward from 1.5.")
    assert "Release 1.6 has been published" in refused(later())
    assert bring(workbook()) == held


def test_numbers_that_this_register_gave_are_named(held: ListImport, maker: User, officer: User) -> None:
    entry = approve(submit(maker, make_answers()), officer).entry
    assert entry.number == 8
    told = refused(later())
    assert "entry 000008 (Entry.number): This number was given by this register" in told


def test_entries_of_ours_beyond_the_edition_do_not_stand_in_its_way(
    held: ListImport, maker: User, officer: User
) -> None:
    approve(submit(maker, make_answers()), officer)
    bring(later(ENTRIES))
    assert Entry.objects.count() == len(ENTRIES) + 1


def test_a_removal_of_ours_is_not_undone_by_the_list(
    held: ListImport, officer: User, second_officer: User
) -> None:
    approve(submit(officer, make_removal_answers(entries="000004"), "removal"), second_officer)
    assert "entry 000004 (Entry.status): The entry was removed in this register" in refused(later())


def test_a_certificate_recorded_here_is_not_overwritten_by_the_list(
    held: ListImport, officer: User, second_officer: User
) -> None:
    answers = make_renewal_answers(entries="000004", certificate_replaces="[E] 20190314-5501")
    approve(submit(officer, answers, "renewal"), second_officer)
    entries = changed(4, cpa=replace(CPA, date=EXTENDED))
    assert "entry 000004 (CPA_Certificate.identification_number)" in refused(later(entries))


def test_where_entries_were_admitted_first_it_says_what_to_do(
    tables: None, maker: User, officer: User
) -> None:
    approve(submit(maker, make_answers()), officer)
    told = refused(workbook())
    assert "entry 000001 (Entry.number): This number was given by this register before any list" in told
    assert "Bring the list into a register without entries." in told
