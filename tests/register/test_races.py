"""What two do to one submission, or to the list, at the same moment: one after the other, never mixed."""

from functools import partial

import pytest
from django.contrib.auth.models import User

from cpl import publishing, register, workflow
from cpl.checking import problems
from cpl.models import Entry, Party, Release, Submission
from cpl.workflow import NotPossible
from ledger.verify import differences
from tests.cast import make_party, make_user
from tests.make import DAY, make_answers, make_renewal_answers
from tests.papers import make_pdf
from tests.register.conftest import AT, start, submit
from tests.register.test_admitting import admit, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_draft_submitted_twice_at_once_is_submitted_once(tables: None, maker: User) -> None:
    draft = start(maker, make_answers())
    outcomes = at_once(*[lambda: workflow.submit(draft.pk, by=maker, at=AT, on=DAY)] * 3)
    assert sum(isinstance(one, NotPossible) for one in outcomes) == 2
    assert draft.steps.count() == 1


def test_what_is_saved_while_it_is_submitted_is_in_it_and_checked_or_not_at_all(
    tables: None, maker: User
) -> None:
    draft = start(maker, make_answers())
    spoilt = make_answers(firmware="nonsense")
    at_once(
        lambda: workflow.submit(draft.pk, by=maker, at=AT, on=DAY),
        lambda: workflow.save(draft.pk, spoilt, by=maker),
    )
    draft.refresh_from_db()
    sound = draft.answers["Device_Model.firmware_version"] == "0A0B0C0D"
    assert (draft.status == "submitted") == sound
    assert [step.digest for step in draft.steps.all()] == [workflow.digest_of(draft)] * sound


def test_a_file_taken_off_while_it_is_submitted_is_missed_or_stays(tables: None, maker: User) -> None:
    draft = start(maker, make_answers())
    file = draft.evidence.get(what="CPA")
    at_once(
        lambda: workflow.submit(draft.pk, by=maker, at=AT, on=DAY),
        lambda: workflow.detach(file.pk, by=maker),
    )
    draft.refresh_from_db()
    kept = draft.evidence.filter(what="CPA").exists()
    assert (draft.status == "submitted") == kept
    assert [step.digest for step in draft.steps.all()] == [workflow.digest_of(draft)] * kept


def test_of_releases_published_at_once_there_is_one(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    admit(maker, officer)
    outcomes = at_once(*[lambda: publishing.publish(by=second_officer, at=AT, on=DAY)] * 3)
    assert sum(isinstance(one, NotPossible) for one in outcomes) == 2
    assert Release.objects.get().files.count() == 5
    assert not list(differences())


@pytest.mark.parametrize("turn", range(3))
def test_offers_approved_while_what_they_are_for_is_approved_are_in_it_or_not_at_all(
    tables: None, maker: User, officer: User, second_officer: User, turn: int
) -> None:
    """Two offers for the same two submissions, named the other way round: nobody waits for ever."""
    those = [
        submit(maker, make_answers(firmware=f"0A0B0C0{n}", image_hash=f"{n}" * 64, **STATED)) for n in (1, 2)
    ]
    offers = [_offer(those, n) for n in (1, 2)]
    outcomes = at_once(
        partial(approve, offers[0].pk, officer),
        partial(approve, those[turn % 2].pk, second_officer),
        partial(approve, offers[1].pk, second_officer),
        partial(approve, those[1 - turn % 2].pk, officer),
    )
    assert all(isinstance(one, Submission | NotPossible) for one in outcomes), outcomes
    for one in those:
        one.refresh_from_db()
        steps = list(one.steps.order_by("pk"))
        # What was added came before the decision, and the decision is on all that is there.
        assert [step.verb for step in steps[1:-1]] == ["evidence"] * (len(steps) - 2)
        assert steps[-1].verb in ("submit", "evidence", "approve")
        assert steps[-1].digest == workflow.digest_of(one)
        assert len(set(one.evidence.values_list("what", "sha256"))) == one.evidence.count()
    assert not list(differences())


STATED = {"security_statement": "No effect."}


def _offer(those: list[Submission], number: int) -> Submission:
    by = make_user(f"papers{number}@lighthouse.example")
    make_party(f"Lighthouse Test House {number}", Party.Category.NOT_A_PARTY, by)
    named = "; ".join(one.reference for one in (those if number == 1 else reversed(those)))
    answers = make_renewal_answers(certificate_replaces="", entries="", submissions=named)
    offer = start(by, answers, "offer")
    workflow.attach(offer.pk, "other", f"{number}.pdf", make_pdf(f"Paper {number}"), by=by, at=AT)
    return workflow.submit(offer.pk, by=by, at=AT, on=DAY)


ROUNDS = 100


def approve(pk: int, by: User) -> Submission:
    """With a reason for each warning that there is."""
    submission = Submission.objects.get(pk=pk)
    read = {problem.rule: "Looked at." for problem in problems(submission, DAY, for_officer=True)}
    return register.approve(pk, by=by, at=AT, on=DAY, acknowledged=read)


def decide(pk: int, verb: str, by: User) -> Submission:
    return approve(pk, by) if verb == "approve" else workflow.move(pk, verb, by=by, at=AT, words="No.")


@pytest.mark.postgresql
def test_of_two_officers_deciding_at_once_a_hundred_times_one_is_faster_and_nothing_is_lost(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    """Approving against approving, returning, refusing by turns: one decision stands, the other is told."""
    others = ("approve", "return", "refuse")
    won = {"approve": 0, "return": 0, "refuse": 0}
    for turn in range(ROUNDS):
        answers = make_answers(
            firmware=f"0A0B{turn:04X}", image_hash=f"{turn:04X}" * 16, security_statement="No effect."
        )
        submission, other = submit(maker, answers), others[turn % 3]
        outcomes = at_once(
            partial(approve, submission.pk, officer),
            partial(decide, submission.pk, other, second_officer),
        )
        lost = [one for one in outcomes if isinstance(one, NotPossible)]
        assert len(outcomes) == 2
        assert len(lost) == 1
        assert "is not possible" in str(lost[0])
        submission.refresh_from_db()
        decisions = submission.steps.exclude(verb="submit")
        assert [step.to_status for step in decisions] == [submission.status]
        assert Entry.objects.filter(submission=submission).count() == (submission.status == "approved")
        won[decisions.get().verb] += 1
    assert sum(won.values()) == ROUNDS
    numbers = list(Entry.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, won["approve"] + 1))
    assert not list(differences())
