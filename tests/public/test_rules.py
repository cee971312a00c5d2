"""The page of what is checked."""

import html
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from cpl.rules import all_rules
from tests.cast import sign_in
from tests.make import make_answers
from tests.portal.conftest import edit_of, make_draft

pytestmark = pytest.mark.django_db


def test_every_rule_is_printed_with_its_words_and_source(client: Client) -> None:
    answer = client.get("/rules/")
    assert answer.status_code == 200
    page = html.unescape(answer.content.decode())
    for rule in all_rules():
        assert f'id="{rule.id}"' in page
        assert rule.in_general in page
        assert rule.source in page


def test_the_page_asks_the_database_nothing(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        client.get("/rules/")


def test_a_problem_in_the_form_leads_to_its_rule(tables: None, maker: User) -> None:
    draft = make_draft(maker, make_answers(model="FFC0"))
    page = sign_in(maker).post(edit_of(draft), {**draft.answers, "do": "check"}).content.decode()
    assert '<a href="/rules/#F-model-range">F-model-range</a>' in page
