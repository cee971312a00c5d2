"""The checks as they stood when a submission was handed in and when it was approved."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from cpl import register
from cpl.checks_kept import rules_digest
from cpl.models import StepChecks
from cpl.workflow import NotPossible
from tests.make import DAY, make_answers
from tests.register.conftest import AT, submit

pytestmark = pytest.mark.django_db


def test_both_steps_keep_what_the_rules_said_and_why_it_was_no_obstacle(
    tables: None, maker: User, officer: User
) -> None:
    submission = submit(maker, make_answers(image_descriptor="", manufacturer="7A02"))
    [handed_in] = StepChecks.objects.all()
    assert (handed_in.step.verb, handed_in.on, handed_in.rules) == ("submit", DAY, rules_digest())
    warned = {problem["rule"] for problem in handed_in.problems if problem["level"] == "warn"}
    assert warned
    with pytest.raises(NotPossible):
        register.approve(submission.pk, by=officer, at=AT, on=DAY)
    assert StepChecks.objects.count() == 1
    reasons = {rule: f"Asked the maker about {rule}." for rule in warned}
    register.approve(submission.pk, by=officer, at=AT, on=DAY, acknowledged={**reasons, "no such": "x"})
    approved = StepChecks.objects.get(step__verb="approve")
    assert approved.acknowledged == reasons
    assert {problem["rule"] for problem in approved.problems} >= warned


def test_what_people_wrote_of_themselves_is_left_out(tables: None, maker: User) -> None:
    submit(maker, make_answers())
    private = make_answers(contact_email="ada@tidewater", fir_email="no address", contact_name="Q" * 401)
    from cpl.checking import problems_of_answers
    from cpl.checks_kept import as_kept

    found = problems_of_answers("new_entry", private, party=None, by_panel=False, on=DAY)
    kept = [as_kept(problem) for problem in found]
    assert any(problem["field"] == "Contact-CPA.Contact.contact email" for problem in kept)
    assert "ada@tidewater" not in str(kept)
    assert "no address" not in str(kept)
    assert "QQQ" not in str(kept)
    assert all(problem["message"] for problem in kept)


def test_kept_checks_never_change(tables: None, maker: User) -> None:
    submit(maker, make_answers())
    with pytest.raises(IntegrityError), transaction.atomic():
        StepChecks.objects.update(problems=[])
