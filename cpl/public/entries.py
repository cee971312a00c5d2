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
    Removal,
    Shown,
    UpgradePath,
    shown,
)
from cpl.public.story import story
from cpl.published import Published, published
from cpl.standing import standings


@dataclass(frozen=True)
class Carried:
    """A certificate that carries the entry on the day, and what has become of it since."""

    shown: Shown
    ends: list[CertificateEvent]


@require_safe
def entry(request: HttpRequest, written: str) -> HttpResponse:
    """One entry on a day (`?on=2026-03-01`, else today). The number is redirected to its six digits."""
    if not (written.isascii() and written.isdigit() and int(written[-9:]) < 10**6 and len(written) <= 9):
        raise Http404(f"{written} is not an entry number: it has six digits.")
    if written != f"{int(written):06d}":
        return redirect("public:entry", f"{int(written):06d}", permanent=True)
    known, today = published(), timezone.localdate()
    on, refused = _day(request.GET.get("on", ""), today)
    found = known.entries().with_status(on, serial=known.serial)
    row = found.select_related("record", "brought_by", "removal").filter(number=int(written)).first()
    if row is None:
        return render(request, "public/no_entry.html", {"number": written, "known": known}, status=404)
    context = _context(row, known, on, today)
    return render(request, "public/entry.html", {**context, "refused_day": refused})


def _day(asked: str, today: datetime.date) -> tuple[datetime.date, str]:
    """The day asked for; else today, with what could not be read as a day."""
    try:
        return (datetime.date.fromisoformat(asked), "") if asked else (today, "")
    except ValueError:
        return today, asked[:40]


def _context(row: Entry, known: Published, on: datetime.date, today: datetime.date) -> dict[str, object]:
    removal = known.rows(Removal.objects.filter(entry=row)).select_related("ground").first()
    information = known.rows(FirmwareInformation.objects.filter(entry=row))
    paths = known.rows(UpgradePath.objects.select_related("source", "target"))
    return {
        "entry": row,
        "known": known,
        "on": on,
        "today": today,
        "holder": ManufacturerIdentifier.objects.filter(code=row.manufacturer).first(),
        "standing": standings([row], on=on, known=today, serial=known.serial)[row.number],
        "certificates": _certificates(row, known, on),
        "removal": removal,
        "replaced_by": known.entries().filter(replaces=row).first(),
        "upgrades_from": list(paths.filter(target=row)),
        "upgrades_to": list(paths.filter(source=row)),
        "information": information.select_related("contact", "record").last(),
        "same_device": known.entries()
        .same_device(row)
        .exclude(pk=row.pk)
        .with_status(on, serial=known.serial),
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
