import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cpl.models import Entry, ListImport, ManufacturerIdentifier
from tests.make import GAS, HASH, HUB
from tests.public.making import (
    make_coverage,
    make_entries,
    make_entry,
    make_import,
    make_removal,
    publish,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def brought() -> ListImport:
    return make_import()


def found(client: Client, address: str = "/") -> list[int]:
    return [entry.number for entry in client.get(address).context["page"]]


@pytest.fixture
def three(brought: ListImport) -> None:
    ManufacturerIdentifier.objects.create(code="7A01", holder="Tidewater Metering Ltd")
    ManufacturerIdentifier.objects.create(code="7B10", holder="Northlight Instruments Ltd")
    make_entry(brought, firmware="124074DA")
    make_entry(brought, manufacturer="7B10", model="57E1", firmware="00000501", device_type=HUB,
               technical_specification="CHTS V1.3", product_name="Lantern Hub", image_hash="")  # fmt: skip
    make_entry(brought, manufacturer="7B10", model="2E5F", firmware="0A0B0C0D", device_type=GAS,
               technical_specification="SMETS V1.2", gbcs_version="GBCS Version 0.0", image_hash="",
               product_name="Lantern Gas")  # fmt: skip


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("000002", [2]),
        ("3", [3]),
        ("12:40:74:DA", [1]),
        ("124074da", [1]),
        ("12 40 74 DA", [1]),
        ("12-40-74-DA", [1]),
        ("0x124074DA", [1]),
        ("7B:10", [2, 3]),
        ("7b10", [2, 3]),
        ("57:E1", [2]),
        ("57E10102", [2]),
        ("7B1057E10102", [2]),
        ("7B1057E1010200000501", [2]),
        (HASH, [1]),
        ("northlight", [2, 3]),
        ("Northlight gas", [3]),
        ("lantern", [2, 3]),
        ("T100", [1]),
        ("nothing like it", []),
        ("' OR 1=1 --", []),
        ("%", []),
        ("\x00", [1, 2, 3]),
        ("  ", [1, 2, 3]),
    ],
)
def test_one_box_finds_every_key(client: Client, three: None, text: str, numbers: list[int]) -> None:
    assert [entry.number for entry in client.get("/", {"q": text}).context["page"]] == numbers


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ({"type": HUB}, [2]),
        ({"ts": "SMETS V4.2"}, [1]),
        ({"gbcs": "GBCS Version 0.0"}, [3]),
        ({"manufacturer": "7b10"}, [2, 3]),
        ({"manufacturer": "7B10", "type": GAS}, [3]),
        ({"status": "Removed"}, [1]),
        ({"status": "Current"}, [2, 3]),
        ({"status": "nonsense"}, [1, 2, 3]),
        ({"certified": "1"}, [2]),
        ({"sort": "firmware"}, [2, 3, 1]),
        ({"sort": "-number"}, [3, 2, 1]),
        ({"sort": "status"}, [2, 3, 1]),
        ({"sort": "password"}, [1, 2, 3]),
        ({"page": "no number"}, [1, 2, 3]),
    ],
)
def test_filters_and_orders_stand_in_the_address(
    client: Client, three: None, asked: dict[str, str], numbers: list[int]
) -> None:
    make_removal(Entry.objects.get(number=1))
    assert [entry.number for entry in client.get("/", asked).context["page"]] == numbers


def test_the_filters_stay_chosen_and_stay_in_the_links(client: Client, brought: ListImport) -> None:
    make_entries(60, brought)
    page = client.get("/", {"q": "tidewater", "status": "Current"}).content.decode()
    assert '<option value="Current" selected>' in page
    assert "?q=tidewater&amp;status=Current&amp;page=2" in page
    assert "?q=tidewater&amp;status=Current&amp;sort=firmware" in page
    assert "<strong>60</strong> entries found" in page


def test_a_page_has_fifty_entries(client: Client, brought: ListImport) -> None:
    make_entries(51, brought)
    assert len(found(client)) == 50
    assert found(client, "/?page=2") == [51]


def test_what_finds_nothing_says_what_to_do(client: Client, three: None) -> None:
    page = client.get("/", {"q": "zebra"}).content.decode()
    assert "No entry matches all of this." in page
    assert "show everything" in page


def test_the_number_of_queries_does_not_grow_with_the_list(client: Client, brought: ListImport) -> None:
    make_entries(2, brought)
    publish()
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    make_entries(30)
    publish()
    with CaptureQueriesContext(connection) as many:
        client.get("/?q=tidewater&sort=-firmware&status=Current")
    assert len(few) == len(many) <= 6


def test_before_a_release_of_ours_only_what_was_brought_forward_is_public(
    client: Client, brought: ListImport
) -> None:
    make_entry(brought)
    make_entry()
    answer = client.get("/")
    assert found(client) == [1]
    assert b"has not published a release of its own yet" in answer.content
    assert client.get("/entries/000002/").status_code == 404


def test_after_a_release_the_list_is_as_the_release_names_it(client: Client, brought: ListImport) -> None:
    entry = make_entry(brought)
    make_entry()
    publish()
    make_entry()
    make_removal(entry)
    assert found(client) == [1, 2]
    assert found(client, "/?status=Removed") == []
    assert b"release 2.052" in client.get("/").content


def test_what_was_found_comes_as_csv_too(client: Client, three: None) -> None:
    answer = client.get("/entries.csv", {"q": "lantern"})
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode())))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    assert rows[0][:3] == ["Entry number", "Status", "Device type"]
    assert [row[0] for row in rows[1:]] == ["000002", "000003"]
    assert rows[1][3:8] == ["7B:10", "57:E1", "01", "02", "00:00:05:01"]


def test_the_csv_names_certificates_and_runs_no_formula(client: Client, brought: ListImport) -> None:
    make_coverage(make_entry(brought, product_name='=HYPERLINK("http://evil.example")'))
    [_, row] = csv.reader(io.StringIO(b"".join(client.get("/entries.csv")).decode()))
    assert row[10:13] == ["[E] 20261101-7701", "Security Characteristics version 1.3", "01/11/2031"]
    assert row[-2].startswith("'=HYPERLINK")


def test_nothing_that_was_written_into_an_entry_runs_in_the_page(client: Client, brought: ListImport) -> None:
    evil = "<script>alert(1)</script>"
    make_entry(
        brought, product_name=evil, image_creator=evil, image_descriptor=evil, security_characteristics=evil
    )
    for address in ("/", f"/?q={evil}", f"/?type={evil}", "/entries/000001/", f"/entries/000001/?on={evil}",
                    f"/releases/?q={evil}"):  # fmt: skip
        assert "<script>alert" not in client.get(address).content.decode(), address


def test_an_empty_register_says_so(client: Client) -> None:
    assert b"The list is empty." in client.get("/").content


@pytest.mark.parametrize(
    "address", ["/", "/entries.csv", "/entries/000001/", "/releases/", "/applicability/"]
)
def test_public_pages_take_no_post(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405
