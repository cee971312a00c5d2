"""Decisions from the review page: reasons asked for on the server, kept, and shown to whom they are for."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpl import handling, register, workflow
from cpl.models import Entry, Membership, OfficerNote, StepChecks, Submission
from cpl.workflow import NotPossible
from tests.admin.test_officers_pages import change, decide
from tests.cast import make_user, party_of, sign_in
from tests.make import DAY, make_answers, make_removal_answers
from tests.register.conftest import AT, submit
from tests.register.test_admitting import admit, approve

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    settings.STAFF_MFA = False  # type: ignore[attr-defined]


@pytest.fixture
def warned(tables: None, maker: User, officer: User) -> Submission:
    """It has the hash of an entry with another firmware, and says nothing of the certificate."""
    admit(maker, officer)
    return submit(maker, make_answers(firmware="0A0B0C0E", security_statement="No effect on security."))


def warnings_of(client: Client, submission: Submission) -> list[str]:
    return list(dict.fromkeys(p.rule for p in client.get(change(submission)).context["found"]["warn"]))


def handle(client: Client, submission: Submission, **data: str) -> str:
    address = reverse("admin:cpl_submission_handle", args=[submission.pk])
    return client.post(address, data, follow=True).content.decode()


def test_a_ticked_warning_without_a_reason_is_not_acknowledged(warned: Submission, officer: User) -> None:
    client = sign_in(officer)
    rules = warnings_of(client, warned)
    assert rules
    page = decide(client, warned, verb="approve", acknowledged=rules)
    assert "why it is no obstacle" in page
    page = decide(client, warned, verb="approve", acknowledged=rules, why="   ")
    assert "why it is no obstacle" in page
    # A reason for a warning that was not ticked is none.
    page = decide(client, warned, verb="approve", **{f"why:{rule}": "x" for rule in rules})
    assert "why it is no obstacle" in page
    assert Entry.objects.count() == 1


def test_reasons_are_kept_with_the_step_each_or_one_for_all(warned: Submission, officer: User) -> None:
    client = sign_in(officer)
    rules = warnings_of(client, warned)
    own = {f"why:{rules[0]}": "Asked the maker."}
    assert "it is entry 000002" in decide(
        client, warned, verb="approve", acknowledged=rules, why="Compared by eye.", **own
    )
    kept = StepChecks.objects.get(step__submission=warned, step__verb="approve").acknowledged
    assert kept == {rule: "Asked the maker." if rule == rules[0] else "Compared by eye." for rule in rules}
    assert "Asked the maker." in client.get(change(warned)).content.decode()


def test_what_is_said_of_a_field_stands_beside_it_for_the_submitter(
    tables: None, maker: User, officer: User
) -> None:
    submission = submit(maker, make_answers())
    name = "Manufacturer_Image.hash"
    form = {"verb": "return", "words": "Two things.", "field": [name, "Product.name"]}
    assert "Say what is wrong with each field" in decide(sign_in(officer), submission, **form)
    form |= {f"say:{name}": "Not that of\nthe image.", "say:Product.name": "Spell it out."}
    assert "is returned" in decide(sign_in(officer), submission, **form)
    page = sign_in(maker).get(reverse("portal:edit", args=[submission.pk])).content.decode()
    assert "The Panel: Not that of the image." in page
    assert "The Panel: Spell it out." in page
    assert "Two things." in page


def test_fields_alone_are_words_enough_to_return(tables: None, maker: User, officer: User) -> None:
    submission = submit(maker, make_answers())
    form = {"verb": "return", "field": "Product.name", "say:Product.name": "Spell it out."}
    assert "is returned" in decide(sign_in(officer), submission, **form)


def test_refusing_takes_a_ground_and_words(tables: None, maker: User, officer: User) -> None:
    submission = submit(maker, make_answers())
    client = sign_in(officer)
    assert "Choose the ground" in decide(client, submission, verb="refuse", words="No.")
    assert "Choose the ground" in decide(client, submission, verb="refuse", ground="whim", words="No.")
    assert "Say in words" in decide(client, submission, verb="refuse", ground="duplicate", words=" ")
    assert "is refused" in decide(client, submission, verb="refuse", ground="duplicate", words="See 000001.")
    words = submission.steps.last().words
    assert words == "Ground: The same device is on the list already.\nSee 000001."


def test_after_a_decision_comes_the_next_unless_it_was_turned_off(
    tables: None, maker: User, officer: User
) -> None:
    first, second, third = (
        submit(maker, make_answers(firmware=f"0A0B0C0{n}", image_hash=f"{n}" * 64)) for n in (1, 2, 3)
    )
    client, form = sign_in(officer), {"verb": "return", "words": "Put it right."}
    address = reverse("admin:cpl_submission_decide", args=[first.pk])
    answer = client.post(address, {**form, "go_on": "on"})
    assert answer.url.startswith(change(second))
    address = reverse("admin:cpl_submission_decide", args=[second.pk])
    answer = client.post(address, form)
    assert answer.url == reverse("admin:cpl_submission_changelist") + "?status__exact=submitted"
    assert client.get(change(third)).context["go_on"] is False


def test_on_hold_nothing_is_approved_and_the_reason_is_for_officers_alone(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    submission = submit(maker, make_answers())
    client = sign_in(officer)
    assert "Say why" in handle(client, submission, verb="hold", words="")
    assert "is on hold" in handle(client, submission, verb="hold", words="The laboratory is asked.")
    submission.refresh_from_db()
    assert submission.on_hold
    assert submission.history.latest().history_change_reason == "Put on hold: The laboratory is asked."
    assert submission.history.latest().history_user == officer
    with pytest.raises(NotPossible, match="on hold"):
        register.approve(submission.pk, by=second_officer, at=AT, on=DAY)
    assert "The laboratory" in sign_in(second_officer).get(change(submission)).content.decode()
    theirs = sign_in(maker).get(reverse("portal:submission", args=[submission.pk])).content.decode()
    assert "The laboratory" not in theirs
    assert "goes on" in handle(client, submission, verb="release", words="They answered.")
    assert approve(submission, second_officer).entry.number == 1


def test_returning_what_is_on_hold_ends_the_hold(tables: None, maker: User, officer: User) -> None:
    submission = submit(maker, make_answers())
    handling.hold(submission.pk, by=officer, at=AT, words="Wait.")
    assert not workflow.move(submission.pk, "return", by=officer, at=AT, words="Again.").on_hold


def test_notes_are_kept_and_never_reach_the_submitter(tables: None, maker: User, officer: User) -> None:
    submission = submit(maker, make_answers())
    client = sign_in(officer)
    assert "Write the note first" in handle(client, submission, verb="note", words=" ")
    page = handle(client, submission, verb="note", words="<b>Called</b> the laboratory.")
    assert "&lt;b&gt;Called&lt;/b&gt; the laboratory." in page
    assert OfficerNote.objects.get().author == officer
    for name in ("submission", "receipt"):
        theirs = sign_in(maker).get(reverse(f"portal:{name}", args=[submission.pk])).content.decode()
        assert "the laboratory" not in theirs


def test_assigning_goes_to_officers_who_can_decide_it(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    rows = [submit(maker, make_answers(firmware=f"0A0B0C0{n}", image_hash=f"{n}" * 64)) for n in (1, 2)]
    client = sign_in(officer)
    listing = reverse("admin:cpl_submission_changelist")
    form = {"action": "assign_to_me", "_selected_action": [row.pk for row in rows]}
    assert "2 assigned to officer@panel.example" in client.post(listing, form, follow=True).content.decode()
    answer = client.post(listing, {**form, "action": "assign"}, follow=True)
    assert "Assign 2" in answer.content.decode()
    assert f'<option value="{officer.pk}" selected>' in answer.content.decode()
    address = reverse("admin:cpl_submission_assign")
    chosen = ",".join(str(row.pk) for row in rows)
    form = {"chosen": chosen, "officer": str(second_officer.pk)}
    assert "2 assigned to second" in client.post(address, form, follow=True).content.decode()
    rows[0].refresh_from_db()
    assert rows[0].assigned_to == second_officer
    assert rows[0].history.latest().history_change_reason.startswith("Assigned to second")
    for nobody in (str(maker.pk), "x"):
        form = {"chosen": chosen, "officer": nobody}
        assert "Choose an officer" in client.post(address, form, follow=True).content.decode()


def test_nothing_is_assigned_to_who_had_a_hand_in_it(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    entry = admit(maker, officer)
    removal = submit(officer, make_removal_answers(entries=str(entry)), "removal")
    done = handling.assign([removal.pk], to=officer, by=second_officer)
    assert (done.count, len(done.refused)) == (0, 1)
    assert "had a hand" in done.refused[0]


@pytest.mark.parametrize("who", ["auditor", "maker", "nobody"])
def test_only_officers_decide_handle_and_assign(tables: None, maker: User, officer: User, who: str) -> None:
    submission = submit(maker, make_answers())
    person = {"auditor": make_user("auditor@panel.example", "Auditor"), "maker": maker, "nobody": None}[who]
    client, expected = sign_in(person), 403 if who == "auditor" else 302
    for name in ("decide", "handle"):
        address = reverse(f"admin:cpl_submission_{name}", args=[submission.pk])
        assert client.post(address, {"verb": "return", "words": "x"}).status_code == expected
        assert client.get(address).status_code in (expected, 405)
    for name in ("assign", "family"):
        address = reverse(f"admin:cpl_submission_{name}")
        assert client.get(address).status_code == expected
        assert client.post(address, {"chosen": submission.pk, "go": submission.pk}).status_code == expected
    submission.refresh_from_db()
    assert (submission.status, submission.assigned_to, OfficerNote.objects.count()) == ("submitted", None, 0)


@pytest.mark.parametrize("verb", ["note", "hold", "release", "assign", "nonsense"])
def test_what_is_not_there_is_not_handled(tables: None, officer: User, verb: str) -> None:
    address = reverse("admin:cpl_submission_handle", args=[404_404])
    answer = sign_in(officer).post(address, {"verb": verb, "words": "x"}, follow=True)
    assert answer.status_code == 404
    assert OfficerNote.objects.count() == 0


def test_with_two_approvals_the_first_writes_nothing_and_a_second_officer_admits(
    tables: None, maker: User, officer: User, second_officer: User, settings: object
) -> None:
    settings.SECOND_APPROVAL = True  # type: ignore[attr-defined]
    submission = submit(maker, make_answers())
    client = sign_in(officer)
    assert ">Approve, as the first of two<" in client.get(change(submission)).content.decode()
    rules = warnings_of(client, submission)
    page = decide(client, submission, verb="first", acknowledged=rules, why="Looked at.")
    assert "waits for another officer" in page
    assert Entry.objects.count() == 0
    submission.refresh_from_db()
    assert (submission.status, submission.decided_by) == ("submitted", None)
    again = decide(client, submission, verb="approve", acknowledged=rules, why="Looked at.")
    assert "A second officer has to approve it" in again
    queue = client.get(reverse("admin:cpl_submission_changelist"), {"status__exact": "submitted"})
    assert "approved by one of two" in queue.content.decode()
    theirs = sign_in(maker).get(reverse("portal:submission", args=[submission.pk])).content.decode()
    assert "first" not in theirs
    second = sign_in(second_officer)
    assert "approved by officer@panel.example" in second.get(change(submission)).content.decode()
    page = decide(second, submission, verb="approve", acknowledged=rules, why="Looked at too.")
    assert "it is entry 000001" in page
    assert [(step.verb, step.actor) for step in submission.steps.all()] == [
        ("submit", maker), ("first", officer), ("approve", second_officer),
    ]  # fmt: skip
    assert StepChecks.objects.filter(step__submission=submission).count() == 3


def test_a_first_approval_is_void_once_it_was_returned(
    tables: None, maker: User, officer: User, second_officer: User, settings: object
) -> None:
    settings.SECOND_APPROVAL = True  # type: ignore[attr-defined]
    submission = submit(maker, make_answers())
    approve(submission, officer)
    workflow.move(submission.pk, "return", by=second_officer, at=AT, words="Look again.")
    workflow.submit(submission.pk, by=maker, at=timezone.now(), on=DAY)
    approve(submission, second_officer)
    assert Entry.objects.count() == 0
    with pytest.raises(NotPossible, match="A second officer"):
        approve(submission, second_officer)
    approve(submission, officer)
    assert Entry.objects.count() == 1


def test_what_the_panel_proposed_and_was_returned_is_withdrawn_and_proposed_anew(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    admit(maker, officer)
    proposal = submit(officer, make_removal_answers(entries="000001"), "removal")
    decide(sign_in(second_officer), proposal, verb="return", words="Which meeting?")
    client = sign_in(officer)
    address = reverse("admin:cpl_submission_anew", args=[proposal.pk])
    assert address in client.get(change(proposal)).content.decode()
    page = client.post(address)
    assert page.context["form"]["Entries.numbers"].initial == "000001"
    proposal.refresh_from_db()
    assert proposal.status == "withdrawn"
    assert "is withdrawn" in client.post(address, follow=True).content.decode()


def test_no_move_but_a_decision_is_made_by_the_address_of_decisions(
    tables: None, maker: User, officer: User
) -> None:
    draft = workflow.start("new_entry", party=party_of(maker), by=maker, at=AT, answers={})
    Membership.objects.create(user=officer, party=party_of(maker))
    for verb in ("submit", "withdraw", ""):
        assert "Press one of the buttons" in decide(sign_in(officer), draft, verb=verb)
    draft.refresh_from_db()
    assert draft.status == "draft"
