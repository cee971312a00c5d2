"""What the e-mails say."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail

from cpl.models import Coverage, shown
from cpl.models.shown import Shown
from notifications import letters
from notifications.due import DueNotice, Obligation, Reason, State, To
from notifications.facts import Nearing
from notifications.layout import WIDE, laid_out
from tests.cast import party_of
from tests.notifications.making import LONG_AGO, TWELVE, Made, run

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


def of_milestone(made: Made, state: State, reason: Reason, *, days_after: int) -> letters.Words:
    """A letter of one notice whose day was so many days ago."""
    entry, certificate = made.entry(1), made.certificate()
    shown = made.covers(certificate, entry)
    owed = Obligation(1, certificate.pk, certificate.date, 12, To("party", "1"))
    facts = Nearing(entry, shown_of(shown), certificate.date, LONG_AGO, False)
    on = TWELVE + timedelta(days=days_after)
    return letters.of_certificates([(DueNotice(owed, TWELVE, state, reason), facts)], addressee="them", on=on)


def shown_of(row: Coverage) -> Shown:
    return shown([row.entry_id], on=TWELVE)[row.entry_id][row.scheme]


@pytest.mark.parametrize(
    ("state", "reason", "says"),
    [
        (State.LATE, Reason.BEFORE_IMPORT, "which was before this register took in the list"),
        (State.LATE, Reason.CAME_LATER, "and the entry, its certificate or that date came later"),
        (State.LATE, Reason.RECIPIENT_LATER, "and others were told then: you came to be concerned later"),
        (State.LATE, Reason.MILESTONE_LATER, "which was before the Panel began to tell of it"),
        (State.DUE, Reason.NONE, "and the Panel did not send it then"),
    ],
)
def test_a_late_notice_says_its_day_and_the_true_reason(
    made: Made, state: State, reason: Reason, says: str
) -> None:
    words = of_milestone(made, state, reason, days_after=10)
    for text in (words.text, words.html):
        assert f"It comes late: its day was 31 August 2026, {says}." in " ".join(text.split())


def test_a_notice_on_its_day_does_not_speak_of_lateness(made: Made) -> None:
    assert "late" not in of_milestone(made, State.DUE, Reason.NONE, days_after=0).text


def test_no_line_of_text_is_wider_than_a_terminal_but_an_address(made: Made, supplier: User) -> None:
    made.carried(product_name="A product whose name is long " * 3)
    run(TWELVE)
    for one in mail.outbox:
        for line in one.body.splitlines():
            assert len(line) <= WIDE or " " not in line.strip()


def test_lines_are_broken_under_their_own_words_and_headings_underlined() -> None:
    address = "https://cpl.example/" + "x" * 80
    text = laid_out(f"== Heading\n\n\n\n* {'word ' * 20}\n  {'name ' * 20}\n{address}\n")
    head, rule, empty, *rest = text.splitlines()
    assert (head, rule, empty) == ("Heading", "-------", "")
    assert [line[:3] for line in rest] == ["* w", "  w", "  n", "  n", "htt"]
    assert address in rest


def test_a_product_called_by_what_it_is_is_named_once(made: Made) -> None:
    named = made.entry(1, device_type="Gas Smart Meter", product_name="Tidewater Gas smart meter 2")
    assert letters.line_of(named).device == "Tidewater Gas smart meter 2"
    assert letters.line_of(made.entry(2, product_name="")).device.startswith("Single Element")


def test_ends_of_very_many_entries_are_counted_and_the_files_have_them_all(made: Made, monkeypatch) -> None:
    lines = tuple(letters.line_of(made.entry(number)) for number in (1, 2, 3))
    ends = [letters.End("IVP end", "Gas Smart Meter, SMETS V2.0", date(2027, 8, 31), 12, lines)]

    def words() -> letters.Words:
        return letters.of_validity(ends, addressee="them", on=TWELVE, leave="https://cpl.example/u/")

    assert "Entry 000002" in words().text
    monkeypatch.setattr(letters, "MOST_LISTED", 2)
    told = words()
    for text in (told.text, told.html):
        assert "000001 to 000003" in text and "Entry 000002" not in text
    table, calendar = told.files
    assert table.content.count(b"\r\n") == 4 and b"DTSTART;VALUE=DATE:20270831" in calendar.content
