"""The officer's list of candidates for removal: found, filtered, proposed, kept, taken away as a table."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpl import register
from cpl.models import Candidate, Keeping, ListImport, Removal, Submission
from tests.admin.test_exports import rows, taken
from tests.cast import make_user, sign_in
from tests.public.making import AT, DAY, make_entry, make_import
from tests.register.test_candidates import A_DAY, cover, happened

pytestmark = pytest.mark.django_db
LIST = "admin:cpl_candidate_changelist"


@pytest.fixture(autouse=True)
def today(time_machine: Any, settings: Any) -> dt.date:
    settings.STAFF_MFA = False
    time_machine.move_to(AT, tick=False)
    return DAY


@pytest.fixture
def brought(tables: None) -> ListImport:
    return make_import()


@pytest.fixture
def three(brought: ListImport) -> list[Candidate]:
    """An expired certificate, a withdrawn one of another maker, and one that is in force."""
    rows = [
        cover(make_entry(brought), "one"),
        cover(make_entry(brought, manufacturer="7B10"), "two", ends=dt.date(2031, 1, 1)),
        cover(make_entry(brought), "three", ends=dt.date(2031, 1, 1)),
    ]
    happened(rows[1].certificate, "withdrawn", DAY)
    return rows


def numbers(user: User, **query: str) -> list[int]:
    response = sign_in(user).get(reverse(LIST), query)
    assert response.status_code == 200, response.get("Location")
    return [row.entry_id for row in response.context["cl"].result_list]


def test_the_list_says_which_why_since_when_and_what_was_done(three: list[Candidate], officer: User) -> None:
    page = sign_in(officer).get(reverse(LIST)).content.decode()
    for words in ("000001", "Expired, 31 October 2026", "Withdrawn, 20 November 2026", ">Due<", "2 due"):
        assert words in page
    assert "000003" not in page
    assert sign_in(officer).get("/admin/cpl/candidates/?state=due").headers["Location"] == (
        reverse(LIST) + "?state=due"
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"cause": "expired"}, [1]),
        ({"cause": "withdrawn"}, [2]),
        ({"manufacturer": "7B10"}, [2]),
        ({"state": "due"}, [1, 2]),
        ({"state": "kept"}, []),
        ({"device_type": "Gas Smart Meter"}, []),
        ({"scheme": "CPA"}, [1, 2]),
        ({"q": "000002"}, [2]),
        ({"q": "one"}, [1]),
    ],
)
def test_the_list_is_filtered_and_searched(
    three: list[Candidate], officer: User, query: dict[str, str], found: list[int]
) -> None:
    assert numbers(officer, **query) == found


def test_officers_keep_several_at_once_and_the_list_says_so(three: list[Candidate], officer: User) -> None:
    client = sign_in(officer)
    page = client.post(reverse(LIST), {"action": "keep", "_selected_action": [row.pk for row in three[:2]]})
    assert "2 entries stay on the list" in " ".join(page.content.decode().split())
    assert "expired, 31 October 2026" in page.content.decode()
    form = {"chosen": page.context["keys"], "words": "A renewal is on its way.", "review_on": "2026-12-01"}
    for wrong in ({"words": ""}, {"review_on": "2026-11-20"}, {"review_on": "soon"}):
        assert client.post(reverse("admin:cpl_candidate_keep"), {**form, **wrong}).status_code == 200
    assert not Keeping.objects.exists()
    page = client.post(reverse("admin:cpl_candidate_keep"), form, follow=True).content.decode()
    assert "2 entries are kept until 1 December 2026." in page
    assert ">Kept<" in page
    assert numbers(officer, state="kept") == [1, 2]
    assert {row.decided_by for row in Keeping.objects.all()} == {officer}


def test_a_removal_is_proposed_from_the_list_and_decided_by_a_second_officer(
    three: list[Candidate], officer: User, second_officer: User
) -> None:
    client = sign_in(officer)
    page = client.post(reverse(LIST), {"action": "remove", "_selected_action": [three[0].pk]})
    form = page.context["form"]
    posted = {name: form[name].value() or "" for name in form.fields}
    assert posted["Removal.ground"] == "cpa_expired"
    page = client.post(page.context["action"], {**posted, "Decision.reference": "Panel 7/3"}, follow=True)
    assert "waits for a second officer" in page.content.decode()
    raised = Submission.objects.get(kind="removal", status="submitted")
    assert numbers(officer, state="raised") == [1]
    assert raised.reference in client.get(reverse(LIST)).content.decode()
    again = client.post(
        reverse(LIST), {"action": "remove", "_selected_action": [three[0].pk]}, follow=True
    ).content.decode()
    assert "proposed already" in again
    assert not Removal.objects.exists()
    register.approve(raised.pk, by=second_officer, at=AT, on=DAY)
    assert numbers(officer) == [2]
    assert Removal.objects.get().ground_code == "cpa_expired"


def test_all_that_a_filter_finds_are_chosen_at_once(brought: ListImport, officer: User) -> None:
    first = cover(make_entry(brought), "0")
    for number in range(1, 130):
        cover(make_entry(brought), str(number))
    page = sign_in(officer).post(
        reverse(LIST), {"action": "remove", "_selected_action": [first.pk], "select_across": "1"}
    )
    assert len(page.context["form"]["Entries.numbers"].value().split(";")) == 130


@pytest.mark.parametrize("who", ["auditor", "Publisher", "supplier", "nobody"])
def test_only_officers_decide(three: list[Candidate], who: str, request: pytest.FixtureRequest) -> None:
    if who == "supplier":
        user = request.getfixturevalue("supplier")
    else:
        group = {"auditor": "Auditor", "Publisher": "Publisher"}.get(who)
        user = make_user("somebody@panel.example", group) if group else None
    client, sees = sign_in(user), who == "auditor"
    assert (client.get(reverse(LIST)).status_code == 200) is sees
    for action in ("keep", "remove"):
        response = client.post(reverse(LIST), {"action": action, "_selected_action": [three[0].pk]})
        assert "id_words" not in response.content.decode()
        assert "Entries.numbers" not in response.content.decode()
    form = {"chosen": three[0].pk, "words": "Mine", "review_on": "2027-01-01"}
    assert client.post(reverse("admin:cpl_candidate_keep"), form).status_code in (302, 403)
    assert not Keeping.objects.exists()


def test_what_people_wrote_is_escaped_and_does_nothing_in_a_spreadsheet(
    brought: ListImport, officer: User
) -> None:
    cover(make_entry(brought, product_name="<b>=1+1"), "x")
    assert "<b>=1+1" not in sign_in(officer).get(reverse(LIST)).content.decode()
    cover(make_entry(brought, product_name="=1+1"), "y")
    first, second = rows(taken(officer, "candidate"))
    assert (first["entry"], first["cause"], first["since"], first["state"]) == (
        "000001", "expired", "2026-10-31", "due",
    )  # fmt: skip
    assert second["product_name"] == "'=1+1"
    assert len(rows(taken(officer, "candidate", q="000002"))) == 1


def test_more_candidates_cost_no_more_queries(brought: ListImport, officer: User) -> None:
    client = sign_in(officer)

    def ask() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(LIST))
        return len(asked)

    cover(make_entry(brought), "0")
    ask()
    few = ask()
    for number in range(1, 15):
        cover(make_entry(brought), str(number))
    assert ask() == few <= 20


def test_a_candidate_leads_to_its_entry(three: list[Candidate], officer: User) -> None:
    place = reverse("admin:cpl_candidate_change", args=[three[0].pk])
    assert sign_in(officer).get(place).headers["Location"] == reverse("admin:cpl_entry_change", args=[1])
    assert three[0].covers_from < DAY - A_DAY
