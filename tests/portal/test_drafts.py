import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cpl import fields as f
from cpl import register, workflow
from cpl.models import Party, Submission
from cpl.rules.problem import warnings
from cpl.workflow import NotPossible
from tests.cast import make_party, sign_in
from tests.make import make_answers, make_withdrawal_answers
from tests.portal.conftest import AT, edit_of, make_complete, make_draft, make_submitted, page_of
from tests.register.conftest import PDF

EVIL = "<script>alert(1)</script>"


@pytest.mark.parametrize("kind", ["new_entry", "renewal", "offer", "withdrawal", "statement"])
def test_a_submission_of_each_kind_is_begun_with_one_button(making: Client, kind: str) -> None:
    answer = making.post("/portal/start/", {"kind": kind})
    draft = Submission.objects.get()
    assert (draft.kind, draft.status, answer["Location"]) == (kind, "draft", edit_of(draft))
    assert making.get(edit_of(draft)).status_code == 200


@pytest.mark.parametrize("kind", ["removal", "", "nonsense"])
def test_what_is_the_panels_own_cannot_be_begun_here(making: Client, kind: str) -> None:
    answer = making.post("/portal/start/", {"kind": kind}, follow=True)
    assert b"Choose what you want to submit." in answer.content
    assert not Submission.objects.exists()


def test_an_organisation_that_nobody_verified_is_told_so(making: Client, maker: User) -> None:
    maker.parties.update(verified=False)
    answer = making.post("/portal/start/", {"kind": "new_entry"}, follow=True)
    assert b"has not been verified yet" in answer.content


def test_who_acts_for_several_organisations_chooses_one(making: Client, maker: User) -> None:
    other = make_party("Estuary Displays Ltd", Party.Category.NOT_A_PARTY, maker)
    assert b"Choose one of them" in making.post("/portal/start/", {"kind": "new_entry"}, follow=True).content
    making.post("/portal/start/", {"kind": "new_entry", "party": other.pk})
    assert Submission.objects.get().party == other


def test_a_draft_keeps_anything(making: Client, maker: User) -> None:
    draft = make_draft(maker)
    answer = making.post(edit_of(draft), {"do": "save", f.MODEL.name: "E1", f.PRODUCT_NAME.name: "x" * 5000})
    draft.refresh_from_db()
    assert (answer.status_code, draft.status) == (302, "draft")
    assert (draft.answers[f.MODEL.name], len(draft.answers[f.PRODUCT_NAME.name])) == ("E1", 5000)


def test_a_nul_in_an_answer_does_no_harm(making: Client, maker: User) -> None:
    draft = make_draft(maker)
    assert making.post(edit_of(draft), {"do": "save", f.PRODUCT_NAME.name: "a\x00b"}).status_code == 302
    draft.refresh_from_db()
    assert draft.answers[f.PRODUCT_NAME.name] == "ab"


def test_checking_shows_each_problem_in_a_linked_summary_and_beside_its_field(
    making: Client, maker: User
) -> None:
    draft = make_draft(maker)
    page = making.post(edit_of(draft), {"do": "check", **make_answers(model="E1")}).content.decode()
    assert '<a href="#Device-Model-model-identifier">Model identifier</a>' in page
    assert 'id="Device-Model-model-identifier"' in page
    assert 'aria-invalid="true"' in page
    assert "autofocus" in page
    assert "Found “E1”" in page
    assert 'Rule <a href="/rules/#F-hex">F-hex</a>' in page
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_what_was_repaired_is_shown_and_confirmed_by_submitting_again(making: Client, maker: User) -> None:
    draft, name = make_complete(maker), f.FIRMWARE.name
    typed = {"do": "submit", **make_answers(firmware="0a 0b 0c 0d")}
    first = making.post(edit_of(draft), typed).content.decode()
    assert "must be confirmed as read before this can be submitted" in first
    assert "Read differently from how it was written" in first
    assert f'name="confirm:{name}" value="0A0B0C0D"' in first
    assert 'value="0a 0b 0c 0d"' in first
    # Without the tick it stays as it is, and is shown again whenever the form is opened.
    making.post(edit_of(draft), typed)
    draft.refresh_from_db()
    assert (draft.status, draft.answers[name]) == ("draft", "0a 0b 0c 0d")
    assert f'name="confirm:{name}"' in making.get(edit_of(draft)).content.decode()
    making.post(edit_of(draft), {**typed, f"confirm:{name}": "0A0B0C0D"})
    draft.refresh_from_db()
    assert (draft.status, draft.answers[name]) == ("submitted", "0A0B0C0D")


def test_a_tick_for_what_was_changed_since_confirms_nothing(making: Client, maker: User) -> None:
    draft, name = make_draft(maker), f.FIRMWARE.name
    making.post(edit_of(draft), {"do": "save", name: "0a 0b 0c 0e", f"confirm:{name}": "0A0B0C0D"})
    draft.refresh_from_db()
    assert draft.answers == {name: "0a 0b 0c 0e"}


def test_all_readings_are_confirmed_with_one_button(making: Client, maker: User) -> None:
    draft = make_draft(maker)
    typed = {f.FIRMWARE.name: "0a0b0c0d", f.MODEL.name: "0x0c0d"}
    page = making.post(edit_of(draft), {"do": "check", **typed}).content.decode()
    assert "Confirm all 2" in page
    shown = {f"read:{f.FIRMWARE.name}": "0A0B0C0D", f"read:{f.MODEL.name}": "0C0D"}
    making.post(edit_of(draft), {"do": "confirm", **typed, **shown})
    draft.refresh_from_db()
    assert draft.answers == {f.FIRMWARE.name: "0A0B0C0D", f.MODEL.name: "0C0D"}


def test_a_complete_form_checks_without_a_refusal(making: Client, maker: User) -> None:
    page = making.post(edit_of(make_complete(maker)), {"do": "check", **make_answers()}).content.decode()
    assert "to put right" not in page


def test_what_a_rule_refuses_is_not_submitted_and_stays_as_typed(making: Client, maker: User) -> None:
    draft = make_complete(maker)
    page = making.post(
        edit_of(draft), {"do": "submit", **make_answers(cpa_date="01/11/2020")}
    ).content.decode()
    assert "must be put right before this can be submitted" in page
    assert 'value="01/11/2020"' in page
    draft.refresh_from_db()
    assert (draft.status, draft.steps.count()) == ("draft", 0)


def test_submitting_gives_a_receipt_with_reference_and_digest(making: Client, maker: User) -> None:
    draft = make_complete(maker)
    page = making.post(edit_of(draft), {"do": "submit", **make_answers()}, follow=True).content.decode()
    assert f"{draft.reference} has been submitted to the Panel." in page
    assert draft.steps.get().digest in page
    assert "20 November 2026 at 09:30" in page


def test_what_was_submitted_can_no_longer_be_edited(making: Client, maker: User) -> None:
    submitted = make_submitted(maker)
    answer = making.post(edit_of(submitted), {"do": "save", f.MODEL.name: "FFFF"}, follow=True)
    assert b"it is fixed" in answer.content
    submitted.refresh_from_db()
    assert submitted.answers[f.MODEL.name] == "0C0D"


def test_a_submission_is_withdrawn_with_or_without_a_reason(making: Client, maker: User) -> None:
    submitted = make_submitted(maker)
    page = making.post(f"{page_of(submitted)}withdraw/", {"words": f"Wrong model {EVIL}"}, follow=True)
    submitted.refresh_from_db()
    assert submitted.status == "withdrawn"
    assert b"Wrong model &lt;script&gt;" in page.content
    again = making.post(f"{page_of(submitted)}withdraw/", follow=True)
    assert b"Reload the page" in again.content


def test_officers_verbs_do_not_exist_here(making: Client, maker: User) -> None:
    submitted = make_submitted(maker)
    for verb in ("approve", "refuse", "return", "nonsense"):
        assert making.post(f"{page_of(submitted)}{verb}/").status_code == 404
    submitted.refresh_from_db()
    assert submitted.status == "submitted"


def test_a_return_is_answered_by_editing_and_submitting_again(
    making: Client, maker: User, officer: User
) -> None:
    submitted = make_submitted(maker)
    workflow.move(submitted.pk, "return", by=officer, at=AT, words=f"Name the firmware {EVIL}")
    form = making.get(edit_of(submitted)).content.decode()
    assert "The Panel returned this" in form
    assert "Name the firmware &lt;script&gt;" in form
    assert ">Submit again</button>" in form
    assert "officer@" not in making.get(page_of(submitted)).content.decode()
    assert "The Panel: " not in form
    making.post(edit_of(submitted), {"do": "submit", **make_answers(product_name="Tidewater T101")})
    submitted.refresh_from_db()
    assert (submitted.status, submitted.steps.count()) == ("submitted", 3)


def test_what_was_said_of_single_fields_stands_beside_them(
    making: Client, maker: User, officer: User
) -> None:
    submitted = make_submitted(maker)
    words = f"Two things.\nImage hash (SHA-256): not that of the image {EVIL}\n- model identifier: of the T90"
    workflow.move(submitted.pk, "return", by=officer, at=AT, words=words)
    form = making.get(edit_of(submitted)).content.decode()
    assert "The Panel: not that of the image &lt;script&gt;" in form
    assert "The Panel: of the T90" in form
    assert form.count("The Panel: ") == 2


def test_both_sides_see_what_changed_after_a_return(making: Client, maker: User, officer: User) -> None:
    submitted = make_submitted(maker)
    workflow.move(submitted.pk, "return", by=officer, at=AT, words="Which name?")
    making.post(edit_of(submitted), {"do": "save", **make_answers(product_name="Tidewater T101")})
    assert "Changed since it was submitted" in making.get(page_of(submitted)).content.decode()
    workflow.submit(submitted.pk, by=maker, at=AT, on=AT.date())
    page = making.get(page_of(submitted)).content.decode()
    assert "Changed since the round before" in page
    review = sign_in(officer).get(f"/admin/cpl/submission/{submitted.pk}/change/").content.decode()
    for shown in (page, review):
        assert "Tidewater T100" in shown
        assert "Tidewater T101" in shown


def test_an_approved_submission_names_its_entry(making: Client, maker: User, officer: User) -> None:
    submitted = make_submitted(maker)
    approve(submitted, officer)
    page = making.get(page_of(submitted)).content.decode()
    assert "Approved as <strong>entry 000001</strong>" in page
    assert "It appears in the list with the next release." in page
    assert making.get("/portal/").content.count(b"000001</td>") == 1


def test_a_notice_of_withdrawal_is_checked_by_its_own_rules(making: Client, maker: User) -> None:
    draft = make_draft(maker, kind="withdrawal")
    page = making.post(edit_of(draft), {"do": "check", **make_withdrawal_answers()}).content.decode()
    assert "to put right" in page
    assert "[E] 20201102-8801" in page


def test_every_field_that_somebody_fills_in_is_escaped(making: Client, maker: User) -> None:
    draft = make_draft(maker)
    everything = {field.name: EVIL for field in f.NEW_ENTRY}
    for page in (
        making.post(edit_of(draft), {"do": "check", **everything}),
        making.get(edit_of(draft)),
        making.get(page_of(draft)),
        making.get("/portal/"),
        making.get("/portal/", {"q": EVIL, "status": EVIL, "kind": EVIL}),
    ):
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()


def test_what_a_device_type_leaves_empty_is_said(making: Client, maker: User) -> None:
    page = making.get(edit_of(make_draft(maker))).content.decode()
    assert "Leave all of this empty for: Communications Hub" in page
    assert 'data-empty-for="Pre-Payment Interface Device"' in page


def approve(submission: Submission, officer: User) -> None:
    try:
        register.approve(submission.pk, by=officer, at=AT, on=AT.date())
    except NotPossible as refused:
        read = {problem.rule: "Looked at." for problem in warnings(refused.problems)}
        register.approve(submission.pk, by=officer, at=AT, on=AT.date(), acknowledged=read)


def test_a_file_too_many_costs_nobody_what_they_typed(making: Client, maker: User, settings: object) -> None:
    draft = make_complete(maker)
    settings.EVIDENCE_FILES = 1  # type: ignore[attr-defined]
    more = SimpleUploadedFile("more.pdf", PDF + b"1")
    answer = making.post(edit_of(draft), {"do": "save", f.PRODUCT_NAME.name: "Typed", "file-other": more})
    draft.refresh_from_db()
    assert draft.answers[f.PRODUCT_NAME.name] == "Typed"
    assert "Take some off first" in answer.content.decode()


def test_what_a_colleague_wrote_after_the_page_was_opened_is_not_submitted_with_it(
    making: Client, maker: User
) -> None:
    draft = make_complete(maker)
    seen = making.get(page_of(draft)).context["seen"]
    assert f'name="seen" value="{seen}"' in making.get(page_of(draft)).content.decode()
    workflow.save(draft.pk, make_answers(firmware="0A0B0C99"), by=maker, at=AT)
    answer = making.post(f"{page_of(draft)}submit/", {"seen": seen}, follow=True)
    assert b"was changed since you opened it" in answer.content
    draft.refresh_from_db()
    assert draft.status == "draft"
    making.post(f"{page_of(draft)}submit/", {"seen": answer.context["seen"]})
    draft.refresh_from_db()
    assert draft.status == "submitted"


@pytest.mark.parametrize("number", ["²", "9" * 30, "9" * 5000])
def test_a_number_that_is_none_is_not_there(making: Client, maker: User, officer: User, number: str) -> None:
    draft = make_complete(maker)
    assert making.post("/portal/start/", {"kind": "new_entry", "party": number}).status_code == 404
    assert making.post(edit_of(draft), {**draft.answers, "detach": number}).status_code == 302
    assert draft.evidence.count() == 3
    form = {"chosen": number, "words": "x", "review_on": "2027-01-01"}
    assert sign_in(officer).post(reverse("admin:cpl_candidate_keep"), form).status_code == 200
