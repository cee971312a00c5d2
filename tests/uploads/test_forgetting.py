"""What files said is forgotten when nobody needs it; what became of it stays."""

import os
from datetime import timedelta

import pytest
import time_machine

from cpl import uploads
from cpl.models import Submission
from cpl.uploads.limits import SHELF
from tests.make import make_answers
from tests.register.conftest import AT
from tests.uploads.conftest import receive, receive_bulk, receive_forms, take_all
from tests.uploads.files import make_devices, make_form

DAYS = timedelta(days=1)


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(AT, tick=False):
        yield


def forget(after: timedelta) -> int:
    with time_machine.travel(AT + after, tick=False):
        return uploads.forget(AT + after)


def kept(upload) -> list[bool]:
    return [SHELF.path_of(one["sha256"]).exists() for one in upload.files]


def test_a_discarded_upload_loses_rows_and_files_after_90_days(maker):
    upload = receive_forms(maker, make_answers())
    uploads.discard(upload.pk, by=maker, at=AT)
    assert forget(89 * DAYS) == 0
    assert (upload.rows.count(), kept(upload)) == (1, [True])
    assert forget(91 * DAYS) == 1
    assert (upload.rows.count(), kept(upload)) == (0, [False])
    upload.refresh_from_db()
    assert (upload.status, upload.forgotten_at) == ("discarded", AT + 91 * DAYS)
    assert upload.files[0]["sha256"]
    assert forget(92 * DAYS) == 0


def test_a_file_that_could_not_be_read_goes_too(maker):
    upload = receive(maker, ("a.pdf", b"%PDF-1.7 somebody's letter"))
    forget(91 * DAYS)
    assert kept(upload) == [False]


def test_of_a_taken_one_stays_which_row_became_which_submission(maker):
    devices = make_devices(2)
    devices[1]["Device_Model.model_identifier"] = "XYZ"
    upload = receive_bulk(maker, devices, **{"Contact-CPA.Contact.contact name": "Ada Quill"})
    uploads.take(upload.pk, "good", by=maker, at=AT)
    assert forget(91 * DAYS) == 1
    (row,) = upload.rows.all()
    assert row.submission == Submission.objects.get()
    assert row.submission.answers["Contact-CPA.Contact.contact name"] == "Ada Quill"
    assert (row.cells, row.corrected, row.answers, row.problems) == ({}, {}, {}, [])
    upload.refresh_from_db()
    assert (upload.status, upload.further) == ("taken", {})
    assert kept(upload) == [False]


def test_what_is_still_being_worked_on_stays_for_a_year(maker):
    upload = receive_forms(maker, make_answers())
    assert forget(364 * DAYS) == 0
    assert forget(366 * DAYS) == 1
    upload.refresh_from_db()
    assert (upload.status, upload.rows.count()) == ("discarded", 0)


def test_whatever_is_done_with_it_begins_the_time_anew(maker):
    upload = receive_bulk(maker, make_devices(1))
    take_all(upload, maker)
    with time_machine.travel(AT + 80 * DAYS, tick=False):
        uploads.confirm_repairs(upload.pk, by=maker, at=AT + 80 * DAYS)
    assert forget(91 * DAYS) == 0


def test_a_row_put_right_begins_the_time_anew(maker):
    devices = make_devices(2)
    devices[1]["Device_Model.model_identifier"] = "XYZ"
    upload = receive_bulk(maker, devices)
    uploads.take(upload.pk, "good", by=maker, at=AT)
    before, later = upload.history.count(), AT + 89 * DAYS
    with time_machine.travel(later, tick=False):
        for model in ("0C0E", "0C0D"):
            uploads.put_right(
                upload.pk, 1, {"Device_Model.model_identifier": model}, by=maker, on=later.date()
            )
    assert upload.history.count() == before + 1
    assert forget(91 * DAYS) == 0
    assert upload.rows.filter(place=1).exists()
    assert forget(180 * DAYS) == 1


def test_bytes_that_another_upload_names_stay(maker, rival):
    content = make_form(make_answers())
    old = receive(maker, ("a.xlsx", content))
    uploads.discard(old.pk, by=maker, at=AT)
    receive(rival, ("b.xlsx", content))
    assert forget(91 * DAYS) == 1
    assert kept(old) == [True]


def test_bytes_that_have_just_come_in_stay(maker):
    upload = receive(maker, ("a.pdf", b"%PDF-1.7 a letter"))
    handed_in_again = (AT + 91 * DAYS).timestamp()
    os.utime(SHELF.path_of(upload.files[0]["sha256"]), (handed_in_again, handed_in_again))
    forget(91 * DAYS)
    assert kept(upload) == [True]
    forget(93 * DAYS)
    assert kept(upload) == [False]


def test_bytes_handed_in_again_in_the_midst_of_the_clearing_stay():
    digest = SHELF.keep(b"a letter")
    path = SHELF.path_of(digest)
    old, now = AT.timestamp(), (AT + 2 * DAYS).timestamp()
    os.utime(path, (old, old))
    assert digest in set(SHELF.untouched_since(AT + DAYS))
    os.utime(path, (now, now))
    SHELF.clear(digest, before=AT + DAYS)
    assert path.exists()
    os.utime(path, (old, old))
    SHELF.clear(digest, before=AT + DAYS)
    assert not path.exists()
