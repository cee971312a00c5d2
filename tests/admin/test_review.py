"""The review page shows everything for a decision, and leads through the queue."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpl import publishing, register, workflow
from cpl.checking import problems, problems_of_all
from cpl.models import Certificate, Entry, RemovalGround, Submission
from cpl.models import shown as carried
from cpl.review import published_columns
from tests.cast import make_user, party_of, sign_in
from tests.make import DAY, make_answers, make_removal_answers
from tests.papers import make_pdf
from tests.register.conftest import AT, submit
from tests.register.test_admitting import admit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    settings.STAFF_MFA = False  # type: ignore[attr-defined]


def further_answers(**changes: str) -> dict[str, str]:
    """As many devices name one CPA certificate: each says that it does not touch what it certifies."""
    return make_answers(**{"security_statement": "No effect on security.", **changes})


def page_of(client: Client, submission: Submission, filters: str = "") -> str:
    address = reverse("admin:cpl_submission_change", args=[submission.pk])
    answer = client.get(address, {"_changelist_filters": filters} if filters else {})
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_device_is_told_in_plain_words(tables: None, maker: User, officer: User) -> None:
    page = page_of(sign_in(officer), submit(maker, further_answers()))
    assert (
        "A Single Element Electricity Metering Equipment of Tidewater Metering Ltd (7A:01), the Tidewater "
        "T100: model 0C:0D, hardware 01.02, firmware 0A:0B:0C:0D, built to SMETS V5.1 and GBCS Version 4.1."
    ) in page


def test_each_check_is_told_with_its_rule_and_source_and_the_met_ones_are_counted(
    tables: None, maker: User, officer: User
) -> None:
    submission = submit(maker, further_answers())
    answer = sign_in(officer).get(reverse("admin:cpl_submission_change", args=[submission.pk]))
    page = answer.content.decode()
    said = {problem.rule for problem in problems(submission, timezone.localdate(), for_officer=True)}
    for problem in problems(submission, timezone.localdate(), for_officer=True):
        assert f"rule {problem.rule} ({problem.source})" in page
    met = answer.context["met"]
    assert not said & {rule.id for rule in met}
    assert f"{len(met)} rules had nothing to say" in page


def test_a_certificate_is_shown_as_form_record_and_file_have_it(
    tables: None, maker: User, officer: User
) -> None:
    admit(maker, officer)
    draft = workflow.start(
        "new_entry", party=party_of(maker), by=maker, at=AT,
        answers=further_answers(firmware="0A0B0C0E", image_hash="AB" * 32, cpa_date="02/11/2031"),
    )  # fmt: skip
    texts = {
        "CPA": ["This certifies 20261101-7701 of", "1 November 2031, model 0C0D, firmware 0A0B0C0E"],
        "DLMS": [],
    }
    for what in ("CPA", "DLMS", "Zigbee"):
        content = make_pdf(*texts.get(what, ["nothing of it"]))
        workflow.attach(draft.pk, what, f"{what}.pdf", content, by=maker, at=AT)
    workflow.submit(draft.pk, by=maker, at=AT, on=DAY)
    answer = sign_in(officer).get(reverse("admin:cpl_submission_change", args=[draft.pk]))
    cpa, dlms, zigbee = answer.context["certificates"]
    identifier, version, date = cpa.rows
    assert cpa.carries == 1
    assert (identifier.differs, version.differs, date.differs) == (False, False, True)
    assert (date.form, date.record, date.paper) == ("02/11/2031", "01/11/2031", "not found in its text")
    assert identifier.paper == "stands in its text"
    assert "certifies 20261101-7701 of" in cpa.quoted
    assert dlms.rows[0].paper == "no text in the file: read it by eye"
    assert zigbee.rows[0].paper == "not found in its text"
    assert "certifies 20261101-7701 of" in answer.content.decode()


def test_the_most_similar_current_entries_are_compared_field_by_field(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    near = admit(maker, officer)
    admit(
        maker,
        officer,
        security_statement="No effect.",
        firmware="0A0B0C01",
        hardware_version="07",
        image_hash="AA" * 32,
    )
    gone = admit(maker, officer, security_statement="No effect.", firmware="0A0B0C02", image_hash="BB" * 32)
    numbers = make_removal_answers(entries=str(gone), effective_date="20/11/2026")
    register.approve(submit(officer, numbers, "removal").pk, by=second_officer, at=AT, on=DAY)
    submission = submit(maker, further_answers(firmware="0A0B0C0E", image_hash="CC" * 32))
    answer = sign_in(officer).get(reverse("admin:cpl_submission_change", args=[submission.pk]))
    likeness = answer.context["likeness"]
    assert likeness.entries[0] == near
    assert gone not in likeness.entries
    differing = {row.field.label for row in likeness.rows if row.others[0].differs}
    assert differing == {"Firmware version", "Image hash (SHA-256)"}


def test_the_row_is_shown_as_it_is_published_afterwards(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    admit(maker, officer)
    publishing.publish(by=second_officer, at=timezone.now(), on=timezone.localdate())
    submission = submit(maker, further_answers(firmware="0A0B0C0E", image_hash="CC" * 32))
    context = sign_in(officer).get(reverse("admin:cpl_submission_change", args=[submission.pk])).context
    shown, line = context["columns"], context["csv_line"]
    assert len(shown) == 20
    reasons = {problem.rule: "Looked at." for problem in problems(submission, timezone.localdate())}
    register.approve(
        submission.pk, by=officer, at=timezone.now(), on=timezone.localdate(), acknowledged=reasons
    )
    release = publishing.publish(by=second_officer, at=timezone.now(), on=timezone.localdate())
    lines = bytes(release.files.get(name="cpl.csv").content).decode().splitlines()
    assert line == lines[-1]
    entry = Entry.objects.with_status(timezone.localdate()).get(number=2)
    listed = publishing.listed(entry, carried([2], on=timezone.localdate())[2])
    assert published_columns(listed) == shown


def test_the_partys_record_is_counted(tables: None, maker: User, officer: User) -> None:
    admit(maker, officer)
    refused = submit(maker, further_answers(firmware="0A0B0C01", image_hash="AA" * 32))
    workflow.refuse(refused.pk, ground="other", words="No.", by=officer, at=AT)
    page = page_of(
        sign_in(officer), submit(maker, further_answers(firmware="0A0B0C02", image_hash="BB" * 32))
    )
    assert "1 submitted, 1 approved, 1 refused; 1 entry on the list." in page


def test_previous_and_next_follow_the_queue_as_it_was_narrowed(
    tables: None, maker: User, officer: User
) -> None:
    rows = [
        submit(maker, further_answers(firmware=f"0A0B0C0{n}", image_hash=f"{n}" * 64)) for n in range(1, 5)
    ]
    Submission.objects.filter(pk__in=[rows[0].pk, rows[3].pk]).update(assigned_to=officer)
    client = sign_in(officer)
    address = reverse("admin:cpl_submission_change", args=[rows[1].pk])
    place = client.get(address).context["place"]
    assert (place.number, place.total, place.before, place.after) == (2, 4, rows[0].pk, rows[2].pk)
    mine = "status__exact=submitted&whose=mine"
    address = reverse("admin:cpl_submission_change", args=[rows[0].pk])
    place = client.get(address, {"_changelist_filters": mine}).context["place"]
    assert (place.number, place.total, place.before, place.after) == (1, 2, None, rows[3].pk)
    nonsense = client.get(address, {"_changelist_filters": "nonsense=1&party__name__x=2"})
    assert nonsense.status_code == 200


def test_what_is_met_on_the_page_of_another_kind_is_shown_without_a_row(
    tables: None, maker: User, officer: User, second_officer: User
) -> None:
    entry = admit(maker, officer)
    removal = submit(officer, make_removal_answers(entries=str(entry)), "removal")
    page = page_of(sign_in(second_officer), removal)
    assert "1 entry would be removed from 01/02/2027 on." in page
    assert "As it will be published" not in page
    ground = RemovalGround.objects.get(code=removal.answers["Removal.ground"])
    assert ground.words in page
    assert f">{ground.code}<" not in "".join(page.split())


def test_keys_are_told_and_can_be_turned_off(tables: None, maker: User, officer: User) -> None:
    page = page_of(sign_in(officer), submit(maker, further_answers()))
    assert "admin-keys.js" in page
    assert 'id="keys-on"' in page
    for key in "?arxhnmq":
        assert f'data-key="{key}"' in page


def test_an_auditor_reads_it_all_and_is_given_nothing_to_press(
    tables: None, maker: User, officer: User
) -> None:
    page = page_of(sign_in(make_user("auditor@panel.example", "Auditor")), submit(maker, further_answers()))
    assert "Private notes" in page
    assert "/decide/" not in page
    assert "/handle/" not in page


def test_many_are_judged_as_one_is(tables: None, maker: User, officer: User) -> None:
    admit(maker, officer)
    rows = [
        submit(maker, further_answers(firmware="0A0B0C01", image_hash="AA" * 32)),
        submit(maker, further_answers(firmware="0A0B0C01", image_hash="AA" * 32)),
        submit(officer, make_removal_answers(entries="1"), "removal"),
    ]
    found = problems_of_all(rows, DAY, for_officer=True)
    assert found == {row.pk: problems(row, DAY, for_officer=True) for row in rows}
    assert any(found.values())
    assert Certificate.objects.exists()
