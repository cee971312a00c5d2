"""An entry's answers on any day, as the tables were known on any day, and when they change."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applicability.editions import schedule_as_known
from applicability.models import SpecificationVersion
from cpl.models import Entry, ListImport, UpgradePath
from cpl.standing import Standing, standings
from tests.public.editions import make_edition
from tests.public.making import AT, DAY, make_entry, make_import, make_removal, record

pytestmark = pytest.mark.django_db
NEXT_MONTH = datetime.date(2026, 12, 20)
A_DAY = datetime.timedelta(days=1)


@pytest.fixture
def entry(tables: None) -> Entry:
    """A meter of SMETS V4.2, with nothing dated in the founding edition."""
    return make_entry(make_import())


def page(client: Client, **asked: str) -> str:
    answer = client.get("/entries/000001/", asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def standing(on: datetime.date, known: datetime.date) -> Standing:
    (entry,) = Entry.objects.select_related("removal").filter(pk=1)
    return standings([entry], on=on, known=known)[1]


def test_an_edition_to_come_is_told_from_its_designation_on(client: Client, entry: Entry) -> None:
    make_edition(NEXT_MONTH, mvp_to="2027-06-30")
    text = page(client)
    assert "Under edition 1, and from 20 December 2026 under edition 2" in text
    assert "At the latest 30 June 2027" in text
    assert "by the responsible Supplier (Electricity Supply Licence condition 39.15)" in text
    before = page(client, known="2026-11-19")
    assert "As known on 19 November 2026:" in before
    assert "edition 2" not in before
    assert "30 June 2027" not in before


def test_designating_an_edition_changes_no_answer_as_known_before_it(entry: Entry) -> None:
    """Neither one to come nor one that takes effect before the day of its designation."""
    yesterday = DAY - A_DAY
    days = [datetime.date(year, 3, 1) for year in (2012, 2023, 2026, 2027, 2100)]
    was = [standing(on, yesterday) for on in days]
    make_edition(NEXT_MONTH, mvp_to="2027-06-30")
    make_edition(datetime.date(2022, 6, 1), ivp_to="2023-06-30")
    assert [standing(on, yesterday) for on in days] == was
    assert [standing(on, NEXT_MONTH) for on in days] != was


def test_an_edition_decides_from_the_first_hour_of_its_day(entry: Entry) -> None:
    """Designated half past midnight of 29 March 2027 in London, when it is still the 28th in UTC."""
    summer = datetime.datetime(2027, 3, 28, 23, 30, tzinfo=datetime.UTC)
    make_edition(datetime.date(2027, 3, 29), at=summer, mvp_to="2027-10-31")
    on = datetime.date(2027, 11, 1)
    assert standing(on, datetime.date(2027, 3, 28)).maintain.edition == "edition 1"
    assert standing(on, datetime.date(2027, 3, 29)).maintain.verdict == "no"
    assert standing(datetime.date(2027, 10, 31), on).maintain.verdict == "unknown"


def test_before_the_first_edition_no_tables_were_known(client: Client, entry: Entry) -> None:
    assert "no edition is in force" in page(client, known="2021-11-03")
    assert "no edition is in force" not in page(client, known="2021-11-04")


def test_what_will_be_known_cannot_be_asked(client: Client, entry: Entry) -> None:
    assert "Nobody knows today what will be known on 21 November 2026" in page(client, known="2026-11-21")


@pytest.mark.parametrize("asked", ["2011-12-31", "2101-01-01", "0001-01-01", "9999-12-31"])
def test_a_day_outside_2012_to_2100_is_refused(client: Client, entry: Entry, asked: str) -> None:
    assert "is outside 2012 to 2100" in page(client, on=asked)


@pytest.mark.parametrize("asked", ["2012-01-01", "2024-02-29", "2027-03-28", "2027-10-31", "2100-12-31"])
def test_any_other_day_is_answered(client: Client, entry: Entry, asked: str) -> None:
    text = page(client, on=asked)
    assert "alert" not in text
    assert "What may be done with it on" in text


def test_each_day_on_which_an_answer_changes_is_told(client: Client, entry: Entry) -> None:
    dates = {"ivp_from": "2022-01-01", "mvp_from": "2022-01-01"}
    edition = make_edition(DAY, ivp_to="2027-02-28", mvp_to="2027-06-30", **dates)
    make_removal(entry, effective_date=datetime.date(2030, 1, 1))
    assert str(edition) in page(client)
    told = page(client).split("When its answers change")[1].split("</table>")[0]
    for change in ("1 March 2027", "1 July 2027"):
        assert change in told
    assert "1 January 2030" not in told
    within = page(client, **{"from": "2027-03-02", "to": "2100-12-31"})
    assert "1 March 2027" not in within.split("When its answers change")[1].split("</table>")[0]


def test_a_period_that_ends_before_it_begins_is_refused(client: Client, entry: Entry) -> None:
    assert "before it begins on 2 March 2027" in page(client, **{"from": "2027-03-02", "to": "2027-03-01"})


def test_targets_stand_on_the_page_with_how_they_are_reached(client: Client, entry: Entry) -> None:
    brought = ListImport.objects.get()
    over, last, other = (make_entry(brought) for _ in range(3))
    record(UpgradePath(source=entry, target=over, brought_by=brought))
    record(UpgradePath(source=over, target=last, brought_by=brought))
    text = page(client).split('id="updates"')[1].split("When its answers change")[0]
    assert 'Path stated, by way of <a href="/entries/000002/">000002</a>' in text
    assert f'<a href="/entries/{other}/">{other}</a></th> <td>No path stated' in text
    assert "4 Current entries of the same type; of 4 it is not known whether they may be installed" in text


def test_a_path_that_is_not_published_is_not_told(client: Client, entry: Entry) -> None:
    target = make_entry(ListImport.objects.get())
    # Admitted here, while nothing has been released: only what was brought forward is public.
    hidden = make_entry()
    record(UpgradePath(source=entry, target=hidden, brought_by=None, **_decided(hidden)))
    text = page(client)
    assert f"/entries/{target}/" in text
    assert f"/entries/{hidden}/" not in text


def _decided(row: Entry) -> dict[str, object]:
    return {
        "submission": row.submission, "proposed_by": row.proposed_by, "approved_by": row.approved_by,
    }  # fmt: skip


def test_an_entry_inside_an_update_window_says_so(client: Client, entry: Entry) -> None:
    versions = SpecificationVersion.objects
    versions.filter(label="SMETS V5.0").update(kind="sub", predecessor=versions.get(label="SMETS V4.2"))
    edition = make_edition(DAY, mvp_to="2027-06-30")
    assert str(edition) == "edition 2"
    make_edition(DAY, ts="SMETS V5.0", ivp_from="2026-06-01")
    text = page(client)
    assert "Devices of SMETS V4.2 must be updated to SMETS V5.0 from 1 June 2026 to 30 June 2027." in text


def test_the_page_costs_the_same_however_many_editions_there_are(client: Client, entry: Entry) -> None:
    with CaptureQueriesContext(connection) as few:
        page(client)
    for number in range(1, 9):
        make_edition(DAY + number * 30 * A_DAY, mvp_to=f"2028-0{number}-01")
    with CaptureQueriesContext(connection) as many:
        page(client)
    assert len(schedule_as_known("statutory", DAY).parts) == 9
    assert len(few) == len(many) <= 40


def test_the_tables_as_known_take_seven_queries(entry: Entry, django_assert_num_queries) -> None:
    for number in range(1, 4):
        make_edition(DAY + number * A_DAY, at=AT)
    with django_assert_num_queries(7):
        schedule_as_known("statutory", DAY)
