"""A list comes in whole: entries, certificates, removals, dropped numbers, issued versions; or not at all."""

import datetime
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError

from cpl import bringing
from cpl.formats.listing import CertificateShown, CpaShown, Listing
from cpl.formats.published import read_published
from cpl.models import (
    Certificate,
    Coverage,
    Entry,
    ListImport,
    Release,
    Removal,
    ReservedNumber,
    shown,
)
from cpl.publishing import Point, listing_of
from ledger import journal
from ledger.models import Record
from ledger.verify import differences
from tests.bringing.conftest import AT, bring, refused, report
from tests.bringing.lists import (
    CPA,
    ENTRIES,
    EXPIRY,
    HISTORY,
    SECURITY,
    changed,
    issue,
    make_entry,
    make_list,
    workbook,
)
from tests.make import ESME, PPMID

pytestmark = pytest.mark.django_db


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def as_listed(on: datetime.date) -> Listing:
    """The register as a release of that day would show it."""
    release = Release.objects.order_by("position").last()
    release.issued_on = on
    return listing_of(release, Point(*journal.head()))


def test_what_came_in_goes_out_as_it_was(tables: None) -> None:
    bring(workbook())
    assert as_listed(HISTORY[-1].date).entries == read_published(workbook(), {ESME, PPMID}).entries
    assert as_listed(HISTORY[-1].date) == make_list()
    assert not list(differences())


def test_the_journal_tells_each_act_in_order(tables: None) -> None:
    brought = bring(workbook())
    acts = list(Record.objects.filter(pk__gte=brought.pk).values_list("act", flat=True))
    assert acts[0] == "list.brought_forward"
    assert list(dict.fromkeys(acts)) == [
        "list.brought_forward",
        "number.reserved",
        "certificate.recorded",
        "entry.brought_forward",
        "certificate.covers",
        "entry.removed",
        "release.brought_forward",
    ]
    record = Record.objects.get(act="entry.brought_forward", subject="entry 000004")
    assert (record.at, record.actor) == (AT, None)


def test_whoever_brings_it_forward_stands_in_the_journal(tables: None, officer: User) -> None:
    brought = bringing.bring_forward(workbook(), file_name="list.xlsx", by=officer, at=AT)
    assert brought.record.actor == officer.pk


def test_a_dropped_number_is_reserved_with_the_reason(tables: None) -> None:
    bring(workbook())
    dropped = ReservedNumber.objects.get()
    assert dropped.number == 3
    assert dropped.reason == "Removed in version 1.2 and not on the list in version 1.5."


def test_an_entry_knows_its_day_and_product_where_the_history_names_it(tables: None) -> None:
    bring(workbook())
    named, unnamed = Entry.objects.get(pk=4), Entry.objects.get(pk=1)
    assert (named.admitted_on, named.product_name) == (day("2019-05-02"), "Tidewater T100 Electricity Meter")
    assert (unnamed.admitted_on, unnamed.product_name) == (None, "")


def test_a_removal_has_the_ground_and_days_that_the_history_states(tables: None) -> None:
    bring(workbook())
    removal = Removal.objects.get(entry=2)
    assert removal.ground_code == "certificate_withdrawn"
    assert removal.decided_by == "Security Sub-Committee"
    assert (removal.decision_date, removal.effective_date) == (day("2020-06-10"), day("2020-06-30"))
    assert removal.reference == "Central Products List, version 1.5"
    assert "withdrawn on 13 March 2020" in removal.reason


def test_a_removal_that_no_version_tells_of_is_not_stated_and_without_dates(tables: None) -> None:
    told = report(bring(workbook()))
    removal = Removal.objects.get(entry=6)
    assert (removal.ground_code, removal.reason) == ("not_stated", "")
    assert (removal.decision_date, removal.effective_date) == (None, None)
    assert {one["entry"]: one["ground"] for one in told["removals"]}["000006"] == "not_stated"
    on = HISTORY[-1].date
    assert Entry.objects.removed(on).filter(pk=6).exists()


def test_an_entry_whose_removal_was_undone_is_current(tables: None) -> None:
    told = report(bring(workbook()))
    assert not Removal.objects.filter(entry=5).exists()
    assert told["history"]["removals_undone"] == [{"entry": "000005", "version": "1.4"}]


def test_a_removal_names_the_entry_in_its_place_where_that_is_listed(tables: None) -> None:
    text = (
        "One Device Model removed:",
        "000001 - Tidewater T100 (incorrect details submitted. A revised entry is provided as entry number"
        " 000007)",
        "One Device Model removed:",
        "000004 - Tidewater T100 (incorrect details submitted. A revised entry is provided as entry number"
        " 000003)",
    )
    gone = tuple(replace(one, status="Removed") if one.number in (1, 4) else one for one in ENTRIES)
    bring(workbook(gone, (*HISTORY, issue("1.6", "2020-09-01", *text))))
    assert Removal.objects.get(entry=1).other_entry_id == 7
    assert Removal.objects.get(entry=4).other_entry_id is None


def test_a_removal_told_for_a_later_day_holds_from_the_issue_that_lists_it(tables: None) -> None:
    text = (
        "One Device Model removed:",
        "000001 - Tidewater T100",
        "The Security Sub-Committee determined on 1 August 2020 that the above Device Model is to be removed"
        " from the Central Products List on 1 December 2020.",
    )
    bring(workbook(changed(1, status="Removed"), (*HISTORY, issue("1.6", "2020-09-01", *text))))
    assert Removal.objects.get(entry=1).effective_date == day("2020-09-01")


def test_a_certificate_covers_from_the_day_that_added_the_entry_or_from_the_issue(tables: None) -> None:
    bring(workbook())
    days = dict(Coverage.objects.filter(scheme="CPA").values_list("entry", "covers_from"))
    assert days[4] == day("2019-05-02")
    assert days[1] == HISTORY[-1].date
    assert not shown([1], on=day("2020-06-30")) and shown([1], on=HISTORY[-1].date)


def test_a_certificate_that_came_later_covers_from_its_own_day(tables: None) -> None:
    text = (
        "CPA Certificate details amended for one Device Model following recertification:",
        "000004 - Tidewater T100",
    )
    renewed = changed(4, cpa=CpaShown("[R] 20200808-6601", SECURITY, day("2026-08-08")))
    bring(workbook(renewed, (*HISTORY, issue("1.6", "2020-08-08", *text), issue("1.7", "2020-10-01"))))
    days = dict(Coverage.objects.filter(entry=4).values_list("scheme", "covers_from"))
    assert days == {"CPA": day("2020-08-08"), "DLMS": day("2019-05-02"), "Zigbee": day("2019-05-02")}


def test_a_new_certificate_told_without_numbers_covers_from_its_version(tables: None) -> None:
    text = (
        "A new CPA Certificate was granted. The new Certificate, [R] 20200808-6601, replaces [E]"
        " 20190314-5501. 1 current entries have been updated to reflect this change."
    )
    renewed = changed(4, cpa=CpaShown("[R] 20200808-6601", SECURITY, day("2026-08-08")))
    bring(workbook((*renewed, make_entry(8)), (*HISTORY, issue("1.6", "2020-08-08", text))))
    days = dict(Coverage.objects.filter(scheme="CPA").values_list("entry", "covers_from"))
    assert days[4] == day("2020-08-08")
    assert days[2] == day("2019-04-01")


def test_issued_versions_are_kept_as_they_stand_and_without_files(tables: None) -> None:
    bring(workbook())
    kept = list(Release.objects.order_by("position").values_list("number", "issued_on", "changes"))
    assert kept == [(one.number, one.date, one.verbatim) for one in HISTORY]
    assert list(Release.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert not any(release.files.exists() or release.is_ours for release in Release.objects.all())


def test_entries_keep_what_they_showed_where_a_certificate_disagrees(tables: None) -> None:
    other = day("2025-01-01")
    told = report(bring(workbook(changed(4, cpa=replace(CPA, date=other)))))
    assert Certificate.objects.get(identifier="20190314-5501").date == EXPIRY
    rows = shown(on=HISTORY[-1].date)
    assert (rows[1]["CPA"].date, rows[4]["CPA"].date) == (EXPIRY, other)
    [one] = told["disagreements"]
    assert one["shown"] == {str(EXPIRY): ["000001", "000002", "000006"], str(other): ["000004"]}


def test_probable_same_certificates_are_two_records(tables: None) -> None:
    told = report(bring(workbook()))
    assert Certificate.objects.filter(scheme="CPA").count() == 2
    assert told["probably_the_same"] == [
        {"scheme": "CPA", "entries_showing": {"20190314-5501": 4, "TMI-20190314-5501": 1}}
    ]


def test_combinations_outside_the_tables_are_counted_and_not_judged(tables: None) -> None:
    assert report(bring(workbook()))["combinations"]["current_entries_not_in_them"] == 4


def test_the_same_bytes_are_brought_forward_once(tables: None) -> None:
    first = bring(workbook())
    head = journal.head()
    assert bring(workbook(), "another name.xlsx") == first
    assert journal.head() == head
    assert ListImport.objects.count() == 1


def test_a_failure_in_the_middle_leaves_nothing(tables: None, monkeypatch: pytest.MonkeyPatch) -> None:
    before = journal.head()
    with monkeypatch.context() as broken:
        broken.setattr(type(Release._base_manager), "bulk_create", _failing_for(Release))
        with pytest.raises(IntegrityError, match="disk"):
            bring(workbook())
    assert journal.head() == before
    assert not any(model.objects.exists() for model in (ListImport, Entry, Certificate, Coverage, Removal))
    assert bring(workbook()).pk == before[0] + 1


def _failing_for(model: type) -> Any:
    create = type(model._base_manager).bulk_create  # type: ignore[attr-defined]

    def bulk_create(self: Any, rows: Any, **options: Any) -> Any:
        if self.model is model:
            raise IntegrityError("the disk is full")
        return create(self, rows, **options)

    return bulk_create


def test_facts_of_a_certificate_that_is_not_named_are_refused(tables: None) -> None:
    entries = changed(4, dlms=CertificateShown("", "CTT 3.1"), cpa=CpaShown("", "", EXPIRY))
    told = refused(workbook(entries))
    assert "entry 000004 (DLMS_Certificate.DLMS_version)" in told
    assert "entry 000004 (CPA_Certificate.expiry_date)" in told


def test_a_text_that_no_column_holds_is_refused_by_entry(tables: None) -> None:
    assert "entry 000004 (technical_specification)" in refused(
        workbook(changed(4, ts_version="SMETS " + "V" * 20))
    )


def test_without_device_types_the_reason_is_told(db: None) -> None:
    assert "load_applicability" in refused(workbook())
