import base64
import datetime
import hashlib
import re
from xml.etree import ElementTree as ET

import pytest
from django.core.management import call_command
from django.test import Client

from cpl.models import ListImport
from tests.public.making import make_entry, make_import, make_removal

pytestmark = pytest.mark.django_db
PAGES = {
    "/applicability/timelines/device-types/gas-smart-meter": "Gas Smart Meter",
    "/applicability/timelines/specifications/smets": "All versions of SMETS",
    "/applicability/timelines/specifications/gbcs": "All versions of GBCS",
    "/applicability/timelines/specifications/smets-v4.2": "SMETS V4.2",
    "/applicability/timelines/specifications/gbcs-version-3.2": "GBCS Version 3.2",
    "/applicability/timelines/examples/new-principal-version": "Figure 1",
    "/applicability/timelines/examples/sub-versions": "Figure 2",
    "/entries/000001/timeline": "Entry 000001",
}


@pytest.fixture
def brought() -> ListImport:
    call_command("load_applicability", verbosity=0)
    return make_import()


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize(("address", "title"), PAGES.items())
def test_each_timeline_is_a_page_with_a_picture_and_a_table(
    client: Client, brought: ListImport, address: str, title: str
) -> None:
    make_entry(brought)
    page = text(client, f"{address}/")
    assert page.count('<svg class="timeline"') == 2
    assert page.count(f"{title}</title>") + page.count(f">{title}") >= 3 or title in page
    assert '<th scope="col">Period</th>' in page
    assert f'href="{address}.svg"' in page
    assert "style=" not in page and "<style" not in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("address", "title"), PAGES.items())
def test_each_picture_stands_alone_with_its_colours_and_its_words(
    client: Client, brought: ListImport, address: str, title: str
) -> None:
    make_entry(brought)
    answer = client.get(f"{address}.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    root = ET.fromstring(answer.content)  # noqa: S314 (our own picture)
    names = {"svg": "http://www.w3.org/2000/svg"}
    style = root.findtext("svg:style", "", names)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer["Content-Security-Policy"]
    assert "prefers-color-scheme: dark" in style
    assert title in root.findtext("svg:title", "", names)
    assert "IVP" in root.findtext("svg:desc", "", names) or "GBCS" in title + address


def test_a_picture_that_is_known_is_not_sent_again(client: Client, brought: ListImport) -> None:
    address = "/applicability/timelines/device-types/gas-smart-meter.svg"
    etag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304


def test_the_index_leads_to_every_timeline_and_shows_the_guidances_figures(
    client: Client, brought: ListImport
) -> None:
    page = text(client, "/applicability/timelines/")
    for address in PAGES:
        if not address.startswith("/entries"):
            assert f'href="{address}/"' in page
    assert page.count('<svg class="timeline"') == 4
    assert "Update to CHTS V64.2: 1 March 2026 to 31 December 2026" in page
    assert "Every version and every date here is invented." in page


def test_the_examples_are_marked_as_invented_and_the_law_is_not(client: Client, brought: ListImport) -> None:
    assert "Every version and every date here is invented." in text(
        client, "/applicability/timelines/examples/sub-versions/"
    )
    assert "invented" not in text(client, "/applicability/timelines/device-types/gas-smart-meter/")


def test_dates_that_are_unknown_are_said_to_be(client: Client, brought: ListImport) -> None:
    page = text(client, "/applicability/timelines/device-types/gas-smart-meter/")
    assert "IVP: start unknown, to 27 October 2020" in page
    assert '<span class="status unknown">unknown</span>' in page


def test_an_entry_shows_its_removal_as_the_end_of_its_listing(client: Client, brought: ListImport) -> None:
    entry = make_entry(brought, admitted_on=datetime.date(2021, 5, 4))
    make_removal(entry, effective_date=datetime.date(2022, 3, 1))
    page = text(client, "/entries/000001/timeline/")
    assert "On the list: 4 May 2021 to 28 February 2022" in page
    assert "Update or replace by: 1 March 2022" in page


@pytest.mark.parametrize(("ending", "target"), [("timeline/", "timeline/"), ("timeline.svg", "timeline.svg")])
def test_a_short_number_leads_to_the_six_digits(client: Client, ending: str, target: str) -> None:
    answer = client.get(f"/entries/1/{ending}")
    assert (answer.status_code, answer["Location"]) == (301, f"/entries/000001/{target}")


@pytest.mark.parametrize(
    "address",
    [
        "/entries/000009/timeline/", "/entries/abc/timeline/", "/entries/0000001/timeline/",
        "/applicability/timelines/device-types/in-home-display/",
        "/applicability/timelines/specifications/smets-v9.9/",
        "/applicability/timelines/specifications/smets-v9.svg",
        "/applicability/timelines/examples/figure-9/",
    ],
)  # fmt: skip
def test_what_the_tables_do_not_name_is_not_found(client: Client, brought: ListImport, address: str) -> None:
    assert client.get(address).status_code == 404


def test_without_an_edition_the_index_says_so(client: Client) -> None:
    assert "No edition of the tables is in force." in text(client, "/applicability/timelines/")
    assert client.get("/applicability/timelines/examples/sub-versions/").status_code == 404


def test_an_entry_has_a_timeline_even_without_an_edition(client: Client) -> None:
    make_entry(make_import())
    assert "On the list" in text(client, "/entries/000001/timeline/")


@pytest.mark.parametrize(
    ("address", "most"), [("/entries/000001/timeline/", 17), (next(iter(PAGES)) + "/", 9)]
)
def test_the_number_of_queries_is_bounded(
    client: Client, brought: ListImport, django_assert_max_num_queries, address: str, most: int
) -> None:
    make_entry(brought)
    with django_assert_max_num_queries(most):
        client.get(address)
