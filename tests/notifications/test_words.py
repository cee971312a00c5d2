"""The words of letters: places, what is refused, who changes them, the preview, the history."""

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.urls import reverse

from notifications import wording
from notifications.models import LetterWords, Message
from notifications.wording import BROUGHT, PLACES, fill, problems
from tests.cast import make_user, sign_in
from tests.notifications.making import TWELVE, Made, run

pytestmark = pytest.mark.django_db
ADD = "admin:notifications_letterwords_add"
PREVIEW = "admin:notifications_letterwords_preview"


@pytest.fixture(autouse=True)
def without_second_factor(settings) -> None:
    settings.STAFF_MFA = False


@pytest.mark.parametrize("kind", Message.Kind.values)
def test_every_kind_has_words_whose_places_are_known(kind: str) -> None:
    for text in vars(BROUGHT[kind]).values():
        assert problems(kind, text) == []
    assert PLACES[kind]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{secret}", "“{secret}” is no place"),
        ("{to.party}", "“{to.party}” is no place"),
        ("{to[0]}", "“{to[0]}” is no place"),
        ("{to!r}", "“{to!r}” is no place"),
        ("{to:>1000000000}", "“{to:>1000000000}” is no place"),
        ("{}", "“{}” is no place"),
        ("{to", "A brace has no partner"),
        ("to}", "A brace has no partner"),
        ("a\x07b", "control character"),
    ],
)
def test_what_cannot_be_filled_is_named(text: str, says: str) -> None:
    (problem,) = problems("release", text)
    assert says in problem


def test_a_template_of_django_is_only_text() -> None:
    assert fill("{{% load x %}} {{{{ settings }}}} {to}", {"to": "you"}) == "{% load x %} {{ settings }} you"


def test_a_fact_with_braces_in_it_is_not_filled_again() -> None:
    assert fill("{to}", {"to": "{ask}", "ask": "no"}) == "{ask}"


def test_a_subject_is_one_line() -> None:
    assert "one line" in problems("step", "a\nb", one_line=True)[0]


def test_officers_words_stand_in_the_letter_and_are_escaped(made: Made) -> None:
    LetterWords.objects.create(
        kind="certificate", subject="CPL {date}: look, {to}", opening="<b>Dear</b> {to}", closing="Yours"
    )
    made.carried()
    run(TWELVE)
    told = next(one for one in mail.outbox if one.to == ["notices@tidewater.example"])
    assert told.subject == "CPL 2026-08-31: look, Tidewater Metering Ltd"
    assert "<b>Dear</b> Tidewater Metering Ltd" in told.body
    html = str(told.alternatives[0].content)
    assert "&lt;b&gt;Dear&lt;/b&gt; Tidewater" in html
    assert html.index("Yours") > html.index("What to do")
    assert "Entry 000001" in html


def test_an_officer_changes_words_says_why_and_the_history_keeps_it(officer: User) -> None:
    client = sign_in(officer)
    data = {"kind": "release", "subject": "CPL {date}: news", "opening": "", "closing": ""}
    assert client.post(reverse(ADD), data).status_code == 302
    row = LetterWords.objects.get()
    change = reverse("admin:notifications_letterwords_change", args=[row.pk])
    assert client.post(change, {**data, "subject": "CPL {date}: other"}).status_code == 200
    data |= {"subject": "CPL {date}: other", "change_reason": "Clearer"}
    assert client.post(change, data).status_code == 302
    assert wording.words_of("release").subject == "CPL {date}: other"
    kept = list(row.history.values_list("subject", "history_change_reason"))
    assert kept == [("CPL {date}: other", "Clearer"), ("CPL {date}: news", None)]


def test_words_with_an_unknown_place_are_not_saved(officer: User) -> None:
    data = {"kind": "release", "subject": "CPL {dat}", "opening": "", "closing": ""}
    page = sign_in(officer).post(reverse(ADD), data).content.decode()
    assert "“{dat}” is no place in these words." in page
    assert not LetterWords.objects.exists()


def test_the_form_begins_with_the_programs_words(officer: User) -> None:
    page = sign_in(officer).get(reverse(ADD) + "?kind=release").content.decode()
    assert BROUGHT["release"].subject in page


@pytest.mark.parametrize("kind", Message.Kind.values)
def test_every_kind_has_a_preview_with_or_without_facts(officer: User, kind: str) -> None:
    page = sign_in(officer).get(reverse(PREVIEW) + f"?kind={kind}")
    assert page.status_code == 200


def test_unsaved_words_are_shown_with_the_next_certificate(made: Made, officer: User, time_machine) -> None:
    time_machine.move_to("2026-05-01T12:00:00+00:00", tick=False)
    made.carried()
    data = {
        "kind": "certificate",
        "subject": "CPL {date}: mine",
        "opening": "<script>x</script>",
        "closing": "",
    }
    client = sign_in(officer)
    page = client.post(reverse(PREVIEW), data).content.decode()
    assert "CPL 2026-05-01: mine" in page
    assert "Entry 000001" in page
    assert "<script>x" not in page
    frame = client.get(reverse(PREVIEW) + "?frame=1")
    assert frame["Content-Security-Policy"].startswith("sandbox")
    assert "&lt;script&gt;x" in frame.content.decode() and "<script>x" not in frame.content.decode()
    assert not LetterWords.objects.exists() and not mail.outbox


def test_unsaved_words_that_are_wrong_are_named_in_the_preview(officer: User) -> None:
    data = {"kind": "release", "subject": "{no}", "opening": "", "closing": ""}
    assert "Subject: “{no}” is no place" in sign_in(officer).post(reverse(PREVIEW), data).content.decode()


def test_an_auditor_sees_the_words_and_changes_none(maker: User) -> None:
    row = LetterWords.objects.create(kind="release", subject="CPL {date}")
    client = sign_in(make_user("auditor@panel.example", "Auditor"))
    change = reverse("admin:notifications_letterwords_change", args=[row.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {"subject": "x", "change_reason": "y"}).status_code == 403
    assert sign_in(maker).get(change).status_code == 302
