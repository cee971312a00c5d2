"""Lists, first page and review page with a large register and a long queue: few queries, light pages.

`SCALE=100000,10000` makes so many entries and submissions, and prints what each page took.
"""

import os
import re
import time

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpl.models import Submission
from tests.admin.making_many import make_entries, make_submissions
from tests.cast import party_of, sign_in

ENTRIES, SUBMISSIONS = map(int, os.environ.get("SCALE", "2100,120").split(","))
# Django's own work for a signed-in person and a list: session, user, groups, their permissions.
# A family is read by a person, 200 at most: four for each.
MOST_QUERIES = {"review": 65, "family": 900, "first page": 45}
OF_A_LIST = 25
HEAVIEST = 150_000
COUNTS = re.compile(r'SELECT COUNT\(.*?\) AS "\w+" FROM "cpl_\w+"')
pytestmark = pytest.mark.django_db

LISTS = {
    "entries": ("cpl_entry", ""),
    "entries, last page": ("cpl_entry", "p=20"),
    "entries, searched": ("cpl_entry", "q=0000ABCD"),
    "entries, by type": ("cpl_entry", "device_type__exact=Gas+Smart+Meter"),
    "submissions": ("cpl_submission", ""),
    "queue": ("cpl_submission", "status__exact=submitted"),
    "queue, overdue": ("cpl_submission", "status__exact=submitted&due=over"),
    "submissions, searched": ("cpl_submission", "q=2026000001"),
    "certificates": ("cpl_certificate", ""),
    "certificates, searched": ("cpl_certificate", "q=2020000001"),
    "removals": ("cpl_removal", ""),
    "candidates": ("cpl_candidate", "state=due"),
}  # fmt: skip


@pytest.fixture
def many(tables: None, maker: User, officer: User, settings: object) -> Client:
    settings.STAFF_MFA = False  # type: ignore[attr-defined]
    begun = time.monotonic()
    make_entries(ENTRIES)
    make_submissions(SUBMISSIONS, party_of(maker), maker, officer)
    _say("making them", time.monotonic() - begun, 0, 0)
    return sign_in(officer)


def test_every_page_takes_few_queries_and_is_light(many: Client) -> None:
    first = Submission.objects.filter(status="submitted").order_by("submitted_at").first()
    assert first is not None
    pages = {
        "first page": reverse("admin:index"),
        "review": reverse("admin:cpl_submission_change", args=[first.pk]),
        "family": f"{reverse('admin:cpl_submission_family')}?with={first.pk}",
        **{name: f"{reverse(f'admin:{model}_changelist')}?{asked}" for name, (model, asked) in LISTS.items()},
    }
    many.get(pages["first page"])  # what is read once for each process
    wrong = []
    for name, address in pages.items():
        with CaptureQueriesContext(connection) as queries:
            begun = time.monotonic()
            answer = many.get(address, follow=True)
            took = time.monotonic() - begun
        assert answer.status_code == 200, name
        _say(name, took, len(queries), len(answer.content))
        if len(queries) > MOST_QUERIES.get(name, OF_A_LIST):
            wrong.append(f"{name}: {len(queries)} queries")
        if len(answer.content) > HEAVIEST:
            wrong.append(f"{name}: {len(answer.content):,} octets")
        wrong += [f"{name}: {sql}" for query in queries if _counts_all(sql := query["sql"])]
    assert not wrong


def _counts_all(sql: str) -> bool:
    """Whether it counts all rows of a list that grows."""
    return bool(COUNTS.match(sql)) and "LIMIT" not in sql and "WHERE" not in sql


def _say(what: str, seconds: float, queries: int, octets: int) -> None:
    if "SCALE" in os.environ:
        print(f"{what:28} {seconds:7.3f} s {queries:5} queries {octets:9,} octets")  # noqa: T201
