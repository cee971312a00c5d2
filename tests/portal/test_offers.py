"""Anybody may offer a certificate for a submission of others, and learns nothing of it by that."""

import pytest
from django.contrib.auth.models import User
from django.core import mail

from cpl import register, workflow
from cpl.checking import problems
from cpl.models import Certificate, Coverage, Party, Step, Submission
from cpl.rules.problem import Level
from cpl.rules.values import read_references
from notifications import news
from tests.cast import make_party, make_user, sign_in
from tests.make import DAY, make_renewal_answers
from tests.papers import make_pdf
from tests.portal.conftest import AT, make_draft, make_submitted, page_of
from tests.register.conftest import submit


@pytest.fixture
def outsider(db: None) -> User:
    """Somebody of an organisation that is no Party."""
    user = make_user("papers@lighthouse.example")
    make_party("Lighthouse Test House", Party.Category.NOT_A_PARTY, user)
    return user


def offer(by: User, *named: Submission, references: str = "") -> Submission:
    text = references or "; ".join(one.reference for one in named)
    answers = make_renewal_answers(certificate_replaces="", entries="", submissions=text)
    return submit(by, answers, "offer")


def accept(given: Submission, by: User) -> Submission:
    found = register_problems(given)
    return register.approve(given.pk, by=by, at=AT, on=DAY, acknowledged=dict.fromkeys(found, "Looked at."))


def register_problems(given: Submission) -> list[str]:
    return [one.rule for one in problems(given, DAY) if one.level == Level.WARN]


def test_who_is_no_party_offers_a_certificate_by_the_portal(outsider: User) -> None:
    client = sign_in(outsider)
    client.post("/portal/start/", {"kind": "offer"})
    draft = Submission.objects.get()
    page = client.get(f"{page_of(draft)}edit/").content.decode()
    assert "Submissions of others" in page


def test_an_accepted_offer_gives_its_files_to_the_submission(
    maker: User, outsider: User, officer: User
) -> None:
    theirs = make_submitted(maker)
    before = workflow.digest_of(theirs)
    given = _with_a_paper_of_its_own(outsider, theirs)
    assert accept(given, officer).status == "approved"
    (added,) = theirs.evidence.filter(uploaded_by=outsider)
    assert (added.what, added.file_name) == ("CPA", "lighthouse.pdf")
    step = theirs.steps.last()
    assert (step.verb, step.from_status, step.to_status) == ("evidence", "submitted", "submitted")
    assert step.digest == workflow.digest_of(theirs) != before


def test_the_submitter_sees_what_was_added_and_by_whom_it_was_decided(
    maker: User, outsider: User, officer: User
) -> None:
    theirs = make_submitted(maker)
    given = _with_a_paper_of_its_own(outsider, theirs)
    accept(given, officer)
    page = sign_in(maker).get(page_of(theirs)).content.decode()
    assert "Evidence added by the Panel" in page
    assert "lighthouse.pdf" in page and given.reference in page
    assert "Lighthouse Test House" not in page


def test_the_submitter_is_told_of_it_by_e_mail(maker: User, outsider: User, officer: User) -> None:
    theirs = make_submitted(maker)
    given = _with_a_paper_of_its_own(outsider, theirs)
    mail.outbox.clear()
    accept(given, officer)
    news.tell_of_steps(AT)
    (told,) = [one for one in mail.outbox if "given further evidence" in one.subject]
    assert told.to == [maker.email] and theirs.reference in told.subject
    assert "lighthouse.pdf" in told.body and given.reference in told.body
    assert "Lighthouse Test House" not in told.body


def test_an_offer_for_submissions_alone_writes_nothing_into_the_register(
    maker: User, outsider: User, officer: User
) -> None:
    accept(offer(outsider, make_submitted(maker)), officer)
    assert not Certificate.objects.exists() and not Coverage.objects.exists()


def test_who_gave_the_evidence_does_not_decide_on_it(maker: User, outsider: User, officer: User) -> None:
    theirs = make_submitted(maker)
    accept(_with_a_paper_of_its_own(outsider, theirs), officer)
    assert workflow.had_a_hand(outsider, theirs)
    assert not workflow.had_a_hand(officer, theirs)


def test_an_officer_who_read_it_before_reads_it_again(maker: User, outsider: User, officer: User) -> None:
    theirs = make_submitted(maker)
    seen = workflow.digest_of(theirs)
    accept(_with_a_paper_of_its_own(outsider, theirs), officer)
    with pytest.raises(workflow.NotPossible, match="changed since you opened it"):
        workflow.move(theirs.pk, "refuse", by=officer, at=AT, words="No.", seen=seen)


class TestWhatTheOffererLearns:
    def pages(self, outsider: User, given: Submission) -> str:
        client = sign_in(outsider)
        text = client.get(page_of(given)).content.decode() + client.get("/portal/").content.decode()
        return text.replace(given.reference, "S").replace(f"/{given.pk}/", "/N/")

    def test_nothing_differs_between_a_submission_that_waits_and_one_that_is_not(
        self, maker: User, outsider: User, officer: User
    ) -> None:
        theirs = make_submitted(maker)
        real = offer(outsider, theirs)
        false = offer(outsider, references="S-999999")
        for given in (real, false):
            accept(given, officer)
        rules = [set(register_problems(given)) for given in (real, false)]
        assert rules[0] == rules[1]
        statuses = set(Submission.objects.filter(kind="offer").values_list("status", flat=True))
        assert statuses == {"approved"}
        assert theirs.title not in self.pages(outsider, real)
        assert "Tidewater" not in self.pages(outsider, real)

    def test_the_submission_stays_out_of_their_reach(
        self, maker: User, outsider: User, officer: User
    ) -> None:
        theirs = make_submitted(maker)
        accept(offer(outsider, theirs), officer)
        client = sign_in(outsider)
        assert client.get(page_of(theirs)).status_code == 404
        for row in theirs.evidence.all():
            assert client.get(f"/portal/evidence/{row.pk}/").status_code == 404

    def test_a_draft_is_given_nothing(self, maker: User, outsider: User, officer: User) -> None:
        draft = make_draft(maker)
        accept(offer(outsider, draft), officer)
        assert not draft.evidence.exists()
        assert not Step.objects.filter(submission=draft).exists()


class TestTheOfficersPage:
    def test_the_submission_shows_what_was_offered_for_it(
        self, maker: User, outsider: User, officer: User
    ) -> None:
        theirs, other = make_submitted(maker), make_draft(maker)
        given = offer(outsider, theirs)
        client = sign_in(officer)
        page = client.get(f"/admin/cpl/submission/{theirs.pk}/change/").content.decode()
        assert "Offered for this submission" in page and given.reference in page
        assert "Lighthouse Test House" in page
        assert given.reference not in client.get(f"/admin/cpl/submission/{other.pk}/change/").content.decode()

    def test_the_offer_shows_for_what_it_is(self, maker: User, outsider: User, officer: User) -> None:
        theirs = make_submitted(maker)
        page = sign_in(officer).get(f"/admin/cpl/submission/{offer(outsider, theirs).pk}/change/")
        assert theirs.reference in page.content.decode() and "Tidewater Metering Ltd" in page.content.decode()
        lost = sign_in(officer).get(
            f"/admin/cpl/submission/{offer(outsider, references='S-999999').pk}/change/"
        )
        assert "None: it names none" in lost.content.decode()


@pytest.mark.parametrize(("text", "numbers"), [
    ("S-000012", (12,)), ("s-12; S-000013", (12, 13)), ("12,13 14", (12, 13, 14)), ("S-12; S-12", (12,)),
    ("", ()), ("the one of May", None), ("S-0", None), ("S-12; x", None), ("S-1234567890", None),
])  # fmt: skip
def test_references_are_read_however_they_are_written(text: str, numbers: tuple[int, ...] | None) -> None:
    assert read_references(text) == numbers


def _with_a_paper_of_its_own(by: User, theirs: Submission) -> Submission:
    answers = make_renewal_answers(certificate_replaces="", entries="", submissions=theirs.reference)
    draft = workflow.start("offer", party=by.parties.get(), by=by, at=AT, answers=answers)
    paper = make_pdf("20261102-8801 renews 2 November 2032, from the test house")
    workflow.attach(draft.pk, "CPA", "lighthouse.pdf", paper, by=by, at=AT)
    return workflow.submit(draft.pk, by=by, at=AT, on=DAY)
