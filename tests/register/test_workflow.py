"""How a submission moves, and who may move it."""

import hashlib

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from cpl import register, workflow
from cpl.models import Membership, Party, Step, Submission
from cpl.rounds import changed, rounds
from cpl.workflow import MOVES, ChangedMeanwhile, NotPossible
from tests.cast import make_party, make_user, party_of
from tests.make import DAY, EVIDENCE, make_answers
from tests.papers import make_pdf
from tests.register.conftest import AT, PDF, start, submit

pytestmark = pytest.mark.django_db


def test_a_draft_holds_anything(maker: User) -> None:
    draft = workflow.start("new_entry", party=party_of(maker), by=maker, at=AT)
    saved = workflow.save(
        draft.pk, {"Device_Model.firmware_version": "nonsense", "Product.name": ""}, by=maker
    )
    assert saved.answers == {"Device_Model.firmware_version": "nonsense"}
    assert saved.status == "draft"


def test_what_no_database_stores_is_left_out_of_a_draft(maker: User) -> None:
    draft = workflow.start("new_entry", party=party_of(maker), by=maker, at=AT)
    workflow.save(draft.pk, {"Product.name": "Estu\0ary \ud800"}, by=maker)
    draft.refresh_from_db()
    assert draft.answers == {"Product.name": "Estuary ?"}


def test_submitting_tells_every_problem_and_changes_nothing(tables: None, maker: User) -> None:
    draft = start(maker, make_answers(model="E1", dlms_id="", gbcs_version="GBCS Version 9.9"))
    with pytest.raises(NotPossible) as refused:
        workflow.submit(draft.pk, by=maker, at=AT, on=DAY)
    fields = {problem.field for problem in refused.value.problems}
    assert {
        "Device_Model.model_identifier",
        "DLMS_Certificate.identification_number",
        "GBCS Version.version_number",
    } <= fields
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert not draft.steps.exists()


def test_what_is_submitted_is_stored_in_canonical_form_once_that_is_confirmed(
    tables: None, maker: User
) -> None:
    draft = start(maker, make_answers(firmware="0a:0b:0c:0d", cpa_date="1/11/2031"))
    with pytest.raises(NotPossible, match="answers must be confirmed as read"):
        workflow.submit(draft.pk, by=maker, at=AT, on=DAY)
    draft.refresh_from_db()
    assert (draft.status, draft.answers["Device_Model.firmware_version"]) == ("draft", "0a:0b:0c:0d")
    submission = workflow.submit(draft.pk, by=maker, at=AT, on=DAY, repairs_confirmed=True)
    submission.refresh_from_db()
    assert submission.answers["Device_Model.firmware_version"] == "0A0B0C0D"
    assert submission.answers["CPA_Certificate.expiry_date"] == "01/11/2031"


def test_what_a_colleague_stored_meanwhile_is_not_overwritten(maker: User, rival: User) -> None:
    draft = workflow.start("new_entry", party=party_of(maker), by=maker, at=AT)
    Membership.objects.create(user=rival, party=party_of(maker))
    seen = workflow.digest_of_answers(draft.answers)
    workflow.save(draft.pk, {"Product.name": "Estuary 9"}, by=rival, at=AT, seen=seen)
    with pytest.raises(ChangedMeanwhile, match=r"maker@northlight\.example at 09:30") as changed:
        workflow.save(draft.pk, {"Product.name": "Estuary 10"}, by=maker, at=AT, seen=seen)
    assert changed.value.submission.answers == {"Product.name": "Estuary 9"}
    # The same again is no conflict, nor is a save that has seen what is stored.
    workflow.save(draft.pk, {"Product.name": "Estuary 9"}, by=maker, at=AT, seen=seen)
    seen = workflow.digest_of_answers({"Product.name": "Estuary 9"})
    saved = workflow.save(draft.pk, {"Product.name": "Estuary 10"}, by=maker, at=AT, seen=seen)
    assert (saved.answers, saved.saved_by) == ({"Product.name": "Estuary 10"}, maker)


def test_a_form_that_saves_itself_adds_no_line_of_history(maker: User) -> None:
    draft = workflow.start("new_entry", party=party_of(maker), by=maker, at=AT)
    workflow.save(draft.pk, {"Product.name": "E"}, by=maker, at=AT)
    before = draft.history.count()
    for name in ("Es", "Est", "Estuary"):
        workflow.save(draft.pk, {"Product.name": name}, by=maker, at=AT)
    draft.refresh_from_db()
    assert (draft.answers, draft.history.count()) == ({"Product.name": "Estuary"}, before)


def test_what_was_submitted_is_kept_for_each_round(tables: None, maker: User, officer: User) -> None:
    submission = submit(maker, make_answers())
    workflow.move(submission.pk, "return", by=officer, at=AT, words="Which revision?")
    workflow.save(submission.pk, make_answers(hardware_revision="03"), by=maker)
    workflow.submit(submission.pk, by=maker, at=AT, on=DAY)
    first, second = (one.submitted for one in rounds(submission))
    field = "Device_Model.hardware_version.revision"
    assert first and second
    assert (first.answers[field], second.answers[field]) == ("02", "03")
    for one in rounds(submission):
        assert one.submitted
        content = workflow.content_of(submission.kind, one.submitted.answers, one.submitted.files)
        assert hashlib.sha256(content).hexdigest() == one.step.digest


def test_what_changed_is_told_against_the_round_before(tables: None, maker: User, officer: User) -> None:
    submission = submit(maker, make_answers())
    assert changed(submission) == []
    workflow.move(submission.pk, "return", by=officer, at=AT, words="Which revision?")
    workflow.save(submission.pk, make_answers(hardware_revision="03"), by=maker)
    submission.evidence.filter(what="DLMS").delete()
    submission.refresh_from_db()
    said = [(one.label, one.before, one.after) for one in changed(submission)]
    assert said[0] == ("Hardware revision", "02", "03")
    assert said[1][0] == "File: DLMS certificate"
    workflow.attach(submission.pk, "DLMS", "new.pdf", make_pdf() + b"new", by=maker, at=AT)
    submission = workflow.submit(submission.pk, by=maker, at=AT, on=DAY)
    assert ("File: DLMS certificate", "", "new.pdf") in [
        (one.label, one.before, one.after) for one in changed(submission)
    ]


def test_each_move_is_a_step_with_a_digest_and_a_line_of_history(
    tables: None, maker: User, officer: User
) -> None:
    submission = submit(maker, make_answers())
    workflow.move(submission.pk, "return", by=officer, at=AT, words="The hash is missing a digit.")
    steps = list(submission.steps.values_list("verb", "from_status", "to_status", "words"))
    assert steps == [
        ("submit", "draft", "submitted", ""),
        ("return", "submitted", "returned", "The hash is missing a digit."),
    ]
    submission.refresh_from_db()
    assert submission.steps.last().digest == workflow.digest_of(submission)
    assert [row.status for row in submission.history.order_by("history_id")] == [
        *["draft"] * (submission.history.count() - 2), "submitted", "returned",
    ]  # fmt: skip


def test_a_step_cannot_be_changed(tables: None, maker: User) -> None:
    submit(maker, make_answers())
    with pytest.raises(IntegrityError), transaction.atomic():
        Step.objects.update(verb="approve")
    assert Step.objects.get().verb == "submit"


def test_who_submitted_cannot_approve_even_with_an_officers_rights(tables: None, officer: User) -> None:
    make_party("Tidewater Metering Ltd", Party.Category.OTHER, officer, code="7A01")
    submission = submit(officer, make_answers())
    with pytest.raises(NotPossible, match="second person"):
        register.approve(submission.pk, by=officer, at=AT, on=DAY)


def test_the_database_itself_refuses_one_person_for_both(tables: None, maker: User) -> None:
    submission = submit(maker, make_answers())
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(status="approved", decided_by=maker)
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(status="approved")


def test_returning_and_refusing_want_words(tables: None, maker: User, officer: User) -> None:
    submission = submit(maker, make_answers())
    for verb in ("return", "refuse"):
        with pytest.raises(NotPossible, match="reasons in words"):
            workflow.move(submission.pk, verb, by=officer, at=AT, words="  ")


def test_a_returned_submission_is_put_right_and_submitted_again(
    tables: None, maker: User, officer: User
) -> None:
    submission = submit(maker, make_answers())
    workflow.move(submission.pk, "return", by=officer, at=AT, words="Which revision?")
    workflow.save(submission.pk, make_answers(hardware_revision="03"), by=maker)
    again = workflow.submit(submission.pk, by=maker, at=AT, on=DAY)
    assert again.status == "submitted"
    assert again.decided_by is None


def test_a_submitted_one_is_fixed(tables: None, maker: User) -> None:
    submission = submit(maker, make_answers())
    with pytest.raises(NotPossible, match="fixed"):
        workflow.save(submission.pk, make_answers(model="0001"), by=maker)
    with pytest.raises(NotPossible, match="fixed"):
        workflow.attach(submission.pk, "CPA", "late.pdf", PDF, by=maker, at=AT)
    with pytest.raises(NotPossible, match="fixed"):
        workflow.detach(submission.evidence.first().pk, by=maker)


def test_another_organisation_can_neither_read_nor_move_it(tables: None, maker: User, rival: User) -> None:
    submission = start(maker, make_answers())
    assert not Submission.objects.for_user(rival).exists()
    for act in (
        lambda: workflow.save(submission.pk, {}, by=rival),
        lambda: workflow.attach(submission.pk, "CPA", "x.pdf", PDF, by=rival, at=AT),
        lambda: workflow.submit(submission.pk, by=rival, at=AT, on=DAY),
        lambda: workflow.move(submission.pk, "withdraw", by=rival, at=AT),
    ):
        with pytest.raises(NotPossible, match="another organisation"):
            act()


def test_colleagues_see_and_move_each_others(tables: None, maker: User) -> None:
    colleague = make_user("colleague@tidewater.example")
    party_of(maker).memberships.create(user=colleague)
    submission = start(maker, make_answers())
    assert workflow.submit(submission.pk, by=colleague, at=AT, on=DAY).submitted_by == colleague


def test_nobody_starts_for_an_organisation_that_is_not_theirs(maker: User, rival: User) -> None:
    with pytest.raises(NotPossible, match="do not act for"):
        workflow.start("new_entry", party=party_of(rival), by=maker, at=AT)
    with pytest.raises(NotPossible, match="Panel staff"):
        workflow.start("removal", party=None, by=maker, at=AT)


def test_an_organisation_that_nobody_verified_cannot_start(maker: User) -> None:
    Party.objects.update(verified=False)
    with pytest.raises(NotPossible, match="verified"):
        workflow.start("new_entry", party=party_of(maker), by=maker, at=AT)


@pytest.mark.parametrize("status", ["draft", "submitted", "returned", "approved", "refused", "withdrawn"])
def test_only_moves_of_the_table_are_possible(tables: None, maker: User, officer: User, status: str) -> None:
    submission = start(maker, make_answers())
    Submission.objects.filter(pk=submission.pk).update(
        status=status, submitted_by=maker, decided_by=officer if status == "approved" else None
    )
    for verb in {verb for _, verb in MOVES}:
        if (status, verb) not in MOVES:
            with pytest.raises(NotPossible, match=f"is {status}"):
                workflow.move(submission.pk, verb, by=officer, at=AT, words="because")


def test_evidence_of_another_type_is_refused_and_the_same_file_is_kept_once(maker: User) -> None:
    draft = workflow.start("new_entry", party=party_of(maker), by=maker, at=AT)
    with pytest.raises(ValueError, match="not a PDF"):
        workflow.attach(draft.pk, "CPA", "macro.pdf", b"MZ\x90", by=maker, at=AT)
    first = workflow.attach(draft.pk, "CPA", "a.pdf", PDF, by=maker, at=AT)
    second = workflow.attach(draft.pk, "CPA", "b.pdf", PDF, by=maker, at=AT)
    assert first == second
    workflow.detach(first.pk, by=maker)
    assert not draft.evidence.exists()


def test_an_officer_of_the_same_organisation_does_not_decide(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    submission = submit(maker, make_answers())
    party_of(maker).memberships.create(user=officer)
    for verb in ("approve", "return", "refuse"):
        with pytest.raises(NotPossible, match="second person"):
            workflow.move(submission.pk, verb, by=officer, at=AT, words="because")
    assert not workflow.possible(submission, officer).keys() - {"withdraw"}
    assert workflow.move(submission.pk, "refuse", by=second_officer, at=AT, words="because").decided_by


def test_who_began_it_does_not_decide_what_a_colleague_submitted(
    tables: None, maker: User, officer: User
) -> None:
    party_of(maker).memberships.create(user=officer)
    draft = workflow.start("new_entry", party=party_of(maker), by=officer, at=AT, answers=make_answers())
    for what in EVIDENCE:
        workflow.attach(draft.pk, what, "a.pdf", PDF + what.encode(), by=maker, at=AT)
    workflow.submit(draft.pk, by=maker, at=AT, on=DAY)
    officer.memberships.all().delete()
    with pytest.raises(NotPossible, match="second person"):
        workflow.move(draft.pk, "refuse", by=officer, at=AT, words="because")


def test_who_gave_a_file_or_submitted_before_does_not_decide(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    draft = start(maker, make_answers())
    party_of(maker).memberships.create(user=officer)
    workflow.submit(draft.pk, by=officer, at=AT, on=DAY)
    officer.memberships.all().delete()
    workflow.move(draft.pk, "return", by=second_officer, at=AT, words="Which?")
    workflow.submit(draft.pk, by=maker, at=AT, on=DAY)
    with pytest.raises(NotPossible, match="second person"):
        workflow.move(draft.pk, "refuse", by=officer, at=AT, words="because")


def test_who_ever_wrote_the_answers_does_not_decide(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    draft = start(maker, make_answers())
    for person, firmware in ((officer, "0A0B0C20"), (second_officer, "0A0B0C21")):
        party_of(maker).memberships.create(user=person)
        workflow.save(draft.pk, make_answers(firmware=firmware), by=person, at=AT)
        person.memberships.all().delete()
    submitted = workflow.submit(draft.pk, by=maker, at=AT, on=DAY)
    assert submitted.saved_by == second_officer
    for person in (officer, second_officer):
        assert "approve" not in workflow.possible(submitted, person)
        with pytest.raises(NotPossible, match="second person"):
            workflow.move(draft.pk, "refuse", by=person, at=AT, words="because")


def test_what_changed_since_the_officer_read_it_is_not_decided(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    submission = submit(maker, make_answers())
    seen = workflow.digest_of(submission)
    workflow.move(submission.pk, "return", by=second_officer, at=AT, words="Which revision?")
    workflow.save(submission.pk, make_answers(hardware_revision="03"), by=maker)
    workflow.submit(submission.pk, by=maker, at=AT, on=DAY)
    with pytest.raises(NotPossible, match="changed since you opened it"):
        register.approve(submission.pk, by=officer, at=AT, on=DAY, seen=seen)
    with pytest.raises(NotPossible, match="changed since you opened it"):
        workflow.move(submission.pk, "refuse", by=officer, at=AT, words="no", seen=seen)


def test_words_hold_nothing_that_no_database_stores(tables: None, maker: User, officer: User) -> None:
    submission = submit(maker, make_answers())
    workflow.move(submission.pk, "refuse", by=officer, at=AT, words="N\0o\ud800")
    assert submission.steps.last().words == "No?"
