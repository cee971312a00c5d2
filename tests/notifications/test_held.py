"""A run that would send too much waits for an officer, who looks before deciding; what staff see of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from cpl.models import Contact
from notifications import held, sending
from notifications.models import Audience, Message, Notice, Run
from tests.cast import make_user, party_of, sign_in
from tests.notifications.making import TWELVE, Made, make_import, noon, run

pytestmark = pytest.mark.django_db
AT = noon(TWELVE)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.STAFF_MFA = False


@pytest.fixture
def waits(made: Made, supplier: User, settings: Any) -> Run:
    """Nine notices, and a limit of eight."""
    for number in range(1, 4):
        made.carried(number)
    settings.NOTICE_LIMIT = 8
    outcome = run(TWELVE)
    assert outcome.run
    assert outcome.is_held
    return outcome.run


def url(row: Run) -> str:
    return reverse("admin:notifications_run_held", args=[row.pk])


def decide(user: User, row: Run, **answers: object) -> Any:
    return sign_in(user).post(url(row), {"words": "Looked at: all of them end.", **answers})


def test_a_look_says_how_many_to_whom_and_about_what(waits: Run) -> None:
    found = held.look(TWELVE)
    assert found.notices == waits.due == 9
    assert {number for _, number in found.by_recipient} == {3}
    assert len(found.by_recipient) == len(found.by_certificate) == 3


def test_the_first_letters_are_those_that_would_be_sent(waits: Run, settings: Any) -> None:
    to = [to for to, _ in held.look(TWELVE).by_recipient]
    shown = {words.subject for _, words in held.first_letters(TWELVE, to)}
    settings.NOTICE_LIMIT = 0
    run(TWELVE)
    assert shown == {message.subject for message in mail.outbox}


def test_the_page_shows_it_to_whoever_decides(waits: Run, officer: User) -> None:
    page = sign_in(officer).get(url(waits)).content.decode()
    for part in ("Nothing was sent", "Harbour Energy Supply Ltd", "7701", "Entry 000001", "None yet"):
        assert part in page
    assert (mail.outbox, Notice.objects.count()) == ([], 0)


def test_released_with_a_reason_and_the_number_it_is_sent(waits: Run, officer: User) -> None:
    assert decide(officer, waits, release="1", notices="9").status_code == 302
    waits.refresh_from_db()
    assert (waits.state, waits.released_by, waits.words) == (
        Run.State.RELEASED,
        officer,
        "Looked at: all of them end.",
    )
    sending.run_of_the_day(TWELVE, AT)
    assert (Notice.objects.count(), len(mail.outbox)) == (9, 3)


@pytest.mark.parametrize("answers", [{"notices": "8"}, {"notices": ""}, {"notices": "9", "words": " "}])
def test_without_reason_or_with_another_number_it_stays_held(
    waits: Run, officer: User, answers: dict[str, str]
) -> None:
    answer = decide(officer, waits, release="1", **answers)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Write the number of notices that you release: 9" in page or "required" in page
    waits.refresh_from_db()
    assert waits.state == Run.State.HELD


def test_set_aside_nothing_is_sent_and_the_run_of_the_next_day_looks_anew(waits: Run, officer: User) -> None:
    assert decide(officer, waits, **{"set-aside": "1"}).status_code == 302
    waits.refresh_from_db()
    assert (waits.state, waits.released_by) == (Run.State.SET_ASIDE, officer)
    assert sending.run_of_the_day(TWELVE, AT + HOUR) is None
    again = sending.run_of_the_day(TWELVE + DAY, AT + DAY)
    assert again
    assert again.is_held
    assert mail.outbox == []


def test_what_outgrew_a_release_waits_for_one_decision_more_and_no_run_is_held_hourly(
    waits: Run, made: Made, officer: User
) -> None:
    decide(officer, waits, release="1", notices="9")
    for number in range(4, 8):
        made.carried(number)
    first, *others = (sending.run_of_the_day(TWELVE, AT + hours * HOUR) for hours in (1, 2, 3))
    assert first and first.run and first.is_held
    assert others == [None, None]
    decide(officer, first.run, release="1", notices="21")
    assert sending.run_of_the_day(TWELVE, AT + 4 * HOUR)
    assert Notice.objects.count() == 21
    # What was released first is not open still.
    assert sending.run_of_the_day(TWELVE, AT + 5 * HOUR) is None
    row = sending.run(TWELVE + DAY, AT + DAY).run
    assert row and (row.follows, row.limit) == (None, 8)


def test_a_run_by_hand_for_a_day_to_come_takes_nothing_from_that_day(made: Made) -> None:
    made.carried(1)
    sending.run(TWELVE, AT - 30 * DAY)
    made.carried(2)
    assert sending.run_of_the_day(TWELVE, AT)
    assert Notice.objects.filter(entry=2).exists()


@pytest.mark.parametrize("answers", [{"release": "1", "notices": "9"}, {"set-aside": "1"}])
def test_the_list_and_the_page_say_who_decided_when_and_why(
    waits: Run, officer: User, answers: dict[str, str]
) -> None:
    decide(officer, waits, **answers)
    waits.refresh_from_db()
    assert waits.released_at
    when = date_format(timezone.localtime(waits.released_at), "j F Y, H:i")
    for address in (reverse("admin:notifications_run_changelist"), url(waits)):
        page = sign_in(officer).get(address).content.decode()
        assert f"{officer.get_full_name()}, {when}" in page
        assert "Looked at: all of them end." in page


def test_two_officers_decide_once(waits: Run, officer: User, second_officer: User) -> None:
    decide(officer, waits, **{"set-aside": "1"})
    answer = decide(second_officer, waits, release="1", notices="9")
    assert "waits no more" in answer.content.decode()


def test_an_auditor_looks_and_decides_nothing(waits: Run) -> None:
    auditor = make_user("auditor@panel.example", "Auditor")
    assert "Release it" not in sign_in(auditor).get(url(waits)).content.decode()
    assert decide(auditor, waits, release="1", notices="9").status_code == 403
    with pytest.raises(held.NotPossible):
        held.release(waits.pk, notices=9, words="Mine.", by=auditor, at=AT)


def first_page(user: User) -> str:
    return sign_in(user).get(reverse("admin:index")).content.decode()


def test_the_first_page_shows_the_held_run_and_leads_to_it(waits: Run, officer: User) -> None:
    page = first_page(officer)
    assert "A run of notices is held" in page
    assert url(waits) in page
    # Why there was no good run is known: nobody need look at worker and beat.
    assert "One is held, and waits for an officer." in page
    assert "Are worker and beat at work?" not in page


def test_the_first_page_says_that_no_run_took_place(made: Made, officer: User) -> None:
    assert "No run has come to its end yet" in first_page(officer)
    assert "A run of notices is held" not in first_page(officer)


def test_every_figure_of_the_panel_leads_to_its_list(made: Made, officer: User, supplier: User) -> None:
    party_of(supplier).contacts.all().delete()
    made.carried()
    run(TWELVE)
    Message.objects.filter(recipient__email__isnull=False).update(state="failed", sent_at=None)
    from notifications.admin.panels import notices

    client = sign_in(officer)
    request = client.get(reverse("admin:index")).wsgi_request
    panel = notices(request, TWELVE)
    assert panel
    assert [figure.number for figure in panel.figures] == [1, 0, 0, 1]
    for figure in panel.figures:
        page = client.get(figure.url)
        assert page.status_code == 200
        if hasattr(page, "context_data"):
            assert page.context_data["cl"].result_count == figure.number


def test_the_panel_says_how_many_certificates_concern_nobody(made: Made, officer: User) -> None:
    made.brought, made.contact = make_import(), ""
    today = timezone.localdate()
    made.covers(made.certificate("9901", today + 100 * DAY), made.entry(manufacturer="9999"))
    row = sending.run(today, timezone.now()).run
    assert row and (row.due, row.nobody, row.state) == (0, 1, Run.State.ENDED)
    assert "certificates concern nobody" in first_page(officer)


def test_in_test_mode_every_page_of_the_admin_says_so(officer: User, settings: Any) -> None:
    settings.NOTICE_DIVERT_TO = "tests@panel.example"
    pages = ["admin:index", "admin:notifications_message_changelist", "admin:cpl_entry_changelist"]
    for page in pages:
        shown = sign_in(officer).get(reverse(page)).content.decode()
        assert shown.count("all mail goes to tests@panel.example") == 1, page
    assert "tests@panel.example" not in sign_in(officer).get("/").content.decode()
    settings.NOTICE_DIVERT_TO = ""
    assert "Test mode" not in first_page(officer)


def preview(user: User, query: str) -> str:
    return sign_in(user).get(reverse("admin:notifications_audience_preview") + query).content.decode()


def test_the_preview_says_who_would_be_told_and_at_which_addresses(
    made: Made, officer: User, supplier: User
) -> None:
    made.carried()
    Contact.objects.create(party=party_of(supplier), email="other@harbour.example", purpose="submissions")
    for about in ("000001", "7701", "CPA 7701"):
        page = preview(officer, f"?kind=certificate&about={about}")
        for part in ("Harbour Energy Supply Ltd", "notices@harbour.example", "Tidewater", made.contact):
            assert part in page, about
        assert "other@harbour.example" not in page


def test_a_party_without_an_address_is_shown_with_the_stand_in(
    made: Made, officer: User, supplier: User, settings: Any
) -> None:
    settings.STAND_IN_EMAIL = "stand-in@panel.example"
    party_of(supplier).contacts.all().delete()
    made.carried()
    assert "stand-in@panel.example" in preview(officer, "?kind=certificate&about=000001")


def test_the_preview_tries_an_edit_and_saves_nothing(
    made: Made, officer: User, supplier: User, dcc: User
) -> None:
    made.carried()
    row = Audience.objects.get(kind="certificate", who="suppliers")
    before = list(Audience.objects.values_list("pk", flat=True))
    page = preview(officer, f"?kind=certificate&about=000001&without={row.pk}&who=dcc")
    assert page.count("told no more") == 1
    assert page.count("told from then on") == 1
    assert list(Audience.objects.values_list("pk", flat=True)) == before


def test_the_preview_of_a_release_is_about_no_entry(officer: User, dcc: User) -> None:
    assert "notices@dcc.example" in preview(officer, "?kind=release")


@pytest.mark.parametrize("about", ["", "999999", "no-such"])
def test_the_preview_says_what_to_write(officer: User, about: str) -> None:
    assert "errorlist" in preview(officer, f"?kind=certificate&about={about}")


def test_the_forecast_page_and_its_file(made: Made, officer: User) -> None:
    address = reverse("admin:notifications_notice_forecast")
    client = sign_in(officer)
    assert "Nobody is to be told" in client.get(address).content.decode()
    assert client.get(address + "?month=1999-13&to=x&certificate=none").status_code == 200
    assert b"Told on" in b"".join(client.get(address + "?as=csv"))


def test_the_command_says_that_the_run_is_held(made: Made, settings: Any) -> None:
    settings.NOTICE_LIMIT = 1
    made.carried()
    with pytest.raises(CommandError, match="it would send 2 notices, and its limit is 1"):
        call_command("send_notices", "--on", str(TWELVE))
