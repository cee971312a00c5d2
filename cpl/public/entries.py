"""The page of one entry: what the list says of it, what may be done with it, and what happened to it."""

import datetime
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpl.models import (
    CertificateEvent,
    Entry,
    FirmwareInformation,
    ManufacturerIdentifier,
    Party,
    Removal,
    Shown,
    UpgradePath,
    shown,
)
from cpl.public.days import Days, read_days
from cpl.public.outlook import outlook
from cpl.public.story import story
from cpl.published import Published, published


@dataclass(frozen=True)
class Carried:
    """A certificate that carries the entry on the day, and what has become of it since."""

    shown: Shown
    ends: list[CertificateEvent]


@require_safe
def entry(request: HttpRequest, written: str) -> HttpResponse:
    """One entry on a day (`?on=2026-03-01`, else today) under the tables as `known` on a day, and the changes
    of its answers in a period (`from`, `to`). The number is redirected to its six digits."""
    if not (written.isascii() and written.isdigit() and int(written[-9:]) < 10**6 and len(written) <= 9):
        raise Http404(f"{written} is not an entry number: it has six digits.")
    if written != f"{int(written):06d}":
        return redirect("public:entry", f"{int(written):06d}", permanent=True)
    known, days = published(), read_days(request.GET, timezone.localdate())
    found = known.entries().with_status(days.on, serial=known.serial)
    row = found.select_related("record", "brought_by", "removal").filter(number=int(written)).first()
    if row is None:
        return render(request, "public/no_entry.html", {"number": written, "known": known}, status=404)
    context = _context(row, known, days) | {"parties": list(Party.objects.for_user(request.user))}
    return render(request, "public/entry.html", context)


def _context(row: Entry, known: Published, days: Days) -> dict[str, object]:
    removal = known.rows(Removal.objects.filter(entry=row)).select_related("ground").first()
    information = known.rows(FirmwareInformation.objects.filter(entry=row))
    paths = known.rows(UpgradePath.objects.in_force(known.serial).select_related("source", "target"))
    return {
        "entry": row,
        "known": known,
        "days": days,
        "on": days.on,
        "today": days.today,
        "holder": ManufacturerIdentifier.objects.filter(code=row.manufacturer).first(),
        "outlook": outlook(row, known, days),
        "certificates": _certificates(row, known, days.on),
        "removal": removal,
        "replaced_by": known.entries().filter(replaces=row).first(),
        "upgrades_from": list(paths.filter(target=row)),
        "upgrades_to": list(paths.filter(source=row)),
        "information": information.select_related("contact", "record").last(),
        "same_device": known.entries()
        .same_device(row)
        .exclude(pk=row.pk)
        .with_status(days.on, serial=known.serial),
        "story": story(row, known),
    }


def _certificates(row: Entry, known: Published, on: datetime.date) -> list[Carried]:
    carried = shown([row.number], on=on, serial=known.serial).get(row.number, {})
    ends = known.rows(
        CertificateEvent.objects.filter(certificate__in=[one.certificate for one in carried.values()])
    ).exclude(what=CertificateEvent.What.DATED)
    events = list(ends.filter(on__lte=on).select_related("successor"))
    return [
        Carried(one, [event for event in events if event.certificate_id == one.certificate])
        for _, one in sorted(carried.items())
    ]
