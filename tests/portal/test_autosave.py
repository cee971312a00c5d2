"""The form that saves itself, says what is wrong with one field, and settles what two people wrote."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from cpl import fields as f
from cpl import workflow
from cpl.models import Membership, Submission
from tests.cast import sign_in
from tests.make import make_answers
from tests.portal.conftest import edit_of, make_draft, make_submitted, page_of

NAME, MODEL = f.PRODUCT_NAME.name, f.MODEL.name


@pytest.fixture
def colleague(maker: User, rival: User) -> User:
    Membership.objects.create(user=rival, party=maker.parties.get())
    return rival


def seen(draft: Submission) -> str:
    draft.refresh_from_db()
    return workflow.digest_of_answers(draft.answers)


def autosave(client: Client, draft: Submission, **posted: str) -> str:
    answer = client.post(f"{page_of(draft)}autosave/", posted, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_is_typed_is_saved_and_the_time_is_told(making: Client, maker: User) -> None:
    draft = make_draft(maker)
    said = autosave(making, draft, **{NAME: "Estuary", "seen": seen(draft)})
    draft.refresh_from_db()
    assert draft.answers == {NAME: "Estuary"}
    assert "Saved 09:30" in said
    # The next save has seen this one.
    assert f'value="{seen(draft)}" hx-swap-oob="true"' in said


def test_a_save_of_its_own_accord_confirms_nothing_and_submits_nothing(making: Client, maker: User) -> None:
    draft = make_draft(maker)
    autosave(making, draft, **{f.FIRMWARE.name: "0a0b0c0d", "do": "submit", "seen": seen(draft)})
    draft.refresh_from_db()
    assert (draft.status, draft.answers) == ("draft", {f.FIRMWARE.name: "0a0b0c0d"})


def test_a_save_over_a_colleagues_says_so_and_writes_nothing(
    making: Client, maker: User, colleague: User
) -> None:
    draft = make_draft(maker)
    before = seen(draft)
    autosave(sign_in(colleague), draft, **{NAME: "Theirs", "seen": before})
    said = autosave(making, draft, **{NAME: "Mine", "seen": before})
    assert "was saved by maker@northlight.example at 09:30" in said
    assert "What you typed is still here" in said
    assert "hx-swap-oob" not in said
    draft.refresh_from_db()
    assert draft.answers == {NAME: "Theirs"}


def test_both_versions_are_shown_and_the_chosen_ones_are_saved(
    making: Client, maker: User, colleague: User
) -> None:
    draft = make_draft(maker, make_answers())
    before = seen(draft)
    autosave(
        sign_in(colleague), draft, **{**make_answers(product_name="Theirs", model="0C0E"), "seen": before}
    )
    mine = make_answers(product_name="Mine <b>", model="0C0F")
    asked = making.post(edit_of(draft), {"do": "save", **mine, "seen": before})
    page = asked.content.decode()
    assert asked.status_code == 409
    for value in ("Theirs", "Mine &lt;b&gt;", "0C0E", "0C0F", "2 fields differ"):
        assert value in page
    # Nothing is chosen for anybody.
    half = {"do": "merge", **mine, "seen": seen(draft), f"keep:{NAME}": "typed"}
    assert b"choose one of the two values" in making.post(edit_of(draft), half).content
    draft.refresh_from_db()
    assert draft.answers[NAME] == "Theirs"
    assert making.post(edit_of(draft), {**half, f"keep:{MODEL}": "stored"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.answers[NAME], draft.answers[MODEL]) == ("Mine <b>", "0C0E")


def test_what_is_stored_again_while_somebody_chooses_is_asked_about_again(
    making: Client, maker: User, colleague: User
) -> None:
    draft = make_draft(maker)
    before = seen(draft)
    autosave(sign_in(colleague), draft, **{NAME: "Theirs", "seen": before})
    shown = seen(draft)
    autosave(sign_in(colleague), draft, **{NAME: "Theirs once more", "seen": shown})
    merged = {"do": "merge", NAME: "Mine", "seen": shown, f"keep:{NAME}": "typed"}
    answer = making.post(edit_of(draft), merged)
    assert answer.status_code == 409
    assert b"Theirs once more" in answer.content
    draft.refresh_from_db()
    assert draft.answers == {NAME: "Theirs once more"}


def test_the_same_typed_by_both_is_no_conflict(making: Client, maker: User, colleague: User) -> None:
    draft = make_draft(maker)
    before = seen(draft)
    autosave(sign_in(colleague), draft, **{NAME: "Estuary", "seen": before})
    assert making.post(edit_of(draft), {"do": "save", NAME: "Estuary", "seen": before}).status_code == 302


def test_what_has_been_submitted_meanwhile_is_not_saved(making: Client, maker: User) -> None:
    submitted = make_submitted(maker)
    assert "it is fixed" in autosave(making, submitted, **{NAME: "late"})


def test_one_field_is_checked_by_itself_and_nothing_is_kept(making: Client, maker: User) -> None:
    draft = make_draft(maker)
    typed = {MODEL: "E1", f.MANUFACTURER.name: "nonsense"}
    answer = making.post(f"{page_of(draft)}field/", typed, headers={"HX-Trigger-Name": MODEL})
    said = answer.content.decode()
    assert "Found “E1”" in said
    assert "nonsense" not in said
    assert "<html" not in said
    draft.refresh_from_db()
    assert draft.answers == {}


def test_a_field_without_a_problem_is_answered_with_nothing(making: Client, maker: User) -> None:
    draft = make_draft(maker)
    answer = making.post(f"{page_of(draft)}field/", {MODEL: "0C0D"}, headers={"HX-Trigger-Name": MODEL})
    assert answer.content.strip() == b""


def test_a_reading_can_be_confirmed_where_the_field_was_checked(making: Client, maker: User) -> None:
    draft = make_draft(maker)
    answer = making.post(f"{page_of(draft)}field/", {MODEL: "0c0d"}, headers={"HX-Trigger-Name": MODEL})
    assert f'name="confirm:{MODEL}" value="0C0D"'.encode() in answer.content


@pytest.mark.parametrize("what", ["autosave", "field", "copy"])
def test_what_the_form_asks_by_itself_is_posted(making: Client, maker: User, what: str) -> None:
    assert making.get(f"{page_of(make_draft(maker))}{what}/").status_code == 405
