"""What the register holds when a list is to be brought forward; read under the journal's lock."""

import datetime
from dataclasses import dataclass

from django.db.models import Q

from cpl.brought.certificates import Key
from cpl.models import (
    Certificate,
    CertificateEvent,
    Coverage,
    Entry,
    ListImport,
    Release,
    Removal,
    ReservedNumber,
    Shown,
    shown,
)

OURS = Q(brought_by__isnull=True)


@dataclass(frozen=True)
class Standing:
    """The register, by the keys that a listed entry has.

    `dates` holds a certificate's date as further events have left it; `our_...` what was decided in this
    register and not brought forward: entries, removals, (entry, scheme) of coverage, certificates that
    something happened to.
    """

    last: ListImport | None
    first_release: Release | None
    issues: tuple[Release, ...]
    entries: dict[int, Entry]
    removed: frozenset[int]
    reserved: frozenset[int]
    shown: dict[int, dict[str, Shown]]
    certificates: dict[Key, Certificate]
    dates: dict[int, datetime.date | None]
    our_entries: frozenset[int]
    our_removals: frozenset[int]
    our_coverage: frozenset[tuple[int, str]]
    our_events: frozenset[int]

    @property
    def versions(self) -> dict[str, Release]:
        return {issue.number: issue for issue in self.issues}


def standing(on: datetime.date) -> Standing:
    """Everything, however many entries, in a dozen queries; what carries an entry as on that day."""
    entries = {entry.number: entry for entry in Entry.objects.all()}
    certificates = {(one.scheme, one.identifier): one for one in Certificate.objects.all()}
    return Standing(
        last=ListImport.objects.order_by("-pk").first(),
        first_release=Release.objects.filter(serial__isnull=False).order_by("position").first(),
        issues=tuple(Release.objects.filter(brought_by__isnull=False).order_by("position")),
        entries=entries,
        removed=frozenset(Removal.objects.values_list("entry", flat=True)),
        reserved=frozenset(ReservedNumber.objects.values_list("number", flat=True)),
        shown=shown(on=on),
        certificates=certificates,
        dates=_dates(certificates),
        our_entries=frozenset(number for number, entry in entries.items() if entry.brought_by_id is None),
        our_removals=frozenset(Removal.objects.filter(OURS).values_list("entry", flat=True)),
        our_coverage=frozenset(Coverage.objects.filter(OURS).values_list("entry", "scheme")),
        our_events=frozenset(CertificateEvent.objects.filter(OURS).values_list("certificate", flat=True)),
    )


def _dates(certificates: dict[Key, Certificate]) -> dict[int, datetime.date | None]:
    dates = {one.pk: one.date for one in certificates.values()}
    moved = CertificateEvent.objects.filter(what=CertificateEvent.What.DATED).order_by("pk")
    dates.update(moved.values_list("certificate", "date"))
    return dates
