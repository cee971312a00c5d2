"""What is owed, found the plain way: every row is read, and sorted out in Python. To compare with."""

import datetime
from collections.abc import Collection, Iterator
from zoneinfo import ZoneInfo

from cpl.models import CertificateEvent, Coverage, Entry, Shown, shown
from notifications import audiences
from notifications.audiences import Directory
from notifications.due import Carried, DueNotice, Obligation, due, reached
from notifications.models import FurtherMilestone, Notice

LONDON = ZoneInfo("Europe/London")
What = CertificateEvent.What


def owed(on: datetime.date) -> list[DueNotice]:
    months, added = {12, 6}, {}
    for row in FurtherMilestone.objects.filter(added_on__lte=on):
        months.add(row.months)
        added[row.months] = row.added_on
    directory = Directory(audiences.rows("certificate"), on)
    return due(carried(on, directory, months), told(), on, months, added)


def carried(on: datetime.date, directory: Directory, months: Collection[int] = (12, 6)) -> Iterator[Carried]:
    ended = set(
        CertificateEvent.objects.filter(what__in=[What.WITHDRAWN, What.CANCELLED], on__lte=on).values_list(
            "certificate", flat=True
        )
    )
    listed = {
        entry.number: entry
        for entry in Entry.objects.current(on).select_related("submission")
        if not entry.is_smets1 and (entry.admitted_on is None or entry.admitted_on <= on)
    }
    for number, schemes in sorted(shown(on=on).items()):
        for row in sorted(schemes.values(), key=lambda one: one.certificate):
            if (
                row.date
                and row.certificate not in ended
                and number in listed
                and reached(row.date, on, months)
            ):
                recipients = directory.of(listed[number])
                yield Carried(number, row.certificate, row.date, recipients=recipients, **_since(row, on))


def told() -> set[Obligation]:
    rows = Notice.objects.select_related("recipient")
    return {
        Obligation(row.entry_id, row.certificate_id, row.date, row.milestone, row.recipient.to)
        for row in rows
    }


def _since(row: Shown, on: datetime.date) -> dict:
    dated = CertificateEvent.objects.filter(
        what=What.DATED, on__lte=on, certificate=row.certificate, pk__gt=row.serial
    ).order_by("pk")
    event = dated.last()
    coverage = Coverage.objects.get(pk=row.serial)
    behind, legal = (event, event.on) if event else (coverage, coverage.covers_from)
    known = behind.record.at.astimezone(LONDON).date()
    if behind.brought_by:
        return {"since": behind.brought_by.issued_on, "brought": True, "held": known}
    return {"since": max(legal, known)}
