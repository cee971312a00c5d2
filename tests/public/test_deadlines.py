"""What must be updated by when, for the DCC and for Suppliers."""

import csv
import datetime
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applicability.models import SpecificationVersion
from cpl.deadlines import State
from cpl.models import Entry, ListImport, ManufacturerIdentifier, UpgradePath
from tests.make import GAS, HUB
from tests.public.editions import make_edition
from tests.public.making import DAY, make_entry, make_import, make_removal, publish, record

pytestmark = pytest.mark.django_db
SUPPLIERS, DCC = "/applicability/deadlines/suppliers/", "/applicability/deadlines/dcc/"


@pytest.fixture
def brought(tables: None) -> ListImport:
    return make_import()


def make_hub(brought: ListImport, **changes: Any) -> Entry:
    versions = {"technical_specification": "CHTS V1.0", "gbcs_version": "GBCS Version 1.0"}
    return make_entry(brought, device_type=HUB, **{**versions, **changes})


def page(client: Client, address: str = SUPPLIERS, **asked: str) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def listed(client: Client, address: str = SUPPLIERS, **asked: str) -> list[int]:
    found = client.get(address, asked)
    return [one.entry.number for one, _, _ in found.context["rows"]]


def lines(client: Client, address: str = SUPPLIERS, **asked: str) -> list[dict[str, str]]:
    answer = client.get(f"{address}deadlines.csv", asked)
    assert answer["Content-Type"].startswith("text/csv")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def test_hubs_are_the_dccs_and_everything_else_is_the_suppliers(client: Client, brought: ListImport) -> None:
    hub, meter, gas = make_hub(brought), make_entry(brought), make_entry(brought, device_type=GAS)
    unheard = make_entry(brought, device_type="Kettle")
    assert listed(client, DCC) == [hub.number]
    assert set(listed(client)) == {meter.number, gas.number, unheard.number}
    assert "DCC Licence condition 17.21" in page(client, DCC)


def test_there_is_no_third_page(client: Client, brought: ListImport) -> None:
    assert client.get("/applicability/deadlines/nobody/").status_code == 404
    assert client.get("/applicability/deadlines/nobody/deadlines.csv").status_code == 404


def test_what_is_due_first_stands_first_and_what_nobody_dates_after(
    client: Client, brought: ListImport
) -> None:
    make_edition(DAY, mvp_to="2027-06-30")
    undated = make_entry(brought, technical_specification="SMETS V5.0", gbcs_version="GBCS Version 4.0")
    later = make_entry(brought)
    no_row = make_entry(brought, technical_specification="SMETS V9.9")
    due = make_entry(brought, technical_specification="SMETS V2.0", gbcs_version="GBCS Version 1.0")
    assert listed(client) == [due.number, later.number, undated.number, no_row.number]
    assert "7 May 2018" in page(client)


@pytest.mark.parametrize(
    ("on", "state"), [("2027-06-30", State.AHEAD), ("2027-07-01", State.DUE), ("2027-06-29", State.AHEAD)]
)
def test_the_last_day_itself_is_not_past(client: Client, brought: ListImport, on: str, state: State) -> None:
    make_edition(DAY, mvp_to="2027-06-30")
    make_entry(brought)
    counts = client.get(SUPPLIERS, {"on": on}).context["counts"]
    assert {count.state: count.current for count, _, _ in counts if count.current} == {state: 1}


def test_entries_without_a_row_and_on_unknown_dates_are_counted_and_listed(
    client: Client, brought: ListImport
) -> None:
    make_entry(brought)
    no_row = make_entry(brought, technical_specification="SMETS V9.9")
    old = make_entry(brought, technical_specification="SMETS V2.0", gbcs_version="GBCS Version 1.0")
    text = page(client)
    assert "2 rest on a combination without a row" in text
    assert "2 rest on an unknown date" in text
    assert listed(client, rests="unheld") == [old.number, no_row.number]
    assert listed(client, state="no_row") == [no_row.number]
    assert listed(client, rests="undated") == [old.number, 1]


def test_a_removed_entry_is_due_with_its_removal(client: Client, brought: ListImport) -> None:
    removed, current = make_entry(brought), make_entry(brought)
    make_removal(removed)
    assert listed(client, status="Removed") == [removed.number]
    assert listed(client, status="Current") == [current.number]
    assert "the entry was removed with effect from 20 November 2026" in page(client)


def test_filters_take_and_leave(client: Client, brought: ListImport) -> None:
    make_edition(DAY, mvp_to="2027-06-30")
    one = make_entry(brought)
    make_entry(brought, manufacturer="7B10", technical_specification="SMETS V5.0")
    assert listed(client, manufacturer="7A01") == [one.number]
    assert listed(client, ts="SMETS V4.2") == [one.number]
    assert listed(client, **{"from": "2027-06-30", "to": "2027-06-30"}) == [one.number]
    assert listed(client, **{"from": "2027-07-01"}) == []
    assert "No entry matches all of this." in page(client, to="2027-06-29")


def test_as_known_before_an_edition_its_deadlines_are_not_told(client: Client, brought: ListImport) -> None:
    make_edition(datetime.date(2026, 12, 20), mvp_to="2027-06-30")
    make_entry(brought)
    assert "30 June 2027" in page(client)
    assert "30 June 2027" not in page(client, known="2026-11-19")


def test_the_csv_holds_what_the_page_holds_and_the_entries_to_update_to(
    client: Client, brought: ListImport
) -> None:
    ManufacturerIdentifier.objects.create(code="7A01", holder="=HYPERLINK(1)")
    old, new, other = (make_entry(brought) for _ in range(3))
    record(UpgradePath(source=old, target=new, brought_by=brought))
    first = lines(client)[0]
    assert (first["Entry"], first["Firmware version"]) == ("000001", "00:00:00:01")
    assert first["Update to (path stated)"] == f"{new}?"
    assert first["Update to (no path stated)"] == f"{other}?"
    assert first["Licence condition"] == "Electricity Supply Licence condition 39.15"
    assert first["How sure"] == "unknown"
    assert first["Manufacturer"] == "'=HYPERLINK(1)"
    assert [line["Entry"] for line in lines(client, status="Removed")] == []


def test_what_is_not_released_is_not_told(client: Client, brought: ListImport) -> None:
    make_entry(brought)
    publish()
    make_entry()
    assert listed(client) == [1]


def test_a_window_lists_the_entries_inside(client: Client, brought: ListImport) -> None:
    versions = SpecificationVersion.objects
    versions.filter(label="CHTS V1.4").update(kind="sub", predecessor=versions.get(label="CHTS V1.3"))
    make_edition(DAY, ts="CHTS V1.3", mvp_to="2027-06-30")
    make_edition(DAY, ts="CHTS V1.4", ivp_from="2026-06-01")
    inside = make_hub(brought, technical_specification="CHTS V1.3", gbcs_version="GBCS Version 3.2")
    gone = make_hub(brought, technical_specification="CHTS V1.3", gbcs_version="GBCS Version 3.2")
    make_removal(gone)
    for address in (DCC, "/applicability/windows/"):
        answer = client.get(address)
        ((window, entries),) = answer.context["windows"].items()
        assert (window.old, window.new, str(window.closes)) == ("CHTS V1.3", "CHTS V1.4", "2027-06-30")
        assert entries == [inside]
        assert b'<span class="status waiting">Open</span>' in answer.content
    assert "CHTS V1.3 (kind not known), then CHTS V1.4 (sub-version)" in page(
        client, "/applicability/windows/"
    )
    assert client.get(SUPPLIERS).context["windows"] == {}


def test_the_worked_example_shows_its_windows_and_says_that_it_is_invented(
    client: Client, brought: ListImport
) -> None:
    text = page(client, "/applicability/windows/example/")
    assert "Everything on this page is invented." in text
    assert "CHTS V64.0 (principal version), then CHTS V64.1 (sub-version)" in text
    assert "31 December 2025" in text


def test_an_empty_register_has_a_page_too(client: Client, db: None) -> None:
    assert "No entry matches all of this." in page(client, DCC)
    assert "no edition is in force" in page(client, DCC)


def test_the_page_costs_the_same_however_long_the_list(client: Client, brought: ListImport) -> None:
    make_entry(brought)
    with CaptureQueriesContext(connection) as few:
        page(client)
    for number in range(20):
        make_entry(brought, model=f"{number:04X}")
    make_edition(datetime.date(2026, 12, 20), mvp_to="2027-06-30")
    with CaptureQueriesContext(connection) as many:
        page(client)
    assert len(few) == len(many) <= 35
