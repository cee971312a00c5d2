"""The timelines on the pages of an impact: of a draft edition, and of a certificate that goes."""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from django.utils.safestring import SafeString, mark_safe

from applicability import pictures
from applicability.comparisons import compared
from applicability.differences import both, differences
from applicability.editions import edition_before, tables_from
from applicability.models import Edition
from applicability.openness import NONE, UNKNOWN, Day
from applicability.prospects import now_and_then
from applicability.tables import Tables
from applicability.timelines import Bar, Chart, Kind, Lane, Mark
from cpl.impact import Affected, Impact
from cpl.models import Certificate, CertificateEvent
from cpl.models.certificates import DateKind
from cpl.rules.milestones import milestones

# More rows than this no picture shows so that anybody can read it; the tables have them all.
MOST_DRAWN = 20
# Two lanes each, after the certificate's own.
MOST_GROUPS = 5
ENDS = {DateKind.EXPIRES: "Expires", DateKind.RENEWS: "To be renewed by"}
What = CertificateEvent.What


def of_edition(edition: Edition, today: datetime.date) -> Chart | None:
    """The rows that differ, as they are and as they would be; None where no date does."""
    before = edition_before(edition)
    old, new = tables_from(before) if before else Tables.none_in_force(), tables_from(edition)
    dated = [one for one in differences(old, new) if one.dates]
    found = [(one, both(old, new, one)) for one in islice(dated, MOST_DRAWN)]
    marks = (Mark("Takes effect", edition.effective_from),)
    title = f"What {edition} changes" + (f", first {MOST_DRAWN} rows" if len(dated) > MOST_DRAWN else "")
    return compared(title, str(edition), found, today=today, marks=marks) if found else None


def of_certificate(certificate: Certificate, found: Impact, *, gone_on: datetime.date) -> Chart:
    """The certificate's own term, and for each kind of entry that it carries what would be cut short."""
    groups = sorted(_groups(found.affected).items(), key=lambda item: (-len(item[1]), item[0]))
    lanes = [_term(certificate)]
    for name, some in groups[:MOST_GROUPS]:
        now, then = Counter(one.now for one in some), Counter(one.then for one in some)
        lanes += now_and_then(name, found.rests_on.schedule, now, then, since=found.on)
    title = f"What goes with certificate {certificate}"
    title += f", the {MOST_GROUPS} largest groups" if len(groups) > MOST_GROUPS else ""
    source = f"the register and {found.rests_on.schedule.first.edition}"
    marks = (*_days_of(certificate), Mark("If removed on", gone_on))
    return Chart(title, source, tuple(lanes), found.on, tuple(sorted(marks, key=lambda mark: mark.date)))


def drawn(chart: Chart) -> dict[str, SafeString]:
    """The picture for a desk and for a phone. What came from the tables was escaped when it was drawn."""
    return {
        "wide": mark_safe(pictures.draw(chart, name="impact")),  # noqa: S308
        "narrow": mark_safe(pictures.draw(chart, name="impact-narrow", width=pictures.NARROW)),  # noqa: S308
    }


def _groups(affected: Sequence[Affected]) -> dict[str, list[Affected]]:
    """By manufacturer and device type: its identifier first, since a narrow lane cuts a long name off."""
    groups: dict[str, list[Affected]] = {}
    for one in affected:
        name = f"{one.entry.manufacturer}, {one.entry.device_type}"
        groups.setdefault(f"{name}, {one.holder}" if one.holder else name, []).append(one)
    return groups


def _term(certificate: Certificate) -> Lane:
    """From the first day on which it is known to carry an entry, to its date or its end before that."""
    first = certificate.coverage.order_by("covers_from").values_list("covers_from", flat=True).first()
    last = min((mark.date for mark in _ends(certificate)), default=None)
    start = Day.on(first) if first and (last is None or first <= last) else UNKNOWN
    return Lane(
        f"Certificate {certificate}",
        (Bar(Kind.LISTED, "Its term on this list", start, Day.on(last) if last else NONE),),
    )


def _days_of(certificate: Certificate) -> Iterator[Mark]:
    """When its date comes, the days on which Parties are told so, and what ended it before."""
    yield from _ends(certificate)
    if date := certificate.date_now():
        yield from (Mark(f"{one.months} months before", one.day) for one in milestones(date))


def _ends(certificate: Certificate) -> Iterator[Mark]:
    if date := certificate.date_now():
        yield Mark(ENDS.get(DateKind(certificate.date_kind), "Its date"), date)
    for event in certificate.events.filter(what__in=[What.WITHDRAWN, What.CANCELLED]):
        yield Mark(event.get_what_display(), event.on)
