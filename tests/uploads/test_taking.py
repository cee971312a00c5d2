"""Rows become submissions: all or the good ones, each once and whole."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpl import jobs, uploads
from cpl.models import Job, Submission
from cpl.uploads.taking import make
from cpl.workflow import NotPossible
from tests.cast import party_of
from tests.make import DAY
from tests.register.conftest import AT
from tests.uploads.conftest import clock, do_next_job, receive, receive_bulk, receive_forms, take_all
from tests.uploads.files import make_csv, make_devices, make_hash

MODEL = "Device_Model.model_identifier"


def with_one_bad(count: int) -> list[dict[str, str]]:
    devices = make_devices(count)
    devices[1][MODEL] = "XYZ"
    return devices


def with_a_repair(count: int) -> list[dict[str, str]]:
    devices = make_devices(count)
    devices[0][MODEL] = "0c:0d"
    return devices


def test_every_row_becomes_a_draft_with_its_answers_device_file_and_history(maker):
    upload = receive_bulk(maker, make_devices(3))
    take_all(upload, maker)
    assert upload.status == "taken"
    assert Submission.objects.count() == 3
    for row in upload.rows.select_related("submission"):
        draft = row.submission
        assert (draft.kind, draft.status, draft.party) == ("new_entry", "draft", party_of(maker))
        assert draft.answers == row.answers
        assert draft.device_key == row.device_key != ""
        assert (draft.source_name, draft.created_by, draft.created_at) == ("devices.csv", maker, AT)
        (change,) = draft.history.all()
        assert (change.history_type, change.history_user) == ("+", maker)
        assert upload.reference in change.history_change_reason


def test_many_rows_are_taken_by_a_job_in_parts(maker, monkeypatch):
    monkeypatch.setattr("cpl.uploads.taking.AT_ONCE", 2)
    monkeypatch.setattr("cpl.uploads.taking.PART", 3)
    upload = receive_bulk(maker, make_devices(7))
    job = uploads.take(upload.pk, "all", by=maker, at=AT)
    assert (job.state, job.total, Submission.objects.count()) == ("waiting", 7, 0)
    job = do_next_job()
    assert (job.state, job.done) == ("done", 7)
    assert Submission.objects.count() == 7
    upload.refresh_from_db()
    assert upload.status == "taken"


def test_a_repeated_job_makes_no_submission_twice(maker, monkeypatch):
    monkeypatch.setattr("cpl.uploads.taking.AT_ONCE", 0)
    monkeypatch.setattr("cpl.uploads.taking.PART", 2)
    upload = receive_bulk(maker, make_devices(5))
    uploads.take(upload.pk, "all", by=maker, at=AT)
    lost = jobs.claim(Job.objects.get(state="waiting").pk, AT)
    make(upload, list(upload.rows.all()[:2]), maker, AT)
    later = AT + 2 * jobs.SILENCE
    uploads.do_take(jobs.claim(lost.pk, later), lambda: later)
    assert Submission.objects.count() == 5
    assert upload.rows.filter(submission__isnull=True).count() == 0
    with pytest.raises(jobs.LostClaim):
        uploads.do_take(lost, clock)


def test_rows_that_somebody_took_meanwhile_are_not_taken_again(maker):
    upload = receive_bulk(maker, make_devices(2))
    rows = list(upload.rows.all())
    make(upload, rows[:1], maker, AT)
    with pytest.raises(jobs.LostClaim):
        make(upload, rows, maker, AT)


def test_all_is_refused_while_a_row_is(maker):
    upload = receive_bulk(maker, with_one_bad(3))
    with pytest.raises(NotPossible, match="One row of U-"):
        uploads.take(upload.pk, "all", by=maker, at=AT)
    assert not Submission.objects.exists()


def test_the_good_rows_are_taken_and_the_others_stay(maker):
    upload = receive_bulk(maker, with_one_bad(3))
    uploads.take(upload.pk, "good", by=maker, at=AT)
    assert Submission.objects.count() == 2
    assert [row.row for row in uploads.left_behind(upload)] == [3]
    there = uploads.takeable(upload)
    assert (there.good, there.refused, there.taken) == (0, 1, 2)


def test_rows_left_behind_can_be_put_right_and_taken_later(maker):
    upload = receive_bulk(maker, with_one_bad(3))
    uploads.take(upload.pk, "good", by=maker, at=AT)
    uploads.put_right(upload.pk, 1, {MODEL: "0C0D"}, by=maker, on=DAY)
    uploads.take(upload.pk, "all", by=maker, at=AT)
    assert Submission.objects.count() == 3


def test_rows_left_behind_can_be_handed_in_again_as_a_file(maker):
    upload = receive_bulk(maker, with_one_bad(3))
    uploads.take(upload.pk, "good", by=maker, at=AT)
    uploads.put_right(
        upload.pk, 1, {"Contact-CPA.Contact.contact telephone": "+44 20 7946 0000"}, by=maker, on=DAY
    )
    again = receive(maker, ("rest.csv", uploads.left_behind_csv(upload)))
    do_next_job()
    row, old = again.rows.get(), upload.rows.get(place=1)
    assert row.answers == old.answers
    assert {one["rule"] for one in row.problems} == {one["rule"] for one in old.problems}


def test_a_formula_does_not_leave_in_the_file_of_what_is_left_behind(maker):
    devices = make_devices(1)
    devices[0][MODEL] = '=HYPERLINK("http://x")'
    upload = receive_bulk(maker, devices)
    assert b"\"'=HYPERLINK" in uploads.left_behind_csv(upload)


def test_repairs_are_confirmed_before_anything_is_taken(maker):
    upload = receive_bulk(maker, with_a_repair(2))
    assert upload.rows.get(place=0).repaired
    with pytest.raises(NotPossible, match="taken otherwise than it stood"):
        uploads.take(upload.pk, "all", by=maker, at=AT)
    confirmed = uploads.confirm_repairs(upload.pk, by=maker, at=AT)
    assert (confirmed.repairs_confirmed_by, confirmed.repairs_confirmed_at) == (maker, AT)
    uploads.take(upload.pk, "all", by=maker, at=AT)
    assert Submission.objects.count() == 2


def test_what_was_answered_for_all_rows_is_in_every_submission(maker):
    devices = make_devices(2)
    for device in devices:
        del device["Upgrade.from_entries"]
    upload = receive_bulk(maker, devices, **{"Upgrade.from_entries": "none"})
    take_all(upload, maker)
    assert {one.answers["Upgrade.from_entries"] for one in Submission.objects.all()} == {"none"}


def test_nothing_is_taken_while_a_job_is_at_it(maker):
    upload = receive(maker, ("devices.csv", make_csv(make_devices(2))))
    for verb in (
        lambda: uploads.take(upload.pk, "good", by=maker, at=AT),
        lambda: uploads.put_right(upload.pk, 0, {MODEL: "0C0D"}, by=maker, on=DAY),
        lambda: uploads.check_again(upload.pk, by=maker, at=AT),
        lambda: uploads.confirm_repairs(upload.pk, by=maker, at=AT),
    ):
        with pytest.raises(NotPossible, match="being worked on"):
            verb()


def test_a_party_has_so_many_drafts_and_no_more(maker, settings):
    settings.OPEN_DRAFTS = 3
    take_all(receive_bulk(maker, make_devices(2)), maker)
    second = receive_bulk(maker, make_devices(2, start=10))
    with pytest.raises(NotPossible, match="Submit or withdraw"):
        uploads.take(second.pk, "all", by=maker, at=AT)
    assert Submission.objects.count() == 2


def test_nobody_else_does_anything_with_it(maker, rival):
    upload = receive_forms(maker, make_devices(1)[0])
    for verb in (
        lambda: uploads.take(upload.pk, "good", by=rival, at=AT),
        lambda: uploads.put_right(upload.pk, 0, {MODEL: "0C0D"}, by=rival, on=DAY),
        lambda: uploads.set_further(upload.pk, {}, by=rival, at=AT),
        lambda: uploads.check_again(upload.pk, by=rival, at=AT),
        lambda: uploads.confirm_repairs(upload.pk, by=rival, at=AT),
        lambda: uploads.discard(upload.pk, by=rival, at=AT),
        lambda: uploads.submit_all(upload.pk, by=rival, at=AT),
        lambda: uploads.attach(upload.pk, "CPA", "1", "a.pdf", b"%PDF-", by=rival, at=AT),
    ):
        with pytest.raises(NotPossible, match="do not act"):
            verb()


def test_who_left_the_party_gets_nothing_done_by_a_job(maker, rival, monkeypatch):
    monkeypatch.setattr("cpl.uploads.taking.AT_ONCE", 0)
    upload = receive_bulk(maker, make_devices(2))
    uploads.take(upload.pk, "all", by=maker, at=AT)
    maker.memberships.all().delete()
    with pytest.raises(NotPossible, match="do not act"):
        do_next_job()
    assert not Submission.objects.exists()


def test_what_was_taken_is_not_discarded(maker):
    upload = receive_bulk(maker, make_devices(1))
    take_all(upload, maker)
    with pytest.raises(NotPossible, match="has become submissions"):
        uploads.discard(upload.pk, by=maker, at=AT)


def test_a_row_that_is_a_submission_is_put_right_there(maker):
    upload = receive_bulk(maker, make_devices(1))
    take_all(upload, maker)
    with pytest.raises(NotPossible, match="has become S-"):
        uploads.put_right(upload.pk, 0, {MODEL: "0C0D"}, by=maker, on=DAY)


def test_a_row_put_right_no_longer_stands_twice(maker):
    devices = make_devices(2)
    devices[1] = {**devices[0], "Manufacturer_Image.hash": make_hash(9)}
    upload = receive_bulk(maker, devices)
    assert [row.refused for row in upload.rows.all()] == [False, True]
    uploads.put_right(upload.pk, 0, {"Device_Model.firmware_version": "00000009"}, by=maker, on=DAY)
    assert [row.refused for row in upload.rows.all()] == [False, False]
    uploads.put_right(upload.pk, 1, {"Device_Model.firmware_version": "00000009"}, by=maker, on=DAY)
    assert [row.refused for row in upload.rows.all()] == [False, True]
    upload.refresh_from_db()
    assert upload.rows_refused == 1


def test_taking_asks_the_database_as_often_for_many_rows_as_for_few(maker):
    counts = []
    for start, count in ((0, 2), (10, 20)):
        upload = receive_bulk(maker, make_devices(count, start=start))
        with CaptureQueriesContext(connection) as queries:
            uploads.take(upload.pk, "all", by=maker, at=AT)
        # Each row is told on its own which submission it has become, in one call.
        counts.append(len([one for one in queries if "SET submission_id" not in one["sql"]]))
    assert counts[0] == counts[1]
