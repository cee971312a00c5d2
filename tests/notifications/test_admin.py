"""What staff see of notices, and who may do what about them."""

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.urls import reverse

from cpl.models import Contact
from notifications import tasks
from notifications.models import Audience, Letter, Message, Notice, Run
from tests.cast import make_user, sign_in
from tests.notifications.making import TWELVE, Made, run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_second_factor(settings) -> None:
    settings.STAFF_MFA = False


@pytest.fixture
def told(made: Made) -> None:
    made.carried()
    run(TWELVE)


def pages() -> list[str]:
    message = Message.objects.all()[0]
    lists = [
        reverse(f"admin:notifications_{name}_changelist") for name in ("notice", "message", "run", "audience")
    ]
    return [
        *lists,
        reverse("admin:notifications_message_change", args=[message.pk]),
        reverse("admin:notifications_message_html", args=[message.pk]),
        reverse("admin:notifications_message_bytes", args=[message.pk]),
        reverse("admin:notifications_notice_change", args=[Notice.objects.all()[0].pk]),
        reverse("admin:notifications_run_change", args=[Run.objects.all()[0].pk]),
    ]


def test_an_officer_and_an_auditor_see_every_page(told: None, officer: User) -> None:
    for user in (officer, make_user("auditor@panel.example", "Auditor")):
        for page in pages():
            assert sign_in(user).get(page).status_code == 200, page


def test_nobody_else_sees_any(told: None, maker: User) -> None:
    for user in (None, maker, make_user("publisher@panel.example", "Publisher")):
        for page in pages():
            assert sign_in(user).get(page).status_code in (302, 403), page


def test_the_e_mail_is_shown_as_its_reader_has_it(told: None, officer: User) -> None:
    message = Message.objects.get(recipient__party__isnull=False)
    page = sign_in(officer).get(reverse("admin:notifications_message_change", args=[message.pk]))
    assert "2026-08-31 13:00: accepted" in page.content.decode()
    shown = page.content.decode()
    for part in ("To: notices@tidewater.example", "Subject: CPL 2026-08-31", "Entry 000001", "What to do"):
        assert part in shown
    assert f'href="{reverse("admin:notifications_message_bytes", args=[message.pk])}"' in shown
    html = sign_in(officer).get(reverse("admin:notifications_message_html", args=[message.pk]))
    assert html.content.decode() == message.letter.html
    assert "default-src 'none'" in html["Content-Security-Policy"]


def test_a_letter_that_did_not_go_out_can_be_read(made: Made, officer: User, settings) -> None:
    settings.STAND_IN_EMAIL = ""
    Contact.objects.all().delete()
    made.contact = ""
    made.carried()
    run(TWELVE)
    page = sign_in(officer).get(
        reverse("admin:notifications_message_change", args=[Message.objects.get().pk])
    )
    assert "Not handed over yet." in page.content.decode()
    Letter.objects.all().delete()
    page = sign_in(officer).get(
        reverse("admin:notifications_message_change", args=[Message.objects.get().pk])
    )
    assert "The letter was erased." in page.content.decode()


@pytest.mark.parametrize(
    "query", ["?q=000001", "?q=7701", "?state__exact=due", "?message__state__exact=sent"]
)
def test_notices_can_be_searched_and_filtered(told: None, officer: User, query: str) -> None:
    page = sign_in(officer).get(reverse("admin:notifications_notice_changelist") + query)
    assert page.status_code == 200
    assert page.context["cl"].result_count == 2


def send_again(user: User) -> int:
    data = {"action": "send_again", "_selected_action": [message.pk for message in Message.objects.all()]}
    return sign_in(user).post(reverse("admin:notifications_message_changelist"), data).status_code


def test_an_officer_sends_a_failed_message_again(
    told: None, made: Made, officer: User, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    monkeypatch.setattr(tasks.deliver, "delay", tasks.deliver)
    mail.outbox.clear()
    Message.objects.filter(recipient__party__isnull=False).update(state="failed", sent_at=None)
    with django_capture_on_commit_callbacks(execute=True):
        send_again(officer)
    assert [one.to for one in mail.outbox] == [["notices@tidewater.example"]]
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_without_a_broker_the_officer_is_answered_and_the_next_look_sends_it(
    told: None, officer: User, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    def broken(*args: object) -> None:
        raise OSError("no broker")

    monkeypatch.setattr(tasks.deliver, "delay", broken)
    Message.objects.filter(recipient__party__isnull=False).update(state="failed", sent_at=None)
    with django_capture_on_commit_callbacks(execute=True):
        assert send_again(officer) == 302
    assert Message.objects.filter(state="queued").count() == 1


def test_an_auditor_sends_nothing_again(told: None) -> None:
    Message.objects.update(state="failed", sent_at=None)
    send_again(make_user("auditor@panel.example", "Auditor"))
    assert set(Message.objects.values_list("state", flat=True)) == {"failed"}


@pytest.mark.parametrize("role", ["Panel officer", "Administrator"])
def test_an_officer_edits_audiences_and_the_last_of_a_kind_stays(told: None, role: str) -> None:
    client = sign_in(make_user("somebody@panel.example", role))
    row = Audience.objects.get(kind="certificate", who="cpa_contact")
    url = reverse("admin:notifications_audience_delete", args=[row.pk])
    assert client.post(url, {"post": "yes", "change_reason": "They asked."}).status_code == 302
    assert not Audience.objects.filter(pk=row.pk).exists()
    Audience.objects.filter(kind="release", who="dcc").delete()
    last = Audience.objects.get(kind="release")
    assert client.post(reverse("admin:notifications_audience_delete", args=[last.pk])).status_code == 403


def test_no_row_of_the_audiences_is_made_one_of_another_kind(told: None) -> None:
    client = sign_in(make_user("administrator@panel.example", "Administrator"))
    row = Audience.objects.get(kind="release", who="dcc")
    url = reverse("admin:notifications_audience_change", args=[row.pk])
    data = {"kind": "certificate", "acts": "", "who": "suppliers", "change_reason": "Tried."}
    assert client.post(url, data).status_code == 302
    row.refresh_from_db()
    assert (row.kind, row.who) == ("release", "suppliers")


def test_an_auditor_does_not_edit_audiences(told: None) -> None:
    row = Audience.objects.all()[0]
    url = reverse("admin:notifications_audience_delete", args=[row.pk])
    assert sign_in(make_user("auditor@panel.example", "Auditor")).post(url).status_code == 403


def test_the_bytes_of_an_e_mail_are_taken_away_as_they_were_handed_over(told: None, officer: User) -> None:
    message = Message.objects.get(recipient__party__isnull=False)
    answer = sign_in(officer).get(reverse("admin:notifications_message_bytes", args=[message.pk]))
    assert answer.content == bytes(Letter.objects.get(pk=message.pk).content)
    assert f"Message-ID: {message.message_id}".encode() in answer.content
    assert answer["Content-Disposition"] == f'attachment; filename="message-{message.pk}.eml"'
    assert answer["Content-Type"] == "message/rfc822"


def test_what_was_not_handed_over_has_no_bytes(told: None, officer: User) -> None:
    message = Message.objects.all()[0]
    Letter.objects.filter(pk=message.pk).update(content=b"")
    page = reverse("admin:notifications_message_bytes", args=[message.pk])
    assert sign_in(officer).get(page).status_code == 404
    shown = sign_in(officer).get(reverse("admin:notifications_message_change", args=[message.pk]))
    assert page not in shown.content.decode()
