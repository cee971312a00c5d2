"""Organisations and contacts come in as a file: shown first, then all or none, with a reason."""

import csv
import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from cpl.models import Contact, Party
from tests.cast import make_user, sign_in

pytestmark = pytest.mark.django_db
PARTIES = ["name", "category", "verified", "active"]
CONTACTS = ["party", "purpose", "email", "name", "telephone"]
TIDEWATER = "Tidewater Metering Ltd"


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.STAFF_MFA = False


@pytest.fixture
def clerk(maker: User) -> User:
    return make_user("clerk@panel.example", "Administrator")


def as_csv(headers: list[str], *rows: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([headers, *rows])
    return text.getvalue().encode()


def send(user: User, slug: str, data: bytes, reason: str = "Letter of 1 May") -> Any:
    place = reverse("admin:cpl_party_import", args=[slug])
    return sign_in(user).post(place, {"file": SimpleUploadedFile("rows", data), "reason": reason})


def confirm(user: User, slug: str, preview: Any) -> str:
    place = reverse("admin:cpl_party_import", args=[slug])
    sent = preview.context["confirm"].initial
    return sign_in(user).post(place, sent, follow=True).content.decode()


def whats(answer: Any) -> list[str]:
    return [line.what for line in answer.context["preview"].lines]


def test_organisations_come_in_after_they_were_shown(clerk: User) -> None:
    data = as_csv(PARTIES, [TIDEWATER, "Large Supplier", "yes", "yes"], ["Fenland", "DCC", "no", "yes"])
    shown = send(clerk, "parties", data)
    assert whats(shown) == ["changed", "new"]
    assert "<del>Other SEC Party</del>" in shown.content.decode()
    assert not Party.objects.filter(name="Fenland").exists()
    assert "1 added, 1 changed." in confirm(clerk, "parties", shown)
    row = Party.objects.get(name=TIDEWATER)
    assert (row.category, Party.objects.get(name="Fenland").verified) == ("large_supplier", False)
    last = row.history.latest()
    assert (last.history_change_reason, last.history_user) == ("Letter of 1 May", clerk)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("slug", ["parties", "contacts"])
def test_what_leaves_changes_nothing_when_it_comes_back(clerk: User, slug: str, ending: str) -> None:
    party = Party.objects.get()
    Contact.objects.create(party=party, email="desk@tidewater.example", telephone="+44 1632 960001")
    taken = sign_in(clerk).get(reverse("admin:cpl_party_table", args=[slug, ending]))
    assert taken.status_code == 200
    assert b",+44" not in taken.content
    shown = send(clerk, slug, taken.content)
    assert set(whats(shown)) == {"same"}


def test_contacts_are_known_by_organisation_purpose_and_address(clerk: User) -> None:
    known = [TIDEWATER, "Notices", "notices@tidewater.example", "Ada Quill", "'+44 1632 960001"]
    data = as_csv(CONTACTS, known, [TIDEWATER, "Submissions", "new@tidewater.example", "", ""])
    assert "1 added, 1 changed." in confirm(clerk, "contacts", send(clerk, "contacts", data))
    row = Contact.objects.get(email="notices@tidewater.example")
    assert (row.name, row.telephone) == ("Ada Quill", "+44 1632 960001")
    assert row.history.latest().history_change_reason == "Letter of 1 May"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["Nobody Ltd", "Notices", "a@b.example", "", ""], "there is none of this name"),
        ([TIDEWATER, "Letters", "a@b.example", "", ""], "write one of Notices, Submissions"),
        ([TIDEWATER, "Notices", "no address", "", ""], "email: Enter a valid email address."),
        ([TIDEWATER, "Notices", "good@b.example", "", ""], "row 2 of the file is for the same thing"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_done(clerk: User, row: list[str], said: str) -> None:
    good = [TIDEWATER, "Notices", "good@b.example", "", ""]
    shown = send(clerk, "contacts", as_csv(CONTACTS, good, row))
    page = shown.content.decode()
    assert whats(shown) == ["new", "refused"]
    assert "Row 3: " in page
    assert said in page
    confirm(clerk, "contacts", shown)
    assert not Contact.objects.filter(email="good@b.example").exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (as_csv(PARTIES[:2], ["x", "DCC"]), "lacks the column verified and active"),
        (as_csv([*PARTIES, "id"], ["x", "DCC", "yes", "yes", "1"]), "No column here is called id"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"PK\x03\x04", "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(clerk: User, data: bytes, said: str) -> None:
    assert said in send(clerk, "parties", data).content.decode()


def test_a_formula_is_refused_by_its_address(clerk: User) -> None:
    book, data = Workbook(), io.BytesIO()
    book.active.append(PARTIES)
    book.active.append(['=HYPERLINK("x")', "DCC", "yes", "yes"])
    book.save(data)
    assert "Cell A2 holds a formula" in send(clerk, "parties", data.getvalue()).content.decode()


def test_a_table_that_changed_meanwhile_is_shown_anew(clerk: User) -> None:
    shown = send(clerk, "parties", as_csv(PARTIES, [TIDEWATER, "DCC", "yes", "yes"]))
    Party.objects.create(name="Fenland", category="dcc")
    assert "has changed meanwhile" in confirm(clerk, "parties", shown)
    assert Party.objects.get(name=TIDEWATER).category == "other"


def test_a_reason_is_asked_for(clerk: User) -> None:
    page = send(clerk, "parties", as_csv(PARTIES, [TIDEWATER, "DCC", "yes", "yes"]), reason="")
    assert "This field is required" in page.content.decode()


def test_only_who_keeps_the_rows_brings_them_in_or_takes_addresses_out(officer: User, maker: User) -> None:
    auditor = make_user("auditor@panel.example", "Auditor")
    for place in (
        reverse("admin:cpl_party_import", args=["parties"]),
        reverse("admin:cpl_party_table", args=["contacts", "csv"]),
    ):
        assert sign_in(officer).get(place).status_code == 403
        assert sign_in(auditor).get(place).status_code == 403
        assert sign_in(maker).get(place).status_code == 302


def test_the_list_leads_there_for_who_may(clerk: User, officer: User) -> None:
    place = reverse("admin:cpl_party_changelist")
    assert "Bring in organisations" in sign_in(clerk).get(place).content.decode()
    assert "Bring in organisations" not in sign_in(officer).get(place).content.decode()
