"""A private file is shown in place to those who may read it, by our own pages alone, and runs nothing."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from cpl import evidence, workflow
from cpl.models import Submission
from tests.cast import make_user, party_of, sign_in
from tests.make import DAY, make_answers
from tests.papers import make_certificate, make_pdf, make_png
from tests.register.conftest import AT

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture(autouse=True)
def no_second_factor(settings: object) -> None:
    settings.STAFF_MFA = False  # type: ignore[attr-defined]


@pytest.fixture
def submitted(maker: User) -> Submission:
    draft = workflow.start("new_entry", party=party_of(maker), by=maker, at=AT, answers=make_answers())
    for what, content in (("CPA", make_certificate()), ("DLMS", make_pdf()), ("Zigbee", make_png())):
        workflow.attach(draft.pk, what, f"{what}.pdf", content, by=maker, at=AT)
    return workflow.submit(draft.pk, by=maker, at=AT, on=DAY)


def addresses(submission: Submission) -> tuple[str, str]:
    row = submission.evidence.get(what="CPA")
    admin = f"/admin/cpl/submission/{submission.pk}/evidence/{row.pk}/"
    return f"/portal/evidence/{row.pk}/shown/", admin


@pytest.mark.parametrize(
    ("who", "portal", "admin"),
    [
        ("visitor", 302, 302), ("maker", 200, 302), ("rival", 404, 302), ("supplier", 404, 302),
        ("dcc", 404, 302), ("officer", 200, 200),
    ],
)  # fmt: skip
def test_who_may_see_a_file_in_place(
    request: pytest.FixtureRequest, submitted: Submission, who: str, portal: int, admin: int
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert tuple(client.get(address).status_code for address in addresses(submitted)) == (portal, admin)


def test_an_auditor_sees_it_in_the_admin_alone(submitted: Submission) -> None:
    client = sign_in(make_user("auditor@panel.example", "Auditor"))
    portal, admin = addresses(submitted)
    assert (client.get(portal).status_code, client.get(admin).status_code) == (404, 200)


@pytest.mark.parametrize("place", [0, 1])
def test_it_comes_in_a_sandbox_that_only_our_pages_may_frame(
    submitted: Submission, officer: User, place: int
) -> None:
    answer = sign_in(officer).get(addresses(submitted)[place])
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'") and "frame-ancestors 'self'" in policy
    # Nothing is let out of the sandbox again.
    assert "allow-" not in policy and "script-src" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"].startswith("private, no-store")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="CPA.pdf"'


def test_only_the_pages_that_show_evidence_may_hold_frames(
    submitted: Submission, maker: User, officer: User
) -> None:
    page, other = f"/portal/submissions/{submitted.pk}/", "/portal/"
    assert "frame-src 'self'" in sign_in(maker).get(page)["Content-Security-Policy"]
    assert "frame-src" not in sign_in(maker).get(other)["Content-Security-Policy"]
    review = sign_in(officer).get(f"/admin/cpl/submission/{submitted.pk}/change/")
    assert "frame-src 'self'" in review["Content-Security-Policy"]
    # The pages themselves are framed by nobody.
    assert "frame-ancestors 'none'" in review["Content-Security-Policy"]
    assert review["X-Frame-Options"] == "DENY"


class TestTheReviewPage:
    @pytest.fixture
    def page(self, submitted: Submission, officer: User) -> str:
        return sign_in(officer).get(f"/admin/cpl/submission/{submitted.pk}/change/").content.decode()

    def test_each_file_is_opened_by_the_keyboard_beside_the_answers(self, page: str) -> None:
        assert page.count('<details class="paper"') == 3
        assert page.count("<iframe") == 2 and page.count('loading="lazy"') == 3
        assert 'title="CPA certificate: CPA.pdf"' in page
        # With the attribute, Chromium would leave the frame empty.
        assert "sandbox" not in page

    def test_a_picture_is_shown_as_one(self, page: str) -> None:
        assert 'alt="Zigbee certificate: Zigbee.pdf"' in page

    def test_it_says_what_could_not_be_compared(self, page: str) -> None:
        assert page.count("no text to compare") == 2


def test_a_files_name_is_escaped_where_it_is_shown(maker: User) -> None:
    draft = workflow.start("new_entry", party=party_of(maker), by=maker, at=AT, answers={})
    workflow.attach(draft.pk, "CPA", '"><img src=x onerror=alert(1)>.pdf', make_pdf(), by=maker, at=AT)
    page = sign_in(maker).get(f"/portal/submissions/{draft.pk}/").content
    assert b"<img src=x" not in page


def test_an_altered_file_is_not_shown(submitted: Submission, making_of: Client) -> None:
    row = submitted.evidence.get(what="CPA")
    path = evidence.path_of(row.sha256)
    kept = path.read_bytes()
    path.write_bytes(b"%PDF- altered")
    try:
        assert making_of.get(addresses(submitted)[0]).status_code == 404
    finally:
        path.write_bytes(kept)


@pytest.fixture
def making_of(maker: User) -> Client:
    return sign_in(maker)


def test_submitter_and_officer_are_told_of_a_scan(submitted: Submission, maker: User, officer: User) -> None:
    for client, page in (
        (sign_in(maker), f"/portal/submissions/{submitted.pk}/"),
        (sign_in(officer), f"/admin/cpl/submission/{submitted.pk}/change/"),
    ):
        text = client.get(page).content.decode()
        assert "Not compared with the form" in text and "DLMS.pdf" in text
