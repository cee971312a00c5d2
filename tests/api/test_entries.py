import datetime
import json
from urllib.parse import urlencode

import pytest
from django.test import Client

from cpl.models import ReleaseFile
from tests.make import GAS
from tests.public.making import make_coverage, make_entries, make_entry, make_import, make_removal, publish

pytestmark = pytest.mark.django_db


def get(client: Client, path: str, **asked: object) -> dict:
    answer = client.get(f"/api/v1/{path}?{urlencode(asked)}" if asked else f"/api/v1/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def numbers(page: dict) -> list[str]:
    return [item["Entry.number"] for item in page["items"]]


def test_entries_stand_as_the_release_writes_them(client: Client) -> None:
    make_coverage(make_entry())
    release = publish()
    page = get(client, "entries")
    written = json.loads(bytes(ReleaseFile.objects.get(release=release, name="cpl.json").content))
    assert [{**entry, "Product.name": "Tidewater T100"} for entry in written["entries"]] == page["items"]
    assert (page["release"], page["on"], page["next"]) == (release.number, "2026-11-20", None)
    assert page["serial"] == release.serial
    assert "prevail" in page["prevail"]


def test_pages_follow_one_another_without_gap_or_repetition(client: Client) -> None:
    make_entries(7)
    publish()
    seen, address = [], "entries?limit=3"
    while address:
        page = get(client, address)
        seen += numbers(page)
        address = page["next"].removeprefix("/api/v1/") if page["next"] else ""
    assert seen == [f"{number:06d}" for number in range(1, 8)]


def test_a_full_last_page_leads_nowhere(client: Client) -> None:
    make_entries(4)
    publish()
    page = get(client, "entries", limit=2, after="000002")
    assert (numbers(page), page["next"]) == (["000003", "000004"], None)


def test_the_next_page_asks_the_same(client: Client) -> None:
    make_entries(3)
    publish()
    page = get(client, "entries", limit=1, q="Tidewater T100", status="Current")
    assert page["next"] == "/api/v1/entries?limit=1&q=Tidewater+T100&status=Current&after=000001"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"type": GAS}, ["000002"]),
        ({"status": "Removed"}, ["000003"]),
        ({"q": "00000001"}, ["000001"]),
        ({"ts": "SMETS V1.2"}, []),
        ({"certified": "1"}, ["000001", "000002"]),
    ],
)
def test_entries_are_narrowed_as_on_the_lists_own_page(
    client: Client, asked: dict[str, str], found: list[str]
) -> None:
    make_entry()
    make_entry(device_type=GAS)
    make_removal(make_entry())
    publish()
    assert numbers(get(client, "entries", **asked)) == found


def test_what_is_not_released_is_not_shown(client: Client) -> None:
    make_entry()
    publish()
    make_entry()
    assert numbers(get(client, "entries")) == ["000001"]
    assert client.get("/api/v1/entries/000002").status_code == 404
    assert client.get("/api/v1/entries/000002/answers").status_code == 404


def test_before_the_first_release_only_what_was_brought_forward_is_shown(client: Client) -> None:
    make_entry(make_import())
    make_entry()
    page = get(client, "entries")
    assert (numbers(page), page["release"]) == (["000001"], None)


def test_one_entry_is_found_by_its_number_with_or_without_noughts(client: Client) -> None:
    make_entry()
    publish()
    assert get(client, "entries/1") == get(client, "entries/000001")
    assert get(client, "entries/1")["entry"]["Device_Model.firmware_version"] == "00000001"


def test_an_entry_removed_later_says_so_from_its_day_on(client: Client) -> None:
    make_removal(make_entry(), effective_date=datetime.date(2026, 11, 21))
    publish()
    assert get(client, "entries/1")["entry"]["Entry.status"] == "Current"


@pytest.mark.parametrize(
    "asked",
    [
        "limit=0",
        "limit=501",
        "limit=many",
        "after=-1",
        "after=1234567",
        "status=Gone",
        "statuss=Current",
        "q=" + "a" * 201,
        "q=%00",
    ],
)
def test_what_makes_no_sense_is_refused(client: Client, asked: str) -> None:
    answer = client.get(f"/api/v1/entries?{asked}")
    assert answer.status_code == 422, answer.content
    assert answer.json()["detail"]


@pytest.mark.parametrize("path", ["entries/1234567", "entries/one", "entries/1234567/answers"])
def test_what_is_no_entry_number_is_refused(client: Client, path: str) -> None:
    assert client.get(f"/api/v1/{path}").status_code == 422


def test_who_has_the_answer_already_is_told_so_until_it_changes(client: Client) -> None:
    make_entry()
    publish()
    first = client.get("/api/v1/entries")
    again = client.get("/api/v1/entries", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "no-cache" in first["Cache-Control"]
    make_entry()
    publish()
    assert client.get("/api/v1/entries", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_list(
    client: Client, django_assert_max_num_queries
) -> None:
    make_entries(30)
    publish()
    with django_assert_max_num_queries(5):
        assert len(get(client, "entries")["items"]) == 30
