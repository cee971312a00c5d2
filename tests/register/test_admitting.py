"""Approval writes the register: entries, certificates, coverage, removals, each through the journal."""

import threading
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from cpl import register, workflow
from cpl.checking import problems
from cpl.models import (
    Certificate,
    CertificateEvent,
    Entry,
    FirmwareContact,
    Removal,
    Submission,
    shown,
)
from cpl.workflow import NotPossible
from ledger.models import Record
from ledger.verify import differences
from tests.cast import make_user
from tests.make import DAY, make_answers, make_ppmid_answers, make_removal_answers, make_renewal_answers
from tests.register.conftest import AT, submit

pytestmark = pytest.mark.django_db


def approve(submission: Submission, by: User) -> Submission:
    """Approves with a reason for every warning."""
    from_rules = {"W-manufacturer-new": "New here.", "W-bcd-or-hex": "So it is written."}
    try:
        return register.approve(submission.pk, by=by, at=AT, on=DAY, acknowledged=from_rules)
    except NotPossible as error:
        read = {problem.rule: "Looked at." for problem in error.problems}
        return register.approve(submission.pk, by=by, at=AT, on=DAY, acknowledged=read)


def admit(maker: User, officer: User, **changes: str) -> Entry:
    return approve(submit(maker, make_answers(**changes)), officer).entry


def test_approval_admits_the_entry_with_what_carries_it(tables: None, maker: User, officer: User) -> None:
    entry = admit(maker, officer)
    assert (entry.number, str(entry)) == (1, "000001")
    assert (entry.proposed_by, entry.approved_by) == (maker, officer)
    assert entry.admitted_on == DAY
    carried = shown([1], on=DAY)[1]
    assert {scheme: row.identifier for scheme, row in carried.items()} == {
        "CPA": "[E] 20261101-7701", "DLMS": "7701", "Zigbee": "ZIG26TMI77010-24",
    }  # fmt: skip
    assert FirmwareContact.objects.get().city == "Leeds"
    assert list(entry.upgrades_from.values_list("source", flat=True)) == [None]
    acts = list(Record.objects.exclude(act="edition.designated").values_list("act", flat=True))
    assert acts[0] == "entry.admitted"
    assert acts.count("certificate.recorded") == acts.count("certificate.covers") == 3
    assert not list(differences())


def test_no_personal_data_stands_in_the_journal(tables: None, maker: User, officer: User) -> None:
    admit(maker, officer)
    journal = "".join(Record.objects.values_list("body", flat=True))
    for private in (
        "Ada Quill",
        "7946",
        "certificates@",
        "firmware@",
        "Mill Lane",
        maker.email,
        officer.email,
    ):
        assert private not in journal


def test_numbers_follow_each_other_and_none_is_given_twice(tables: None, maker: User, officer: User) -> None:
    first = admit(maker, officer)
    second = admit(
        maker, officer, firmware="0A0B0C0E", image_hash="A" * 64, security_statement="No effect on security."
    )
    assert (first.number, second.number) == (1, 2)


def test_a_certificate_on_record_is_used_again(tables: None, maker: User, officer: User) -> None:
    admit(maker, officer)
    admit(
        maker, officer, firmware="0A0B0C0E", image_hash="A" * 64, security_statement="No effect on security."
    )
    assert Certificate.objects.filter(scheme="CPA").count() == 1
    assert Certificate.objects.get(scheme="CPA").coverage.count() == 2


def test_a_device_without_cpa_keeps_not_relevant(tables: None, rival: User, officer: User) -> None:
    entry = approve(submit(rival, make_ppmid_answers(manufacturer="7B10")), officer).entry
    assert entry.security_characteristics == "Not Relevant"
    assert list(shown([entry.number], on=DAY)[entry.number]) == ["Zigbee"]


def test_the_same_device_twice_is_refused_at_approval(tables: None, maker: User, officer: User) -> None:
    first, second = submit(maker, make_answers()), submit(maker, make_answers())
    approve(first, officer)
    with pytest.raises(NotPossible, match="000001"):
        approve(second, officer)
    second.refresh_from_db()
    assert second.status == "submitted"
    assert Entry.objects.count() == 1


def test_warnings_have_to_be_acknowledged(tables: None, maker: User, officer: User) -> None:
    admit(maker, officer)
    same_hash = submit(maker, make_answers(firmware="0A0B0C0E", security_statement="No effect on security."))
    with pytest.raises(NotPossible, match="without a reason"):
        register.approve(same_hash.pk, by=officer, at=AT, on=DAY)
    blank = {problem.rule: " " for problem in problems(same_hash, DAY)}
    with pytest.raises(NotPossible, match="without a reason"):
        register.approve(same_hash.pk, by=officer, at=AT, on=DAY, acknowledged=blank)
    assert approve(same_hash, officer).entry.number == 2


def test_replacing_admits_one_and_removes_the_other_naming_each_other(
    tables: None, maker: User, officer: User
) -> None:
    wrong = admit(maker, officer)
    right = admit(maker, officer, image_hash="B" * 64, replaces="000001")
    removal = Removal.objects.get(entry=wrong)
    assert removal.ground.code == "replaced"
    assert removal.other_entry == right
    assert right.replaces == wrong
    assert removal.record.at == right.record.at
    assert list(Entry.objects.current(DAY)) == [right]
    assert not list(differences())


def test_a_refusal_in_the_middle_leaves_nothing(
    tables: None, maker: User, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise IntegrityError("the disk is full")

    submission = submit(maker, make_answers())
    monkeypatch.setattr(register, "_keep_contacts", fail)
    with pytest.raises(IntegrityError), transaction.atomic():
        approve(submission, officer)
    submission.refresh_from_db()
    assert submission.status == "submitted"
    assert not Entry.objects.exists()
    assert not Record.objects.filter(act="entry.admitted").exists()


def test_a_removal_takes_two_officers_and_takes_effect_on_its_day(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    admit(maker, officer)
    answers = make_removal_answers(
        entries="000001", decision_date="18/11/2026", effective_date="01/12/2026", other_entry=""
    )
    proposal = submit(officer, answers, "removal")
    with pytest.raises(NotPossible, match="second person"):
        register.approve(proposal.pk, by=officer, at=AT, on=DAY)
    approve(proposal, second_officer)
    removal = Removal.objects.get()
    assert (removal.proposed_by, removal.approved_by) == (officer, second_officer)
    assert Entry.objects.current(DAY).count() == 1
    assert Entry.objects.current(removal.effective_date).count() == 0
    assert Entry.objects.removed(removal.effective_date).count() == 1


def test_the_database_refuses_a_row_that_one_person_stands_behind(
    tables: None, maker: User, officer: User
) -> None:
    entry = admit(maker, officer)
    for table in ("cpl_entry", "cpl_coverage"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET approved_by_id = proposed_by_id")
    entry.refresh_from_db()
    assert entry.approved_by == officer


def test_a_renewed_certificate_carries_many_entries_at_once(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    admit(maker, officer)
    admit(
        maker, officer, firmware="0A0B0C0E", image_hash="A" * 64, security_statement="No effect on security."
    )
    answers = make_renewal_answers(
        entries="000001; 000002", certificate_replaces="[E] 20261101-7701", covers_from=""
    )
    approve(submit(officer, answers, "renewal"), second_officer)
    for number, rows in shown(on=DAY).items():
        assert (number, rows["CPA"].identifier, rows["CPA"].date_kind) == (
            number,
            "[R] 20261102-8801",
            "renews",
        )
    event = CertificateEvent.objects.get()
    assert (event.what, event.certificate.identifier) == ("replaced", "20261101-7701")
    assert event.successor.identifier == "20261102-8801"
    assert not list(differences())


def test_a_date_put_right_shows_on_every_entry_that_the_certificate_carries(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    admit(maker, officer)
    answers = make_renewal_answers(
        certificate_id="[E] 20261101-7701", certificate_date="01/06/2032", certificate_replaces="",
        entries="000001", covers_from="",
    )  # fmt: skip
    approve(submit(officer, answers, "renewal"), second_officer)
    assert shown([1], on=DAY)[1]["CPA"].date.isoformat() == "2032-06-01"
    assert CertificateEvent.objects.get().what == "dated"


def test_a_notice_of_withdrawal_marks_the_certificate_and_removes_nothing(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    admit(maker, officer)
    answers = {
        "Certificate.scheme": "CPA", "Certificate.identification_number": "[E] 20261101-7701",
        "Certificate.event": "withdrawn", "Certificate.event_on": "18/11/2026",
        "Decision.reference": "Letter 7",
    }  # fmt: skip
    approve(submit(officer, answers, "withdrawal"), second_officer)
    assert CertificateEvent.objects.get().what == "withdrawn"
    assert Entry.objects.current(DAY).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_once_one_succeeds_and_the_other_reads_why(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    submission = submit(maker, make_answers())
    outcomes = at_once(lambda: approve(submission, officer), lambda: approve(submission, second_officer))
    assert {type(one) for one in outcomes} == {NotPossible, Submission}
    assert "approved" in next(str(one) for one in outcomes if isinstance(one, NotPossible))
    assert Entry.objects.count() == 1
    assert not list(differences())


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act returned, or the NotPossible that it met; all begin at the same moment."""
    start, outcomes = threading.Barrier(len(acts)), list[object]()

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            outcomes.append(act())
        except NotPossible as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_an_auditor_decides_nothing(tables: None, maker: User) -> None:
    submission = submit(maker, make_answers())
    auditor = make_user("auditor@panel.example", "Auditor")
    with pytest.raises(NotPossible, match="Only Panel officers"):
        workflow.move(submission.pk, "refuse", by=auditor, at=AT, words="no")


@pytest.mark.django_db(transaction=True)
def test_of_two_submissions_of_one_device_approved_at_once_one_is_admitted(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    first, second = submit(maker, make_answers()), submit(maker, make_answers())
    warned = dict.fromkeys(["N-open", "W-manufacturer-new"], "Looked at.")
    outcomes = at_once(
        lambda: register.approve(first.pk, by=officer, at=AT, on=DAY, acknowledged=warned),
        lambda: register.approve(second.pk, by=second_officer, at=AT, on=DAY, acknowledged=warned),
    )
    assert {type(one) for one in outcomes} == {NotPossible, Submission}
    assert Entry.objects.count() == 1
    assert "000001" in next(str(one) for one in outcomes if isinstance(one, NotPossible))


@pytest.mark.django_db(transaction=True)
def test_of_two_removals_of_one_entry_approved_at_once_one_is_recorded(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    admit(maker, officer)
    third = make_user("third.officer@panel.example", "Panel officer")
    answers = make_removal_answers(entries="000001", decision_date="18/11/2026", other_entry="")
    proposals = [submit(officer, answers, "removal") for _ in range(2)]
    outcomes = at_once(
        lambda: register.approve(proposals[0].pk, by=second_officer, at=AT, on=DAY),
        lambda: register.approve(proposals[1].pk, by=third, at=AT, on=DAY),
    )
    assert {type(one) for one in outcomes} == {NotPossible, Submission}
    assert Removal.objects.count() == 1
