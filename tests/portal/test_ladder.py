"""Who may open what: a page after another, for each of the cast."""

import pytest
from django.contrib.auth.models import User

from cpl import workflow
from cpl.models import Membership, Submission
from cpl.workflow import NotPossible
from tests.cast import sign_in
from tests.portal.conftest import AT, edit_of, make_complete, make_submitted, page_of

OPEN = ["/portal/", "/portal/upload/", "/portal/uploads/", "/portal/entries/"]


@pytest.fixture
def cast(maker: User, rival: User, supplier: User, dcc: User, officer: User) -> dict[str, User | None]:
    return {
        "visitor": None, "maker": maker, "rival": rival, "supplier": supplier, "dcc": dcc, "officer": officer,
    }  # fmt: skip


@pytest.mark.parametrize("address", OPEN)
def test_a_visitor_is_sent_to_sign_in(cast: dict[str, User | None], address: str) -> None:
    answer = sign_in(None).get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/account/login/?next={address}")


@pytest.mark.parametrize("who", ["maker", "rival", "supplier", "dcc", "officer"])
@pytest.mark.parametrize("address", OPEN)
def test_everybody_signed_in_has_the_common_pages(
    cast: dict[str, User | None], who: str, address: str
) -> None:
    assert sign_in(cast[who]).get(address).status_code == 200


@pytest.mark.parametrize(
    ("who", "expected"),
    [("visitor", 302), ("maker", 200), ("rival", 404), ("supplier", 404), ("dcc", 404), ("officer", 404)],
)
def test_a_submission_is_its_own_organisations_alone(
    cast: dict[str, User | None], maker: User, who: str, expected: int
) -> None:
    draft = make_complete(maker)
    client = sign_in(cast[who])
    assert client.get(page_of(draft)).status_code == expected
    assert client.get(edit_of(draft)).status_code == expected


@pytest.mark.parametrize("who", ["visitor", "rival", "supplier", "dcc", "officer"])
def test_nobody_else_writes_to_a_submission(cast: dict[str, User | None], maker: User, who: str) -> None:
    draft = make_complete(maker)
    client = sign_in(cast[who])
    for address in (edit_of(draft), f"{page_of(draft)}submit/", f"{page_of(draft)}withdraw/"):
        assert client.post(address, {"do": "submit"}).status_code == (302 if who == "visitor" else 404)
    draft.refresh_from_db()
    assert (draft.status, draft.answers["Device_Model.firmware_version"]) == ("draft", "0A0B0C0D")


@pytest.mark.parametrize(
    ("who", "expected"),
    [("visitor", 302), ("maker", 200), ("rival", 404), ("supplier", 404), ("dcc", 404), ("officer", 200)],
)
def test_evidence_is_for_its_own_organisation_and_officers(
    cast: dict[str, User | None], maker: User, who: str, expected: int
) -> None:
    evidence = make_submitted(maker).evidence.first()
    assert sign_in(cast[who]).get(f"/portal/evidence/{evidence.pk}/").status_code == expected


def test_a_colleague_sees_and_continues_what_was_begun(maker: User, rival: User) -> None:
    draft = make_complete(maker)
    Membership.objects.create(user=rival, party=draft.party)
    assert sign_in(rival).get(edit_of(draft)).status_code == 200


def test_who_left_an_organisation_sees_nothing_of_it(maker: User) -> None:
    draft = make_complete(maker)
    maker.memberships.all().delete()
    client = sign_in(maker)
    assert client.get(page_of(draft)).status_code == 404
    assert b"You act for no organisation yet." in client.get("/portal/").content


def test_nobody_begins_something_for_another_organisation(maker: User, rival: User) -> None:
    party = rival.parties.get()
    answer = sign_in(maker).post("/portal/start/", {"kind": "new_entry", "party": party.pk})
    assert answer.status_code == 404
    assert not Submission.objects.exists()
    with pytest.raises(NotPossible):
        workflow.start("new_entry", party=party, by=maker, at=AT)


@pytest.mark.parametrize("address", ["/portal/start/", "/portal/submissions/1/submit/"])
def test_what_changes_something_is_posted(maker: User, address: str) -> None:
    assert sign_in(maker).get(address).status_code == 405


@pytest.mark.parametrize("address", ["submissions/999/", "evidence/999/", f"submissions/{10**30}/"])
def test_what_is_not_there_is_not_found(maker: User, address: str) -> None:
    assert sign_in(maker).get(f"/portal/{address}").status_code == 404
