"""A family approved in one act: each by itself, the rest reported, nothing twice after a lost worker."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpl import families, handling, jobs, register, workflow
from cpl.checking import problems
from cpl.models import Entry, Job, StepChecks, Submission
from cpl.workflow import NotPossible
from ledger.verify import differences
from tests.cast import make_user, party_of, sign_in
from tests.make import DAY, make_answers
from tests.register.conftest import AT, PDF, submit

pytestmark = pytest.mark.django_db


def member(maker: User, number: int, **changes: str) -> Submission:
    own = {
        "firmware": f"0A0B0C{number:02X}",
        "image_hash": f"{number:02X}" * 32,
        "security_statement": "No effect on security.",
    }
    return submit(maker, make_answers(**{**own, **changes}))


@pytest.fixture
def family(tables: None, maker: User, officer: User) -> list[Submission]:
    """Five of one certificate: the second stands on the list by now, the fourth is on hold."""
    rows = [member(maker, number) for number in range(1, 6)]
    twin = member(maker, 2)
    read = dict.fromkeys(everything_warned([twin], officer), "Looked at.")
    register.approve(twin.pk, by=officer, at=AT, on=DAY, acknowledged=read)
    handling.hold(rows[3].pk, by=officer, at=AT, words="The laboratory is asked.")
    return rows


def everything_warned(rows: list[Submission], by: User) -> list[str]:
    members = families.look_at([row.pk for row in rows], by=by, on=DAY)
    return [rule for one in members for rule in {problem.rule for problem in one.at_level("warn")}]


def begin(rows: list[Submission], by: User, at: datetime.datetime = AT) -> Job:
    return families.approve_all(
        {row.pk: workflow.digest_of(row) for row in rows},
        acknowledged=dict.fromkeys(everything_warned(rows, by), "Compared, all of one range."),
        words="",
        by=by,
        at=at,
    )


def work(job: Job) -> Job:
    claimed = jobs.claim(job.pk, timezone.now())
    assert claimed
    families.do_approve(claimed, timezone.now)
    claimed.refresh_from_db()
    return claimed


def test_the_family_is_found_by_its_certificate(family: list[Submission], maker: User) -> None:
    other = member(maker, 9, cpa_id="[E] 20261101-9999", dlms_id="9999", zse_id="ZIG99")
    assert [row.pk for row in families.sharing(family[0])] == [row.pk for row in family[1:]]
    assert families.sharing(other) == []


def test_those_that_cannot_go_are_told_with_the_reason(family: list[Submission], officer: User) -> None:
    members = families.look_at([row.pk for row in family], by=officer, on=DAY)
    obstacles = {one.submission.pk: one.obstacle for one in members if one.obstacle}
    assert set(obstacles) == {family[1].pk, family[3].pk}
    assert "000001" in obstacles[family[1].pk]
    assert "on hold" in obstacles[family[3].pk]


def test_each_is_approved_by_itself_and_the_rest_is_reported(family: list[Submission], officer: User) -> None:
    job = work(begin(family, officer))
    assert (job.state, job.done, job.problems, job.words) == ("done", 5, 2, "3 approved, 2 not.")
    assert {one["submission"] for one in job.result["refused"]} == {family[1].pk, family[3].pk}
    assert all(one["reasons"] for one in job.result["refused"])
    assert Entry.objects.count() == 4
    kept = StepChecks.objects.filter(step__verb="approve", step__submission=family[0]).get()
    assert set(kept.acknowledged.values()) <= {"Compared, all of one range."}
    assert not list(differences())


def test_what_the_first_of_a_new_certificate_gives_rise_to_is_asked_before(
    tables: None, maker: User, officer: User
) -> None:
    rows = [member(maker, number, hardware_version=f"0{number}") for number in range(1, 4)]
    members = families.look_at([row.pk for row in rows], by=officer, on=DAY)
    asked = {one.rule for one in families.common_warnings(members)}
    assert "W-model-not-named" in asked - set(everything_warned(rows, officer))
    job = families.approve_all(
        {row.pk: workflow.digest_of(row) for row in rows},
        acknowledged=dict.fromkeys(asked, "The certificate names all three."),
        words="",
        by=officer,
        at=AT,
    )
    assert work(job).words == "3 approved."
    # Once it is on record, the rule itself says so of each further one.
    later = member(maker, 7, hardware_version="07")
    (one,) = families.look_at([later.pk], by=officer, on=DAY)
    assert "W-model-not-named" in {problem.rule for problem in one.at_level("warn")}


def test_each_new_certificate_that_gives_rise_to_a_reason_is_named(
    tables: None, maker: User, officer: User
) -> None:
    rows = [
        member(maker, number, hardware_version=f"0{number}", cpa_id=f"[E] 20261101-770{number // 3}")
        for number in range(1, 5)
    ]
    members = families.look_at([row.pk for row in rows], by=officer, on=DAY)
    (told,) = [one for one in families.common_warnings(members) if one.rule == "W-model-not-named"]
    assert "[E] 20261101-7700" in told.message
    assert "[E] 20261101-7701" in told.message
    assert [row.pk for row in told.submissions] == [row.pk for row in rows]


def test_what_was_submitted_before_its_certificate_was_on_record_needs_no_statement_afterwards(
    tables: None, maker: User, officer: User
) -> None:
    """The first of several puts it there: which one that is, no submitter can know."""
    rows = [member(maker, number, security_statement="") for number in (1, 2)]
    asked = dict.fromkeys(everything_warned(rows, officer), "The certificate names both.")
    register.approve(rows[0].pk, by=officer, at=AT + datetime.timedelta(hours=1), on=DAY, acknowledged=asked)
    members = families.look_at([rows[1].pk], by=officer, on=DAY)
    assert members[0].obstacle == ""
    # Whoever comes later adds a model to a certificate that is there, and says so.
    answers = make_answers(firmware="0A0B0C03")
    late = workflow.start("new_entry", party=party_of(maker), by=maker, at=AT, answers=answers)
    assert "C-statement" in {one.rule for one in problems(late, DAY)}


def test_a_job_begun_again_after_its_worker_was_lost_doubles_nothing(
    family: list[Submission], officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, approve, calls = begin(family, officer), register.approve, []

    def lost_at_the_third(pk: int, **told: object) -> Submission:
        calls.append(pk)
        if len(calls) == 3:
            raise MemoryError
        return approve(pk, **told)  # type: ignore[arg-type]

    monkeypatch.setattr(register, "approve", lost_at_the_third)
    with pytest.raises(MemoryError):
        work(job)
    assert Entry.objects.count() == 2
    monkeypatch.setattr(register, "approve", approve)
    again = jobs.claim(job.pk, timezone.now() + datetime.timedelta(minutes=5))
    assert again
    families.do_approve(again, timezone.now)
    again.refresh_from_db()
    assert (again.words, again.attempts) == ("3 approved, 2 not.", 2)
    assert again.result["approved"] == [family[0].pk, family[2].pk, family[4].pk]
    assert Entry.objects.count() == 4
    assert not list(differences())


def test_a_worker_that_is_refused_one_after_the_other_is_not_silent(
    family: list[Submission], officer: User
) -> None:
    for row in family:
        workflow.move(row.pk, "withdraw", by=row.created_by, at=AT)
    at = timezone.now()
    job = jobs.claim(begin(family, officer, at).pk, at)
    assert job

    def slow_clock() -> datetime.datetime:
        nonlocal at
        at += datetime.timedelta(seconds=20)
        assert jobs.resume(at) == 0
        return at

    families.do_approve(job, slow_clock)
    job.refresh_from_db()
    assert (job.state, job.words, job.problems) == ("done", "0 approved, 5 not.", 5)


def test_pressed_twice_it_is_one_job(family: list[Submission], officer: User) -> None:
    assert begin(family, officer).pk == begin(family, officer).pk


def test_what_was_changed_after_it_was_read_does_not_go_through(
    family: list[Submission], officer: User, maker: User
) -> None:
    job = begin(family[:1], officer)
    workflow.move(family[0].pk, "return", by=officer, at=AT, words="Again.")
    workflow.attach(family[0].pk, "CPA", "more.pdf", PDF + b"more", by=maker, at=AT)
    workflow.submit(family[0].pk, by=maker, at=AT, on=DAY)
    done = work(job)
    assert done.words == "0 approved, 1 not."
    assert "was changed since" in done.result["refused"][0]["reasons"][0]


def test_who_had_a_hand_in_one_is_refused_that_one_only(
    family: list[Submission], officer: User, maker: User
) -> None:
    both = make_user("both@panel.example", "Panel officer")
    party_of(maker).users.add(both)
    own = member(maker, 7)
    party_of(maker).users.remove(both)
    workflow.move(own.pk, "return", by=officer, at=AT, words="Again.")
    Submission.objects.filter(pk=own.pk).update(status="draft", created_by=both)
    workflow.submit(own.pk, by=maker, at=AT, on=DAY)
    job = work(begin([family[0], own], User.objects.get(pk=both.pk)))
    assert job.result["approved"] == [family[0].pk]
    assert "had a hand" in job.result["refused"][0]["reasons"][0]


def test_no_more_than_can_be_looked_at_are_taken(officer: User) -> None:
    with pytest.raises(NotPossible, match="At most 200"):
        families.approve_all(dict.fromkeys(range(1, 202), ""), acknowledged={}, words="", by=officer, at=AT)
    with pytest.raises(NotPossible, match="at least one"):
        families.approve_all({}, acknowledged={}, words="", by=officer, at=AT)
    auditor = make_user("auditor@panel.example", "Auditor")
    with pytest.raises(NotPossible, match="Only Panel officers"):
        families.approve_all({1: ""}, acknowledged={}, words="", by=auditor, at=AT)


@pytest.fixture
def client(officer: User, settings: object) -> Client:
    settings.STAFF_MFA = False  # type: ignore[attr-defined]
    return sign_in(officer)


def test_the_page_asks_a_reason_once_for_all_and_begins_nothing_without(
    family: list[Submission], client: Client
) -> None:
    address = reverse("admin:cpl_submission_family")
    listing = reverse("admin:cpl_submission_changelist")
    form = {"action": "approve_family", "_selected_action": [row.pk for row in family]}
    page = client.post(listing, form, follow=True)
    assert len(page.context["going"]) == 3
    assert len(page.context["not_going"]) == 2
    rules = [one.rule for one, _ in page.context["warnings"]]
    chosen = {
        "go": [f"{one.submission.pk}:{one.digest}" for one, _, _ in page.context["going"]],
        "chosen": ",".join(str(row.pk) for row in family),
        "warned": rules,
    }
    if rules:
        refused = client.post(address, {**chosen, "acknowledged": rules})
        assert "have no reason yet" in refused.content.decode()
        assert not Job.objects.exists()
    answer = client.post(address, {**chosen, "acknowledged": rules, "why": "Of one range."}, follow=True)
    job = Job.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("admin:cpl_submission_approving", args=[job.pk])
    if job.is_open:
        work(job)
    told = client.get(reverse("admin:cpl_submission_approving", args=[job.pk])).content.decode()
    assert "3 approved." in told
    assert reverse("admin:cpl_entry_change", args=[4]) in told
