import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.make import make_answers, make_withdrawal_answers
from tests.portal.conftest import make_draft, make_submitted


def found(client: Client, **asked: str) -> list[int]:
    return [submission.pk for submission in client.get("/portal/", asked).context["page"]]


def test_the_desk_lists_ones_own_newest_first_and_nobody_elses(
    making: Client, maker: User, rival: User
) -> None:
    make_draft(rival)
    first, second = make_draft(maker), make_draft(maker)
    assert found(making) == [second.pk, first.pk]


def test_submissions_are_filtered_and_searched(making: Client, maker: User) -> None:
    submitted = make_submitted(maker)
    notice = make_draft(maker, make_withdrawal_answers(), "withdrawal")
    draft = make_draft(maker, make_answers(firmware="12345678", product_name="Estuary 9"))
    assert found(making, status="submitted") == [submitted.pk]
    assert found(making, kind="withdrawal") == [notice.pk]
    assert found(making, q=draft.reference) == [draft.pk]
    assert found(making, q="estuary") == [draft.pk]
    assert found(making, q="12:34:56:78") == [draft.pk]
    assert found(making, q="20201102-8801") == [notice.pk]
    assert found(making, status="refused") == []
    assert b"No submission matches this." in making.get("/portal/", {"status": "refused"}).content


@pytest.mark.parametrize("asked", [{"status": "nonsense"}, {"q": "\x00"}, {"page": "99"}, {"q": "%' OR 1"}])
def test_odd_questions_are_answered(making: Client, asked: dict[str, str]) -> None:
    assert making.get("/portal/", asked).status_code == 200


def test_an_empty_desk_says_what_to_do(making: Client) -> None:
    assert b"Nothing has been submitted yet." in making.get("/portal/").content


def test_the_desk_costs_the_same_however_much_is_on_it(making: Client, maker: User) -> None:
    make_draft(maker)
    with CaptureQueriesContext(connection) as few:
        making.get("/portal/")
    for _ in range(20):
        make_draft(maker, make_answers())
    with CaptureQueriesContext(connection) as many:
        making.get("/portal/")
    assert len(few) == len(many) <= 8
