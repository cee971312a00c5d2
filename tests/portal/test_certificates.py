"""One's own certificates: what each carries, how long it lasts, and what is begun from one."""

import csv
import datetime
import io

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cpl import workflow
from cpl.models import Certificate, CertificateEvent, Coverage, Entry, Submission
from tests.cast import RIVAL_CODE, party_of, sign_in
from tests.make import SECURITY
from tests.portal.conftest import AT, edit_of, make_draft
from tests.public.making import ISSUED, _stood_behind, make_entry, make_import, record
from tests.register.conftest import PDF

SOON = datetime.date(2027, 5, 20)
LATER = datetime.date(2031, 11, 1)


def cover(entry: Entry, identifier: str = "20261101-7701", date: datetime.date = SOON) -> Certificate:
    """A CPA certificate, and that it carries the entry."""
    behind = _stood_behind(entry.brought_by)
    certificate = Certificate(
        scheme="CPA", identifier=identifier, date_kind="expires", date=date, version=SECURITY, **behind
    )
    coverage = Coverage(
        entry=entry, certificate=certificate, scheme="CPA", identifier_shown=f"[E] {identifier}",
        version_shown=SECURITY, date_shown=date, covers_from=ISSUED, **behind,
    )  # fmt: skip
    record(certificate, coverage)
    return certificate


def carried(date: datetime.date = SOON) -> tuple[Certificate, Entry]:
    """An entry of the list, and the CPA certificate that carries it."""
    entry = make_entry(make_import())
    return cover(entry, date=date), entry


def page_of(certificate: Certificate) -> str:
    return f"/portal/certificates/{certificate.pk}/"


def use_of(draft: Submission) -> str:
    return f"/portal/submissions/{draft.pk}/certificate/"


class TestThePage:
    def test_a_manufacturer_sees_what_carries_its_entries_and_for_how_long(
        self, making: Client, rival: User
    ) -> None:
        certificate, entry = carried()
        answer = making.get("/portal/certificates/")
        (held,) = answer.context["page"]
        assert (held.pk, held.carries, held.months, held.state) == (
            certificate.pk,
            (entry.number,),
            6,
            "in force",
        )
        assert b"6 months" in answer.content and b"[E] 20261101-7701" in answer.content
        assert list(sign_in(rival).get("/portal/certificates/").context["page"]) == []

    def test_who_has_none_is_told_what_to_do(self, supplier: User, maker: User) -> None:
        assert b"ask the Panel's staff" in sign_in(supplier).get("/portal/certificates/").content
        assert b"Submit a new entry" in sign_in(maker).get("/portal/certificates/").content

    def test_open_submissions_about_it_are_named(self, making: Client, maker: User) -> None:
        certificate, _ = carried()
        making.post(f"{page_of(certificate)}renew/")
        draft = Submission.objects.get()
        assert draft.reference in making.get("/portal/certificates/").content.decode()

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("", 2), ("q=7701", 1), ("q=000001", 1), ("q=in+force", 2), ("q=nothing", 0), ("scheme=DLMS", 0),
            ("scheme=CPA&q=%5BE%5D", 2), ("q=%00", 2), ("sort=whim", 2),
        ],
    )  # fmt: skip
    def test_it_is_searched(self, making: Client, asked: str, found: int) -> None:
        self.two()
        assert len(making.get(f"/portal/certificates/?{asked}").context["page"]) == found

    @pytest.mark.parametrize("sort", ["scheme", "identifier", "date", "carries", "state"])
    def test_it_is_sorted_both_ways(self, making: Client, sort: str) -> None:
        self.two()
        ways = [
            [held.pk for held in making.get(f"/portal/certificates/?sort={minus}{sort}").context["page"]]
            for minus in ("", "-")
        ]
        assert ways[0] == ways[1][::-1]
        page = making.get(f"/portal/certificates/?sort={sort}").content
        assert page.count(b'aria-sort="ascending"') == 1

    def test_it_leaves_as_csv_in_which_nothing_is_a_formula(self, making: Client) -> None:
        self.two(identifier="=1+1")
        text = making.get("/portal/certificates.csv?sort=identifier").content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        assert rows[0][:2] == ["Scheme", "Certificate"]
        assert len(rows) == 3
        assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)

    def test_it_costs_the_same_however_many_there_are(self, making: Client) -> None:
        brought = make_import()
        cover(make_entry(brought))
        with CaptureQueriesContext(connection) as few:
            making.get("/portal/certificates/")
        for number in range(12):
            cover(make_entry(brought), f"20261101-88{number:02}")
        with CaptureQueriesContext(connection) as many:
            making.get("/portal/certificates/")
        assert len(few) == len(many) <= 16

    def two(self, identifier: str = "20261101-8801") -> None:
        brought = make_import()
        cover(make_entry(brought))
        cover(make_entry(brought), identifier, LATER)


class TestOneCertificate:
    @pytest.mark.parametrize(
        ("who", "expected"),
        [("visitor", 302), ("maker", 200), ("rival", 200), ("supplier", 200), ("dcc", 200)],
    )
    def test_what_is_on_the_published_list_may_be_read_by_everybody_signed_in(
        self, request: pytest.FixtureRequest, maker: User, who: str, expected: int
    ) -> None:
        certificate, _ = carried()
        assert sign_in(request.getfixturevalue(who)).get(page_of(certificate)).status_code == expected

    def test_of_one_that_was_withdrawn_no_time_is_left(self, making: Client) -> None:
        certificate, _ = carried()
        assert " left<br>" in making.get(page_of(certificate)).content.decode()
        brought = certificate.brought_by
        record(CertificateEvent(certificate=certificate, what="withdrawn", on=ISSUED, brought_by=brought))
        page = making.get(page_of(certificate)).content.decode()
        assert "withdrawn on" in page
        assert " left<br>" not in page

    @pytest.mark.parametrize(("who", "expected"), [("maker", 200), ("rival", 404), ("officer", 404)])
    def test_what_is_not_published_yet_is_its_makers_alone(
        self, request: pytest.FixtureRequest, maker: User, who: str, expected: int
    ) -> None:
        make_import()
        certificate, _ = self.unpublished(maker)
        client = sign_in(request.getfixturevalue(who))
        assert client.get(page_of(certificate)).status_code == expected
        for what in ("use", "offer"):
            posted = client.post(f"{page_of(certificate)}{what}/").status_code
            assert posted == (302 if expected == 200 else 404)
        found = client.get("/portal/certificates/find?scheme=CPA&q=2026").content
        assert (b"20261101-7701" in found) is (expected == 200)

    @pytest.mark.parametrize("what", ["renew", "withdraw"])
    def test_only_ones_own_is_renewed_or_reported(self, maker: User, rival: User, what: str) -> None:
        certificate, _ = carried()
        assert sign_in(rival).post(f"{page_of(certificate)}{what}/").status_code == 404
        assert sign_in(maker).post(f"{page_of(certificate)}{what}/").status_code == 302
        assert Submission.objects.get().party == party_of(maker)

    @pytest.mark.parametrize("address", ["999999", "0"])
    def test_what_is_not_there_is_not_found(self, making: Client, address: str) -> None:
        assert making.get(f"/portal/certificates/{address}/").status_code == 404

    def test_what_begins_something_is_posted_and_is_one_of_four(self, making: Client) -> None:
        certificate, _ = carried()
        assert making.get(f"{page_of(certificate)}use/").status_code == 405
        assert making.post(f"{page_of(certificate)}burn/").status_code == 404

    def unpublished(self, maker: User) -> tuple[Certificate, Entry]:
        entry = make_entry()
        return cover(entry), entry


class TestWhatIsBegun:
    def test_another_model_starts_with_the_certificate_and_the_statement(self, making: Client) -> None:
        certificate, _ = carried(date=LATER)
        answer = making.post(f"{page_of(certificate)}use/", {"statement": "Only the display changed."})
        draft = Submission.objects.get()
        assert answer["Location"] == edit_of(draft)
        assert draft.kind == "new_entry"
        assert draft.answers == {
            "CPA_Certificate.identification_number": "[E] 20261101-7701",
            "CPA_Certificate.security_characteristics_version": SECURITY,
            "CPA_Certificate.expiry_date": "01/11/2031",
            "Security.statement": "Only the display changed.",
        }

    def test_a_renewal_starts_with_the_entries_and_without_a_date(self, making: Client) -> None:
        certificate, entry = carried()
        making.post(f"{page_of(certificate)}renew/")
        answers = Submission.objects.get(kind="renewal").answers
        assert answers["Entries.numbers"] == str(entry)
        assert answers["Certificate.identification_number"] == "[E] 20261101-7701"
        assert "Certificate.date" not in answers

    def test_a_notice_of_withdrawal_starts_with_its_name(self, making: Client) -> None:
        certificate, _ = carried()
        making.post(f"{page_of(certificate)}withdraw/")
        assert Submission.objects.get(kind="withdrawal").answers == {
            "Certificate.scheme": "CPA",
            "Certificate.identification_number": "[E] 20261101-7701",
        }

    def test_somebody_else_offers_a_renewal(self, rival: User, maker: User) -> None:
        certificate, entry = carried()
        sign_in(rival).post(f"{page_of(certificate)}offer/")
        assert Submission.objects.get(kind="offer").answers["Entries.numbers"] == str(entry)

    def test_an_error_in_an_entry_is_reported_by_a_new_one_that_replaces_it(self, making: Client) -> None:
        certificate, entry = carried()
        page = making.get(page_of(certificate)).content.decode()
        assert f"/portal/entries/{entry.number}/copy/" in page
        making.post(f"/portal/entries/{entry.number}/copy/", {"aim": "replace"})
        assert Submission.objects.get().answers["Entry.replaces"] == str(entry)

    def test_who_acts_for_several_says_for_which(self, making: Client, maker: User, rival: User) -> None:
        party_of(rival).memberships.create(user=maker)
        certificate, _ = carried()
        making.post(f"{page_of(certificate)}use/")
        assert not Submission.objects.exists()
        making.post(f"{page_of(certificate)}use/", {"party": party_of(rival).pk})
        assert Submission.objects.get().party == party_of(rival)


class TestTheFinder:
    def test_what_is_typed_finds_ones_own_and_published_ones(self, making: Client, rival: User) -> None:
        brought = make_import()
        cover(make_entry(brought))
        cover(make_entry(brought, manufacturer=RIVAL_CODE), "20261101-9901")
        page = making.get("/portal/certificates/find?scheme=CPA&q=20261101").content
        assert b"[E] 20261101-7701" in page and b"20261101-9901" in page
        assert b"7701" not in making.get("/portal/certificates/find?scheme=DLMS&q=20261101").content

    def test_where_none_is_found_the_scheme_is_named_and_a_file_only_where_there_is_a_draft(
        self, making: Client, maker: User
    ) -> None:
        address = "/portal/certificates/find?scheme=DLMS&q=2027"
        page = making.get(address).content.decode()
        assert "No DLMS certificate on record has “2027” in its identifier." in page
        assert "PDF" not in page
        page = making.get(f"{address}&draft={make_draft(maker).pk}").content.decode()
        assert "attached in the form" in page

    def test_htmx_is_given_the_list_alone_by_the_boxs_own_name(self, making: Client, maker: User) -> None:
        carried()
        draft = make_draft(maker)
        typed = "CPA_Certificate.identification_number=%5BE%5D+2026"
        address = f"/portal/certificates/find?scheme=CPA&draft={draft.pk}&{typed}"
        page = making.get(address, headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in page
        assert f'formaction="/portal/submissions/{draft.pk}/certificate/"' in page

    @pytest.mark.parametrize("q", ["", "2"])
    def test_one_letter_finds_nothing_yet(self, making: Client, q: str) -> None:
        carried()
        assert b"[E] 2026" not in making.get(f"/portal/certificates/find?scheme=CPA&q={q}").content

    def test_what_was_chosen_is_written_into_the_draft_with_what_was_typed(
        self, making: Client, maker: User
    ) -> None:
        certificate, _ = carried(date=LATER)
        draft = make_draft(maker, {"Product.name": "Before", "Device_Model.model_identifier": "0C0D"})
        making.post(
            f"/portal/submissions/{draft.pk}/certificate/",
            {"certificate": certificate.pk, "Product.name": "Typed meanwhile"},
        )
        draft.refresh_from_db()
        assert draft.answers["CPA_Certificate.expiry_date"] == "01/11/2031"
        assert draft.answers["Product.name"] == "Typed meanwhile"
        assert draft.answers["Device_Model.model_identifier"] == "0C0D"

    def test_files_that_were_chosen_and_not_yet_saved_are_kept(self, making: Client, maker: User) -> None:
        certificate, _ = carried(date=LATER)
        draft = make_draft(maker)
        scan = SimpleUploadedFile("scan.pdf", PDF)
        making.post(use_of(draft), {"certificate": certificate.pk, "file-DLMS": scan})
        assert [(row.what, row.file_name) for row in draft.evidence.all()] == [("DLMS", "scan.pdf")]

    def test_a_file_that_cannot_be_kept_is_told_of(self, making: Client, maker: User) -> None:
        certificate, _ = carried(date=LATER)
        draft = make_draft(maker)
        scan = SimpleUploadedFile("scan.pdf", b"no PDF at all")
        answer = making.post(use_of(draft), {"certificate": certificate.pk, "file-DLMS": scan}, follow=True)
        assert "scan.pdf" in answer.content.decode()
        draft.refresh_from_db()
        assert draft.answers["CPA_Certificate.expiry_date"] == "01/11/2031"

    def test_what_was_typed_is_not_lost_to_a_colleague_who_saved_meanwhile(
        self, making: Client, maker: User
    ) -> None:
        certificate, _ = carried(date=LATER)
        draft = make_draft(maker, {"Product.name": "Before"})
        seen = workflow.digest_of_answers(draft.answers)
        workflow.save(draft.pk, {"Product.name": "A colleague's"}, by=maker)
        answer = making.post(
            use_of(draft), {"certificate": certificate.pk, "seen": seen, "Product.name": "Typed meanwhile"}
        )
        page = answer.content.decode()
        assert answer.status_code == 409
        assert all(text in page for text in ("A colleague&#x27;s", "Typed meanwhile", "01/11/2031"))

    @pytest.mark.parametrize("named", ["", "abc", "999999", "-1", "9" * 40])
    def test_what_is_not_on_record_is_not_taken_over(self, making: Client, maker: User, named: str) -> None:
        draft = make_draft(maker)
        making.post(f"/portal/submissions/{draft.pk}/certificate/", {"certificate": named})
        draft.refresh_from_db()
        assert draft.answers == {}

    def test_nobody_writes_into_anothers_draft(self, maker: User, rival: User) -> None:
        certificate, _ = carried()
        draft = make_draft(maker)
        address = f"/portal/submissions/{draft.pk}/certificate/"
        assert sign_in(rival).post(address, {"certificate": certificate.pk}).status_code == 404
        assert sign_in(rival).get(f"/portal/certificates/find?draft={draft.pk}").status_code == 404
        assert sign_in(None).post(address).status_code == 302

    def test_a_submission_that_is_fixed_stays_as_it_is(self, making: Client, maker: User) -> None:
        certificate, _ = carried()
        draft = make_draft(maker)
        workflow.move(draft.pk, "withdraw", by=maker, at=AT)
        making.post(f"/portal/submissions/{draft.pk}/certificate/", {"certificate": certificate.pk})
        draft.refresh_from_db()
        assert draft.answers == {}

    def test_the_form_leads_to_it_without_javascript(self, making: Client, maker: User) -> None:
        draft = make_draft(maker)
        page = making.get(edit_of(draft)).content.decode()
        for scheme in ("CPA", "DLMS", "Zigbee"):
            assert f"/portal/certificates/find?scheme={scheme}&amp;draft={draft.pk}" in page


@pytest.mark.parametrize(
    "address", ["/portal/certificates/", "/portal/certificates.csv", "/portal/certificates/find"]
)
def test_a_visitor_is_sent_to_sign_in(visitor: None, address: str) -> None:
    assert sign_in(None).get(address).status_code == 302
