import pytest
from django.test import Client

from tests.public.making import make_coverage, make_entries, make_entry, make_import, make_removal, publish

pytestmark = pytest.mark.django_db


def get(client: Client, asked: str = "") -> dict:
    answer = client.get(f"/api/v1/changes?{asked}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_records_come_in_order_up_to_the_latest_release(client: Client) -> None:
    make_removal(make_entry())
    release = publish()
    make_entry()
    found = get(client)
    assert [item["serial"] for item in found["items"]] == list(range(1, release.serial + 1))
    assert (found["last"], found["more"], found["release"]) == (release.serial, False, release.number)


def test_who_asks_from_the_last_record_on_gets_every_record_once(client: Client) -> None:
    make_entries(5)
    publish()
    seen, since, more = [], 0, True
    while more:
        found = get(client, f"since={since}&limit=2")
        seen += [item["serial"] for item in found["items"]]
        since, more = found["last"], found["more"]
    assert seen == [1, 2, 3, 4, 5]
    assert get(client, f"since={since}")["items"] == []
    assert get(client, f"since={since}")["last"] == since


def test_a_release_brings_what_was_decided_before_it(client: Client) -> None:
    make_entry()
    since = publish().serial
    make_coverage(make_entry())
    assert get(client, f"since={since}")["items"] == []
    publish()
    assert get(client, f"since={since}")["items"]


def test_before_the_first_release_there_is_nothing(client: Client) -> None:
    make_entry(make_import())
    found = get(client)
    assert (found["items"], found["last"], found["release"]) == ([], 0, None)


def test_no_record_names_a_person_or_tells_its_body(client: Client) -> None:
    make_entry()
    publish()
    assert set(get(client)["items"][0]) == {"serial", "at", "act", "subject"}


@pytest.mark.parametrize(
    "asked", ["since=-1", "since=first", "since=9223372036854775808", "limit=1001", "from=1"]
)
def test_what_makes_no_sense_is_refused(client: Client, asked: str) -> None:
    assert client.get(f"/api/v1/changes?{asked}").status_code == 422
