"""What Panel staff see and do, and what nobody else reaches."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpl import evidence
from cpl.models import Entry, Release, Removal, Submission
from tests.cast import make_user, sign_in
from tests.make import make_answers
from tests.register.conftest import PDF, start, submit
from tests.register.test_admitting import admit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    settings.STAFF_MFA = False  # type: ignore[attr-defined]


def change(submission: Submission) -> str:
    return reverse("admin:cpl_submission_change", args=[submission.pk])


def decide(client: Client, submission: Submission, **data: object) -> str:
    response = client.post(reverse("admin:cpl_submission_decide", args=[submission.pk]), data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_an_officer_finds_reads_and_approves_a_submission(tables: None, maker: User, officer: User) -> None:
    submission = submit(maker, make_answers())
    client = sign_in(officer)
    queue = client.get(reverse("admin:cpl_submission_changelist")).content.decode()
    assert submission.reference in queue
    page = client.get(change(submission)).content.decode()
    for shown in ("0A:0B:0C:0D", "[E] 20261101-7701", "CPA.pdf", "Tidewater Metering Ltd", ">Approve<"):
        assert shown in page
    acknowledged = [p.rule for p in client.get(change(submission)).context["found"]["warn"]]
    page = decide(client, submission, verb="approve", acknowledged=acknowledged, why="Looked at.")
    assert "it is entry 000001" in page
    assert Entry.objects.get().submission == submission


def test_returning_needs_words_and_reaches_the_submitter(tables: None, maker: User, officer: User) -> None:
    submission = submit(maker, make_answers())
    client = sign_in(officer)
    assert "Give the reasons" in decide(client, submission, verb="return", words="")
    assert "is returned" in decide(client, submission, verb="return", words="The revision is missing.")
    assert submission.steps.last().words == "The revision is missing."


def test_the_second_of_two_officers_reads_why_not(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    submission = submit(maker, make_answers())
    rules = [p.rule for p in sign_in(officer).get(change(submission)).context["found"]["warn"]]
    decide(sign_in(officer), submission, verb="approve", acknowledged=rules, why="Looked at.")
    page = decide(sign_in(second_officer), submission, verb="refuse", ground="other", words="no")
    assert "is approved by officer@panel.example" in page


def test_who_submitted_sees_no_buttons(tables: None, officer: User) -> None:
    answers = {"Certificate.scheme": "CPA"}
    page = sign_in(officer).get(change(start(officer, answers, "withdrawal"))).content.decode()
    assert ">Approve<" not in page


def test_what_people_typed_is_escaped(tables: None, maker: User, officer: User) -> None:
    attack = "<script>alert(1)</script>"
    submission = submit(maker, make_answers(product_name=attack, fir_description=attack, contact_name=attack))
    page = sign_in(officer).get(change(submission)).content.decode()
    assert attack not in page
    assert "&lt;script&gt;" in page


def test_evidence_is_shown_in_a_sandbox_and_to_staff_alone(tables: None, maker: User, officer: User) -> None:
    submission = submit(maker, make_answers())
    row = submission.evidence.first()
    address = reverse("admin:cpl_submission_evidence", args=[submission.pk, row.pk])
    response = sign_in(officer).get(address)
    assert response.content.startswith(PDF)
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/pdf"
    for nobody in (None, maker):
        assert sign_in(nobody).get(address).status_code == 302


def test_evidence_that_was_altered_on_the_disk_is_not_shown(tables: None, maker: User, officer: User) -> None:
    row = submit(maker, make_answers()).evidence.first()
    path = evidence.path_of(row.sha256)
    kept = path.read_bytes()
    path.write_bytes(b"%PDF-1.4 something else")
    address = reverse("admin:cpl_submission_evidence", args=[row.submission_id, row.pk])
    assert sign_in(officer).get(address).status_code == 404
    path.write_bytes(kept)


def test_a_removal_is_proposed_by_one_officer_and_approved_by_another(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    admit(maker, officer)
    today = f"{timezone.localdate():%d/%m/%Y}"
    answers = {
        "Entries.numbers": "1", "Removal.ground": "ssc_decision", "Removal.reason": "Decided in meeting 7",
        "Removal.decided_by": "Security Sub-Committee", "Decision.reference": "SSC 7/3",
        "Removal.decision_date": today, "Removal.effective_date": today,
    }  # fmt: skip
    address = reverse("admin:cpl_submission_raise", args=["removal"])
    page = sign_in(officer).post(address, {**answers, "Entries.numbers": "77"}).content.decode()
    assert "000077" in page
    assert not Submission.objects.filter(kind="removal").exists()
    page = sign_in(officer).post(address, answers, follow=True).content.decode()
    assert "waits for a second officer" in page
    proposal = Submission.objects.get(kind="removal")
    assert "second person" in decide(sign_in(officer), proposal, verb="approve")
    decide(sign_in(second_officer), proposal, verb="approve")
    assert Removal.objects.get().entry_id == 1


def test_a_renewal_is_proposed_with_its_evidence(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    admit(maker, officer)
    address = reverse("admin:cpl_submission_raise", args=["renewal"])
    answers = {
        "Certificate.scheme": "CPA", "Certificate.identification_number": "[R] 20261102-8801",
        "Certificate.version": "Security Characteristics version 1.3", "Certificate.date": "02/11/2032",
        "Certificate.replaces": "[E] 20261101-7701", "Entries.numbers": "000001",
        "Decision.reference": "Letter 9",
    }  # fmt: skip
    assert "PDF" in sign_in(officer).post(address, answers).content.decode()
    files = {"CPA": SimpleUploadedFile("renewed.pdf", PDF, "application/pdf")}
    page = sign_in(officer).post(address, {**answers, **files}, follow=True).content.decode()
    assert "waits for a second officer" in page
    proposal = Submission.objects.get(kind="renewal")
    rules = [p.rule for p in sign_in(second_officer).get(change(proposal)).context["found"]["warn"]]
    decide(sign_in(second_officer), proposal, verb="approve", acknowledged=rules, why="Looked at.")
    assert Entry.objects.get().coverage.filter(scheme="CPA").count() == 2


def test_a_publisher_sees_what_is_new_and_publishes(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    admit(maker, officer)
    address = reverse("admin:cpl_release_publish")
    assert "000001 - Tidewater T100" in sign_in(second_officer).get(address).content.decode()
    page = sign_in(second_officer).post(address, follow=True).content.decode()
    assert "Release 1.0 is published" in page
    assert Release.objects.get().published_by == second_officer
    assert "Nothing has changed" in sign_in(second_officer).post(address, follow=True).content.decode()


PAGES = (
    "cpl_entry", "cpl_certificate", "cpl_removal", "cpl_listimport", "cpl_release", "cpl_submission",
    "cpl_party",
    "cpl_manufactureridentifier", "cpl_removalground",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_lists_open_for_an_auditor_and_for_nobody_outside(
    tables: None, maker: User, officer: User, page: str
) -> None:
    admit(maker, officer)
    address = reverse(f"admin:{page}_changelist")
    auditor = make_user("auditor@panel.example", "Auditor")
    assert sign_in(auditor).get(address).status_code == 200
    assert sign_in(auditor).get(address, {"q": "0A0B"}).status_code == 200
    for nobody in (None, maker):
        assert sign_in(nobody).get(address).status_code == 302


@pytest.mark.parametrize(
    "page", ["cpl_entry", "cpl_certificate", "cpl_removal", "cpl_release", "cpl_submission"]
)
def test_the_register_shows_no_add_change_or_delete_to_anybody(
    tables: None, maker: User, officer: User, page: str
) -> None:
    admit(maker, officer)
    root = User.objects.create_superuser("root", "root@panel.example", "x")
    client = sign_in(root)
    key = {"cpl_certificate": Entry.objects.get().coverage.first().certificate_id}.get(page, 1)
    assert client.get(reverse(f"admin:{page}_add")).status_code == 403
    assert client.post(reverse(f"admin:{page}_delete", args=[key])).status_code in (302, 403, 404)
    listing = client.get(reverse(f"admin:{page}_changelist")).content.decode()
    assert "delete_selected" not in listing
    assert Entry.objects.count() == 1


def test_an_auditor_changes_nothing(tables: None, maker: User, officer: User) -> None:
    submission = submit(maker, make_answers())
    client = sign_in(make_user("auditor@panel.example", "Auditor"))
    assert client.get(change(submission)).status_code == 200
    decision = reverse("admin:cpl_submission_decide", args=[submission.pk])
    assert client.post(decision, {"verb": "refuse", "words": "no"}).status_code == 403
    assert client.get(reverse("admin:cpl_submission_raise", args=["removal"])).status_code == 403
    assert client.post(reverse("admin:cpl_release_publish")).status_code == 403


def test_what_waits_is_listed_oldest_first(tables: None, maker: User, officer: User) -> None:
    first, second = submit(maker, make_answers()), submit(maker, make_answers(firmware="0A0B0C0E"))
    address = reverse("admin:cpl_submission_changelist")
    waiting = sign_in(officer).get(address, {"status__exact": "submitted"}).context["cl"].result_list
    assert [row.pk for row in waiting] == [first.pk, second.pk]
    every = sign_in(officer).get(address).context["cl"].result_list
    assert [row.pk for row in every] == [second.pk, first.pk]
