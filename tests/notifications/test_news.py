"""Steps of submissions and releases are told of, once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.utils import timezone

from cpl import publishing, register, signals, workflow
from cpl.models import Contact, Release, Submission, Upload, UploadRow
from cpl.workflow import NotPossible
from notifications import news, receivers, tasks
from notifications.models import Audience, Message, ReleaseNotice, StepNotice
from tests.cast import make_party, party_of
from tests.make import DAY, make_answers
from tests.register.conftest import AT, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted(tables: None, maker: User) -> Submission:
    """One whose receipt has been sent."""
    return _told_of(submit(maker, make_answers()))


def _told_of(submission: Submission) -> Submission:
    news.tell_of_steps(AT)
    mail.outbox.clear()
    return submission


def move(submission: Submission, verb: str, by: User, words: str = "The hash is not right.") -> None:
    workflow.move(submission.pk, verb, by=by, at=AT, words=words)


def approve(submission: Submission, by: User) -> None:
    try:
        register.approve(submission.pk, by=by, at=AT, on=DAY)
    except NotPossible as error:
        read = {problem.rule: "Looked at." for problem in error.problems}
        register.approve(submission.pk, by=by, at=AT, on=DAY, acknowledged=read)


def test_the_receipt_of_a_submission_is_sent_once(tables: None, maker: User) -> None:
    submitted = submit(maker, make_answers())
    news.tell_of_steps(AT)
    (told,) = mail.outbox
    assert told.to == ["maker@tidewater.example"]
    assert told.subject == f"CPL {submitted.reference}: received"
    for body in (told.body, str(told.alternatives[0].content)):
        assert submitted.steps.get().digest in body.replace("<wbr>", "")
        assert f"/portal/submissions/{submitted.pk}/receipt/" in body
        assert "reasons" not in body
    assert news.tell_of_steps(AT) == []


def test_a_claim_is_dated_by_when_it_was_made_not_by_when_the_letters_were_begun(
    tables: None, maker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = AT + timedelta(minutes=6)
    monkeypatch.setattr(news, "clock", lambda at: lambda: later)
    submit(maker, make_answers())
    (message,) = news.tell_of_steps(AT)
    message.refresh_from_db()
    assert message.claimed_at == later


def test_of_their_own_steps_people_are_told_while_these_are_news(tables: None, maker: User) -> None:
    submit(maker, make_answers())
    assert news.tell_of_steps(AT + news.NEWS_FOR + timedelta(days=1)) == []


def test_what_came_in_a_file_of_many_is_not_told_one_by_one(tables: None, maker: User) -> None:
    submitted = submit(maker, make_answers())
    upload = Upload.objects.create(
        party=submitted.party, created_by=maker, created_at=AT, shape="bulk", source_name="many.csv"
    )
    UploadRow.objects.create(upload=upload, place=0, row=3, submission=submitted)
    assert news.tell_of_steps(AT) == []


@pytest.mark.parametrize(("verb", "done"), [("return", "returned"), ("refuse", "refused")])
def test_the_person_who_submitted_is_told_the_reasons(
    submitted: Submission, officer: User, verb: str, done: str
) -> None:
    move(submitted, verb, officer)
    news.tell_of_steps(AT)
    (told,) = mail.outbox
    assert told.to == ["maker@tidewater.example"]
    assert told.subject == f"CPL {submitted.reference}: {done}"
    assert "The hash is not right." in told.body
    assert "The hash is not right." in str(told.alternatives[0].content)
    leads_to_it = f"/portal/submissions/{submitted.pk}/" in told.body
    assert leads_to_it == (verb == "return")
    assert officer.email not in told.body


def test_approval_tells_the_entrys_number(submitted: Submission, officer: User) -> None:
    approve(submitted, officer)
    news.tell_of_steps(AT)
    (told,) = mail.outbox
    assert told.subject == f"CPL {submitted.reference}: approved as entry 000001"
    assert "/entries/000001/" in told.body


def test_contacts_for_submissions_are_told_too_and_nobody_twice(submitted: Submission, officer: User) -> None:
    party = submitted.party
    Contact.objects.create(party=party, purpose="submissions", email="office@tidewater.example")
    move(submitted, "return", officer)
    news.tell_of_steps(AT)
    assert sorted(address for one in mail.outbox for address in one.to) == [
        "maker@tidewater.example", "office@tidewater.example",
    ]  # fmt: skip
    Contact.objects.create(party=party, purpose="submissions", email="Maker@tidewater.example")
    _told_of(workflow.submit(submitted.pk, by=submitted.submitted_by, at=AT, on=DAY))
    move(submitted, "refuse", officer)
    news.tell_of_steps(AT)
    assert len(mail.outbox) == 1


def test_each_step_is_told_once(submitted: Submission, officer: User) -> None:
    move(submitted, "return", officer)
    news.tell_of_steps(AT)
    assert news.tell_of_steps(AT) == []
    _told_of(workflow.submit(submitted.pk, by=submitted.submitted_by, at=AT, on=DAY))
    move(submitted, "return", officer)
    assert len(news.tell_of_steps(AT)) == 1
    assert StepNotice.objects.count() == submitted.steps.count() == 4


def test_withdrawing_is_confirmed_with_the_reason_given(submitted: Submission, maker: User) -> None:
    move(submitted, "withdraw", maker, "Wrong model.")
    news.tell_of_steps(AT)
    (told,) = mail.outbox
    assert told.subject == f"CPL {submitted.reference}: withdrawn"
    assert "The reason given\n----------------\n\nWrong model." in told.body
    assert "Panel's reasons" not in told.body


def test_one_submission_can_be_told_of_alone(submitted: Submission, officer: User, maker: User) -> None:
    other = _told_of(submit(maker, make_answers(firmware="0A0B0C0E")))
    move(submitted, "refuse", officer)
    move(other, "refuse", officer)
    assert len(news.tell_of_steps(AT, other.pk)) == 1
    assert len(news.tell_of_steps(AT)) == 1


def test_a_person_who_has_left_gets_no_mail_and_that_is_seen(
    submitted: Submission, officer: User, maker: User
) -> None:
    maker.is_active = False
    maker.save()
    move(submitted, "refuse", officer)
    news.tell_of_steps(AT)
    assert (mail.outbox, Message.objects.latest("pk").last_answer) == ([], "no address")


def test_who_left_the_organisation_is_told_no_more_of_its_submissions(
    submitted: Submission, officer: User, maker: User
) -> None:
    maker.memberships.all().delete()
    move(submitted, "return", officer, "The unreleased device fails test 12.")
    news.tell_of_steps(AT)
    assert [one.to for one in mail.outbox] == [["notices@tidewater.example"]]


@pytest.fixture
def told_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tasks run where they are sent from."""
    for task in (tasks.tell_of_steps, tasks.tell_of_releases):
        monkeypatch.setattr(task, "delay_on_commit", lambda *args, task=task: task(*args))
    yield


def test_a_move_sets_off_the_e_mail(
    submitted: Submission, officer: User, told_at_once: None, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        move(submitted, "refuse", officer)
    assert len(mail.outbox) == 1


@pytest.fixture
def release(submitted: Submission, officer: User, second_officer: User) -> Release:
    approve(submitted, officer)
    return publishing.publish(by=second_officer, at=AT, on=DAY)


def test_a_release_is_told_to_the_dcc_and_every_party_once(
    release: Release, dcc: User, supplier: User
) -> None:
    make_party("Visitors Ltd", "not_a_party", email="visitors@visitors.example")
    assert len(news.tell_of_releases(DAY, AT)) == 3
    assert {address for one in mail.outbox for address in one.to} == {
        "notices@tidewater.example", "notices@dcc.example", "notices@harbour.example",
    }  # fmt: skip
    assert news.tell_of_releases(DAY, AT) == []
    assert f"release {release.number}" in mail.outbox[0].subject
    assert release.changes in mail.outbox[0].body
    assert f"/releases/{release.number}/" in mail.outbox[0].body


def test_a_party_that_joins_later_is_not_told_of_releases_before_it(release: Release) -> None:
    news.tell_of_releases(DAY, AT)
    make_party("Lantern Energy Ltd", "small_supplier", email="notices@lantern.example")
    assert news.tell_of_releases(DAY, AT) == []


def test_an_old_release_is_no_news_and_it_is_written_down_that_it_was_told_nobody(release: Release) -> None:
    assert news.tell_of_releases(DAY, AT + news.NEWS_FOR + timedelta(days=1)) == []
    (row,) = ReleaseNotice.objects.all()
    assert (row.release, row.too_old, row.message) == (release, True, None)


def test_staff_can_narrow_who_is_told_of_releases(release: Release, dcc: User) -> None:
    Audience.objects.filter(kind="release", who="parties").delete()
    news.tell_of_releases(DAY, AT)
    assert [one.recipient.party for one in ReleaseNotice.objects.all()] == [party_of(dcc)]


def test_publishing_sets_off_the_e_mail(release: Release, told_at_once: None) -> None:
    receivers.release_published(number=release.number)
    # The task reads the clock, and this release is from another time.
    late = timezone.now() > AT + news.NEWS_FOR
    assert len(mail.outbox) == (0 if late else 1)


def test_the_signals_are_listened_to() -> None:
    assert signals.moved.has_listeners()
    assert signals.released.has_listeners()
