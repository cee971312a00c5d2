"""The page of an upload: what it shows, what is put right on it, and what becomes of it."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cpl import fields as f
from cpl import tasks
from cpl.models import Evidence, Job, Submission, Upload, UploadRow
from tests.cast import party_of, sign_in
from tests.portal.device_files import as_csv, devices
from tests.register.conftest import PDF

HTMX = {"HX-Request": "true"}


def upload(client: Client, *files: tuple[str, bytes]) -> Upload:
    """Handed in, and checked as a worker would."""
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    answer = client.post("/portal/upload/", {"sheet": sent})
    assert answer.status_code == 302, re.findall(r"<li>.*</li>", answer.content.decode())
    work()
    return Upload.objects.latest("pk")


def work() -> None:
    """What a worker would do now."""
    for job in Job.objects.filter(state=Job.State.WAITING):
        tasks.work(job.pk)


def page_of(one: Upload, query: str = "") -> str:
    return f"/portal/uploads/{one.pk}/{query}"


def row_of(one: Upload, place: int) -> str:
    return f"/portal/uploads/{one.pk}/rows/{place}/"


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def bulk(client: Client, count: int = 4, **changes: dict[str, str]) -> Upload:
    """`r1={...}` changes the row at place 1."""
    return upload(
        client, ("devices.csv", as_csv(devices(count, {int(k[1:]): v for k, v in changes.items()})))
    )


@pytest.fixture
def mistaken(making: Client) -> Upload:
    """Four devices: good, bad model, repaired firmware, the same bad model."""
    return bulk(making, r1={"model": "XYZ!"}, r2={"firmware": "0b:00:00:02"}, r3={"model": "XYZ!"})


def test_a_file_with_a_device_a_row_leads_to_its_page(making: Client) -> None:
    sheet = SimpleUploadedFile("devices.csv", as_csv(devices(2)))
    answer = making.post("/portal/upload/", {"sheet": sheet}, follow=True)
    assert answer.redirect_chain == [(page_of(Upload.objects.get()), 302)]


def test_the_page_says_how_far_the_check_is(making: Client) -> None:
    making.post("/portal/upload/", {"sheet": SimpleUploadedFile("devices.csv", as_csv(devices(2)))})
    one = Upload.objects.get()
    Job.objects.update(state=Job.State.RUNNING, done=1, total=2, problems=3)
    page = text(making, page_of(one))
    assert '<progress id="progress-bar" max="2" value="1"></progress>' in page
    assert "<strong>1</strong> of 2 devices" in page
    assert "<strong>3</strong> problems so far" in page
    assert f'hx-get="{page_of(one)}progress/"' in page
    assert f'<a href="{page_of(one)}">Look again</a>' in page


def test_the_page_is_loaded_anew_once_the_work_is_done(making: Client) -> None:
    one = bulk(making)
    answer = making.get(f"{page_of(one)}progress/", headers=HTMX)
    assert answer["HX-Refresh"] == "true"


def test_numbers_problems_by_sort_and_rows_are_shown(making: Client, mistaken: Upload) -> None:
    page = text(making, page_of(mistaken))
    figures = re.findall(r'class="figure">(\d+)</span> ([A-Za-z ]+)<', page)
    counted = {label: int(count) for count, label in figures}
    assert (counted["Refused"], counted["Read differently"]) == (2, 1)
    assert f'{page_of(mistaken)}?rule=F-hex&amp;field=Device_Model.model_identifier#rows">2<' in page
    assert "cell C3" in page


def test_the_same_mistake_many_times_is_one_line(making: Client) -> None:
    one = bulk(making, 30, **{f"r{place}": {"model": "XYZ!"} for place in range(30)})
    page = text(making, page_of(one))
    assert page.count("#F-hex") <= 1 + 20
    assert "\u00d7 30" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {0, 1, 2, 3}),
        ("?show=refused", {1, 3}),
        ("?show=good", {0, 2}),
        ("?show=repaired", {2}),
        ("?rule=F-hex", {1, 3}),
        ("?rule=F-hex&field=Device_Model.firmware_version", set()),
        ("?field=Device_Model.firmware_version", {2}),
        ("?q=xyz", {1, 3}),
        ("?q=3", {1}),
        ("?q=0b:00:00:02", {2}),
        ("?show=nonsense", {0, 1, 2, 3}),
        ("?q=%00", {0, 1, 2, 3}),
        ("?page=9999", {0, 1, 2, 3}),
    ],
)
def test_rows_are_found(making: Client, mistaken: Upload, query: str, expected: set[int]) -> None:
    page = text(making, page_of(mistaken, query))
    assert set(map(int, re.findall(r'<article id="row-(\d+)"', page))) == expected


def test_a_bad_cell_is_put_right_in_place(making: Client, mistaken: Upload) -> None:
    answer = making.post(f"{row_of(mistaken, 1)}?show=refused", {f.MODEL.name: "0C0D"}, follow=True)
    assert answer.redirect_chain == [(f"{page_of(mistaken)}?show=refused#row-1", 302)]
    assert b"Row 3 is good now." in answer.content
    row = mistaken.rows.get(place=1)
    assert (row.corrected, row.refused) == ({f.MODEL.name: "0C0D"}, False)


def test_with_htmx_the_row_comes_back_with_what_is_left(making: Client, mistaken: Upload) -> None:
    answer = making.post(row_of(mistaken, 1), {f.MODEL.name: "still wrong"}, headers=HTMX)
    page = answer.content.decode()
    assert "<html" not in page
    assert page.count('<article id="row-1"') == 1
    assert "1 left to put right" in page
    assert 'id="figures"' in page
    assert 'hx-swap-oob="true"' in page
    assert " autofocus" in page


def test_with_htmx_the_page_is_loaded_anew_where_another_row_has_become_good(making: Client) -> None:
    one = bulk(making, r1={"firmware": "00000077"}, r2={"firmware": "00000077"})
    assert one.rows.get(place=2).refused
    answer = making.post(row_of(one, 1), {f.FIRMWARE.name: "00000078"}, headers=HTMX)
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")
    assert not one.rows.get(place=2).refused


def test_what_was_not_changed_is_not_taken_for_a_correction(making: Client, mistaken: Upload) -> None:
    answer = making.post(row_of(mistaken, 1), {f.MODEL.name: "XYZ!"}, follow=True)
    assert b"nothing was changed" in answer.content
    assert mistaken.rows.get(place=1).corrected == {}


def test_the_same_value_is_put_right_everywhere(making: Client, mistaken: Upload) -> None:
    answer = making.post(row_of(mistaken, 1), {f.MODEL.name: "0C0D", "everywhere": f.MODEL.name}, follow=True)
    assert b"Put right in 2 rows." in answer.content
    assert not mistaken.rows.filter(refused=True).exists()
    assert mistaken.rows.get(place=0).corrected == {}


def test_a_field_of_choice_is_chosen(making: Client) -> None:
    one = bulk(making, 2, r0={"gbcs_version": "GBCS Version 9.9"})
    page = text(making, page_of(one))
    select = re.search(r'<select id="row-0-GBCS-Version-version-number".*?</select>', page, re.S)
    assert select
    assert "<option selected>GBCS Version 9.9</option>" in select[0]
    assert "<option>GBCS Version 4.1</option>" in select[0]


def test_a_row_has_a_page_with_every_cell(making: Client, mistaken: Upload) -> None:
    page = text(making, row_of(mistaken, 1))
    assert all(f'name="{one.name}"' in page for one in f.NEW_ENTRY)


def test_good_rows_are_taken_once_repairs_are_confirmed(making: Client, mistaken: Upload) -> None:
    take = f"{page_of(mistaken)}take/"
    answer = making.post(take, {"which": "good"}, follow=True)
    assert b"taken otherwise than it stood" in answer.content
    assert b"0b:00:00:02" in answer.content
    answer = making.post(f"{page_of(mistaken)}confirm/", {}, follow=True)
    assert b"Tick that you have looked" in answer.content
    making.post(f"{page_of(mistaken)}confirm/", {"confirmed": "yes"})
    making.post(take, {"which": "good"})
    assert Submission.objects.count() == 2
    page = text(making, page_of(mistaken))
    assert "<strong>2</strong> draft." in page
    assert "Submit all 2 drafts" in page


def test_all_rows_can_be_taken_only_when_none_is_refused(making: Client, mistaken: Upload) -> None:
    assert "possible once 2 refused rows are put right" in text(making, page_of(mistaken))
    making.post(f"{page_of(mistaken)}take/", {"which": "all"})
    assert not Submission.objects.exists()


@pytest.mark.parametrize("which", ["", "some", "ALL"])
def test_taking_has_to_be_chosen(making: Client, which: str) -> None:
    one = bulk(making)
    answer = making.post(f"{page_of(one)}take/", {"which": which}, follow=True)
    assert b"Choose whether to take all rows" in answer.content
    assert not Submission.objects.exists()


def taken(client: Client, count: int = 2) -> Upload:
    one = bulk(client, count)
    client.post(f"{page_of(one)}take/", {"which": "all"})
    work()
    assert Submission.objects.count() == count
    return one


def test_a_certificate_is_attached_once_for_all_rows_that_name_it(making: Client) -> None:
    one = taken(making)
    page = text(making, page_of(one))
    assert "20261101-7701" in page
    assert "Not attached" in page
    answer = making.post(
        f"{page_of(one)}attach/",
        {"scheme": "CPA", "identifier": "20261101-7701", "file": SimpleUploadedFile("cpa.pdf", PDF)},
        follow=True,
    )
    assert b"cpa.pdf is attached to 2 submissions." in answer.content
    assert Evidence.objects.filter(what="CPA").count() == 2


def test_a_file_that_is_no_certificate_is_refused_with_words(making: Client) -> None:
    one = taken(making)
    answer = making.post(
        f"{page_of(one)}attach/",
        {"scheme": "CPA", "identifier": "20261101-7701", "file": SimpleUploadedFile("cpa.pdf", b"MZ")},
        follow=True,
    )
    assert b'class="error"' in answer.content
    assert not Evidence.objects.exists()


def test_drafts_are_submitted_and_what_was_refused_is_told(making: Client) -> None:
    one = taken(making)
    making.post(f"{page_of(one)}submit/")
    work()
    page = text(making, page_of(one))
    assert "0 submitted, 2 not." in page
    assert "What was not submitted, and why" in page


def test_drafts_with_their_files_are_submitted(making: Client) -> None:
    one = taken(making)
    for scheme, identifier in (
        ("CPA", "20261101-7701"), ("DLMS", "7701"), ("Zigbee", "ZIG26TMI77010-24"),
    ):  # fmt: skip
        file = SimpleUploadedFile(f"{scheme}.pdf", PDF)
        making.post(f"{page_of(one)}attach/", {"scheme": scheme, "identifier": identifier, "file": file})
    making.post(f"{page_of(one)}submit/")
    work()
    assert set(Submission.objects.values_list("status", flat=True)) == {"submitted"}
    assert "2 submitted." in text(making, page_of(one))


def test_what_the_file_has_no_column_for_is_asked_once(making: Client) -> None:
    columns = [one.name for one in f.NEW_ENTRY if one != f.UPGRADES_FROM]
    one = upload(making, ("devices.csv", as_csv(devices(2), columns)))
    assert one.rows.filter(refused=True).count() == 2
    assert 'id="further-Upgrade-from-entries"' in text(making, page_of(one))
    making.post(f"{page_of(one)}further/", {f.UPGRADES_FROM.name: "none"})
    work()
    assert not one.rows.filter(refused=True).exists()


def test_the_rows_that_are_left_come_as_a_file(making: Client, mistaken: Upload) -> None:
    answer = making.get(f"{page_of(mistaken)}remaining.csv")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content.count(b"\r\n") == 5


def test_the_report_is_a_workbook(making: Client, mistaken: Upload) -> None:
    answer = making.get(f"{page_of(mistaken)}report.xlsx")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content.startswith(b"PK")


def test_an_upload_is_discarded(making: Client, mistaken: Upload) -> None:
    making.post(f"{page_of(mistaken)}discard/")
    assert b"was discarded" in making.get(page_of(mistaken)).content
    mistaken.refresh_from_db()
    assert mistaken.status == Upload.Status.DISCARDED


def test_evil_words_in_a_file_are_escaped(making: Client) -> None:
    evil = "<script>alert(1)</script>"
    one = upload(
        making,
        (f"{evil}.csv", as_csv(devices(2, {0: {"model": evil, "dlms_id": evil, "product_name": evil}}))),
    )
    for address in (page_of(one), page_of(one, f"?q={evil}"), row_of(one, 0), "/portal/uploads/"):
        assert "<script>alert" not in text(making, address)


def test_uploads_are_listed_found_and_filtered(making: Client, mistaken: Upload) -> None:
    other = upload(making, ("other.csv", as_csv(devices(1, {0: {"model": "0A0A"}}))))
    for query, expected in (
        ("", {mistaken, other}), ("?q=other", {other}), (f"?q={mistaken.reference}", {mistaken}),
        ("?status=discarded", set()), ("?status=checked", {mistaken, other}),
    ):  # fmt: skip
        page = text(making, f"/portal/uploads/{query}")
        assert {one for one in (mistaken, other) if f">{one.reference}</a>" in page} == expected


LADDER = ["", "progress/", "rows/0/", "report.xlsx", "remaining.csv"]
POSTED = ["rows/0/", "confirm/", "further/", "take/", "attach/", "submit/", "check/", "discard/"]


@pytest.mark.parametrize(
    ("who", "expected"),
    [("visitor", 302), ("maker", 200), ("rival", 404), ("supplier", 404), ("dcc", 404), ("officer", 404)],
)
def test_an_upload_is_its_own_organisations_alone(
    request: pytest.FixtureRequest, making: Client, mistaken: Upload, who: str, expected: int
) -> None:
    client = sign_in(request.getfixturevalue(who))
    for path in LADDER:
        assert client.get(page_of(mistaken, path)).status_code == expected, path


@pytest.mark.parametrize("who", ["visitor", "rival", "supplier", "dcc", "officer"])
def test_nobody_else_changes_an_upload(
    request: pytest.FixtureRequest, making: Client, mistaken: Upload, who: str
) -> None:
    client = sign_in(request.getfixturevalue(who))
    for path in POSTED:
        posted = {f.MODEL.name: "0C0D", "which": "good", "confirmed": "yes"}
        expected = 302 if who == "visitor" else 404
        answer = client.post(page_of(mistaken, path), posted)
        assert answer.status_code == expected, path
        assert who != "visitor" or "/login/" in answer["Location"]
    mistaken.refresh_from_db()
    assert (mistaken.status, mistaken.repairs_confirmed_at) == (Upload.Status.CHECKED, None)
    assert not UploadRow.objects.exclude(corrected={}).exists()


@pytest.mark.parametrize("path", POSTED[1:])
def test_steps_of_an_upload_are_posted(making: Client, mistaken: Upload, path: str) -> None:
    assert making.get(page_of(mistaken, path)).status_code == 405


@pytest.mark.parametrize("path", ["uploads/999/", "uploads/999/rows/0/", "uploads/999/report.xlsx"])
def test_an_upload_that_is_not_there_is_not_found(making: Client, path: str) -> None:
    assert making.get(f"/portal/{path}").status_code == 404


def test_an_unknown_step_or_row_is_not_found(making: Client, mistaken: Upload) -> None:
    assert making.post(page_of(mistaken, "approve/")).status_code == 404
    assert making.get(page_of(mistaken, "rows/99/")).status_code == 404


def test_a_colleague_goes_on_with_an_upload(
    making: Client, rival: User, maker: User, mistaken: Upload
) -> None:
    party_of(maker).memberships.create(user=rival)
    assert sign_in(rival).get(page_of(mistaken)).status_code == 200
