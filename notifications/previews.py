"""A letter as it would read, with the newest facts: for whoever changes its words. Sends nothing."""

import datetime
from collections.abc import Callable

from applicability.calendars import moments
from applicability.editions import schedule_as_known
from applicability.models import Edition
from applicability.models.specifications import Series
from cpl.models import Coverage, Entry, Release, Step, shown
from notifications import designations, letters, subscriptions, validity
from notifications.due import DueNotice, Obligation, State, To
from notifications.facts import Nearing
from notifications.letters import Part, Words
from notifications.models import Message
from notifications.wording import Wording

ADDRESSEE = "the organisation that it is for"
LEAVE = "https://example.org/unsubscribe/"
# So many rows of the register are looked at for the next certificate that ends.
LOOKED_AT = 200
Kind = Message.Kind


def preview(kind: str, wording: Wording, on: datetime.date) -> Words | None:
    """A letter of a kind with real facts; None where the register has none of that kind yet."""
    return PREVIEWS[Kind(kind)](wording, on)


def _certificates(wording: Wording, on: datetime.date) -> Words | None:
    """The next date, and every entry that it is about."""
    ahead = Coverage.objects.filter(date_shown__gte=on).order_by("date_shown", "pk")
    numbers = list(ahead.values_list("entry", flat=True)[:LOOKED_AT])
    entries = {entry.number: entry for entry in Entry.objects.current(on).filter(number__in=numbers)}
    rows = [
        (entries[number], one, one.date)
        for number, schemes in shown(entries, on=on).items()
        for one in schemes.values()
        if one.date and one.date >= on
    ]
    if not rows:
        return None
    first = min(date for _, _, date in rows)
    told = [
        (
            DueNotice(Obligation(entry.number, one.certificate, date, 12, To("party", "0")), on, State.DUE),
            Nearing(entry, one, date, on, False),
        )
        for entry, one, date in rows
        if date == first
    ]
    return letters.of_certificates(told, addressee=ADDRESSEE, on=on, wording=wording)


def _step(wording: Wording, on: datetime.date) -> Words | None:
    steps = Step.objects.filter(verb__in=letters.DONE).select_related("submission__entry")
    step = steps.order_by("-pk").first()
    return letters.of_step(step, addressee=ADDRESSEE, leave=LEAVE, wording=wording) if step else None


def _release(wording: Wording, on: datetime.date) -> Words | None:
    release = Release.objects.filter(serial__isnull=False).order_by("-position").first()
    return letters.of_release(release, addressee=ADDRESSEE, leave=LEAVE, wording=wording) if release else None


def _designation(wording: Wording, on: datetime.date) -> Words | None:
    """The newest edition, the founding load where there is no other."""
    editions = Edition.objects.filter(series=Series.STATUTORY, status=Edition.Status.DESIGNATED)
    edition = editions.order_by("-number").first()
    if edition is None:
        return None
    what = designations.designated(edition, on)
    return letters.of_designation(what, addressee=ADDRESSEE, on=on, wording=wording)


def _validity(wording: Wording, on: datetime.date) -> Words | None:
    """What has reached a milestone, else the next end ahead."""
    ends = validity.coming(on)
    if not ends:
        ahead = [
            one for one in moments(schedule_as_known(Series.STATUTORY, on)) if one.key[0] in validity.ENDS
        ]
        found = [one for one in ahead if one.day >= on][:1]
        ends = [letters.End(one.key[0], ", ".join(one.key[1:]), one.day, 12) for one in found]
    if not ends:
        return None
    return letters.of_validity(ends, addressee=ADDRESSEE, on=on, leave=LEAVE, wording=wording)


def _digest(wording: Wording, on: datetime.date) -> Words | None:
    releases = Release.objects.filter(serial__isnull=False).order_by("-position")[:3]
    lines = tuple((f"Release {one.number}", letters.url_of_release(one)) for one in releases)
    steps = Step.objects.select_related("submission").order_by("-pk")[:3]
    done = tuple(
        (f"{step.submission.reference}: {letters.DONE.get(step.verb, step.to_status)}", "") for step in steps
    )
    parts = [part for part in (Part("Releases of the list", lines), Part("Steps", done)) if part.lines]
    if not parts:
        return None
    return letters.of_digest(
        parts, every=subscriptions.How.DAILY, addressee=ADDRESSEE, on=on, leave=LEAVE, wording=wording
    )


PREVIEWS: dict[Message.Kind, Callable[[Wording, datetime.date], Words | None]] = {
    Kind.CERTIFICATE: _certificates,
    Kind.STEP: _step,
    Kind.RELEASE: _release,
    Kind.DESIGNATION: _designation,
    Kind.VALIDITY: _validity,
    Kind.DIGEST: _digest,
}
