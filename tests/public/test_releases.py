import hashlib

import pytest
from django.test import Client

from cpl import signing
from tests.public.making import make_entry, make_import, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def released(db: None) -> str:
    make_entry(make_import())
    return publish().number


def test_releases_of_ours_and_issues_before_stand_in_one_list(client: Client, released: str) -> None:
    page = client.get("/releases/").content.decode()
    assert f'href="/releases/{released}/"' in page
    assert 'href="/releases/2.051/"' in page


@pytest.mark.parametrize(
    ("text", "numbers"), [("2.052", ["2.052"]), ("DEVICE models", ["2.051"]), ("zebra", [])]
)
def test_issues_are_searched_by_number_and_change_text(
    client: Client, released: str, text: str, numbers: list[str]
) -> None:
    page = client.get("/releases/", {"q": text}).context["page"]
    assert [release.number for release in page] == numbers


def test_an_issue_from_before_shows_its_changes_and_no_files(client: Client, released: str) -> None:
    page = client.get("/releases/2.051/").content.decode()
    assert "Two new device models added" in page
    assert "its files are not kept" in page
    assert client.get("/releases/2.051/cpl.csv").status_code == 404


def test_a_release_names_its_files_with_digests_and_how_to_verify_them(client: Client, released: str) -> None:
    page = client.get(f"/releases/{released}/").content.decode()
    for name in ("cpl.xlsx", "cpl.csv", "cpl.json", "manifest.json", "manifest.sig"):
        content = client.get(f"/releases/{released}/{name}").content
        assert hashlib.sha256(content).hexdigest() in page
    assert "openssl pkeyutl -verify -pubin -inkey key.pem -rawin" in page


def test_a_file_is_served_as_stored_with_its_digest_as_etag(client: Client, released: str) -> None:
    answer = client.get(f"/releases/{released}/cpl.csv")
    assert answer["ETag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="cpl.csv"'
    assert "immutable" in answer["Cache-Control"]
    again = client.get(f"/releases/{released}/cpl.csv", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == answer["ETag"]
    other = client.get(f"/releases/{released}/cpl.csv", headers={"If-None-Match": '"older"'})
    assert other.status_code == 200


def test_latest_stands_for_the_last_number_and_is_asked_again_each_time(
    client: Client, released: str
) -> None:
    latest = client.get("/releases/latest/cpl.csv")
    assert latest.content == client.get(f"/releases/{released}/cpl.csv").content
    assert "no-cache" in latest["Cache-Control"]
    assert client.get("/releases/latest/").context["release"].number == released
    make_entry()
    number = publish().number
    assert client.get("/releases/latest/").context["release"].number == number


def test_the_key_is_public_once_something_was_signed(client: Client) -> None:
    assert client.get("/releases/key.pem").status_code == 404
    make_entry(make_import())
    publish()
    assert client.get("/releases/key.pem").content == signing.public_key()


@pytest.mark.parametrize(
    "address",
    ["/releases/9.999/", "/releases/latest/", "/releases/latest/cpl.csv", "/releases/2.051/../../etc/passwd"],
)
def test_what_was_never_released_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_listing_releases_never_loads_their_bytes(
    client: Client, released: str, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(6) as queries:
        client.get(f"/releases/{released}/")
    assert not any('"content"' in query["sql"] for query in queries.captured_queries)
