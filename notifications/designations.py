"""Tells every Party, once, that an edition of the tables was designated: its dates, and what it touches.

No Party can end this, and none is told twice: a row for each edition and Party stands behind it. What a
queue forgets is found again, hourly, from the editions themselves.
"""

import datetime

from django.db import transaction

from applicability.answers import Verdict
from applicability.consequences import Consequence, Stretch
from applicability.differences import differences
from applicability.editions import edition_before, tables_from
from applicability.models import Edition
from applicability.models.specifications import Series
from applicability.openness import say
from applicability.tables import Tables
from cpl import impact
from notifications import letters, outbox
from notifications.audiences import Directory
from notifications.models import Audience, DesignationNotice, Message
from notifications.sending import clock, deliver_all
from notifications.wording import words_of


def tell_of_designations(on: datetime.date, at: datetime.datetime) -> list[Message]:
    """Every edition that was designated here and that nobody was told of, however long ago: it is law."""
    now = clock(at)
    editions = Edition.objects.filter(
        series=Series.STATUTORY, designated_at__isnull=False, notices__isnull=True
    ).exclude(source_kind=Edition.SourceKind.FOUNDING)
    messages = [
        message
        for key in editions.order_by("designated_at", "pk").values_list("pk", flat=True)
        for message in _tell_of(key, on, at)
    ]
    deliver_all(messages, now)
    return messages


def designated(edition: Edition, on: datetime.date) -> letters.Designated:
    """What an edition says otherwise than the one before it, and which Current entries that touches."""
    before = edition_before(edition)
    old = tables_from(before) if before else Tables.none_in_force()
    changes = tuple(one.words for one in differences(old, tables_from(edition)))
    touched = tuple(
        letters.Touched(letters.line_of(one.entry), in_words(one.consequence))
        for one in impact.of_designated(edition, on=on).affected
    )
    return letters.Designated(edition, changes, touched)


def in_words(one: Consequence) -> str:
    """What changes for one entry, in a line."""
    parts = [
        f"may {_changed(stretch)} be {verb} from {say(stretch.first)}"
        for verb, stretches in (("installed", one.install), ("maintained", one.maintain))
        for stretch in stretches[:1]
    ]
    if one.update:
        by = one.update[1].by
        words = say(by.date) if by and by.date else "a day that the tables do not name"
        parts.append(f"to be updated or replaced by {words}")
    return "; ".join(parts)


def _changed(stretch: Stretch) -> str:
    words = {Verdict.NO: "no longer", Verdict.YES: "now"}
    return words.get(stretch.after.verdict, "or may not (the tables leave it open)")


@transaction.atomic
def _tell_of(key: int, on: datetime.date, at: datetime.datetime) -> list[Message]:
    # Two who look at the same edition do so one after the other.
    edition = Edition.objects.select_for_update().get(pk=key)
    if DesignationNotice.objects.filter(edition=edition).exists():
        return []
    every_party = [Audience(kind=Audience.Kind.RELEASE, who=Audience.Who.PARTIES)]
    known = outbox.recipients(Directory(every_party, on).everybody())
    what, wording = designated(edition, on), words_of(Message.Kind.DESIGNATION)
    mails = [
        outbox.Mail(row, letters.of_designation(what, addressee=row.addressed, on=on, wording=wording))
        for row in known.values()
    ]
    messages = outbox.queue(Message.Kind.DESIGNATION, mails, at=at)
    DesignationNotice.objects.bulk_create(
        DesignationNotice(edition=edition, recipient=message.recipient, message=message)
        for message in messages
    )
    return messages
