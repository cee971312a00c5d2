"""Ten thousand rows are shown with as many queries as ten, on a page that a phone can load."""

import pytest
from django.test import Client

from cpl import fields as f
from cpl.models import Upload, UploadRow
from cpl.rules.problem import Level
from tests.cast import party_of
from tests.make import make_answers
from tests.portal.device_files import firmware_of
from tests.register.conftest import AT

MOST_QUERIES = 60
MOST_OCTETS = 150_000
PAGES = [
    "",
    "?show=refused",
    "?rule=F-hex",
    "?q=0b",
    "?page=600",
    "?field=Device_Model.model_identifier&page=3",
]


def said(field: f.Field, rule: str, level: Level, found: str, row: int) -> dict[str, object]:
    return {
        "row": row, "cell": f"C{row}", "field": field.name, "rule": rule, "level": str(level), "found": found,
        "expected": "2 octets in hexadecimal, 4 digits (XX:XX), as text",
        "message": f"{field.label} cannot be read as 2 octets in hexadecimal. {found} is not. " * 2,
        "source": "form, rows 10 to 14 and 25 (column E)",
    }  # fmt: skip


def make_upload(maker, count: int) -> Upload:
    """As after a check: every other row has ten problems, in every field of choice among them."""
    columns = [one.name for one in f.NEW_ENTRY]
    one = Upload.objects.create(
        party=party_of(maker), created_by=maker, created_at=AT, shape="bulk", status="checked",
        source_name="many.csv", files=[{"name": "many.csv", "sha256": "0" * 64, "size": 1}],
        columns=columns, rows_read=count, rows_refused=count // 2,
    )  # fmt: skip
    wrong = [*f.DEVICE_FIELDS, *f.VERSION_FIELDS, f.CPA_SECURITY, f.DLMS_VERSION, f.ZSE_VERSION]
    rows = []
    for place in range(count):
        answers = make_answers(firmware=firmware_of(place), cpa_id=f"[E] 2026-{place}")
        bad = place % 2 == 0
        problems = [said(one, "F-hex", Level.REFUSE, f"found {place % 7}", place + 2) for one in wrong]
        rows.append(
            UploadRow(
                upload=one, place=place, file_name="many.csv", row=place + 2, answers=answers,
                cells={name: [f"C{place + 2}", "text", answers.get(name, "")] for name in columns},
                problems=problems if bad else [], refused=bad,
                device_key=f"{firmware_of(place)}/",
            )
        )  # fmt: skip
    UploadRow.objects.bulk_create(rows, batch_size=500)
    return one


@pytest.mark.parametrize("query", PAGES)
def test_its_queries_do_not_grow_with_its_rows(
    making: Client, maker, django_assert_max_num_queries, query: str
) -> None:
    few, many = make_upload(maker, 10), make_upload(maker, 1000)
    counts = []
    for one in (few, many):
        with django_assert_max_num_queries(MOST_QUERIES) as asked:
            assert making.get(f"/portal/uploads/{one.pk}/{query}").status_code == 200
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 4


def test_a_page_of_ten_thousand_rows_is_light_and_quick(
    making: Client, maker, django_assert_max_num_queries
) -> None:
    one = make_upload(maker, 10_000)
    for query in PAGES:
        with django_assert_max_num_queries(MOST_QUERIES):
            answer = making.get(f"/portal/uploads/{one.pk}/{query}")
        assert len(answer.content) < MOST_OCTETS, (query, len(answer.content))
    assert b"<strong>10000</strong> rows" in making.get(f"/portal/uploads/{one.pk}/").content
