"""What goes with a letter, where it goes, and how long it is."""

import csv
import io
from email import message_from_bytes, policy

import pytest
from django.contrib.auth.models import User
from django.core import mail
from icalendar import Calendar

from cpl.models import Contact
from notifications import letters, outbox, sending
from notifications.due import To
from notifications.models import Attachment, Audience, Letter, Message
from tests.cast import party_of
from tests.notifications.making import SIX, TWELVE, Made, noon, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def supplier_alone(supplier: User) -> None:
    Audience.objects.filter(kind="certificate").exclude(who="suppliers").delete()


def files() -> dict[str, str]:
    kept = message_from_bytes(bytes(Letter.objects.latest("pk").content), policy=policy.default)
    return {part.get_filename(): part.get_content() for part in kept.iter_attachments()}


def table() -> list[dict[str, str]]:
    content = next(text for name, text in files().items() if name.endswith(".csv"))
    return list(csv.DictReader(io.StringIO(content.lstrip("\ufeff"))))


def events() -> list:
    content = next(text for name, text in files().items() if name.endswith(".ics"))
    return Calendar.from_ical(content).walk("VEVENT")


def test_every_entry_stands_in_the_table_with_its_certificate(supplier_alone: None, made: Made) -> None:
    certificate = made.certificate()
    made.covers(certificate, made.entry(1))
    made.covers(certificate, made.entry(2, product_name="=HYPERLINK(1)"))
    run(TWELVE)
    first, second = table()
    assert list(first.values())[1:] == [
        "Single Element Electricity Metering Equipment", "7A:01", "0C:0D", "01.02", "00:00:00:01",
        "Tidewater T100", "CPA", "[E] 7701", "2027-08-31", "expiry", "12",
        "http://localhost:8000/entries/000001/",
    ]  # fmt: skip
    assert (first["entry"], second["product"]) == ("000001", "'=HYPERLINK(1)")


def test_a_certificate_is_one_event_and_the_same_one_six_months_later(
    supplier_alone: None, made: Made
) -> None:
    certificate = made.certificate()
    made.covers(certificate, made.entry(1))
    made.covers(certificate, made.entry(2))
    run(TWELVE)
    (event,) = events()
    assert str(event["dtstart"].dt) == "2027-08-31"
    assert "[E] 7701 expires" in event["summary"]
    run(SIX)
    (later,) = events()
    assert later["uid"] == event["uid"]
    assert later["dtstamp"].dt > event["dtstamp"].dt


def test_every_attempt_sends_the_same_files(supplier_alone: None, made: Made) -> None:
    made.carried()
    run(TWELVE)
    before, kept = files(), list(Attachment.objects.values_list("content", flat=True))
    Message.objects.update(state="failed", sent_at=None)
    sending.send_again([Message.objects.get().pk], noon(SIX))
    sending.deliver(Message.objects.get().pk, noon(SIX))
    assert files() == before
    assert list(Attachment.objects.values_list("content", flat=True)) == kept


def test_a_letter_of_very_many_entries_names_certificates_and_counts(
    supplier_alone: None, made: Made, monkeypatch
) -> None:
    monkeypatch.setattr(letters, "MOST_LISTED", 2)
    certificate = made.certificate()
    for number in (1, 2, 3):
        made.covers(certificate, made.entry(number))
    run(TWELVE)
    told = mail.outbox[-1]
    for text in (told.body, str(told.alternatives[0].content)):
        assert "3 entries" in text
        assert "000001 to 000003" in text
        assert "Entry 000002" not in text
        assert "cpl-2026-08-31-certificates.csv" in text
    assert len(table()) == 3


def test_what_a_party_without_address_is_owed_goes_to_the_stand_in(
    supplier_alone: None, made: Made, settings
) -> None:
    settings.STAND_IN_EMAIL = "stand-in@panel.example"
    Contact.objects.all().delete()
    made.carried()
    run(TWELVE)
    (told,) = mail.outbox
    assert told.to == ["stand-in@panel.example"]
    words = "This e-mail is for Harbour Energy Supply Ltd, which has no address on record."
    for text in (told.body, str(told.alternatives[0].content)):
        assert words in " ".join(text.split())
    assert Message.objects.get().last_answer == "accepted for the stand-in address"


def test_a_contact_or_a_person_without_address_has_no_stand_in(made: Made, maker: User, settings) -> None:
    settings.STAND_IN_EMAIL = "stand-in@panel.example"
    Audience.objects.filter(kind="certificate").exclude(who="manufacturer").delete()
    made.carried()
    run(TWELVE)
    assert mail.outbox[0].to == ["notices@tidewater.example"]
    assert party_of(maker).name in mail.outbox[0].body


def test_what_the_panel_owes_has_no_unsubscribing(supplier_alone: None, made: Made) -> None:
    made.carried()
    run(TWELVE)
    headers = mail.outbox[0].message()
    assert headers["List-Unsubscribe"] is None
    assert "need not get" not in mail.outbox[0].body


@pytest.mark.parametrize("has_address", [True, False])
def test_whoever_stands_in_does_not_end_what_another_is_told(
    supplier: User, settings, has_address: bool
) -> None:
    settings.STAND_IN_EMAIL = "stand-in@panel.example"
    if not has_address:
        Contact.objects.all().delete()
    (row,) = outbox.recipients([To("party", str(party_of(supplier).pk))]).values()
    words = letters.Words("A digest", "text", "<body>html</body>")
    (message,) = outbox.queue(Message.Kind.DIGEST, [outbox.Mail(row, words)], at=noon(TWELVE))
    sending.deliver(message.pk, noon(TWELVE))
    assert ("List-Unsubscribe" in mail.outbox[0].extra_headers) is has_address
