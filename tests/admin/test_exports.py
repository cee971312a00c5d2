"""What officers take out of the admin as a spreadsheet."""

import csv
import io

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse
from import_export.admin import ImportMixin
from openpyxl import load_workbook

from cpl.models import Party
from tests.cast import make_user, sign_in
from tests.public.making import make_coverage, make_entry, make_import, make_removal

pytestmark = pytest.mark.django_db
XLSX, CSV = "0", "1"


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    settings.STAFF_MFA = False  # type: ignore[attr-defined]


def taken(user: User, model: str, kind: str = CSV, **asked: str) -> bytes:
    address = reverse(f"admin:cpl_{model}_export", query=asked)
    response = sign_in(user).post(address, {"resource": "", "format": kind})
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    return response.content


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_entries_are_taken_as_they_are_searched_and_filtered(officer: User) -> None:
    brought = make_import()
    make_entry(brought, firmware="00000012")
    make_removal(make_entry(brought))
    (row,) = rows(taken(officer, "entry", status="Current"))
    assert (row["number"], row["status"], row["firmware"]) == ("000001", "Current", "00000012")
    assert len(rows(taken(officer, "entry"))) == 2


def test_in_a_workbook_digits_stay_text(officer: User) -> None:
    make_entry(make_import(), firmware="00000012")
    sheet = load_workbook(io.BytesIO(taken(officer, "entry", XLSX))).active
    header, values = sheet.iter_rows(values_only=True)
    assert dict(zip(header, values, strict=True))["firmware"] == "00000012"


@pytest.mark.parametrize("kind", [XLSX, CSV])
@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_cell_is_a_formula(officer: User, kind: str, start: str) -> None:
    make_entry(make_import(), product_name=f"{start}HYPERLINK(1)\x07")
    content = taken(officer, "entry", kind)
    if kind == CSV:
        assert rows(content)[0]["product_name"].startswith(f"'{start}HYPERLINK(1)")
        return
    cells = [cell for row in load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
    assert f"'{start}HYPERLINK(1)\ufffd" in [cell.value for cell in cells]
    assert "f" not in {cell.data_type for cell in cells}


def test_certificates_come_with_the_number_of_their_entries(officer: User) -> None:
    make_coverage(make_entry(make_import()))
    (row,) = rows(taken(officer, "certificate"))
    assert (row["identifier"], row["date"], row["entries"]) == ("20261101-7701", "2031-11-01", "1")


def test_parties_come_without_people_and_addresses(officer: User, maker: User, rival: User) -> None:
    content = taken(officer, "party")
    assert [row["manufacturer_identifiers"] for row in rows(content)] == ["7B10", "7A01"]
    assert b"@" not in content


@pytest.mark.parametrize("model", ["entry", "certificate"])
def test_who_may_not_see_a_table_takes_nothing_out_of_it(model: str) -> None:
    clerk = make_user("clerk@panel.example", "Administrator")
    assert sign_in(clerk).get(reverse(f"admin:cpl_{model}_export")).status_code == 403


def test_a_submitter_takes_nothing(maker: User) -> None:
    assert sign_in(maker).get(reverse("admin:cpl_party_export")).status_code == 302


def test_nothing_comes_in_this_way() -> None:
    assert not [one for one in admin.site._registry.values() if isinstance(one, ImportMixin)]
    assert Party in admin.site._registry
