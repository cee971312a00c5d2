"""What the e-mails say."""

import pytest
from django.contrib.auth.models import User
from django.core import mail

from tests.cast import party_of
from tests.notifications.making import TWELVE, Made, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(made: Made, supplier: User, settings) -> mail.EmailMultiAlternatives:
    """What the supplier is told of two entries, of which one device has a treacherous name."""
    settings.PORTAL_URL, settings.PANEL_EMAIL = "https://cpl.example", "panel@cpl.example"
    certificate = made.certificate()
    made.covers(certificate, made.entry(1))
    made.covers(certificate, made.entry(2, product_name="<b>T&C</b>"))
    run(TWELVE)
    return next(one for one in mail.outbox if one.to == ["notices@harbour.example"])


def html(letter: mail.EmailMultiAlternatives) -> str:
    return str(letter.alternatives[0].content)


def test_it_says_what_ends_when_and_which_entries_that_touches(letter) -> None:
    assert letter.subject == "CPL 2026-08-31: 1 certificate needs attention by 31 August 2027 (2 entries)"
    for text in (letter.body, html(letter)):
        assert "CPA certificate [E] 7701" in text
        assert "Expires on 31 August 2027" in text
        assert "12 months" in text
        assert "https://cpl.example/entries/000001/" in text
        assert "firmware 00:00:00:01" in text
        assert "7A:01, model 0C:0D, hardware 01.02" in text


def test_it_says_what_to_do_whom_to_ask_and_what_prevails(letter) -> None:
    for text in (letter.body, html(letter)):
        assert "What to do" in text
        assert "panel@cpl.example" in text
        assert "The Smart Energy Code and the Licences prevail" in text
    assert letter.reply_to == ["panel@cpl.example"]


def test_it_names_nobody_but_its_addressee(letter, made: Made) -> None:
    assert "To Harbour Energy Supply Ltd" in letter.body
    for other in ("Tidewater Metering", "tidewater.example", made.officer.email):
        assert other not in letter.body + html(letter)


def test_names_are_escaped_in_html_and_verbatim_in_text(letter) -> None:
    assert "<b>T&C</b>" in letter.body
    assert "&lt;b&gt;T&amp;C&lt;/b&gt;" in html(letter)


def test_html_loads_nothing_and_needs_no_style(letter) -> None:
    for forbidden in ("<style", "style=", "<script", "<img", "src="):
        assert forbidden not in html(letter)


def test_the_text_has_no_heap_of_empty_lines(letter) -> None:
    assert "\n\n\n\n" not in letter.body


def test_the_same_certificate_is_one_group_with_its_entries_in_order(letter) -> None:
    assert letter.body.count("CPA certificate [E] 7701") == 1
    assert letter.body.index("Entry 000001") < letter.body.index("Entry 000002")


def test_a_contact_for_cpa_is_not_named(made: Made) -> None:
    made.carried()
    run(TWELVE)
    (told,) = (one for one in mail.outbox if one.to == [made.contact])
    assert "To the contact for CPA" in told.body
    assert party_of(made.maker).name not in told.body
