"""The real published list comes in whole and goes out as it came."""

import datetime
import io
import json
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command

from cpl import publishing
from cpl.formats.interchange import read_csv
from cpl.formats.published import PublishedList, read_published
from cpl.models import CURRENT, REMOVED, Certificate, Coverage, Entry, Release, Removal, ReservedNumber, shown
from ledger import journal
from ledger.models import Record
from ledger.verify import differences
from tests.bringing.conftest import AT, bring, report
from tests.real_list import CSV, WORKBOOK, needs_real_list

pytestmark = [pytest.mark.django_db, needs_real_list]

ISSUED = datetime.date(2022, 9, 21)
DAY = datetime.date(2026, 11, 20)


def statuses(on: datetime.date) -> Counter[str]:
    return Counter(Entry.objects.with_status(on).values_list("status_on_day", flat=True))


def file_of(release: Release, name: str) -> bytes:
    return bytes(release.files.get(name=name).content)


def read(data: bytes) -> PublishedList:
    return read_published(data, set(Entry.objects.values_list("device_type", flat=True)))


def test_it_holds_729_entries_of_which_35_are_removed_and_nothing_differs(tables: None) -> None:
    brought = bring(WORKBOOK.read_bytes(), WORKBOOK.name)
    assert (brought.version, brought.issued_on) == ("2.051", ISSUED)
    assert Entry.objects.count() == 729
    assert statuses(ISSUED) == {CURRENT: 694, REMOVED: 35}
    assert statuses(DAY) == {CURRENT: 694, REMOVED: 35}
    assert list(ReservedNumber.objects.values_list("number", flat=True)) == [33, 74, 75]
    assert Release.objects.count() == 346
    assert not list(differences())


def test_a_second_run_leaves_the_same_register(tables: None) -> None:
    first = bring(WORKBOOK.read_bytes())
    head = journal.head()
    assert bring(WORKBOOK.read_bytes()) == first
    assert journal.head() == head


def test_the_release_after_it_is_entry_by_entry_the_same(tables: None) -> None:
    bring(WORKBOOK.read_bytes())
    release = publishing.publish(by=None, at=AT, on=DAY)
    assert release.number == "2.052"
    ours, theirs = read(file_of(release, "cpl.xlsx")), read(WORKBOOK.read_bytes())
    assert ours.entries == theirs.entries
    assert ours.history[:-1] == theirs.history
    csv_ours, csv_theirs = read_csv(file_of(release, "cpl.csv")), read_csv(CSV.read_bytes())
    assert [row.values[1:] for row in csv_ours] == [row.values[1:] for row in csv_theirs]
    assert not list(differences())


def test_certificates_have_one_record_each_and_what_disagrees_is_told(tables: None) -> None:
    told = report(bring(WORKBOOK.read_bytes()))
    assert Counter(Certificate.objects.values_list("scheme", flat=True)) == {
        "CPA": 50, "DLMS": 41, "Zigbee": 299,
    }  # fmt: skip
    assert Coverage.objects.count() == 1353
    disagreeing = {(one["certificate"], one["what"]) for one in told["disagreements"]}
    assert {
        ("CPA NCSC1433053936-1497", "date"),
        ("CPA 1433053936-3157", "version"),
        ("DLMS 1924", "version"),
    } <= disagreeing
    zigbee = [one for one in told["disagreements"] if one["certificate"].startswith("Zigbee")]
    assert Counter(one["only_spelling"] for one in zigbee) == {False: 2, True: 4}
    assert Certificate.objects.get(identifier="NCSC1433053936-1497").date == datetime.date(2024, 5, 29)
    same = [set(one["entries_showing"]) for one in told["probably_the_same"]]
    assert {"1433053936-1497", "NCSC1433053936-1497", "NCSC-1433053936-1497"} in same
    assert told["combinations"]["current_entries_not_in_them"] == 79


def test_removals_have_the_grounds_and_days_that_the_history_states(tables: None) -> None:
    bring(WORKBOOK.read_bytes())
    assert Counter(Removal.objects.values_list("ground_code", flat=True)) == {
        "certificate_withdrawn": 16, "replaced": 11, "cpa_expired": 4, "ssc_decision": 3, "duplicate": 1,
    }  # fmt: skip
    expired = Removal.objects.get(entry=83)
    assert (expired.decision_date, expired.effective_date) == (
        datetime.date(2019, 6, 12), datetime.date(2019, 6, 24),
    )  # fmt: skip
    assert expired.decided_by == "Security Sub-Committee"
    assert Removal.objects.get(entry=489).other_entry_id == 488
    assert Removal.objects.get(entry=70).other_entry_id is None  # 000074 was dropped again
    assert not Removal.objects.filter(entry__in=[67, 68]).exists()


def test_past_days_are_answered_from_the_history_or_not_at_all(tables: None) -> None:
    bring(WORKBOOK.read_bytes())
    assert statuses(datetime.date(2019, 6, 23))[REMOVED] < statuses(datetime.date(2019, 6, 24))[REMOVED]
    renewed = Coverage.objects.filter(identifier_shown="[R] NCSC-1433053936-3917")
    moved = renewed.filter(covers_from=datetime.date(2022, 8, 18))
    assert moved.count() == 48  # as version 2.039 counts them
    renewed = Coverage.objects.filter(identifier_shown="[R] NCSC-1433053936-3918")
    assert renewed.filter(covers_from=datetime.date(2022, 8, 24)).count() == 19  # as version 2.043 does
    entry = moved.first().entry_id
    assert "CPA" not in shown([entry], on=datetime.date(2022, 8, 17)).get(entry, {})
    assert shown([entry], on=datetime.date(2022, 8, 18))[entry]["CPA"].date == datetime.date(2023, 8, 30)
    assert (
        "Zigbee" not in shown([2], on=datetime.date(2022, 9, 20))[2] and "Zigbee" in shown([2], on=ISSUED)[2]
    )
    assert set(Entry.objects.filter(admitted_on=None).values_list("number", flat=True)) == {1, 2, 3, 4}


def test_the_command_tells_what_it_normalised_and_then_that_it_was_done(tables: None) -> None:
    out = io.StringIO()
    call_command("import_cpl", WORKBOOK, stdout=out)
    assert "729 entries" in out.getvalue() and "000001 GBCS Version.version_number" in out.getvalue()
    records = Record.objects.count()
    out = io.StringIO()
    call_command("import_cpl", Path(WORKBOOK), "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["already_brought_forward"] is True
    assert sum(map(len, told["normalised"].values())) == 567
    assert Record.objects.count() == records
