"""What two do to one submission, or to the list, at the same moment: one after the other, never mixed."""

import pytest
from django.contrib.auth.models import User

from cpl import publishing, workflow
from cpl.models import Release
from cpl.workflow import NotPossible
from ledger.verify import differences
from tests.make import DAY, make_answers
from tests.register.conftest import AT, start
from tests.register.test_admitting import admit, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_draft_submitted_twice_at_once_is_submitted_once(tables: None, maker: User) -> None:
    draft = start(maker, make_answers())
    outcomes = at_once(*[lambda: workflow.submit(draft.pk, by=maker, at=AT, on=DAY)] * 3)
    assert sum(isinstance(one, NotPossible) for one in outcomes) == 2
    assert draft.steps.count() == 1


def test_what_is_saved_while_it_is_submitted_is_in_it_and_checked_or_not_at_all(
    tables: None, maker: User
) -> None:
    draft = start(maker, make_answers())
    spoilt = make_answers(firmware="nonsense")
    at_once(
        lambda: workflow.submit(draft.pk, by=maker, at=AT, on=DAY),
        lambda: workflow.save(draft.pk, spoilt, by=maker),
    )
    draft.refresh_from_db()
    sound = draft.answers["Device_Model.firmware_version"] == "0A0B0C0D"
    assert (draft.status == "submitted") == sound
    assert [step.digest for step in draft.steps.all()] == [workflow.digest_of(draft)] * sound


def test_a_file_taken_off_while_it_is_submitted_is_missed_or_stays(tables: None, maker: User) -> None:
    draft = start(maker, make_answers())
    file = draft.evidence.get(what="CPA")
    at_once(
        lambda: workflow.submit(draft.pk, by=maker, at=AT, on=DAY),
        lambda: workflow.detach(file.pk, by=maker),
    )
    draft.refresh_from_db()
    kept = draft.evidence.filter(what="CPA").exists()
    assert (draft.status == "submitted") == kept
    assert [step.digest for step in draft.steps.all()] == [workflow.digest_of(draft)] * kept


def test_of_releases_published_at_once_there_is_one(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    admit(maker, officer)
    outcomes = at_once(*[lambda: publishing.publish(by=second_officer, at=AT, on=DAY)] * 3)
    assert sum(isinstance(one, NotPossible) for one in outcomes) == 2
    assert Release.objects.get().files.count() == 5
    assert not list(differences())
