"""Rows of an edition leave as a file and come back: shown row by row first, then all of them or none."""

import csv
import datetime
import io
import zipfile
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from applicability.differences import differences
from applicability.editions import tables_from
from applicability.models import Edition, SpecificationVersion, Validity
from tests.admin.test_editions import address, draft, first, row_of, without_second_factor
from tests.cast import make_user, sign_in

pytestmark = pytest.mark.django_db
__all__ = ["draft", "first", "without_second_factor"]
HEADERS = ["device_type", "ts", "ivp_from", "ivp_to", "mvp_from", "mvp_to"]
HUB = ["Communications Hub", "CHTS V1.5"]


def as_csv(*rows: list[str], headers: list[str] = HEADERS) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([headers, *rows])
    return text.getvalue().encode()


def as_xlsx(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in (HEADERS, *rows):
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def send(client: Client, edition: Edition, data: bytes, slug: str = "validities", **answers: str) -> Any:
    file = SimpleUploadedFile("rows", data)
    return client.post(address("edition_import", edition.pk, slug), {"file": file, **answers})


def confirm(client: Client, response: Any, edition: Edition, slug: str = "validities") -> str:
    sent = {name: value for name, value in response.context["confirm"].initial.items() if value}
    done = client.post(address("edition_import", edition.pk, slug), sent, follow=True)
    return done.content.decode()


def whats(response: Any) -> list[str]:
    return [line.what for line in response.context["preview"].lines]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("slug", ["validities", "periods", "combinations"])
def test_what_is_exported_changes_nothing_when_it_comes_back(
    draft: Edition, officer: User, slug: str, ending: str
) -> None:
    client = sign_in(officer)
    exported = client.get(address("edition_export", draft.pk, slug, ending))
    assert f"edition-2-{slug}.{ending}" in exported["Content-Disposition"]
    response = send(client, draft, exported.content, slug, whole="on")
    assert set(whats(response)) == {"same"}
    assert response.context["preview"].unnamed == 0


def test_the_preview_shows_each_row_and_changes_nothing(draft: Edition, officer: User) -> None:
    client, before = sign_in(officer), tables_from(draft)
    row = row_of(draft)
    data = as_csv(
        [*HUB, str(row.ivp_from), str(row.ivp_to), str(row.mvp_from), "2031-12-31"],
        ["Communications Hub", "SMETS V5.1", "2030-01-01", "none", "2030-01-01", "none"],
    )
    response = send(client, draft, data)
    assert whats(response) == ["changed", "new"]
    page = response.content.decode()
    assert "<del>unknown</del>" in page
    assert "<ins>2031-12-31</ins>" in page
    assert differences(before, tables_from(draft)) == ()
    assert "1 added, 1 changed." in confirm(client, response, draft)
    found = {(row.key, row.what) for row in differences(before, tables_from(draft))}
    assert found == {(tuple(HUB), "changed"), (("Communications Hub", "SMETS V5.1"), "added")}


def test_a_workbook_with_date_cells_is_read_as_dates(draft: Edition, officer: User) -> None:
    client = sign_in(officer)
    from_sheet = as_xlsx([*HUB, "unknown", "unknown", "unknown", datetime.date(2031, 12, 31)])
    confirm(client, send(client, draft, from_sheet), draft)
    assert str(row_of(draft).mvp_to) == "2031-12-31"


def test_rows_that_the_file_does_not_name_stay_unless_it_is_the_whole_table(
    draft: Edition, officer: User
) -> None:
    client = sign_in(officer)
    count = Validity.objects.filter(edition=draft).count()
    only = as_csv([*HUB, "unknown", "unknown", "unknown", "2031-12-31"])
    response = send(client, draft, only)
    assert (whats(response), response.context["preview"].unnamed) == (["changed"], count - 1)
    response = send(client, draft, only, whole="on")
    assert whats(response) == ["changed", *["gone"] * (count - 1)]
    assert f"1 changed, {count - 1} taken out." in confirm(client, response, draft)
    assert Validity.objects.filter(edition=draft).count() == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([*HUB, "2030-01-02", "2030-01-01", "unknown", "none"], "ivp_to is before ivp_from."),
        ([*HUB, "none", "none", "unknown", "none"], "ivp_from: a date or unknown"),
        ([*HUB, "01/02/2030", "none", "unknown", "none"], "expected a date as 2018-12-05"),
        (["Toaster", "CHTS V1.5", "unknown", "none", "unknown", "none"], "Toaster&#x27;: there is none"),
        (["Communications Hub", "GBCS Version 3.2", *["unknown"] * 4], "there is none of this name"),
    ],
)
def test_a_wrong_row_is_named_by_its_place_and_stops_the_whole_file(
    draft: Edition, officer: User, row: list[str], said: str
) -> None:
    good = ["Communications Hub", "CHTS V1.4", "unknown", "unknown", "unknown", "2031-12-31"]
    client, before = sign_in(officer), tables_from(draft)
    response = send(client, draft, as_csv(good, [""] * 6, row))
    page = response.content.decode()
    assert whats(response) == ["changed", "refused"]
    assert "Row 4: " in page
    assert said in page
    assert "into the draft</button>" not in page
    confirm(client, response, draft)
    assert differences(before, tables_from(draft)) == ()


def test_two_rows_for_one_thing_name_each_other(draft: Edition, officer: User) -> None:
    row = [*HUB, "unknown", "unknown", "unknown", "2031-12-31"]
    response = send(sign_in(officer), draft, as_csv(row, row))
    assert "Row 3: row 2 of the file is for the same thing" in response.content.decode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04 nonsense", "damaged"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (as_csv(headers=["device_type", "ts"]), "lacks the column"),
        (as_csv(headers=["ts", "ts"]), "two columns of one name"),
        (b"\n\n", "no rows"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(
    draft: Edition, officer: User, data: bytes, said: str
) -> None:
    assert said in send(sign_in(officer), draft, data).content.decode()


def test_a_false_dimension_hides_no_row(draft: Edition, officer: User) -> None:
    rows = ([HUB[0], f"CHTS V1.{n}", *["unknown"] * 3, "2031-12-31"] for n in (3, 4, 5))
    sheet = as_xlsx(*rows)
    lying = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheet)) as source, zipfile.ZipFile(lying, "w") as target:
        for item in source.namelist():
            text = source.read(item).replace(b'<dimension ref="A1:F4"', b'<dimension ref="A1:F2"')
            target.writestr(item, text)
    assert len(whats(send(sign_in(officer), draft, lying.getvalue()))) == 3


def test_a_draft_that_changed_since_the_preview_is_shown_anew(draft: Edition, officer: User) -> None:
    client = sign_in(officer)
    response = send(client, draft, as_csv([*HUB, "unknown", "unknown", "unknown", "2031-12-31"]))
    Validity.objects.filter(pk=row_of(draft).pk).update(mvp_to="2032-12-31")
    assert "has changed meanwhile" in confirm(client, response, draft)
    assert str(row_of(draft).mvp_to) == "2032-12-31"


def test_whoever_brings_a_file_in_has_prepared_the_draft(draft: Edition, second_officer: User) -> None:
    client = sign_in(second_officer)
    response = send(client, draft, as_csv([*HUB, "unknown", "unknown", "unknown", "2031-12-31"]))
    confirm(client, response, draft)
    draft.refresh_from_db()
    assert draft.prepared_by == second_officer


def test_duis_comes_in_beside_its_gbcs_version(draft: Edition, officer: User) -> None:
    SpecificationVersion.objects.create(document="DUIS", label="DUIS Version 4.0", source="Sample")
    client = sign_in(officer)
    data = as_csv(["GBCS Version 3.2", "DUIS Version 4.0"], headers=["gbcs", "version"])
    confirm(client, send(client, draft, data, "companions"), draft, "companions")
    assert tables_from(draft).companion_versions("GBCS Version 3.2") == {"DUIS Version 4.0"}


def test_only_officers_bring_files_in_and_only_into_drafts(
    draft: Edition, first: Edition, officer: User, maker: User
) -> None:
    auditor = make_user("auditor@panel.example", "Auditor")
    place = address("edition_import", draft.pk, "validities")
    assert sign_in(officer).get(place).status_code == 200
    assert sign_in(auditor).get(place).status_code == 403
    assert sign_in(maker).get(place).status_code == 302
    assert sign_in(officer).get(address("edition_import", first.pk, "validities")).status_code == 403
    assert sign_in(officer).get(address("edition_import", draft.pk, "nonsense")).status_code == 404
    assert sign_in(auditor).get(address("edition_export", first.pk, "periods", "csv")).status_code == 200
    assert sign_in(auditor).get(address("edition_export", first.pk, "periods", "exe")).status_code == 404
