"""Check my file: for anybody, the same problems as everywhere, and nothing kept."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from django.apps import apps
from django.conf import settings as kept
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cpl import fields as f
from cpl.public import check
from tests.formats.sample import SAMPLE, with_cells
from tests.portal.device_files import as_csv, as_xlsx, devices

MISTAKEN = {1: {"model": "XYZ!"}, 2: {"firmware": "0b:00:00:02"}, 3: {"model": "XYZ!"}}


@pytest.fixture(autouse=True)
def ready(tables: None, maker: User) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def send(content: bytes, name: str = "devices.csv", **more: str):
    return Client().post("/check/", {"file": SimpleUploadedFile(name, content), **more})


def everything() -> tuple[dict[str, int], list[Path]]:
    """How many rows every table has, and every file of the portal."""
    rows = {model._meta.label: model._base_manager.count() for model in apps.get_models()}
    return rows, sorted(path for path in Path(kept.DATA_DIR).rglob("*") if "test.sqlite3" not in path.name)


def test_anybody_is_asked_for_a_file(client: Client) -> None:
    page = client.get("/check/").content.decode()
    assert 'type="file"' in page
    assert "/check/template.xlsx" in page
    assert "/rules/" in page


def test_every_page_leads_there(client: Client) -> None:
    assert b'href="/check/"' in client.get("/").content


@pytest.mark.parametrize(("make", "name"), [(as_csv, "devices.csv"), (as_xlsx, "devices.xlsx")])
def test_every_problem_is_shown_with_row_cell_field_value_and_rule(make, name: str) -> None:
    page = send(make(devices(4, MISTAKEN)), name).content.decode()
    expected = "2 octets in hexadecimal"
    for words in ("C3", f.MODEL.label, f.MODEL.name, "XYZ!", "F-hex", expected, "0b:00:00:02"):
        assert words in page, words
    assert "<strong>4</strong> rows" in page
    assert "<strong>2</strong> of them" in page


def test_the_official_sheet_is_checked_too() -> None:
    answer = send(with_cells(SAMPLE, "CPL - New Entry", {"G11": "XYZ!"}), "form.xlsx")
    assert answer.status_code == 200
    assert b"The official sheet with one device." in answer.content
    assert b"G11" in answer.content


def test_a_file_without_a_mistake_is_told_so() -> None:
    page = send(as_csv(devices(3))).content.decode()
    assert "no problem found" in page


def test_nothing_is_kept(django_user_model: type[User]) -> None:
    before = everything()
    for content, name in (
        (as_csv(devices(4, MISTAKEN)), "devices.csv"), (as_xlsx(devices(4, MISTAKEN)), "devices.xlsx"),
        (b"nonsense", "x.csv"),
    ):  # fmt: skip
        send(content, name)
        send(content, name, **{"as": "xlsx"})
    rows, files = everything()
    assert (rows, files) == before


def test_the_report_comes_as_xlsx_in_the_same_answer() -> None:
    answer = send(as_csv(devices(4, MISTAKEN)), **{"as": "xlsx"})
    assert answer["Content-Disposition"].startswith("attachment")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    marked = [cell.value for line in sheet.iter_rows() for cell in line if cell.comment]
    assert marked.count("XYZ!") == 2


@pytest.mark.parametrize("fmt", ["xlsx", "csv"])
def test_the_template_passes_the_check(client: Client, fmt: str) -> None:
    answer = client.get(f"/check/template.{fmt}")
    assert answer["Content-Disposition"].startswith("attachment")
    assert send(answer.content, f"template.{fmt}").status_code in (200, 400)


def test_there_is_no_other_template(client: Client) -> None:
    assert client.get("/check/template.exe").status_code == 404


def test_the_portal_leads_to_the_same_template(client: Client) -> None:
    assert client.get("/portal/template.csv")["Location"] == "/check/template.csv"


@pytest.mark.parametrize(
    ("content", "name"), [(b"", "a.csv"), (b"%PDF-1.4", "a.pdf"), (b"PK\x03\x04", "a.xlsx")]
)
def test_what_cannot_be_read_is_refused_with_words(content: bytes, name: str) -> None:
    answer = send(content, name)
    assert answer.status_code == 400
    assert b"The file was not checked" in answer.content


def test_a_file_is_demanded(client: Client) -> None:
    assert client.post("/check/").status_code == 400


def test_more_octets_than_a_stranger_may_send_are_refused(settings: object) -> None:
    settings.CHECK_LIMIT = 100  # type: ignore[attr-defined]
    answer = send(as_csv(devices(1)))
    assert answer.status_code == 400
    assert b"sign in to the portal" in answer.content


def test_a_stranger_may_not_have_much_unpacked() -> None:
    """What somebody who is signed in may send, is refused here before a single row is read."""
    stream = io.BytesIO(as_xlsx(devices(1)))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.bin", bytes(17 * 2**20))
    assert len(stream.getvalue()) < 100_000
    answer = send(stream.getvalue(), "devices.xlsx")
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "unpacks to more than 16,777,216 octets" in page
    assert "larger ones" in page


def test_more_rows_than_a_stranger_may_send_are_refused(settings: object) -> None:
    settings.CHECK_ROWS = 3  # type: ignore[attr-defined]
    assert send(as_csv(devices(3))).status_code == 200
    answer = send(as_csv(devices(4)))
    assert answer.status_code == 400
    assert b"more than 3 rows" in answer.content
    assert b"sign in" in answer.content


def test_an_address_has_so_many_files_an_hour(settings: object) -> None:
    settings.CHECKS_AN_HOUR = 2  # type: ignore[attr-defined]
    content = as_csv(devices(1))
    answers = [send(content) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2]["Retry-After"]
    assert b"Wait a while" in answers[2].content
    other = Client(REMOTE_ADDR="192.0.2.7")
    assert other.post("/check/", {"file": SimpleUploadedFile("a.csv", content)}).status_code == 200


def test_only_so_many_files_are_checked_at_one_time() -> None:
    for place in check._PLACES:
        cache.add(place, 1, 60)
    answer = send(as_csv(devices(1)))
    assert answer.status_code == 429
    assert b"Try again in a minute" in answer.content
    cache.delete(check._PLACES[0])
    assert send(as_csv(devices(1))).status_code == 200
    # The place is given back.
    assert send(as_csv(devices(1))).status_code == 200


def test_a_place_is_given_back_when_a_file_cannot_be_read() -> None:
    for _ in range(check.AT_ONCE + 1):
        assert send(b"%PDF-1.4", "a.csv").status_code == 400


def test_another_site_cannot_send_files_in_a_visitors_name() -> None:
    strict = Client(enforce_csrf_checks=True)
    file = SimpleUploadedFile("devices.csv", as_csv(devices(1)))
    assert strict.post("/check/", {"file": file}).status_code == 403


def test_evil_words_are_escaped() -> None:
    evil = "<script>alert(1)</script>"
    page = send(as_csv(devices(2, {0: {"model": evil, "dlms_id": evil}})), f"{evil}.csv").content
    assert b"<script>alert" not in page


def test_a_page_has_so_many_problems_and_says_how_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "SHOWN", 2)
    page = send(as_csv(devices(4, MISTAKEN))).content.decode()
    assert "The first 2 of 3" in page


def test_a_place_that_somebody_else_has_by_now_is_not_given_back() -> None:
    with check._a_place():
        cache.set(check._PLACES[0], "another's", 60)
    assert cache.get(check._PLACES[0]) == "another's"
    cache.delete(check._PLACES[0])
    with check._a_place():
        assert cache.get(check._PLACES[0])
    assert cache.get(check._PLACES[0]) is None
