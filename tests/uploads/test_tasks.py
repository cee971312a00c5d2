"""What the clock does about files and calls from before."""

import datetime

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from cpl import evidence, tasks
from cpl.models import Evidence, FileReading, IdempotentCall
from tests.cast import party_of
from tests.papers import make_pdf
from tests.portal.conftest import make_draft
from tests.register.conftest import AT


def attached_before(maker: User, content: bytes, name: str = "old.pdf") -> Evidence:
    """As files were kept before they were looked into."""
    return Evidence.objects.create(
        submission=make_draft(maker),
        what="CPA",
        file_name=name,
        sha256=evidence.keep(content),
        size=len(content),
        uploaded_by=maker,
        uploaded_at=AT,
    )


def test_files_from_before_are_read_later(maker: User) -> None:
    row = attached_before(maker, make_pdf("20261101-7701 expires 1 November 2031"))
    tasks.look_into_files()
    assert "7701" in FileReading.objects.get(sha256=row.sha256).text
    assert evidence.look_into_the_rest(100) == 0


def test_a_file_that_is_lost_holds_up_no_other(maker: User) -> None:
    lost = attached_before(maker, make_pdf("lost"))
    there = attached_before(maker, make_pdf("there"))
    evidence.path_of(lost.sha256).unlink()
    tasks.look_into_files()
    assert FileReading.objects.get(sha256=lost.sha256).state == FileReading.State.NOT_READ
    assert FileReading.objects.get(sha256=there.sha256).state == FileReading.State.TEXT
    assert evidence.look_into_the_rest(100) == 0


def test_a_file_that_was_away_is_read_once_it_is_back(maker: User) -> None:
    row = attached_before(maker, make_pdf("20261101-7701"))
    path = evidence.path_of(row.sha256)
    away = path.rename(path.with_suffix(".away"))
    tasks.look_into_files()
    assert FileReading.objects.get().state == FileReading.State.NOT_READ
    away.rename(path)
    tasks.look_into_files()
    reading = FileReading.objects.get()
    assert (reading.state, reading.words) == (FileReading.State.TEXT, "")
    assert evidence.look_into_the_rest(100) == 0


def test_what_is_no_evidence_is_not_taken_because_it_was_kept_before(maker: User) -> None:
    attached_before(maker, b"%PDF-1.4 rubbish")
    tasks.look_into_files()
    with pytest.raises(evidence.NotAccepted):
        evidence.take_in(b"%PDF-1.4 rubbish")


def test_what_was_lost_and_is_handed_in_again_is_read(maker: User) -> None:
    content = make_pdf("20261101-7701")
    row = attached_before(maker, content)
    evidence.path_of(row.sha256).unlink()
    tasks.look_into_files()
    evidence.take_in(content)
    reading = FileReading.objects.get()
    assert (reading.state, reading.words) == (FileReading.State.TEXT, "")


@pytest.mark.parametrize(("age", "left"), [(6, 1), (8, 0)])
def test_answered_calls_are_kept_for_a_week(maker: User, age: int, left: int) -> None:
    at = timezone.now() - datetime.timedelta(days=age)
    IdempotentCall.objects.create(
        party=party_of(maker), key="one", request_digest="0" * 64, at=at, status=200, answer={}
    )
    tasks.forget_calls()
    assert IdempotentCall.objects.count() == left


def test_the_clock_knows_them() -> None:
    known = {one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {"cpl.tasks.forget_calls", "cpl.tasks.look_into_files"} <= known
