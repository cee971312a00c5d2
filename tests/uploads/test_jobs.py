"""Long work: one worker has it, and whoever is lost over it loses nothing."""

from datetime import timedelta

import pytest

from cpl import jobs, tasks, uploads
from cpl.workflow import NotPossible
from tests.cast import party_of
from tests.register.conftest import AT
from tests.uploads.conftest import receive_bulk, take_all
from tests.uploads.files import make_devices

SOON, LATE = AT + timedelta(seconds=59), AT + timedelta(seconds=61)


@pytest.fixture
def job(maker):
    return jobs.start("export", "list", by=maker, party=party_of(maker), at=AT)


def test_an_open_job_for_the_same_subject_is_returned_as_it_is(job, maker):
    assert jobs.start("export", "list", by=maker, party=None, at=LATE, asked={"other": 1}) == job
    assert jobs.start("export", "another", by=maker, party=None, at=AT) != job
    jobs.finish(jobs.claim(job.pk, AT), AT)
    assert jobs.start("export", "list", by=maker, party=None, at=AT) != job


def test_a_worker_is_called_when_the_job_is_there_to_be_found(
    maker, no_worker, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.start("export", "list", by=maker, party=None, at=AT)
        assert no_worker == []
    assert no_worker == [job.pk]


def test_without_a_broker_the_job_waits(maker, monkeypatch, django_capture_on_commit_callbacks):
    def broken(job_id: int) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.work, "delay", broken)
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.start("export", "list", by=maker, party=None, at=AT)
    job.refresh_from_db()
    assert job.state == "waiting"


def test_two_workers_never_both_have_it(job):
    mine = jobs.claim(job.pk, AT)
    assert (mine.state, mine.attempts, mine.heard_at) == ("running", 1, AT)
    assert jobs.claim(job.pk, SOON) is None


def test_a_silent_workers_job_is_claimed_anew_and_it_writes_nothing_more(job):
    lost = jobs.claim(job.pk, AT)
    jobs.heard(lost, AT, done=5)
    found = jobs.claim(job.pk, LATE)
    assert (found.attempts, found.done) == (2, 5)
    for verb in (
        lambda: jobs.heard(lost, LATE, done=6),
        lambda: jobs.finish(lost, LATE),
        lambda: jobs.fail(lost, LATE, "no"),
    ):
        with pytest.raises(jobs.LostClaim):
            verb()
    found.refresh_from_db()
    assert (found.state, found.done) == ("running", 5)


def test_a_worker_that_is_heard_keeps_its_job(job):
    mine = jobs.claim(job.pk, AT)
    jobs.heard(mine, SOON)
    assert jobs.claim(job.pk, LATE) is None


def test_what_five_workers_were_lost_over_has_failed_with_words(job):
    at = AT
    for _ in range(jobs.MOST_ATTEMPTS):
        assert jobs.claim(job.pk, at)
        at += 2 * jobs.SILENCE
    assert jobs.claim(job.pk, at) is None
    job.refresh_from_db()
    assert (job.state, job.attempts, job.ended_at) == ("failed", 5, at)
    assert "Begin it again" in job.words


def test_what_waits_or_fell_silent_is_found_again_and_nothing_else(
    maker, no_worker, django_capture_on_commit_callbacks
):
    waiting, silent, heard, done = (
        jobs.start("export", name, by=maker, party=None, at=AT) for name in ("a", "b", "c", "d")
    )
    jobs.claim(silent.pk, AT)
    jobs.claim(heard.pk, SOON)
    jobs.finish(jobs.claim(done.pk, AT), AT)
    with django_capture_on_commit_callbacks(execute=True):
        assert jobs.resume(LATE) == 2
    assert no_worker == [waiting.pk, silent.pk]


def test_a_stopped_job_is_lost_to_its_worker(job):
    mine = jobs.claim(job.pk, AT)
    jobs.stop("export", "list", AT, "Discarded.")
    with pytest.raises(jobs.LostClaim):
        jobs.heard(mine, AT)
    job.refresh_from_db()
    assert (job.state, job.words) == ("failed", "Discarded.")


def test_the_task_finishes_fails_or_leaves_the_job_to_be_found_again(maker, monkeypatch):
    def refuse(job, clock):
        raise NotPossible("Put it right.")

    def crash(job, clock):
        raise ZeroDivisionError

    for subject, doing, state, words in (
        ("a", lambda job, clock: jobs.finish(job, clock(), "Done."), "done", "Done."),
        ("b", refuse, "failed", "Put it right."),
    ):
        job = jobs.start("export", subject, by=maker, party=None, at=AT)
        monkeypatch.setitem(tasks.WORK, "export", doing)
        tasks.work(job.pk)
        job.refresh_from_db()
        assert (job.state, job.words) == (state, words)
    job = jobs.start("export", "c", by=maker, party=None, at=AT)
    monkeypatch.setitem(tasks.WORK, "export", crash)
    with pytest.raises(ZeroDivisionError):
        tasks.work(job.pk)
    job.refresh_from_db()
    assert job.state == "running"
    tasks.work(job.pk)  # somebody has it: nothing is done


def test_a_worker_that_is_refused_one_after_the_other_is_not_silent(maker):
    upload = receive_bulk(maker, make_devices(5))
    take_all(upload, maker)
    job = jobs.claim(uploads.submit_all(upload.pk, by=maker, at=AT).pk, AT)
    at = AT

    def slow_clock():
        nonlocal at
        at += timedelta(seconds=20)
        assert jobs.resume(at) == 0
        return at

    tasks.WORK[job.what](job, slow_clock)
    job.refresh_from_db()
    assert (job.state, job.words, job.problems) == ("done", "0 submitted, 5 not.", 5)
