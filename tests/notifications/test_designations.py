"""An edition of the tables is told to every Party once: what it changes, and what that touches."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import IntegrityError, transaction

from applicability.designating import designate
from applicability.drafting import copy_edition
from applicability.models import Edition
from applicability.openness import Day
from notifications import designations, validity
from notifications.models import DesignationNotice, Message
from tests.cast import make_party
from tests.make import ESME
from tests.notifications.making import Made, noon
from tests.notifications.test_two_at_once import together

DAY = date(2026, 9, 1)
AT = noon(DAY)


def edition(officer: User, second_officer: User, *, mvp_to: date, on: date = DAY) -> Edition:
    """The next one: it moves the end of the MVP of the sample's meters."""
    latest = Edition.objects.filter(series="statutory").latest("number")
    draft = copy_edition(
        latest, title="The next tables", effective_from=on + timedelta(days=30 * latest.number),
        source_kind="direction", source_reference="Direction of 1 August 2026", by=officer.pk,
    )  # fmt: skip
    row = draft.validities.get(device_type__name=ESME, ts__label="SMETS V5.1")
    row.mvp_to = Day.on(mvp_to)
    row.save()
    designate(draft, by=second_officer.pk, at=noon(on))
    return Edition.objects.get(pk=draft.pk)


@pytest.mark.django_db
def test_every_party_is_told_what_changes_and_what_it_touches_once(
    made: Made, supplier: User, dcc: User, officer: User, second_officer: User
) -> None:
    make_party("Visitors Ltd", "not_a_party", email="visitors@visitors.example")
    made.entry(1)
    made.entry(2, technical_specification="SMETS V4.2", gbcs_version="GBCS Version 3.2")
    edition(officer, second_officer, mvp_to=date(2029, 12, 31))
    assert len(designations.tell_of_designations(DAY, AT)) == 3
    assert {address for one in mail.outbox for address in one.to} == {
        "notices@tidewater.example", "notices@dcc.example", "notices@harbour.example",
    }  # fmt: skip
    told = mail.outbox[0]
    assert told.subject == "CPL 2026-09-01: edition 2 of the TS Applicability Tables (1 entry touched)"
    for written in (told.body, str(told.alternatives[0].content)):
        # Lines are broken where the words happen to end.
        text = " ".join(written.split())
        assert "MVP end" in text and "31 December 2029" in text
        assert "Entry 000001" in text
        assert "to be updated or replaced by" in text
        assert "Entry 000002" not in text
        assert "Direction of 1 August 2026" in text
    assert "List-Unsubscribe" not in told.extra_headers
    assert designations.tell_of_designations(DAY + timedelta(days=1), AT + timedelta(hours=1)) == []


@pytest.mark.django_db
def test_two_editions_are_two_messages_and_the_second_says_its_own_changes(
    made: Made, officer: User, second_officer: User
) -> None:
    edition(officer, second_officer, mvp_to=date(2029, 12, 31))
    edition(officer, second_officer, mvp_to=date(2030, 12, 31), on=DAY + timedelta(days=1))
    at = AT + timedelta(days=1)
    designations.tell_of_designations(DAY + timedelta(days=1), at)
    first, second = mail.outbox
    assert "then 31 December 2029" in first.body and "2030" not in first.body
    assert "31 December 2029, then 31 December 2030" in second.body
    assert DesignationNotice.objects.count() == 2


@pytest.mark.django_db
def test_the_founding_load_is_no_news(made: Made) -> None:
    assert designations.tell_of_designations(DAY, AT) == []


@pytest.mark.django_db
def test_after_a_long_outage_every_party_is_told_all_the_same(
    made: Made, officer: User, second_officer: User
) -> None:
    edition(officer, second_officer, mvp_to=date(2029, 12, 31))
    assert len(designations.tell_of_designations(DAY, AT + timedelta(days=40))) == 1


@pytest.mark.django_db
def test_the_database_keeps_an_edition_from_being_told_twice(
    made: Made, officer: User, second_officer: User
) -> None:
    edition(officer, second_officer, mvp_to=date(2029, 12, 31))
    designations.tell_of_designations(DAY, AT)
    row = DesignationNotice.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        DesignationNotice.objects.create(edition=row.edition, recipient=row.recipient, message=row.message)


@pytest.mark.django_db
def test_an_end_that_has_come_within_twelve_months_is_found_with_its_entries(
    made: Made, officer: User, second_officer: User
) -> None:
    made.entry(1)
    edition(officer, second_officer, mvp_to=date(2027, 9, 1))
    on = DAY + timedelta(days=40)
    found = [end for end in validity.coming(on) if end.date == date(2027, 9, 1)]
    assert [(end.what, end.row, end.months) for end in found] == [("MVP end", f"{ESME}, SMETS V5.1", 12)]
    assert [line.number for line in found[0].entries] == ["000001"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_two_schedulers_and_two_editions_tell_each_once(
    made: Made, supplier: User, officer: User, second_officer: User
) -> None:
    edition(officer, second_officer, mvp_to=date(2029, 12, 31))
    edition(officer, second_officer, mvp_to=date(2030, 12, 31))
    assert together(*[lambda: designations.tell_of_designations(DAY, AT)] * 4) == []
    assert (DesignationNotice.objects.count(), Message.objects.count(), len(mail.outbox)) == (4, 4, 4)
