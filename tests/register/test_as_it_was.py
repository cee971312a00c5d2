"""Entries, certificates, editions and Parties as they were: the day before, the day of and the day after."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applicability.models import Edition
from cpl.as_it_was import certificate_on, edition_on, entry_on, party_on, version_on
from cpl.models import (
    Certificate,
    Coverage,
    Entry,
    FirmwareInformation,
    ListImport,
    Membership,
    Party,
    Release,
    UpgradePath,
)
from tests.cast import party_of
from tests.public.making import (
    AT,
    DAY,
    ISSUED,
    make_coverage,
    make_entry,
    make_import,
    make_removal,
    publish,
    record,
)
from tests.register.test_candidates import A_DAY, ENDS, cover, happened

pytestmark = pytest.mark.django_db
AROUND = (DAY - A_DAY, DAY, DAY + A_DAY)


@pytest.fixture
def brought(tables: None) -> ListImport:
    return make_import()


def fresh(entry: Entry) -> Entry:
    return Entry.objects.select_related("record", "brought_by", "removal").get(pk=entry.pk)


def statuses(entry: Entry, *days: dt.date) -> list[str]:
    return [entry_on(fresh(entry), day).status.name for day in days]


def test_an_entry_is_on_the_list_from_the_day_of_its_admission(brought: ListImport) -> None:
    for entry in (make_entry(admitted_on=DAY), make_entry(brought, admitted_on=DAY)):
        assert statuses(entry, *AROUND) == ["Not listed", "Current", "Current"]


def test_a_removed_entry_is_current_until_the_day_on_which_it_takes_effect(brought: ListImport) -> None:
    entry = make_entry(brought)
    make_removal(entry, decision_date=DAY - 9 * A_DAY, effective_date=DAY)
    assert statuses(entry, *AROUND) == ["Current", "Removed", "Removed"]
    told = [entry_on(fresh(entry), DAY - days * A_DAY).removal for days in (10, 9)]
    assert [removal is not None for removal in told] == [False, True]


def test_before_the_list_that_brought_it_an_entry_without_a_first_day_is_not_known(
    brought: ListImport,
) -> None:
    entry = make_entry(brought)
    assert statuses(entry, ISSUED - A_DAY, ISSUED, ISSUED + A_DAY) == ["Not known", "Current", "Current"]


def test_a_removal_without_a_date_is_known_from_the_issue_of_the_list_alone(brought: ListImport) -> None:
    entry = make_entry(brought, admitted_on=ISSUED - 900 * A_DAY)
    make_removal(entry, decision_date=None, effective_date=None)
    assert statuses(entry, ISSUED - A_DAY, ISSUED, ISSUED + A_DAY) == ["Not known", "Removed", "Removed"]
    assert statuses(entry, ISSUED - 901 * A_DAY) == ["Not listed"]


def test_a_removal_that_was_recorded_later_says_so() -> None:
    entry = make_entry(admitted_on=ISSUED)
    make_removal(entry, decision_date=DAY - 30 * A_DAY, effective_date=DAY - 20 * A_DAY)
    then = entry_on(fresh(entry), DAY - 5 * A_DAY)
    assert (then.status.name, "recorded on 20 November 2026 only" in then.status.because) == ("Removed", True)
    assert "recorded" not in entry_on(fresh(entry), DAY).status.because


def test_another_certificate_carries_it_from_its_first_day(brought: ListImport) -> None:
    entry = make_entry(brought)
    cover(entry, "old", ends=DAY + 99 * A_DAY)
    cover(entry, "new", ends=DAY + 999 * A_DAY, covers_from=DAY)
    carried = [[one.shown.identifier for one in entry_on(fresh(entry), day).carried] for day in AROUND]
    assert carried == [["[E] old"], ["[E] new"], ["[E] new"]]


def test_a_certificate_past_its_date_or_withdrawn_is_told_with_the_entry(brought: ListImport) -> None:
    entry = make_entry(brought)
    row = cover(entry, ends=DAY)
    assert [entry_on(fresh(entry), day).carried[0].past for day in AROUND] == [False, False, True]
    happened(row.certificate, "withdrawn", DAY)
    ended = [entry_on(fresh(entry), day).carried[0].ended for day in AROUND]
    assert [event is not None for event in ended] == [False, True, True]


def test_no_certificate_and_not_known_are_two_answers(brought: ListImport) -> None:
    with_one, without = make_entry(brought), make_entry(brought)
    cover(with_one)
    early = ISSUED - A_DAY
    assert (entry_on(fresh(with_one), early).carried, entry_on(fresh(with_one), early).carried_known) == (
        (),
        False,
    )
    assert entry_on(fresh(with_one), ISSUED).carried_known
    assert entry_on(fresh(without), ISSUED).carried_known


def test_information_and_paths_count_from_the_day_on_which_they_were_given(time_machine: Any) -> None:
    entry, other = make_entry(), make_entry()
    stood = {
        "submission": entry.submission,
        "proposed_by": entry.proposed_by,
        "approved_by": entry.approved_by,
    }
    record(
        FirmwareInformation(
            entry=entry, company="Tidewater", description="Faster start.", contact_digest="0" * 64, **stood
        ),
        UpgradePath(target=entry, source=other, **stood),
    )
    then = [entry_on(fresh(entry), day) for day in AROUND]
    assert [one.information is not None for one in then] == [False, True, True]
    assert [len(one.paths) for one in then] == [0, 1, 1]


def test_what_the_list_showed_is_what_its_release_showed(brought: ListImport) -> None:
    entry = make_entry(brought)
    cover(entry, "old", ends=DAY + 99 * A_DAY)
    publish()
    cover(entry, "new", ends=DAY + 999 * A_DAY, covers_from=DAY)
    make_removal(entry)
    before, then = entry_on(fresh(entry), DAY - A_DAY), entry_on(fresh(entry), DAY)
    assert (str(before.listed.issue), before.listed.status) == ("2.051", "Current")
    assert [one.identifier for one in before.listed.carried] == ["[E] old"]
    # On the day itself the release came before the removal: what is so, and what was shown, are two things.
    assert (str(then.listed.issue), then.listed.status, then.status.name) == ("2.052", "Current", "Removed")
    assert [one.identifier for one in then.listed.carried] == ["[E] old"]
    assert [one.shown.identifier for one in then.carried] == ["[E] new"]


def test_of_issues_from_before_this_register_only_the_one_brought_forward_is_held(
    brought: ListImport,
) -> None:
    entry, ours = make_entry(brought), make_entry()
    record(
        Release(
            number="2.050",
            position=99,
            issued_on=ISSUED - 9 * A_DAY,
            changes="One removed",
            brought_by=brought,
        )
    )
    Release.objects.filter(number="2.051").first()
    assert entry_on(fresh(entry), ISSUED - 10 * A_DAY).listed.issue is None
    assert entry_on(fresh(entry), ISSUED - A_DAY).listed.status == "Not known"
    assert entry_on(fresh(ours), ISSUED - A_DAY).listed.status == "Not listed"


def test_a_certificate_on_the_days_around_its_events(brought: ListImport) -> None:
    row = cover(make_entry(brought), ends=DAY)
    certificate = row.certificate
    names = lambda days: [certificate_on(certificate, day).status.name for day in days]  # noqa: E731
    assert names(AROUND) == ["In force", "In force", "Expired"]
    happened(certificate, "dated", DAY + A_DAY, date=DAY + 9 * A_DAY)
    assert [certificate_on(certificate, day).date for day in AROUND] == [DAY, DAY, DAY + 9 * A_DAY]
    assert names(AROUND) == ["In force", "In force", "In force"]
    happened(certificate, "cancelled", DAY + 5 * A_DAY)
    around = [DAY + days * A_DAY for days in (4, 5, 6)]
    assert names(around) == ["In force", "Cancelled", "Cancelled"]
    assert [len(certificate_on(certificate, day).events) for day in around] == [1, 2, 2]
    assert names([ISSUED - A_DAY, ISSUED]) == ["Not known", "In force"]


def test_a_replaced_certificate_names_what_replaced_it(brought: ListImport) -> None:
    row = cover(make_entry(brought), ends=DAY + 99 * A_DAY)
    new = Certificate(scheme="CPA", identifier="new", date_kind="expires", date=ENDS, brought_by=brought)
    record(new)
    happened(row.certificate, "replaced", DAY, successor=new)
    assert [certificate_on(row.certificate, day).status.name for day in AROUND] == [
        "In force",
        "Replaced",
        "Replaced",
    ]
    assert certificate_on(row.certificate, DAY).status.because == "By CPA new on 20 November 2026."


def test_a_certificate_tells_which_current_entries_it_carried(brought: ListImport) -> None:
    row = cover(make_entry(brought), "old", ends=DAY + 99 * A_DAY)
    moved, removed = make_entry(brought), make_entry(brought)
    for entry in (moved, removed):
        cover(entry, "old", ends=DAY + 99 * A_DAY, certificate=row.certificate)
    cover(moved, "new", ends=DAY + 999 * A_DAY, covers_from=DAY)
    make_removal(removed, effective_date=DAY + A_DAY)
    # A certificate may cover from a day on which the entry was not listed yet.
    late = make_entry(brought, admitted_on=DAY + A_DAY)
    cover(late, "old", ends=DAY + 99 * A_DAY, certificate=row.certificate)
    carried = [[one.entry_id for one in certificate_on(row.certificate, day).carried] for day in AROUND]
    assert carried == [[1, 2, 3], [1, 3], [1, 4]]


def test_a_party_is_as_its_history_has_it_at_the_end_of_the_day(maker: User, time_machine: Any) -> None:
    party = party_of(maker)
    for day, name in ((DAY, "Tidewater Metering Ltd"), (DAY + 2 * A_DAY, "Tidewater plc")):
        # In London it is the day before until midnight there.
        time_machine.move_to(dt.datetime.combine(day, dt.time(23, 59), dt.UTC), tick=False)
        party.name = name
        party.save()
    other = Party.objects.create(name="Northlight", category="other")
    days = (DAY - A_DAY, DAY, DAY + A_DAY, DAY + 2 * A_DAY, DAY + 3 * A_DAY)
    Party.objects.filter(pk=party.pk).update(name="Past the history")
    seen = [getattr(version_on(other, day), "name", None) for day in days]
    assert seen == [None, None, None, "Northlight", "Northlight"]
    assert [party_on(party, day).row.name for day in days[3:]] == ["Tidewater plc"] * 2
    assert party_on(other, DAY).known_from == DAY + 2 * A_DAY


def test_a_party_tells_its_people_and_identifiers_of_the_day(maker: User, time_machine: Any) -> None:
    party = party_of(maker)
    now = dt.datetime.now(dt.UTC)
    today = now.date()
    time_machine.move_to(now + 3 * A_DAY, tick=False)
    Membership.objects.get(party=party).delete()
    party.manufacturer_identifiers.get().delete()
    then, later = party_on(party, today + A_DAY), party_on(party, today + 5 * A_DAY)
    assert (then.members, [row.code for row in then.identifiers]) == (("maker@tidewater.example",), ["7A01"])
    assert (later.members, later.identifiers) == ((), ())


def test_an_edition_counts_from_its_designation_and_its_effective_date(tables: None) -> None:
    first = Edition.objects.get(series="statutory", number=1)
    day = first.effective_from
    assert [edition_on(first, at).status.name for at in (day - A_DAY, day, DAY)] == [
        "Not designated", "In force", "In force",
    ]  # fmt: skip
    draft = Edition.objects.create(
        series="statutory", number=2, title="Second", effective_from=DAY, source_kind="direction", source="It"
    )
    assert [edition_on(draft, at).status.name for at in AROUND] == ["Not designated"] * 3
    assert edition_on(draft, DAY).in_force == first


def test_reading_a_day_costs_the_same_for_any_entry(brought: ListImport) -> None:
    entry = make_entry(brought)
    make_coverage(entry)
    publish()
    row = fresh(entry)
    with CaptureQueriesContext(connection) as few:
        entry_on(row, DAY)
    for number in range(9):
        cover(entry, str(number), covers_from=DAY - number * A_DAY)
    with CaptureQueriesContext(connection) as many:
        entry_on(row, DAY)
    assert len(many) == len(few) <= 12
    assert Coverage.objects.count() == 10
    assert AT.date() == DAY
