import io

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cpl import fields as f
from cpl import workflow
from cpl.fields import FORM
from cpl.formats.sheet_names import NEW_ENTRY
from cpl.models import Submission, Upload
from tests.cast import sign_in
from tests.formats.sample import SAMPLE, with_cells
from tests.make import EVIDENCE, make_answers
from tests.portal.conftest import AT, edit_of, page_of
from tests.register.conftest import PDF

ROWS = {one.name: row for row, one in enumerate(FORM, start=9)}


def sheet(changes: dict[str, object] | None = None) -> bytes:
    """The official sheet, filled in with a valid new entry but for some cells."""
    cells = {f"G{ROWS[name]}": text for name, text in make_answers().items() if name in ROWS}
    return with_cells(SAMPLE, NEW_ENTRY, {**cells, **(changes or {})})


def upload(client: Client, content: bytes, name: str = "new entry.xlsx"):
    return client.post("/portal/upload/", {"sheet": SimpleUploadedFile(name, content)}, follow=True)


def test_the_official_sheet_becomes_a_draft_with_canonical_answers(making: Client) -> None:
    answer = upload(making, sheet({"G14": "0a:0b:0c:0d"}))
    draft = Submission.objects.get()
    assert answer.redirect_chain == [(edit_of(draft), 302)]
    assert draft.answers[f.FIRMWARE.name] == "0A0B0C0D"
    assert draft.source_name == "new entry.xlsx"
    assert {name: draft.answers[name] for name in ROWS} == {name: make_answers()[name] for name in ROWS}


def test_every_problem_is_shown_with_its_cell(making: Client) -> None:
    page = upload(making, sheet({"G12": 0, "G19": "31/02/2031"})).content.decode()
    assert "(cell G12)" in page
    assert "(cell G19)" in page
    assert "leading zeros" in page
    assert page.count('<a href="#Device-Model-hardware-version-version">') == 1
    assert "F-hex" in page
    assert Submission.objects.get().answers[f.HARDWARE_VERSION.name] == "0 (a number cell)"


def test_what_was_repaired_is_shown_with_its_cell(making: Client) -> None:
    page = upload(making, sheet({"G12": 12})).content.decode()
    assert "Read differently from how it was written" in page
    assert "(cell G12)" in page


def test_what_the_sheet_has_no_field_for_is_asked_after(making: Client) -> None:
    page = upload(making, sheet()).content.decode()
    assert "The sheet has no field for what the last section asks" in page
    assert f'name="{f.UPGRADES_FROM.name}"' in page


def test_a_cell_is_spoken_of_until_its_field_says_something_else(making: Client, maker: User) -> None:
    upload(making, sheet({"G12": 0}))
    draft = Submission.objects.get()
    # The upload keeps it, not the session.
    again = sign_in(maker)
    assert b"(cell G12)" in again.get(edit_of(draft)).content
    again.post(edit_of(draft), {"do": "save", **draft.answers})
    assert b"(cell G12)" in again.get(edit_of(draft)).content
    again.post(edit_of(draft), {"do": "save", **draft.answers, f.HARDWARE_VERSION.name: "00"})
    assert b"(cell G12)" not in again.get(edit_of(draft)).content


def test_what_was_repaired_is_confirmed_by_saving_the_form(making: Client) -> None:
    upload(making, sheet({"G12": 12}))
    draft = Submission.objects.get()
    assert b"Read differently from how it was written" in making.get(edit_of(draft)).content
    making.post(edit_of(draft), {"do": "save", **draft.answers})
    assert b"Read differently from how it was written" not in making.get(edit_of(draft)).content


def test_what_was_repaired_is_not_submitted_before_its_person_has_saved_the_form(
    making: Client, maker: User
) -> None:
    upload(making, sheet({"G14": "0a:0b:0c:0d"}))
    draft = Submission.objects.get()
    answers = make_answers()
    for what in EVIDENCE:
        workflow.attach(draft.pk, what, f"{what}.pdf", PDF + what.encode(), by=maker, at=AT)
    # What saves itself is no answer to a question.
    making.post(f"{page_of(draft)}autosave/", answers)
    page = making.get(page_of(draft))
    assert page.context["summary"].repaired
    answer = making.post(f"{page_of(draft)}submit/", follow=True)
    assert b"must be confirmed as read" in answer.content
    making.post(edit_of(draft), {"do": "save", **answers})
    assert not making.get(page_of(draft)).context["summary"].repaired
    making.post(f"{page_of(draft)}submit/")
    draft.refresh_from_db()
    assert draft.status == "submitted"


def test_several_sheets_become_an_upload_with_a_row_each(making: Client) -> None:
    files = [SimpleUploadedFile(f"{n}.xlsx", sheet({"G14": f"0A0B0C0{n}"})) for n in (1, 2)]
    answer = making.post("/portal/upload/", {"sheet": files}, follow=True)
    one = Upload.objects.get()
    assert answer.redirect_chain == [(f"/portal/uploads/{one.pk}/", 302)]
    assert [row.file_name for row in one.rows.all()] == ["1.xlsx", "2.xlsx"]
    assert not Submission.objects.exists()


def test_the_report_of_one_sheet_marks_its_cells(making: Client) -> None:
    upload(making, sheet({"G12": 0}))
    answer = making.get(f"/portal/uploads/{Upload.objects.get().pk}/report.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [cell for one in book.worksheets for line in one.iter_rows() for cell in line]
    assert any(cell.comment and "leading zeros" in cell.comment.text for cell in cells)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.4 not a workbook", "not"),
        (b"", "Choose the filled-in sheet"),
        (b"PK\x03\x04 broken", ""),
        (b"a,b,c\n1,2,3\n", ""),
    ],
)
def test_a_wrong_file_is_refused_with_words_and_nothing_is_stored(
    making: Client, content: bytes, words: str
) -> None:
    answer = upload(making, content)
    assert answer.status_code == 400
    assert b"The file was not taken" in answer.content
    assert words.encode() in answer.content
    assert not Submission.objects.exists()


def test_no_file_at_all_is_refused(making: Client) -> None:
    assert making.post("/portal/upload/").status_code == 400


def test_a_file_above_the_limit_is_refused_and_the_limit_is_stated(making: Client, settings: object) -> None:
    settings.UPLOAD_LIMIT = 20_480  # type: ignore[attr-defined]
    assert b"20.0\xc2\xa0KB" in making.get("/portal/upload/").content
    assert upload(making, b"x" * 30_000).status_code == 413


def test_somebody_who_acts_for_nobody_uploads_nothing(officer: User) -> None:
    client = Client()
    client.force_login(officer)
    answer = upload(client, sheet())
    assert answer.status_code == 400
    assert b"You act for no organisation yet." in answer.content


def test_evil_words_in_a_sheet_and_in_its_name_are_escaped(making: Client) -> None:
    page = upload(making, sheet({"G24": "<script>alert(1)</script>"}), "<script>alert(2)<script>.xlsx")
    assert b"<script>alert" not in page.content
