"""What every call has in common: the description, who may call how often, and with what."""

import pytest
from django.test import Client

from cpl.api.urls import api
from tests.public.making import make_entry, publish

pytestmark = pytest.mark.django_db


def schema(client: Client) -> dict:
    return client.get("/api/v1/openapi.json").json()


PUBLIC = {
    "/api/v1/applicability/",
    "/api/v1/applicability/{series}/{number}/",
    "/api/v1/changes",
    "/api/v1/entries",
    "/api/v1/entries/{number}",
    "/api/v1/entries/{number}/answers",
}


def test_the_api_describes_itself(client: Client) -> None:
    described = schema(client)
    assert described["openapi"].startswith("3.1")
    assert {
        path for path in described["paths"] if "submissions" not in path and "uploads" not in path
    } == PUBLIC
    assert described["components"]["securitySchemes"]["Bearer"]["scheme"] == "bearer"


def test_nothing_can_be_written_without_a_token(client: Client) -> None:
    paths = schema(client)["paths"]
    assert {method for path in PUBLIC for method in paths[path]} == {"get"}
    for path, methods in paths.items():
        for method, described in methods.items():
            assert (described.get("security") == [{"Bearer": []}]) == (path not in PUBLIC), (method, path)
    assert client.post("/api/v1/entries", {}).status_code == 405


def test_no_page_loads_a_script_from_elsewhere(client: Client) -> None:
    assert client.get("/api/v1/docs").status_code == 404


def test_who_calls_too_often_waits(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_entry()
    publish()
    monkeypatch.setattr(api.throttle, "num_requests", 2)
    codes = [client.get("/api/v1/entries").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    refused = client.get("/api/v1/applicability/")
    assert (refused.status_code, int(refused["Retry-After"]) > 0) == (429, True)
    assert client.get("/api/v1/entries", REMOTE_ADDR="192.0.2.7").status_code == 200


def test_an_address_that_somebody_claims_to_call_from_is_not_believed(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.throttle, "num_requests", 1)
    codes = [
        client.get("/api/v1/applicability/", headers={"X-Forwarded-For": f"192.0.2.{last}"}).status_code
        for last in (1, 2)
    ]
    assert codes == [200, 429]


def test_no_cookie_is_set(client: Client) -> None:
    assert not client.get("/api/v1/applicability/").cookies
