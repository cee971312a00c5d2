"""Real PDFs, attached to real submissions: what their text says against the form."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpl import workflow
from cpl.checking import problems
from cpl.models import Submission
from tests.cast import party_of
from tests.make import DAY, make_answers
from tests.papers import make_certificate, make_pdf
from tests.register.conftest import AT

pytestmark = pytest.mark.usefixtures("tables")


def attached(maker: User, **files: bytes) -> Submission:
    draft = workflow.start("new_entry", party=party_of(maker), by=maker, at=AT, answers=make_answers())
    for what, content in files.items():
        workflow.attach(draft.pk, what, f"{what.lower()} certificate.pdf", content, by=maker, at=AT)
    return draft


def said(draft: Submission) -> dict[str, str]:
    return {problem.rule: problem.message for problem in problems(draft, DAY)}


def test_certificates_that_agree_with_the_form_raise_no_problem(maker: User) -> None:
    paper = make_certificate()
    assert said(attached(maker, CPA=paper, DLMS=paper, Zigbee=paper)) == {}


def test_each_thing_that_is_not_found_is_named_with_the_file(maker: User) -> None:
    other = make_pdf("A certificate for something else, 2 November 2031")
    found = said(attached(maker, CPA=other, DLMS=make_certificate(), Zigbee=make_certificate()))
    assert set(found) == {"D-identifier", "D-date", "D-model", "D-firmware"}
    assert all("CPA certificate.pdf" in words.replace("cpa", "CPA") for words in found.values())


def test_scans_are_told_of_and_can_be_submitted(maker: User) -> None:
    draft = attached(maker, CPA=make_pdf(), DLMS=make_pdf(), Zigbee=make_pdf())
    assert set(said(draft)) == {"D-not-compared"}
    assert workflow.submit(draft.pk, by=maker, at=AT, on=DAY).status == "submitted"


def test_files_cost_two_queries_however_many_there_are(maker: User) -> None:
    one = attached(maker, CPA=make_certificate())
    many = attached(maker, CPA=make_certificate(), DLMS=make_certificate(), Zigbee=make_certificate())
    for number in range(10):
        workflow.attach(many.pk, "CPA", f"{number}.pdf", make_certificate(str(number)), by=maker, at=AT)
    counts = []
    for draft in (one, many):
        with CaptureQueriesContext(connection) as queries:
            problems(draft, DAY)
        counts.append(len(queries))
    assert counts[0] == counts[1]
