"""Submissions from before they had a key of their device are given it by a migration."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection

from cpl.facts import device_key
from cpl.models import Submission
from tests.cast import party_of
from tests.make import make_answers
from tests.register.conftest import AT

MIGRATION = import_module("cpl.migrations.0007_devices_of_submissions_from_before")
OTHERS = [{}, {"model": "0c0d"}, {"firmware": ""}, {"ts_version": "S" * 200}, {"model": "12 (a number cell)"}]


@pytest.mark.django_db
def test_a_submission_without_a_key_is_given_it(maker: User) -> None:
    for changes in OTHERS:
        Submission.objects.create(
            kind="new_entry",
            party=party_of(maker),
            answers=make_answers(**changes),
            created_by=maker,
            created_at=AT,
        )
    Submission.objects.update(device_key="")
    MIGRATION.give_keys(apps, SimpleNamespace(connection=connection))
    assert [row.device_key for row in Submission.objects.order_by("pk")] == [
        device_key(make_answers()), "", "", "", "",
    ]  # fmt: skip


@pytest.mark.parametrize("changes", OTHERS)
def test_it_is_the_key_that_new_ones_have(changes: dict[str, str]) -> None:
    assert MIGRATION.key_of(make_answers(**changes)) == device_key(make_answers(**changes))
