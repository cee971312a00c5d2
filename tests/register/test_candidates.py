"""Candidates for removal: which entries on which day, why, since when, and what officers did about them."""

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cpl import workflow
from cpl.candidates import Counts, candidates, counts, keep, proposal
from cpl.models import (
    Candidate,
    Certificate,
    CertificateEvent,
    Coverage,
    Entry,
    Keeping,
    ListImport,
    Submission,
)
from cpl.workflow import NotPossible
from ledger.verify import differences
from tests.cast import make_user
from tests.public.making import AT, DAY, ISSUED, make_coverage, make_entry, make_import, make_removal, record

pytestmark = pytest.mark.django_db
ENDS = dt.date(2026, 10, 31)
A_DAY = dt.timedelta(days=1)


@pytest.fixture
def brought(tables: None) -> ListImport:
    return make_import()


def cover(
    entry: Entry, identifier: str = "20261101-7701", ends: dt.date | None = ENDS, **changes: object
) -> Coverage:
    """What carries an entry, by a certificate of its own unless one is given."""
    certificate = changes.pop("certificate", None) or Certificate(
        scheme="CPA", identifier=identifier, date_kind="expires" if ends else "none", date=ends,
        brought_by=entry.brought_by,
    )  # fmt: skip
    if certificate.record_id is None:
        record(certificate)
    columns = {"scheme": "CPA", "identifier_shown": f"[E] {identifier}", "covers_from": ISSUED, **changes}
    row = Coverage(
        entry=entry, certificate=certificate, date_shown=ends, brought_by=entry.brought_by, **columns
    )
    record(row)
    return row


def happened(certificate: Certificate, what: str, on: dt.date, **more: object) -> None:
    record(
        CertificateEvent(certificate=certificate, what=what, on=on, brought_by=certificate.brought_by, **more)
    )


def found(on: dt.date) -> list[tuple[int, str, dt.date]]:
    return [(row.entry_id, row.cause, row.since) for row in candidates(on)]


@pytest.mark.parametrize(("on", "is_one"), [(ENDS - A_DAY, False), (ENDS, False), (ENDS + A_DAY, True)])
def test_a_certificate_counts_on_its_date_still(brought: ListImport, on: dt.date, is_one: bool) -> None:
    entry = make_entry(brought)
    cover(entry)
    assert found(on) == ([(entry.number, "expired", ENDS)] if is_one else [])


def test_a_renewal_date_counts_as_an_expiry_date_does(brought: ListImport) -> None:
    cover(make_entry(brought), identifier_shown="[R] 20261101-7701")
    assert found(DAY) == [(1, "past_renewal", ENDS)]


@pytest.mark.parametrize(("on", "is_one"), [(DAY - A_DAY, False), (DAY, True), (DAY + A_DAY, True)])
@pytest.mark.parametrize("what", ["withdrawn", "cancelled"])
def test_what_was_withdrawn_or_cancelled_is_one_from_that_day(
    brought: ListImport, what: str, on: dt.date, is_one: bool
) -> None:
    row = cover(make_entry(brought), ends=dt.date(2031, 1, 1))
    happened(row.certificate, what, DAY)
    assert found(on) == ([(1, what, DAY)] if is_one else [])


def test_a_certificate_without_a_date_ends_by_an_event_alone(brought: ListImport) -> None:
    row = cover(make_entry(brought), "ZIG1", ends=None, scheme="Zigbee", identifier_shown="ZIG1")
    assert found(dt.date(2090, 1, 1)) == []
    happened(row.certificate, "withdrawn", DAY)
    assert found(DAY) == [(1, "withdrawn", DAY)]


def test_only_the_latest_coverage_of_the_day_counts(brought: ListImport) -> None:
    entry = make_entry(brought)
    cover(entry)
    cover(entry, "20301101-7702", ends=dt.date(2030, 11, 1), covers_from=DAY)
    assert found(DAY - A_DAY) == [(1, "expired", ENDS)]
    assert found(DAY) == []


def test_a_date_that_was_extended_takes_the_place_of_the_one_shown(brought: ListImport) -> None:
    row = cover(make_entry(brought))
    happened(row.certificate, "dated", DAY, date=dt.date(2027, 3, 1))
    assert found(DAY - A_DAY) == [(1, "expired", ENDS)]
    assert found(dt.date(2027, 3, 1)) == []
    assert found(dt.date(2027, 3, 2)) == [(1, "expired", dt.date(2027, 3, 1))]


def test_a_date_put_right_to_an_earlier_day_makes_candidates(brought: ListImport) -> None:
    row = cover(make_entry(brought), ends=dt.date(2031, 1, 1))
    happened(row.certificate, "dated", DAY, date=ENDS)
    assert found(DAY) == [(1, "expired", ENDS)]


def test_removed_smets1_and_later_entries_are_none(brought: ListImport) -> None:
    removed, smets1, later = (
        make_entry(brought),
        make_entry(brought, technical_specification="SMETS V1.2", gbcs_version="GBCS Version 0.0"),
        make_entry(brought, admitted_on=DAY + A_DAY),
    )
    for number, entry in enumerate((removed, smets1, later)):
        cover(entry, f"2026-{number}")
    make_removal(removed, decision_date=DAY, effective_date=DAY + 30 * A_DAY)
    assert found(DAY) == []
    assert found(DAY - A_DAY) == [(removed.number, "expired", ENDS)]


def test_nothing_is_removed_by_a_clock(brought: ListImport) -> None:
    entry = make_entry(brought)
    cover(entry)
    written = [list(model.objects.values()) for model in (Entry, Keeping, Submission)]
    for years in range(1, 30):
        later = DAY.replace(year=DAY.year + years)
        assert found(later) == [(1, "expired", ENDS)]
        counts(later)
        assert entry in Entry.objects.current(later)
    assert [list(model.objects.values()) for model in (Entry, Keeping, Submission)] == written
    assert not list(differences())


def test_what_is_kept_is_due_again_on_the_day_of_review(brought: ListImport, officer: User) -> None:
    row = cover(make_entry(brought))
    review = DAY + 10 * A_DAY
    keep([row.pk], words="A renewal is on its way.", review_on=review, by=officer, at=AT, on=DAY)
    assert [candidates(day).get().state for day in (DAY, review - A_DAY, review)] == ["kept", "kept", "due"]
    assert counts(DAY) == Counts(due=0, kept=1, raised=0, due_by_cause={})
    assert counts(review) == Counts(due=1, kept=0, raised=0, due_by_cause={"expired": 1})
    assert candidates(DAY - A_DAY).get().state == "due"


def test_a_kept_entry_is_due_again_when_its_certificate_ends_in_another_way(
    brought: ListImport, officer: User
) -> None:
    row = cover(make_entry(brought))
    keep([row.pk], words="Waiting.", review_on=DAY + 90 * A_DAY, by=officer, at=AT, on=DAY)
    happened(row.certificate, "cancelled", DAY + A_DAY)
    assert candidates(DAY).get().state == "kept"
    assert candidates(DAY + A_DAY).get().state == "due"


def test_the_latest_decision_to_keep_counts(brought: ListImport, officer: User) -> None:
    row = cover(make_entry(brought))
    for days in (90, 2):
        keep([row.pk], words="Waiting.", review_on=DAY + days * A_DAY, by=officer, at=AT, on=DAY)
    assert candidates(DAY + 2 * A_DAY).get().state == "due"


@pytest.mark.parametrize(
    ("words", "review_on", "said"), [(" ", DAY + A_DAY, "why"), ("Yes", DAY, "after today")]
)
def test_keeping_wants_a_reason_and_a_day_to_come(
    brought: ListImport, officer: User, words: str, review_on: dt.date, said: str
) -> None:
    row = cover(make_entry(brought))
    with pytest.raises(NotPossible, match=said):
        keep([row.pk], words=words, review_on=review_on, by=officer, at=AT, on=DAY)
    assert not Keeping.objects.exists()


def test_only_officers_keep_and_only_candidates_are_kept(brought: ListImport, officer: User) -> None:
    row = cover(make_entry(brought), ends=dt.date(2031, 1, 1))
    last = {"words": "Yes", "review_on": DAY + A_DAY, "at": AT, "on": DAY}
    with pytest.raises(NotPossible, match="no candidates any more"):
        keep([row.pk], by=officer, **last)
    with pytest.raises(NotPossible, match="Only Panel officers"):
        keep([row.pk], by=make_user("auditor@panel.example", "Auditor"), **last)


def test_a_decision_to_keep_is_never_changed(brought: ListImport, officer: User) -> None:
    row = cover(make_entry(brought))
    [kept] = keep([row.pk], words="Waiting.", review_on=DAY + A_DAY, by=officer, at=AT, on=DAY)
    for change in (
        lambda: Keeping.objects.update(words="Other"),
        lambda: Keeping.objects.filter(pk=kept.pk)._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_proposal_suggests_ground_reason_and_days_and_then_stands_as_raised(
    brought: ListImport, officer: User
) -> None:
    rows = [cover(make_entry(brought), f"2026110{n}-7701") for n in range(2)]
    answers = proposal(list(candidates(DAY).filter(pk=rows[0].pk)), DAY)
    assert answers == {
        "Entries.numbers": "000001", "Removal.ground": "cpa_expired", "Removal.decided_by": "SEC Panel",
        "Removal.reason": "CPA certificate [E] 20261100-7701 expired on 31 October 2026.",
        "Removal.decision_date": "20/11/2026", "Removal.effective_date": "20/11/2026",
    }  # fmt: skip
    both = proposal(list(candidates(DAY)), DAY)
    assert both["Entries.numbers"] == "000001; 000002"
    assert "Removal.reason" not in both
    draft = workflow.start("removal", party=None, by=officer, at=AT, answers=answers)
    assert [row.state for row in candidates(DAY)] == ["due", "due"]
    answers["Decision.reference"] = "Panel 7/3"
    workflow.save(draft.pk, answers, by=officer)
    raised = workflow.submit(draft.pk, by=officer, at=AT, on=DAY)
    assert [(row.state, row.raised_in) for row in candidates(DAY)] == [("raised", raised.pk), ("due", None)]
    with pytest.raises(NotPossible, match="000001 is proposed already"):
        proposal(list(candidates(DAY)), DAY)


def test_where_causes_differ_no_ground_is_suggested(brought: ListImport) -> None:
    cover(make_entry(brought), "1")
    row = cover(make_entry(brought), "2")
    happened(row.certificate, "withdrawn", DAY)
    assert "Removal.ground" not in proposal(list(candidates(DAY)), DAY)


def test_more_entries_cost_no_more_queries(brought: ListImport) -> None:
    def ask() -> int:
        with CaptureQueriesContext(connection) as asked:
            [str(row.entry) + str(row.certificate) for row in candidates(DAY)]
            counts(DAY)
        return len(asked)

    cover(make_entry(brought), "0")
    few = ask()
    for number in range(1, 12):
        cover(make_entry(brought), str(number))
    assert ask() == few == 4


def test_it_finds_what_the_plain_reading_of_the_register_finds(brought: ListImport) -> None:
    """The same by `shown`, which reads every row."""
    from cpl.models import shown

    for number in range(8):
        row = cover(make_entry(brought), str(number), ends=DAY + (number - 4) * A_DAY)
        if number % 3 == 0:
            cover(row.entry, f"n{number}", ends=DAY + 2 * A_DAY, covers_from=DAY - 3 * A_DAY)
        if number % 2:
            happened(row.certificate, "dated", DAY - A_DAY, date=DAY + A_DAY)
    for on in (DAY + days * A_DAY for days in range(-6, 8)):
        plain = [
            (number, one.certificate)
            for number, schemes in sorted(shown(on=on).items())
            for one in schemes.values()
            if one.date and one.date < on
        ]
        assert [(row.entry_id, row.certificate_id) for row in candidates(on)] == plain
    assert Candidate.objects.count() == Coverage.objects.count() == 11
    make_coverage(make_entry(brought))
