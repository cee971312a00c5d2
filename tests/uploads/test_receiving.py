"""Files come in: kept in private, read, and every row judged."""

import hashlib
import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from cpl import tasks, uploads
from cpl.models import Job, Upload
from cpl.uploads import reading
from cpl.uploads.limits import SHELF
from cpl.workflow import NotPossible
from tests.cast import make_party, party_of
from tests.make import make_answers
from tests.register.conftest import AT
from tests.register.test_admitting import at_once
from tests.uploads.conftest import do_next_job, receive, receive_bulk, receive_forms
from tests.uploads.files import make_csv, make_devices, make_form, make_hash, make_xlsx


def test_a_filled_in_form_is_checked_at_once(maker):
    upload = receive_forms(maker, make_answers())
    assert (upload.shape, upload.status, upload.rows_read) == ("entry_form", "checked", 1)
    row = upload.rows.get()
    assert not row.refused or row.problems
    assert row.answers["Device_Model.firmware_version"] == "0A0B0C0D"
    assert row.device_key
    assert not Job.objects.exists()


def test_several_forms_are_rows_of_one_upload(maker):
    upload = receive_forms(maker, *make_devices(3))
    assert list(upload.rows.values_list("place", "file_name")) == [
        (0, "form 1.xlsx"),
        (1, "form 2.xlsx"),
        (2, "form 3.xlsx"),
    ]
    assert upload.source_name == "form 1.xlsx and 2 more"


def test_the_same_device_on_two_forms_is_said_of_the_second(maker):
    first, second = make_devices(1)[0], make_devices(1, image_hash=make_hash(7))[0]
    upload = receive_forms(maker, first, second)
    messages = " ".join(one["message"] for one in upload.rows.get(place=1).problems)
    assert "the form in form 1.xlsx" in messages
    assert upload.rows.get(place=1).refused


@pytest.mark.parametrize("make_file", [make_csv, make_xlsx])
def test_a_file_with_one_device_a_row_is_checked_by_a_job(
    maker, make_file, no_worker, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        upload = receive(maker, ("devices", make_file(make_devices(3))))
    assert (upload.status, upload.rows.count()) == ("received", 0)
    assert no_worker == [Job.objects.get().pk]
    job = do_next_job()
    upload.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 3, 3)
    assert (upload.shape, upload.status, upload.rows_read, upload.rows_refused) == ("bulk", "checked", 3, 0)
    assert list(upload.rows.values_list("row", flat=True)) == [2, 3, 4]
    assert upload.history.first().history_user == maker


def test_a_bad_row_is_refused_and_its_problem_names_row_cell_and_field(maker):
    devices = make_devices(2)
    devices[1]["Device_Model.model_identifier"] = "XYZ"
    upload = receive_bulk(maker, devices)
    row = upload.rows.get(place=1)
    (problem,) = (one for one in row.problems if one["field"] == "Device_Model.model_identifier")
    assert (problem["row"], problem["cell"], problem["found"]) == (3, "C3", "XYZ")
    assert (row.refused, upload.rows_refused) == (True, 1)
    assert not upload.rows.get(place=0).refused


def test_a_device_that_stands_twice_is_said_with_the_row_of_the_first(maker, monkeypatch):
    monkeypatch.setattr("cpl.uploads.reading.PART", 2)
    devices = make_devices(4)
    devices[3] = {**devices[0], "Manufacturer_Image.hash": make_hash(99)}
    upload = receive_bulk(maker, devices)
    assert [row.refused for row in upload.rows.all()] == [False, False, False, True]
    assert "row 2" in " ".join(one["message"] for one in upload.rows.get(place=3).problems)


def test_answers_for_all_rows_fill_what_a_row_leaves_open(maker):
    devices = make_devices(2)
    for device in devices:
        del device["Upgrade.from_entries"]
    bare = receive_bulk(maker, devices)
    assert bare.rows_refused == 2
    uploads.discard(bare.pk, by=maker, at=AT)
    filled = receive_bulk(maker, devices, **{"Upgrade.from_entries": "none"})
    assert filled.rows_refused == 0
    assert filled.rows.first().answers["Upgrade.from_entries"] == "none"


def test_what_tells_devices_apart_is_no_answer_for_all(maker):
    with pytest.raises(NotPossible, match="Firmware version"):
        receive(maker, ("a.csv", make_csv(make_devices(1))), further={"Device_Model.firmware_version": "01"})


def test_the_bytes_are_kept_in_private_by_their_digest(maker):
    content = make_csv(make_devices(1))
    upload = receive(maker, ("../../etc/devices.csv", content))
    digest = hashlib.sha256(content).hexdigest()
    assert upload.files == [{"name": "devices.csv", "sha256": digest, "size": len(content)}]
    path = SHELF.path_of(digest)
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == path.parent.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_that_cannot_be_read_leaves_an_upload_that_says_why(maker):
    upload = receive(maker, ("devices.pdf", b"%PDF-1.7 no list of devices"))
    assert upload.status == "unreadable"
    assert "a PDF" in upload.words
    assert not upload.rows.exists()


def test_one_unreadable_form_among_several_is_named(maker):
    upload = receive(maker, ("good.xlsx", make_form(make_answers())), ("bad.xlsx", b"PK\3\4 broken"))
    assert (upload.status, upload.rows.count()) == ("unreadable", 0)
    assert upload.words.startswith("bad.xlsx: ")


def test_one_device_a_row_is_handed_in_by_itself(maker):
    upload = receive(maker, ("a.xlsx", make_form(make_answers())), ("b.csv", make_csv(make_devices(2))))
    if upload.status == "received":
        do_next_job()
        upload.refresh_from_db()
    assert upload.status == "unreadable"
    assert "by itself" in upload.words


def test_too_many_rows_are_not_read_in_part(maker, monkeypatch):
    monkeypatch.setattr("cpl.uploads.reading.MOST_ROWS", 3)
    monkeypatch.setattr("cpl.uploads.reading.PART", 2)
    upload = receive_bulk(maker, make_devices(4))
    assert (upload.status, upload.rows.count()) == ("unreadable", 0)
    assert "more than 3 rows" in upload.words
    assert Job.objects.get().state == "done"


def test_the_same_content_in_hand_is_said_with_its_reference(maker):
    first = receive_forms(maker, make_answers())
    with pytest.raises(uploads.AlreadyOpen, match=first.reference) as refused:
        receive(maker, ("another name.xlsx", SHELF.read(first.files[0]["sha256"])))
    assert refused.value.upload == first
    uploads.discard(first.pk, by=maker, at=AT)
    assert receive(maker, ("again.xlsx", SHELF.read(first.files[0]["sha256"]))).pk != first.pk


def test_another_partys_upload_of_the_same_content_is_nobodys_business(maker, rival):
    content = make_form(make_answers())
    receive(maker, ("a.xlsx", content))
    assert receive(rival, ("a.xlsx", content)).status == "checked"


def test_the_same_file_twice_at_once_is_refused(maker):
    content = make_form(make_answers())
    with pytest.raises(NotPossible, match=r"a\.xlsx, b\.xlsx"):
        receive(maker, ("a.xlsx", content), ("b.xlsx", content))


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "Choose a file"),
        ([(f"{n}.csv", b"x%d" % n) for n in range(21)], "at most 20"),
    ],
)
def test_there_are_bounds_to_what_is_taken_at_once(maker, files, words):
    with pytest.raises(NotPossible, match=words):
        receive(maker, *files)


def test_too_large_files_are_refused_before_they_are_kept(maker, settings):
    settings.UPLOAD_LIMIT = 100
    with pytest.raises(NotPossible, match="at most 0 MB"):
        receive(maker, ("a.csv", b"x" * 101))
    assert not SHELF.path_of(hashlib.sha256(b"x" * 101).hexdigest()).exists()


def test_a_party_has_so_many_uploads_open_and_no_more(maker, settings):
    settings.OPEN_UPLOADS = 2
    for number in range(2):
        receive_forms(maker, make_devices(1, start=number)[0])
    with pytest.raises(NotPossible, match="Take or discard one"):
        receive_forms(maker, make_devices(1, start=5)[0])
    uploads.discard(Upload.objects.first().pk, by=maker, at=AT)
    receive_forms(maker, make_devices(1, start=5)[0])


def test_only_who_acts_for_a_verified_party_hands_in(maker, rival):
    with pytest.raises(NotPossible, match="do not act"):
        uploads.receive([("a.csv", b"x")], party=party_of(maker), by=rival, at=AT)
    party = make_party("Unverified Ltd", "other", rival)
    party.verified = False
    party.save()
    with pytest.raises(NotPossible, match="not been verified"):
        uploads.receive([("a.csv", b"x")], party=party, by=rival, at=AT)


def test_a_discarded_upload_stops_its_job(maker):
    upload = receive(maker, ("devices.csv", make_csv(make_devices(3))))
    uploads.discard(upload.pk, by=maker, at=AT + timedelta(minutes=1))
    job = Job.objects.get()
    assert (job.state, job.words) == ("failed", "Discarded.")
    upload.refresh_from_db()
    assert upload.status == "discarded"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_it_is_discarded_in_the_midst_of_its_check_and_neither_waits_for_ever(maker, monkeypatch):
    upload = receive(maker, ("devices.csv", make_csv(make_devices(3))))
    inside, job, keep_rows = threading.Event(), Job.objects.get(), reading.keep_rows

    def slowly(rows):
        keep_rows(rows)
        inside.set()
        time.sleep(0.2)  # As long as hundreds of rows take; the other has begun to wait by then.

    def discard():
        assert inside.wait(10)
        return uploads.discard(upload.pk, by=maker, at=timezone.now())

    monkeypatch.setattr(reading, "keep_rows", slowly)
    outcomes = at_once(lambda: tasks.work(job.pk), discard)
    assert sorted(map(str, outcomes)) == ["None", str(upload)]
    job.refresh_from_db()
    upload.refresh_from_db()
    assert (job.state, upload.status) == ("failed", "discarded")
