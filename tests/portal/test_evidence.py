import hashlib
import threading

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cpl import evidence
from tests.cast import sign_in
from tests.portal.conftest import edit_of, make_complete, make_draft, make_submitted, page_of
from tests.register.conftest import PDF


def upload(name: str = "certificate.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_certificates_are_added_on_the_page_of_the_form(making: Client, maker: User) -> None:
    draft = make_draft(maker)
    making.post(edit_of(draft), {"do": "save", "file-CPA": [upload(), upload("second.pdf", PDF + b"2")]})
    rows = list(draft.evidence.values_list("what", "file_name", "size"))
    assert rows == [("CPA", "certificate.pdf", len(PDF)), ("CPA", "second.pdf", len(PDF) + 1)]
    page = making.get(edit_of(draft)).content.decode()
    assert draft.evidence.first().sha256[:16] in page
    assert f"{len(PDF)}\xa0bytes" in page


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html><script>", "not a PDF"),
        (b"", "file is empty"),
        (b"MZ", "not a PDF, PNG or JPEG"),
    ],
)
def test_another_sort_of_file_is_refused_beside_its_box(
    making: Client, maker: User, content: bytes, words: str
) -> None:
    draft = make_draft(maker)
    page = making.post(edit_of(draft), {"do": "save", "file-CPA": upload(content=content)}).content.decode()
    assert words in page
    assert 'href="#file-CPA"' in page
    assert not draft.evidence.exists()


def test_a_file_above_the_limit_is_refused(
    making: Client, maker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "LIMIT", 10)
    draft = make_draft(maker)
    page = making.post(edit_of(draft), {"do": "save", "file-other": upload()}).content.decode()
    assert "are taken" in page
    assert not draft.evidence.exists()


def test_a_file_is_taken_off_an_open_draft_and_answers_are_kept(making: Client, maker: User) -> None:
    draft = make_complete(maker)
    row = draft.evidence.first()
    making.post(edit_of(draft), {"detach": row.pk, "Product.name": "Typed meanwhile"})
    draft.refresh_from_db()
    assert not draft.evidence.filter(pk=row.pk).exists()
    assert draft.answers["Product.name"] == "Typed meanwhile"


@pytest.mark.parametrize("which", ["999999", "abc", "-1"])
def test_taking_off_what_is_not_there_does_nothing(making: Client, maker: User, which: str) -> None:
    draft = make_complete(maker)
    assert making.post(edit_of(draft), {"detach": which}).status_code == 302
    assert draft.evidence.count() == 3


def test_a_file_of_another_submission_is_not_taken_off(making: Client, maker: User, rival: User) -> None:
    theirs = make_complete(rival).evidence.first()
    making.post(edit_of(make_draft(maker)), {"detach": theirs.pk})
    assert theirs.submission.evidence.count() == 3


def test_files_of_what_was_submitted_stay(making: Client, maker: User) -> None:
    submitted = make_submitted(maker)
    making.post(edit_of(submitted), {"detach": submitted.evidence.first().pk, "file-CPA": upload("late.pdf")})
    assert submitted.evidence.count() == 3
    assert b"Take off" not in making.get(page_of(submitted)).content


def test_a_file_is_sent_as_an_attachment_that_can_run_nothing(making: Client, maker: User) -> None:
    draft = make_draft(maker)
    making.post(edit_of(draft), {"do": "save", "file-CPA": upload('a"; x=é.html')})
    answer = making.get(f"/portal/evidence/{draft.evidence.get().pk}/")
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer["Cache-Control"]


def test_a_file_that_was_altered_on_the_disk_is_not_sent(making: Client, maker: User) -> None:
    row = make_complete(maker).evidence.first()
    path = evidence.path_of(row.sha256)
    kept = path.read_bytes()
    path.write_bytes(b"%PDF- altered")
    try:
        assert making.get(f"/portal/evidence/{row.pk}/").status_code == 404
    finally:
        path.write_bytes(kept)


def test_a_files_name_is_escaped(making: Client, maker: User) -> None:
    draft = make_draft(maker)
    making.post(edit_of(draft), {"do": "save", "file-CPA": upload("<img src=x onerror=alert(1)>.pdf")})
    for address in (edit_of(draft), page_of(draft)):
        assert b"<img" not in making.get(address).content


def test_the_same_file_given_by_many_at_once_is_kept_once_and_whole() -> None:
    content = PDF + b"x" * 2**20
    start, raised = threading.Barrier(8), list[Exception]()

    def give() -> None:
        start.wait()
        try:
            evidence.keep(content)
        except Exception as error:
            raised.append(error)

    threads = [threading.Thread(target=give) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    digest = hashlib.sha256(content).hexdigest()
    assert raised == []
    assert evidence.read(digest) == content
    assert evidence.path_of(digest).stat().st_mode & 0o777 == 0o600
    assert [
        path.name for path in evidence.path_of(digest).parent.iterdir() if path.name.startswith(".")
    ] == []


def test_who_is_no_longer_staff_reads_no_evidence(maker: User, officer: User) -> None:
    User.objects.filter(pk=officer.pk).update(is_staff=False)
    row = make_submitted(maker).evidence.first()
    assert sign_in(User.objects.get(pk=officer.pk)).get(f"/portal/evidence/{row.pk}/").status_code == 404
