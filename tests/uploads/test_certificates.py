"""A certificate's file is attached once for all that name it; then everything is submitted."""

import pytest

from cpl import evidence, uploads, workflow
from cpl.models import Certificate, Evidence, Submission
from cpl.uploads.submitting import REASONS
from cpl.workflow import NotPossible
from tests.cast import party_of
from tests.papers import make_pdf
from tests.register.conftest import AT
from tests.uploads.conftest import do_next_job, receive_bulk, take_all
from tests.uploads.files import make_devices

CPA, DLMS, ZIGBEE = "20261101-7701", "7701", "ZIG26TMI77010-24"
PDF = make_pdf("A certificate of invention")


@pytest.fixture
def taken(maker):
    """Three drafts, one of which names another Zigbee certificate."""
    devices = make_devices(3)
    devices[2]["ZSE_Certificate.identification_number"] = "ZIG26TMI77011-24"
    upload = receive_bulk(maker, devices)
    take_all(upload, maker)
    return upload


def attach(upload, by, scheme, identifier, content=PDF):
    return uploads.attach(upload.pk, scheme, identifier, f"{scheme}.pdf", content, by=by, at=AT)


def test_every_certificate_that_rows_name_is_listed_with_how_many(taken):
    found = uploads.certificates_named(taken)
    assert [(one.scheme, one.identifier, one.rows) for one in found] == [
        ("CPA", CPA, 3),
        ("DLMS", DLMS, 3),
        ("Zigbee", ZIGBEE, 2),
        ("Zigbee", "ZIG26TMI77011-24", 1),
    ]
    assert not any(one.on_register or one.with_file for one in found)


def test_they_are_listed_before_anything_is_taken(maker):
    upload = receive_bulk(maker, make_devices(2))
    (cpa, *_) = uploads.certificates_named(upload)
    assert (cpa.identifier, cpa.rows, cpa.submissions) == (CPA, 2, [])


def test_those_on_the_register_are_marked(taken, monkeypatch):
    monkeypatch.setattr(Certificate.objects, "filter", lambda **asked: _On(asked))
    assert [one.on_register for one in uploads.certificates_named(taken)] == [True, False, False, False]


class _On:
    """A register that holds the CPA certificate alone."""

    def __init__(self, asked):
        self._found = [CPA] if asked["scheme"] == "CPA" else []

    def values_list(self, *_, **__):
        return self._found


def test_a_file_is_attached_to_every_draft_that_names_the_certificate(taken, maker):
    assert attach(taken, maker, "Zigbee", ZIGBEE) == 2
    rows = Evidence.objects.select_related("submission")
    assert {row.submission.upload_row.place for row in rows} == {0, 1}
    assert {(row.what, row.file_name, row.size, row.uploaded_by) for row in rows} == {
        ("Zigbee", "Zigbee.pdf", len(PDF), maker)
    }
    one = uploads.certificates_named(taken)[2]
    assert (one.with_file, one.without_file, one.file_names) == (2, 0, ["Zigbee.pdf"])


def test_the_same_file_twice_is_kept_once(taken, maker):
    attach(taken, maker, "CPA", CPA)
    attach(taken, maker, "CPA", CPA)
    assert Evidence.objects.count() == 3


def test_only_drafts_and_returned_ones_are_given_a_file(taken, maker):
    Submission.objects.filter(upload_row__place=0).update(status="withdrawn")
    assert attach(taken, maker, "CPA", CPA) == 2


def test_what_is_no_certificate_is_not_kept(taken, maker):
    with pytest.raises(evidence.NotAccepted):
        attach(taken, maker, "CPA", CPA, b"not a PDF")
    with pytest.raises(NotPossible, match="No draft"):
        attach(taken, maker, "CPA", "another")
    assert not Evidence.objects.exists()


def test_a_submission_carries_so_many_files_and_no_more(taken, maker, settings):
    settings.EVIDENCE_FILES = 1
    attach(taken, maker, "CPA", CPA)
    with pytest.raises(NotPossible, match="over 1 files"):
        attach(taken, maker, "DLMS", DLMS)
    settings.EVIDENCE_FILES, settings.EVIDENCE_TOTAL = 5, len(PDF) + 1
    with pytest.raises(NotPossible, match="Take some off"):
        attach(taken, maker, "DLMS", DLMS)


def test_files_go_to_submissions_and_not_to_rows(maker):
    upload = receive_bulk(maker, make_devices(1))
    with pytest.raises(NotPossible, match="Take its rows first"):
        attach(upload, maker, "CPA", CPA)
    with pytest.raises(NotPossible, match="Take its rows first"):
        uploads.submit_all(upload.pk, by=maker, at=AT)


def test_all_are_submitted_and_those_refused_are_told_with_why(taken, maker):
    attach(taken, maker, "CPA", CPA)
    attach(taken, maker, "DLMS", DLMS)
    attach(taken, maker, "Zigbee", ZIGBEE)
    job = uploads.submit_all(taken.pk, by=maker, at=AT)
    assert job.total == 3
    job = do_next_job()
    assert (job.state, job.done, job.problems) == ("done", 3, 1)
    assert job.words == "2 submitted, 1 not."
    assert (job.result["submitted"], job.result["not_submitted"]) == (2, 1)
    (told,) = job.result["refused"]
    refused = taken.rows.get(place=2)
    assert (told["row"], told["reference"]) == (4, str(refused.submission))
    assert "Zigbee" in " ".join(told["reasons"])
    assert len(told["reasons"]) <= REASONS
    statuses = taken.rows.order_by("place").values_list("submission__status", flat=True)
    assert list(statuses) == ["submitted", "submitted", "draft"]
    assert (
        Submission.objects.filter(status="submitted", submitted_by=maker, steps__verb="submit").count() == 2
    )


def test_the_rest_is_submitted_later_and_then_nothing_is_left(taken, maker):
    for scheme, identifier in (("CPA", CPA), ("DLMS", DLMS), ("Zigbee", ZIGBEE)):
        attach(taken, maker, scheme, identifier)
    uploads.submit_all(taken.pk, by=maker, at=AT)
    do_next_job()
    attach(taken, maker, "Zigbee", "ZIG26TMI77011-24")
    uploads.submit_all(taken.pk, by=maker, at=AT)
    assert do_next_job().words == "1 submitted."
    with pytest.raises(NotPossible, match="No draft is left"):
        uploads.submit_all(taken.pk, by=maker, at=AT)


def test_the_same_bounds_hold_for_a_file_and_a_draft_by_hand(maker, settings):
    settings.OPEN_DRAFTS, settings.EVIDENCE_FILES = 1, 1
    draft = workflow.start("new_entry", party=party_of(maker), by=maker, at=AT)
    with pytest.raises(NotPossible, match="Submit or withdraw"):
        workflow.start("new_entry", party=party_of(maker), by=maker, at=AT)
    workflow.attach(draft.pk, "CPA", "a.pdf", PDF, by=maker, at=AT)
    workflow.attach(draft.pk, "CPA", "again.pdf", PDF, by=maker, at=AT)
    with pytest.raises(NotPossible, match="Take some off"):
        workflow.attach(draft.pk, "DLMS", "b.pdf", PDF, by=maker, at=AT)
