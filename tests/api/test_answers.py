import datetime

import pytest
from django.test import Client

from cpl.models import UpgradePath
from cpl.standing import standings
from tests.make import GAS
from tests.public.making import DAY, make_entry, make_import, make_removal, publish, record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tables")]
SMETS2 = {"technical_specification": "SMETS V2.0", "gbcs_version": "GBCS Version 1.1"}


def get(client: Client, number: int, asked: str = "") -> dict:
    answer = client.get(f"/api/v1/entries/{number:06d}/answers?{asked}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_answers_are_those_of_the_register(client: Client) -> None:
    entry = make_entry(**SMETS2)
    release = publish()
    found = get(client, 1)
    standing = standings([entry], on=DAY, known=DAY)[1]
    for name in ("install", "maintain", "update"):
        answer = getattr(standing, name)
        assert found[name]["verdict"] == answer.verdict
        assert found[name]["words"] == answer.words
        assert found[name]["decided_by"] == answer.decided_by
        assert found[name]["actor"]["licence"] == answer.actor.licence
    assert (found["release"], found["entry"], found["update"]["by"]) == (release.number, "000001", "unknown")
    assert "prevail" in found["prevail"]


def test_the_day_of_the_question_and_of_the_knowledge_are_two(client: Client) -> None:
    make_entry(make_import(), device_type=GAS, **SMETS2)
    publish()
    asked = [get(client, 1, f"on={day}")["install"] for day in ("2020-10-28", "2026-11-20")]
    assert [answer["verdict"] for answer in asked] == ["no", "no"]
    before = get(client, 1, "on=2026-11-20&known=2021-11-03")
    assert (before["known"], before["install"]["verdict"]) == ("2021-11-03", "unknown")
    assert "no edition is in force" in before["install"]["decided_by"]


def test_a_removal_decides_and_names_its_day(client: Client) -> None:
    make_removal(make_entry(), effective_date=datetime.date(2027, 2, 1))
    publish()
    found = get(client, 1)
    assert (found["update"]["verdict"], found["update"]["by"]) == ("yes", "2027-02-01")
    assert {change["on"] for change in found["changes"] if change["after"] == "no"} == {"2027-02-01"}


def test_upgrade_targets_say_whether_a_path_was_stated(client: Client) -> None:
    brought = make_import()
    old, new, beside = (make_entry(brought) for _ in range(3))
    record(UpgradePath(source=old, target=new, brought_by=brought))
    publish()
    updates = get(client, 1)["targets"]["updates"]
    assert [(one["entry"], one["way"]) for one in updates] == [
        (str(new), "path stated"),
        (str(beside), "no path stated"),
    ]
    assert get(client, 1)["targets"]["replacements"][0]["entries"] == 3


@pytest.mark.parametrize(
    "asked", ["on=2011-12-31", "on=2101-01-01", "on=30-02-2026", "known=2026-11-21", "when=now"]
)
def test_what_makes_no_sense_is_refused(client: Client, asked: str) -> None:
    make_entry()
    publish()
    assert client.get(f"/api/v1/entries/000001/answers?{asked}").status_code == 422


@pytest.mark.parametrize("day", ["2012-01-01", "2024-02-29", "2026-03-29", "2026-10-25", "2100-12-31"])
def test_any_day_from_2012_to_2100_is_answered(client: Client, day: str) -> None:
    make_entry()
    publish()
    assert get(client, 1, f"on={day}")["on"] == day


def test_the_number_of_queries_is_bounded(client: Client, django_assert_max_num_queries) -> None:
    make_entry()
    publish()
    with django_assert_max_num_queries(25):
        get(client, 1)
