import datetime

import pytest
from django.test import Client

from applicability.models import Edition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tables")]


def get(client: Client, path: str) -> dict:
    answer = client.get(f"/api/v1/applicability/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_edition_in_force_comes_with_its_rows(client: Client) -> None:
    found = get(client, "")
    edition = found["in_force"]
    assert (edition["series"], edition["number"], found["on"]) == ("statutory", 1, "2026-11-20")
    assert {
        "device_type": "Gas Smart Meter",
        "ts": "SMETS V2.0",
        "ivp_from": "unknown",
        "ivp_to": "2020-10-27",
        "mvp_from": "unknown",
        "mvp_to": "unknown",
    } in edition["validities"]
    assert {
        "ts": "CHTS V1.0",
        "gbcs": "GBCS Version 1.0",
        "applies_from": "unknown",
        "applies_to": "2018-05-07",
    } in edition["periods"]
    assert len(edition["combinations"]) == 49
    assert "prevail" in found["prevail"]


def test_no_end_is_not_unknown(client: Client) -> None:
    found = get(client, "example/1/")
    assert {row["mvp_to"] for row in found["validities"]} >= {"none", "2025-12-31"}
    in_force = get(client, "")["in_force"]
    assert {row["mvp_to"] for row in in_force["validities"]} == {"unknown"}


def test_before_the_first_edition_none_is_in_force(client: Client) -> None:
    found = get(client, "?on=2021-11-03")
    assert found["in_force"] is None
    assert [(row["series"], row["number"]) for row in found["editions"]] == [("statutory", 1), ("example", 1)]
    assert get(client, "?on=2021-11-04")["in_force"]["number"] == 1


def test_a_draft_is_not_public(client: Client) -> None:
    Edition.objects.create(
        number=7,
        title="Draft",
        effective_from=datetime.date(2026, 1, 1),
        source_kind="direction",
        source="none",
    )
    assert client.get("/api/v1/applicability/statutory/7/").status_code == 404
    assert [row["number"] for row in get(client, "")["editions"]] == [1, 1]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("statutory/99/", 404),
        ("statutory/99999999999999999999/", 404),
        ("unheard/1/", 422),
        ("?on=2011-12-31", 422),
        ("?on=2101-01-01", 422),
        ("?on=tomorrow", 422),
        ("?day=2026-01-01", 422),
    ],
)
def test_what_makes_no_sense_is_refused(client: Client, path: str, code: int) -> None:
    assert client.get(f"/api/v1/applicability/{path}").status_code == code


def test_the_number_of_queries_is_bounded(client: Client, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(8):
        get(client, "")
