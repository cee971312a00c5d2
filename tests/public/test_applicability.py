import datetime

import pytest
from django.test import Client

from applicability.models import Edition

pytestmark = pytest.mark.django_db


def test_the_edition_in_force_is_shown_with_its_source(client: Client, tables: None) -> None:
    answer = client.get("/applicability/")
    page = answer.content.decode()
    assert answer.context["edition"].series == "statutory"
    assert "5 December 2018" in page
    assert "Source:" in page


def test_no_end_and_unknown_look_different(client: Client, tables: None) -> None:
    example = client.get("/applicability/example/1/").content.decode()
    statutory = client.get("/applicability/").content.decode()
    assert '<span class="soft">no end</span>' in example
    assert '<span class="status unknown">unknown</span>' in statutory


def test_the_example_is_named_as_one(client: Client, tables: None) -> None:
    page = client.get("/applicability/example/1/").content.decode()
    assert "Example only" in page
    assert "Everything on this page is invented." in page
    assert 'href="/applicability/example/1/"' in client.get("/applicability/").content.decode()


def test_without_an_edition_the_page_says_so(client: Client) -> None:
    assert b"No edition of the tables is in force." in client.get("/applicability/").content


def test_a_draft_edition_is_not_public(client: Client) -> None:
    Edition.objects.create(
        number=7,
        title="Draft",
        effective_from=datetime.date(2026, 1, 1),
        source_kind="direction",
        source="none",
    )
    assert client.get("/applicability/statutory/7/").status_code == 404
    assert b"Draft" not in client.get("/applicability/").content


@pytest.mark.parametrize("address", ["/applicability/unheard/1/", "/applicability/statutory/99/"])
def test_an_unknown_edition_is_not_found(client: Client, tables: None, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_number_of_queries_is_bounded(
    client: Client, tables: None, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(8):
        client.get("/applicability/")
