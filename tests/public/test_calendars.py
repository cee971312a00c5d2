import datetime

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from icalendar import Calendar, Event

from applicability.designating import designate
from applicability.models import DeviceType, Edition, SpecificationVersion, Validity
from tests.public.making import AT

pytestmark = pytest.mark.django_db
CALENDARS = "/applicability/calendars"


@pytest.fixture
def tables(db: None) -> None:
    call_command("load_applicability", verbosity=0)


def events(client: Client, path: str) -> list[Event]:
    answer = client.get(f"{CALENDARS}/{path}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return [one for one in Calendar.from_ical(answer.content).walk("VEVENT") if isinstance(one, Event)]


def days(found: list[Event]) -> set[tuple[str, str]]:
    return {(str(event["SUMMARY"]), event.decoded("DTSTART").isoformat()) for event in found}


def make_edition(number: int, effective: datetime.date, ivp_to: str) -> Edition:
    """A designated edition with one row: gas meters of SMETS V2.0."""
    proposer, _ = User.objects.get_or_create(username="proposer@panel.example")
    approver, _ = User.objects.get_or_create(username="approver@panel.example")
    edition = Edition.objects.create(
        number=number,
        title=f"Edition {number}",
        effective_from=effective,
        source_kind="direction",
        source="An invented direction",
        prepared_by=proposer,
    )
    Validity.objects.create(
        edition=edition,
        device_type=DeviceType.objects.get(name="Gas Smart Meter"),
        ts=SpecificationVersion.objects.get(label="SMETS V2.0"),
        ivp_to=ivp_to,
    )
    designate(edition, by=approver.pk, at=AT)
    return edition


def test_a_device_types_calendar_has_its_dates_alone(client: Client, tables: None) -> None:
    found = events(client, "device-types/gas-smart-meter.ics")
    assert ("SMETS V2.0, Gas Smart Meter: last day to install", "2020-10-27") in days(found)
    assert ("SMETS V1.2, Gas Smart Meter: last day to install", "2018-12-05") in days(found)
    assert all("Gas Smart Meter" in summary or "GBCS" in summary for summary, _ in days(found))


@pytest.mark.parametrize(("path", "many"), [("gbcs-version-1.0", 2), ("smets-v3.1", 6), ("smets", 18)])
def test_a_specifications_calendar_has_its_versions_dates(
    client: Client, tables: None, path: str, many: int
) -> None:
    assert len(events(client, f"specifications/{path}.ics")) == many


def test_a_selection_fits_both_its_types_and_its_specifications(client: Client, tables: None) -> None:
    found = events(client, "selection.ics?device=gas-smart-meter&specification=smets-v3.1")
    assert days(found) == {("SMETS V3.1, Gas Smart Meter: last day to install", "2020-10-27")}
    assert len(events(client, "selection.ics")) == 19


@pytest.mark.parametrize(
    "path",
    [
        "device-types/toaster.ics",
        "specifications/smets-v9.ics",
        "selection.ics?device=toaster",
        "?device=toaster",
    ],
)
def test_what_the_tables_do_not_name_is_not_found(client: Client, tables: None, path: str) -> None:
    assert client.get(f"{CALENDARS}/{path}").status_code == 404


def test_a_date_that_an_edition_moves_moves_in_the_subscribers_calendar(client: Client, tables: None) -> None:
    path = "selection.ics?device=gas-smart-meter&specification=smets-v2.0"
    before = {event["UID"]: event for event in events(client, path)}
    make_edition(2, AT.date() - datetime.timedelta(days=1), "2027-10-31")
    (event,) = events(client, path)
    old = before[event["UID"]]
    assert (old.decoded("DTSTART").isoformat(), event.decoded("DTSTART").isoformat()) == (
        "2020-10-27",
        "2027-10-31",
    )
    assert event["SEQUENCE"] > old["SEQUENCE"]
    assert event.decoded("LAST-MODIFIED") >= old.decoded("LAST-MODIFIED")


def test_the_sequence_rises_again_when_an_edition_takes_effect(
    client: Client, tables: None, clock: None
) -> None:
    make_edition(2, datetime.date(2027, 3, 28), "2027-10-31")
    path = "selection.ics?device=gas-smart-meter"
    first = events(client, path)[0]
    with time_machine.travel(datetime.datetime(2027, 3, 28, 12, tzinfo=datetime.UTC), tick=False):
        (second,) = events(client, path)
    assert second["SEQUENCE"] == first["SEQUENCE"] + 1
    assert second.decoded("LAST-MODIFIED").isoformat() == "2027-03-28T00:00:00+00:00"


def test_a_draft_changes_no_calendar(client: Client, tables: None) -> None:
    before = client.get(f"{CALENDARS}/selection.ics").content
    Edition.objects.create(
        number=2, title="Draft", effective_from=AT.date(), source_kind="direction", source="none"
    )
    assert client.get(f"{CALENDARS}/selection.ics").content == before


def test_a_calendar_that_is_known_is_not_sent_again(client: Client, tables: None) -> None:
    etag = client.get(f"{CALENDARS}/selection.ics")["ETag"]
    answer = client.get(f"{CALENDARS}/selection.ics", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content) == (304, b"")


def test_the_page_shows_the_selections_dates_and_its_address(client: Client, tables: None) -> None:
    page = client.get(f"{CALENDARS}/?device=gas-smart-meter&specification=smets-v3.1").content.decode()
    address = (
        "testserver/applicability/calendars/selection.ics?device=gas-smart-meter&amp;specification=smets-v3.1"
    )
    assert f"http://{address}" in page
    assert f'href="webcal://{address}"' in page
    assert "27 October 2020" in page
    assert page.count(" checked>") == 2


def test_the_page_stands_without_an_edition(client: Client) -> None:
    assert client.get(f"{CALENDARS}/").status_code == 200
    assert client.get(f"{CALENDARS}/selection.ics").status_code == 200


def test_the_number_of_queries_is_bounded(
    client: Client, tables: None, django_assert_max_num_queries
) -> None:
    for number in range(2, 6):
        make_edition(number, AT.date() - datetime.timedelta(days=1), "2027-10-31")
    with django_assert_max_num_queries(10):
        client.get(f"{CALENDARS}/selection.ics")
