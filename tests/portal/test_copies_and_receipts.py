"""Copies of entries and submissions, receipts, the desk's sorting and export, SMETS1 by the DCC."""

import csv
import hashlib
import io
import json

import pytest
from django.contrib.auth.models import User
from django.test import Client

from cpl import fields as f
from cpl import workflow
from cpl.models import Submission
from tests.cast import make_user, party_of, sign_in
from tests.make import make_answers, make_smets1_answers, make_withdrawal_answers
from tests.portal.conftest import AT, edit_of, make_draft, make_submitted, page_of
from tests.public.making import make_entry, make_import
from tests.register.test_admitting import approve


def begin(client: Client, entry: int, aim: str) -> Submission:
    assert client.post(f"/portal/entries/{entry}/copy/", {"aim": aim}).status_code == 302
    return Submission.objects.latest("pk")


def test_a_copy_marks_what_must_differ_until_it_does(making: Client, maker: User) -> None:
    make_entry(make_import())
    draft = begin(making, 1, "new")
    page = making.get(edit_of(draft)).content.decode()
    assert "Copied from entry 000001" in page
    assert page.count("Same as in entry 000001") == 8
    making.post(edit_of(draft), {"do": "save", **draft.answers, f.GBCS_VERSION.name: "GBCS Version 4.1"})
    page = making.get(edit_of(draft)).content.decode()
    assert "Copied from entry 000001" in page
    assert "Same as in entry" not in page


def test_an_error_in_an_entry_is_reported_as_an_entry_that_replaces_it(making: Client) -> None:
    make_entry(make_import())
    draft = begin(making, 1, "replace")
    assert draft.answers[f.REPLACES.name] == "000001"
    assert b"Same as in entry" not in making.get(edit_of(draft)).content


def test_a_statement_is_begun_from_an_entry(making: Client) -> None:
    make_entry(make_import())
    draft = begin(making, 1, "state")
    assert (draft.kind, draft.answers[f.ENTRIES.name]) == ("statement", "000001")


@pytest.mark.parametrize(("who", "offered"), [("visitor", False), ("maker", True), ("officer", False)])
def test_the_public_page_offers_it_to_members_of_organisations(
    maker: User, officer: User, who: str, offered: bool
) -> None:
    make_entry(make_import())
    client = sign_in({"visitor": None, "maker": maker, "officer": officer}[who])
    page = client.get("/entries/000001/").content.decode()
    assert ("Report an error in entry 000001" in page) == offered


def test_an_entry_that_is_not_published_is_copied_by_its_own_organisation_alone(
    making: Client, maker: User, rival: User, officer: User
) -> None:
    approve(make_submitted(maker), officer)
    assert sign_in(rival).post("/portal/entries/1/copy/", {"aim": "new"}).status_code == 404
    assert begin(making, 1, "new").answers[f.FIRMWARE.name] == "0A0B0C0D"
    assert making.post("/portal/entries/77/copy/", {"aim": "new"}).status_code == 404
    assert making.post("/portal/entries/1/copy/", {"aim": "eat"}).status_code == 404


def test_an_earlier_submission_is_copied_with_its_files(making: Client, maker: User) -> None:
    submitted = make_submitted(maker)
    making.post(f"{page_of(submitted)}copy/")
    draft = Submission.objects.latest("pk")
    assert (draft.status, draft.evidence.count()) == ("draft", submitted.evidence.count())
    assert draft.answers[f.CONTACT_EMAIL.name] == "certificates@tidewater.example"


def test_the_receipt_can_be_checked_by_anybody(making: Client, maker: User) -> None:
    submitted = make_submitted(maker)
    page = making.get(f"{page_of(submitted)}receipt/").content.decode()
    step = submitted.steps.get()
    for shown in (submitted.reference, "20 November 2026 at 09:30", step.digest, "maker@tidewater.example"):
        assert shown in page
    for row in submitted.evidence.all():
        assert row.sha256 in page and row.file_name in page
    content = making.get(f"{page_of(submitted)}receipt/1.json").content
    assert hashlib.sha256(content).hexdigest() == step.digest
    kind, answers, files = json.loads(content)
    assert (kind, answers, len(files)) == ("new_entry", submitted.answers, 3)


def test_each_round_has_its_own_receipt(making: Client, maker: User, officer: User) -> None:
    submitted = make_submitted(maker)
    workflow.move(submitted.pk, "return", by=officer, at=AT, words="Which name?")
    workflow.save(submitted.pk, make_answers(product_name="Tidewater T101"), by=maker)
    # While it is put right, the receipt still says what was submitted.
    before = making.get(f"{page_of(submitted)}receipt/1.json").content
    assert b"Tidewater T100" in before
    workflow.submit(submitted.pk, by=maker, at=AT, on=AT.date())
    assert making.get(f"{page_of(submitted)}receipt/1.json").content == before
    assert b"Tidewater T101" in making.get(f"{page_of(submitted)}receipt/2.json").content
    assert making.get(f"{page_of(submitted)}receipt/3.json").status_code == 404


def test_what_was_altered_since_is_given_out_as_no_receipt(making: Client, maker: User) -> None:
    submitted = make_submitted(maker)
    kept = submitted.steps.get().submitted
    kept.answers = {**kept.answers, f.PRODUCT_NAME.name: "Altered"}
    kept.save()
    assert making.get(f"{page_of(submitted)}receipt/1.json").status_code == 404


def test_a_draft_has_no_receipt(making: Client, maker: User) -> None:
    assert making.get(f"{page_of(make_draft(maker))}receipt/").status_code == 404


@pytest.mark.parametrize("address", ["receipt/", "receipt/1/", "receipt/1.json"])
@pytest.mark.parametrize(
    ("who", "expected"), [("visitor", 302), ("maker", 200), ("rival", 404), ("officer", 404)]
)
def test_receipts_are_for_its_own_organisation(
    maker: User, rival: User, officer: User, who: str, expected: int, address: str
) -> None:
    people = {"visitor": None, "maker": maker, "rival": rival, "officer": officer}
    assert sign_in(people[who]).get(page_of(make_submitted(maker)) + address).status_code == expected


@pytest.mark.parametrize("address", ["autosave/", "field/", "copy/"])
@pytest.mark.parametrize(("who", "expected"), [("visitor", 302), ("rival", 404), ("officer", 404)])
def test_nobody_else_saves_checks_or_copies_a_draft(
    maker: User, rival: User, officer: User, who: str, expected: int, address: str
) -> None:
    draft = make_draft(maker, make_answers())
    client = sign_in({"visitor": None, "rival": rival, "officer": officer}[who])
    answer = client.post(page_of(draft) + address, {f.PRODUCT_NAME.name: "theirs"})
    assert answer.status_code == expected
    draft.refresh_from_db()
    assert draft.answers == make_answers()
    assert Submission.objects.count() == 1


def test_the_way_of_a_submission_is_told_in_words(making: Client, maker: User, officer: User) -> None:
    submitted = make_submitted(maker)
    assert "still to come" in making.get(page_of(submitted)).content.decode()
    workflow.move(submitted.pk, "refuse", by=officer, at=AT, words="No.")
    page = making.get(page_of(submitted))
    assert [stage.label for stage in page.context["way"]] == ["Draft", "Submitted", "Refused"]
    assert "still to come" not in page.content.decode()


def test_the_desk_counts_sorts_and_exports(making: Client, maker: User, rival: User) -> None:
    make_draft(rival)
    submitted = make_submitted(maker)
    draft = make_draft(maker, {f.PRODUCT_NAME.name: "=1+1"})
    notice = make_draft(maker, make_withdrawal_answers(), "withdrawal")
    desk = making.get("/portal/")
    assert desk.context["counts"] == [("draft", "Draft", 2), ("submitted", "Submitted", 1)]

    def in_order(sort: str) -> list[int]:
        return [one.pk for one in making.get("/portal/", {"sort": sort}).context["page"]]

    assert in_order("reference") == [submitted.pk, draft.pk, notice.pk]
    assert in_order("-reference") == in_order("nonsense") == [notice.pk, draft.pk, submitted.pk]
    # What has not been submitted comes last, whichever way round.
    assert in_order("submitted")[0] == in_order("-submitted")[0] == submitted.pk
    answer = making.get("/portal/submissions.csv", {"status": "draft", "sort": "reference"})
    content = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [row["Reference"] for row in rows] == [draft.reference, notice.reference]
    assert rows[0]["About"] == "'=1+1"


def test_the_dcc_alone_is_asked_for_the_supplier(maker: User, dcc: User, supplier: User) -> None:
    named = f'name="{f.SUPPLIER.name}"'
    assert named not in sign_in(maker).get(edit_of(make_draft(maker))).content.decode()
    page = sign_in(dcc).get(edit_of(make_draft(dcc))).content.decode()
    assert f"<select {named}" in page
    assert "Harbour Energy Supply Ltd" in page
    assert "Tidewater Metering Ltd</option>" not in page


def test_the_dcc_submits_a_smets1_device(dcc: User, supplier: User) -> None:
    draft = make_draft(dcc)
    client = sign_in(dcc)
    unnamed = make_smets1_answers(supplier="")
    page = client.post(edit_of(draft), {"do": "submit", **unnamed}).content.decode()
    assert "S-confirmed" in page
    client.post(edit_of(draft), {"do": "submit", **make_smets1_answers()})
    draft.refresh_from_db()
    assert draft.status == "submitted", [p.rule for p in draft.steps.all()]


def test_nobody_else_submits_one(making: Client, maker: User, supplier: User) -> None:
    draft = make_draft(maker)
    page = making.post(edit_of(draft), {"do": "submit", **make_smets1_answers()}).content.decode()
    assert "S-dcc" in page
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_who_left_since_is_still_named_where_they_submitted(maker: User) -> None:
    submitted = make_submitted(maker)
    colleague = make_user("colleague@tidewater.example")
    party_of(maker).memberships.create(user=colleague)
    maker.memberships.all().delete()
    client = sign_in(colleague)
    assert [one.who for one in client.get(page_of(submitted)).context["timeline"]] == [maker.username]
    assert client.get(f"{page_of(submitted)}receipt/").context["who"] == maker.username
