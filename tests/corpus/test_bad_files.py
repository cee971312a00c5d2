"""Each bad file is said to be bad for the reason that it is, no more and no less."""

import pytest

from cpl.models import ManufacturerIdentifier
from tests import make
from tests.corpus.cases import CASES, Case
from tests.corpus.made import csv, form, xlsx
from tests.corpus.page import PAGE, expected, page
from tests.corpus.saying import said_of

SAID = expected()
GOOD = [Case("good.xlsx", "", form), Case("good.csv", "", csv), Case("bulk-good.xlsx", "", xlsx)]


@pytest.fixture
def known_maker(tables: None) -> None:
    ManufacturerIdentifier.objects.create(code=make.MAKER_CODE, holder="Tidewater Metering Ltd")


@pytest.mark.django_db
@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_of_the_good_files_that_the_bad_ones_are_made_from_nothing_is_said(
    case: Case, known_maker: None
) -> None:
    assert said_of(case) == []


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_file_is_said_to_be_bad_for_what_is_wrong_with_it(case: Case, known_maker: None) -> None:
    assert said_of(case) == SAID[case.name]


def test_something_is_said_of_each_and_of_no_other() -> None:
    assert {case.name for case in CASES} == set(SAID)
    assert len(CASES) == len(SAID) >= 60
    assert all(SAID.values())


def test_every_refusal_says_what_to_do() -> None:
    """Every message ends in a sentence that asks for something."""
    asked = (
        "Send ",
        "Save ",
        "Choose ",
        "Fill in ",
        "Delete ",
        "Start ",
        "Close ",
        "Put ",
        "Split ",
        "Type ",
    )
    asked += ("Remove ", "Make sure ", "may be missing", "may have columns")
    for name, lines in SAID.items():
        for line in lines:
            assert not line.startswith("refused") or any(word in line for word in asked), (name, line)


def test_the_page_that_lists_them_is_up_to_date() -> None:
    assert PAGE.read_text() == page(), "python -m tests.corpus.page writes it"
