import datetime
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from applicability.designating import designate
from applicability.models import Combination, Edition, Period, SecurityTie, SpecificationVersion, Validity
from applicability.openness import Day
from tests.public.making import AT

pytestmark = pytest.mark.django_db


def test_the_edition_in_force_is_shown_with_its_source(client: Client, tables: None) -> None:
    answer = client.get("/applicability/")
    page = answer.content.decode()
    assert answer.context["edition"].series == "statutory"
    assert "5 December 2018" in page
    assert "Source:" in page


def test_no_end_and_unknown_look_different(client: Client, tables: None) -> None:
    example = client.get("/applicability/example/1/").content.decode()
    statutory = client.get("/applicability/").content.decode()
    assert '<span class="soft">no end</span>' in example
    assert '<span class="status unknown">unknown</span>' in statutory


def test_the_example_is_named_as_one(client: Client, tables: None) -> None:
    page = client.get("/applicability/example/1/").content.decode()
    assert "Example only" in page
    assert "Everything on this page is invented." in page
    assert 'href="/applicability/example/1/"' in client.get("/applicability/").content.decode()


def test_without_an_edition_the_page_says_so(client: Client) -> None:
    assert b"No edition of the tables is in force." in client.get("/applicability/").content


def test_a_draft_edition_is_not_public(client: Client) -> None:
    Edition.objects.create(
        number=7,
        title="Draft",
        effective_from=datetime.date(2026, 1, 1),
        source_kind="direction",
        source="none",
    )
    assert client.get("/applicability/statutory/7/").status_code == 404
    assert b"Draft" not in client.get("/applicability/").content


@pytest.mark.parametrize("address", ["/applicability/unheard/1/", "/applicability/statutory/99/"])
def test_an_unknown_edition_is_not_found(client: Client, tables: None, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_number_of_queries_is_bounded(
    client: Client, tables: None, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(8):
        client.get("/applicability/")


def make_second_edition(effective_from: datetime.date = datetime.date(2024, 1, 1), **ends: str) -> Edition:
    """Edition 2: as edition 1, without GBCS 1.0, with the MVP ends given by TS label."""
    first = Edition.objects.get(series="statutory", number=1)
    maker, other = (User.objects.create(username=name) for name in ("maker of tables", "second person"))
    second = Edition.objects.create(
        number=2, title="Second tables", effective_from=effective_from, source_kind="direction",
        source="Direction of 1 December 2023", prepared_by=maker,
    )  # fmt: skip
    for model in (Validity, Period, Combination):
        for row in model.objects.filter(edition=first).select_related("ts"):
            row.pk, row.edition = None, second
            if model is Validity and row.ts.label in ends:
                row.ivp_to = row.mvp_to = Day.parse(ends[row.ts.label])
            if model is not Period or row.gbcs.label != "GBCS Version 1.0":
                row.save(force_insert=True)
    label = SpecificationVersion.objects.get
    SecurityTie.objects.create(
        edition=second, gbcs=label(label="GBCS Version 3.2"),
        security_characteristics=label(document="Security Characteristics", label__endswith="1.2"),
    )  # fmt: skip
    designate(second, by=other.pk, at=AT)
    return second


def rows(page: str) -> list[str]:
    """Each row of the tables as text; `~` stands where something is struck through."""
    table = re.search(r'<table class="tables">.*?</table>', page, re.DOTALL)
    assert table
    found = re.findall(r"<tr.*?</tr>", table[0].replace("<s", "~<s"), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row.replace("~<span", "<span")).split()) for row in found]


def test_the_tables_are_laid_out_as_people_know_them(client: Client, tables: None) -> None:
    page = client.get("/applicability/").content.decode()
    assert rows(page)[:2] == [
        "Device type TS version Installation Validity Period Maintenance Validity Period GBCS version"
        " Applicability Period Security Characteristics",
        "IVP start IVP end MVP start MVP end Start End",
    ]
    (hub,) = (row for row in rows(page) if "Communications Hub" in row)
    assert hub.startswith("Communications Hub CHTS V1.0 unknown")
    assert page.count('scope="rowgroup"') == 7 + 39


def test_a_lapsed_row_is_struck_through_and_says_so_in_words(client: Client, tables: None) -> None:
    row = next(
        row for row in rows(client.get("/applicability/").content.decode()) if "GBCS Version 1.0" in row
    )
    assert "~ GBCS Version 1.0 Lapsed ~ unknown ~ 7 May 2018" in row


def test_what_left_the_tables_is_kept_and_names_the_last_edition(client: Client, tables: None) -> None:
    make_second_edition(**{"CHTS V1.1": "2025-12-31"})
    answer = client.get("/applicability/")
    found = rows(answer.content.decode())
    assert answer.context["edition"].number == 2
    assert any("~ GBCS Version 1.0 Lapsed, last in edition 1" in row for row in found)
    assert any("~ CHTS V1.1 Lapsed" in row for row in found)
    assert any("GBCS Version 3.2" in row and "Version 1.2" in row for row in found)


def test_a_past_edition_reads_as_on_its_last_day(client: Client, tables: None) -> None:
    make_second_edition()
    answer = client.get("/applicability/statutory/1/")
    assert "This is not the edition in force." in answer.content.decode()
    assert answer.context["day"] == datetime.date(2023, 12, 31)


def test_an_edition_to_come_reads_as_on_its_first_day(client: Client, tables: None) -> None:
    make_second_edition(datetime.date(2027, 3, 1))
    answer = client.get("/applicability/statutory/2/")
    assert answer.context["day"] == datetime.date(2027, 3, 1)
    assert "Comes into force 1 March 2027" in " ".join(answer.content.decode().split())
    assert client.get("/applicability/").context["edition"].number == 1


def test_what_changed_between_two_editions_is_shown_row_by_row(client: Client, tables: None) -> None:
    make_second_edition(**{"CHTS V1.1": "2025-12-31"})
    page = " ".join(client.get("/applicability/statutory/2/changes/").content.decode().split())
    assert "What edition 2 says otherwise than edition 1" in page
    for words in ("Communications Hub, CHTS V1.1", "<s>CHTS V1.0, GBCS Version 1.0</s>", "31 December 2025"):
        assert words in page, words
    back = client.get("/applicability/statutory/1/changes/", {"since": "2"})
    assert "What edition 1 says otherwise than edition 2" in back.content.decode()


def test_two_editions_that_say_the_same_say_so(client: Client, tables: None) -> None:
    page = client.get("/applicability/statutory/1/changes/", {"since": "1"}).content.decode()
    assert "Both editions say the same" in page


@pytest.mark.parametrize(
    "address",
    ["1/changes/", "2/changes/", "1/changes/?since=9", "1/changes/?since=one", "1/changes/?since=²"],
)
def test_there_is_no_difference_to_what_is_not_there(client: Client, tables: None, address: str) -> None:
    assert client.get(f"/applicability/statutory/{address}").status_code == 404


def test_more_editions_ask_no_more_queries(
    client: Client, tables: None, django_assert_max_num_queries
) -> None:
    make_second_edition()
    with django_assert_max_num_queries(8):
        client.get("/applicability/")
