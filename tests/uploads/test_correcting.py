"""Single cells, answers for all rows, the confirmation of repairs."""

import pytest

from cpl import uploads
from cpl.models import Job, Submission
from cpl.workflow import NotPossible
from tests.make import DAY
from tests.register.conftest import AT
from tests.uploads.conftest import do_next_job, receive, receive_bulk, take_all
from tests.uploads.files import make_csv, make_devices

MODEL, FIRMWARE = "Device_Model.model_identifier", "Device_Model.firmware_version"


def bad(maker):
    devices = make_devices(3)
    devices[1][MODEL] = "XYZ"
    return receive_bulk(maker, devices)


def test_a_cell_put_right_is_judged_and_what_the_file_said_is_kept(maker):
    upload = bad(maker)
    row = uploads.put_right(upload.pk, 1, {MODEL: " 0C0D "}, by=maker, on=DAY)
    row.refresh_from_db()
    assert (row.refused, row.answers[MODEL]) == (False, "0C0D")
    assert row.corrected == {MODEL: "0C0D"}
    assert row.cells[MODEL][2] == "XYZ"
    upload.refresh_from_db()
    assert upload.rows_refused == 0


def test_a_cell_counts_again_when_what_was_typed_is_taken_back(maker):
    upload = bad(maker)
    uploads.put_right(upload.pk, 1, {MODEL: "0C0D"}, by=maker, on=DAY)
    row = uploads.put_right(upload.pk, 1, {MODEL: None}, by=maker, on=DAY)
    assert (row.refused, row.corrected) == (True, {})


def test_an_answer_may_be_emptied(maker):
    upload = receive_bulk(maker, make_devices(1))
    row = uploads.put_right(upload.pk, 0, {FIRMWARE: ""}, by=maker, on=DAY)
    assert row.refused
    assert FIRMWARE not in row.answers


@pytest.mark.parametrize("text", ["\0", "\ud800", "x" * 20_000])
def test_nonsense_typed_into_a_cell_is_stored_and_refused(maker, text):
    upload = receive_bulk(maker, make_devices(1))
    row = uploads.put_right(upload.pk, 0, {MODEL: f"0C0D{text}"}, by=maker, on=DAY)
    row.refresh_from_db()
    assert len(row.corrected[MODEL]) <= 10_000


def test_only_fields_of_the_form_and_rows_that_are_there(maker):
    upload = bad(maker)
    with pytest.raises(NotPossible, match="cannot be answered"):
        uploads.put_right(upload.pk, 1, {"Entry.number": "1"}, by=maker, on=DAY)
    with pytest.raises(NotPossible, match="no such row"):
        uploads.put_right(upload.pk, 99, {MODEL: "0C0D"}, by=maker, on=DAY)


def test_a_new_repair_asks_for_a_new_confirmation_and_another_change_does_not(maker):
    devices = make_devices(2)
    devices[0][MODEL] = "0c:0d"
    upload = receive_bulk(maker, devices)
    uploads.confirm_repairs(upload.pk, by=maker, at=AT)
    uploads.put_right(upload.pk, 1, {"Product.name": "Another"}, by=maker, on=DAY)
    upload.refresh_from_db()
    assert upload.repairs_confirmed_by == maker
    uploads.put_right(upload.pk, 1, {MODEL: "0x0C0D"}, by=maker, on=DAY)
    upload.refresh_from_db()
    assert upload.repairs_confirmed_by is None
    assert uploads.takeable(upload).unconfirmed == 2


def test_answers_for_all_rows_judge_every_row_again(maker, monkeypatch):
    devices = make_devices(5)
    for device in devices:
        del device["Upgrade.from_entries"]
    upload = receive_bulk(maker, devices)
    assert upload.rows_refused == 5
    uploads.set_further(upload.pk, {"Upgrade.from_entries": "none"}, by=maker, at=AT)
    assert uploads.takeable(upload).refused == 0
    monkeypatch.setattr("cpl.uploads.correcting.AT_ONCE", 2)
    monkeypatch.setattr("cpl.uploads.reading.PART", 2)
    uploads.set_further(upload.pk, {}, by=maker, at=AT)
    job = do_next_job()
    assert (job.state, job.done, job.total) == ("done", 5, 5)
    assert uploads.takeable(upload).refused == 5


def test_a_row_that_says_it_itself_is_not_overruled(maker):
    devices = make_devices(2)
    del devices[0]["Product.name"]
    devices[1]["FIR Release Notes.Description"] = "Its own"
    upload = receive_bulk(maker, devices, **{"FIR Release Notes.Description": "For all"})
    assert upload.rows.get(place=1).answers["FIR Release Notes.Description"] == "Its own"


def test_judging_again_finds_the_device_that_stands_twice_across_parts(maker, monkeypatch):
    monkeypatch.setattr("cpl.uploads.correcting.AT_ONCE", 0)
    monkeypatch.setattr("cpl.uploads.reading.PART", 2)
    devices = make_devices(5)
    devices[4][FIRMWARE] = devices[0][FIRMWARE]
    upload = receive_bulk(maker, devices)
    before = list(upload.rows.values_list("refused", flat=True))
    assert before == [False] * 4 + [True]
    uploads.check_again(upload.pk, by=maker, at=AT)
    do_next_job()
    assert list(upload.rows.values_list("refused", flat=True)) == before


def test_checking_again_reads_on_what_a_failed_job_left(maker):
    upload = receive(maker, ("devices.csv", make_csv(make_devices(3))))
    Job.objects.update(state="failed")
    uploads.check_again(upload.pk, by=maker, at=AT)
    do_next_job()
    upload.refresh_from_db()
    assert (upload.status, upload.rows_read) == ("checked", 3)


def test_nothing_is_taken_after_a_check_that_failed_until_it_is_checked_again(maker, monkeypatch):
    """What was typed into many rows stands in their answers only after the check."""
    monkeypatch.setattr("cpl.uploads.correcting.AT_ONCE", 1)
    upload = receive_bulk(maker, make_devices(3))
    uploads.put_right_everywhere(upload.pk, 0, MODEL, "7777", by=maker, at=AT)
    Job.objects.filter(state="waiting").update(state="failed")
    for which in ("all", "good"):
        with pytest.raises(NotPossible, match="Check its rows again first"):
            uploads.take(upload.pk, which, by=maker, at=AT)
    uploads.check_again(upload.pk, by=maker, at=AT)
    do_next_job()
    take_all(upload, maker)
    assert {one.answers[MODEL] for one in Submission.objects.all()} == {"7777"}


def test_submissions_are_not_judged_again_but_still_stand_before_the_others(maker):
    devices = make_devices(3)
    devices[1][MODEL] = "XYZ"
    devices[2][FIRMWARE] = devices[0][FIRMWARE]
    upload = receive_bulk(maker, devices)
    uploads.take(upload.pk, "good", by=maker, at=AT)
    uploads.check_again(upload.pk, by=maker, at=AT)
    assert [row.refused for row in upload.rows.all()] == [False, True, True]


def test_an_unreadable_upload_has_nothing_to_put_right(maker):
    upload = receive(maker, ("a.pdf", b"%PDF-1.7"))
    with pytest.raises(NotPossible, match="Hand the file in again"):
        uploads.check_again(upload.pk, by=maker, at=AT)


def test_the_history_says_who_did_what(maker):
    upload = bad(maker)
    uploads.confirm_repairs(upload.pk, by=maker, at=AT)
    uploads.put_right(upload.pk, 1, {MODEL: "0C0D"}, by=maker, on=DAY)
    uploads.confirm_repairs(upload.pk, by=maker, at=AT)
    take_all(upload, maker)
    told = upload.history.order_by("history_id").values_list("history_change_reason", "history_user")
    assert [why for why, _ in told] == ["receive", "checked", "confirm repairs", "confirm repairs", "take"]
    assert {who for _, who in told} == {maker.pk}


def test_the_later_of_two_is_good_once_the_first_was_put_right(maker):
    devices = make_devices(3)
    devices[2][FIRMWARE] = devices[0][FIRMWARE]
    upload = receive_bulk(maker, devices)
    assert [row.refused for row in upload.rows.all()] == [False, False, True]
    uploads.put_right(upload.pk, 0, {FIRMWARE: "000000AA"}, by=maker, on=DAY)
    assert [row.refused for row in upload.rows.all()] == [False, False, False]
    upload.refresh_from_db()
    assert upload.rows_refused == 0
