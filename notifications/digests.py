"""One e-mail a day or a week, in place of many: what happened to what somebody asked for.

A digest ends with the day before it, so that one which has nothing to tell stays empty however often it is
looked at; the next begins where the last ended. There is one a day, or a week, and the database says so.
"""

import datetime
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from applicability.openness import say
from cpl import publishing
from cpl.models import Entry, ManufacturerIdentifier, Release, Step, Submission, shown
from cpl.rules.milestones import milestones
from notifications import letters, outbox, subscriptions, validity
from notifications.letters import Part
from notifications.models import DigestNotice, Message, Recipient, Subscription
from notifications.news import OFFICERS_VERBS, OWN_VERBS, part_of
from notifications.sending import clock, deliver_all
from notifications.subscriptions import How, Kind, Selection
from notifications.wording import words_of

LONDON = ZoneInfo("Europe/London")
LASTS = {How.DAILY: datetime.timedelta(days=1), How.WEEKLY: datetime.timedelta(days=7)}
# A digest that could not be sent for so long begins later.
LONGEST = datetime.timedelta(days=30)
MOST_LINES = 50


def tell_digests(on: datetime.date, at: datetime.datetime) -> list[Message]:
    """Every digest of that day, and of its week, that was not sent yet and has something to tell."""
    now = clock(at)
    rows = Subscription.objects.filter(how__in=LASTS).values_list("recipient", "how").distinct()
    messages = [
        message
        for recipient, every in sorted(rows)
        for message in _tell(recipient, every, _day_of(every, on), at)
    ]
    deliver_all(messages, now)
    return messages


def tell_what_stands(recipient: Recipient, kind: str, on: datetime.date, at: datetime.datetime) -> None:
    """Queues the next digest now, where a kind that comes in it is about to be told in another way.

    What happened meanwhile was left to that digest, and would be told by nothing.
    """
    row = Subscription.objects.filter(recipient=recipient, kind=kind, how__in=LASTS).first()
    if row:
        _tell(recipient.pk, row.how, _day_of(row.how, on) + LASTS[How(row.how)], at, until=at)


@transaction.atomic
def _tell(
    key: int,
    every: str,
    day: datetime.date,
    at: datetime.datetime,
    until: datetime.datetime | None = None,
) -> list[Message]:
    # Two who look at the same recipient do so one after the other.
    locked = Recipient.objects.select_for_update(of=("self",)).select_related("party", "user")
    recipient = locked.get(pk=key)
    mine = DigestNotice.objects.filter(recipient=recipient, every=every)
    if mine.filter(on=day).exists() or (recipient.party and not recipient.party.active):
        return []
    until = until or datetime.datetime.combine(day, datetime.time(), tzinfo=LONDON)
    last = mine.order_by("-until").first()
    rows = list(Subscription.objects.filter(recipient=recipient, how=every))
    since = last.until if last else min(until - LASTS[How(every)], *map(subscriptions.wished_since, rows))
    since = max(since, until - LONGEST)
    wishes = {row.kind: subscriptions.selection_of(recipient, row.kind) for row in rows}
    ends = _ends(recipient, wishes, until.astimezone(LONDON).date())
    parts = [part for part in _parts(recipient, wishes, ends, since, until, day) if part.lines]
    if not parts:
        return []
    words = letters.of_digest(
        parts,
        every=every,
        addressee=recipient.addressed,
        on=day,
        leave=subscriptions.leave(recipient, "digest"),
        wording=words_of(Message.Kind.DIGEST),
    )
    (message,) = outbox.queue(Message.Kind.DIGEST, [outbox.Mail(recipient, words)], at=at)
    DigestNotice.objects.create(
        every=every, since=since, until=until, on=day, recipient=recipient, message=message
    )
    validity.write(ends, message)
    return [message]


def _parts(
    recipient: Recipient,
    wishes: dict[str, Selection],
    ends: Sequence[letters.End],
    since: datetime.datetime,
    until: datetime.datetime,
    day: datetime.date,
) -> Iterator[Part]:
    if Kind.RELEASE in wishes:
        yield _short("Releases of the list", list(_releases(wishes[Kind.RELEASE], since, until)))
    if Kind.STEP in wishes:
        yield _short("Steps of your submissions", list(_steps(recipient, since, until)))
    if Kind.VALIDITY in wishes:
        yield _short("Versions that end", [_end(end) for end in ends])
    if Kind.NEARING in wishes:
        yield _short("Submissions that wait for you", list(_waiting(recipient)))
        yield _short("Certificates that draw near their date", list(_nearing(recipient, wishes, day)))


def _short(title: str, lines: list[tuple[str, str]]) -> Part:
    more = len(lines) - MOST_LINES
    if more > 0:
        lines = [*lines[:MOST_LINES], (f"and {more} more, in the portal", f"{settings.PORTAL_URL}/portal/")]
    return Part(title, tuple(lines))


def _releases(
    selection: Selection, since: datetime.datetime, until: datetime.datetime
) -> Iterator[tuple[str, str]]:
    ours = Release.objects.filter(serial__isnull=False, issued_at__gte=since, issued_at__lt=until)
    for release in ours.order_by("position"):
        changes = publishing.changes_of(release)
        if part_of(changes, selection) != "":
            counts = f"{len(changes.added)} added, {len(changes.removed)} removed"
            yield f"Release {release.number}: {counts}", letters.url_of_release(release)


def _steps(
    recipient: Recipient, since: datetime.datetime, until: datetime.datetime
) -> Iterator[tuple[str, str]]:
    steps = Step.objects.filter(_own(recipient, "submission__"), at__gte=since, at__lt=until)
    steps = steps.filter(verb__in=OFFICERS_VERBS | OWN_VERBS).exclude(
        submission__upload_row__isnull=False, verb="submit"
    )
    for step in steps.select_related("submission").order_by("pk")[:1000]:
        done = letters.DONE.get(step.verb, step.to_status)
        yield f"{step.submission.reference}, {step.submission.title}: {done}", _url(step.submission)


def _ends(recipient: Recipient, wishes: dict[str, Selection], on: datetime.date) -> list[letters.End]:
    """Not by their days: an end may come into its window late, with a new edition."""
    if Kind.VALIDITY not in wishes:
        return []
    return validity.untold(recipient, validity.coming(on), wishes[Kind.VALIDITY], on)


def _end(end: letters.End) -> tuple[str, str]:
    words = f"{end.row}: {end.what} {say(end.date)}, {end.months} months ahead or less"
    return words, f"{settings.PORTAL_URL}/applicability/"


def _waiting(recipient: Recipient) -> Iterator[tuple[str, str]]:
    returned = Submission.objects.filter(_own(recipient), status=Submission.Status.RETURNED)
    for submission in returned.order_by("pk")[:1000]:
        yield f"{submission.reference}, {submission.title}: returned, put it right", _url(submission)


def _nearing(
    recipient: Recipient, wishes: dict[str, Selection], day: datetime.date
) -> Iterator[tuple[str, str]]:
    """Certificates with less than a year to go, of the selection or else of one's own devices."""
    selection = wishes[Kind.NEARING]
    if not selection:
        held = ManufacturerIdentifier.objects.filter(party=recipient.party_id) if recipient.party_id else ()
        selection = Selection(manufacturers=frozenset(one.code for one in held))
        if not selection:
            return
    wanted = {entry.number: entry for entry in Entry.objects.current(day) if selection.wants(entry)}
    found: dict[tuple[datetime.date, str], list[int]] = {}
    for number, schemes in shown(wanted, on=day).items():
        for one in schemes.values():
            if one.date and one.date >= day and milestones(one.date)[0].day <= day:
                found.setdefault((one.date, f"{one.scheme} {one.identifier}"), []).append(number)
    for (date, name), numbers in sorted(found.items()):
        entries = f"{len(numbers)} {'entry' if len(numbers) == 1 else 'entries'}"
        yield f"{name}: {say(date)}, {entries}", letters.url_of(f"{min(numbers):06d}")


def _own(recipient: Recipient, prefix: str = "") -> Q:
    if recipient.party_id:
        return Q(**{f"{prefix}party": recipient.party_id})
    # Of an organisation that they have left, people learn no more.
    theirs = Q(**{f"{prefix}party": None}) | Q(**{f"{prefix}party__memberships__user": recipient.user_id})
    return theirs & Q(**{f"{prefix}submitted_by": recipient.user_id})


def _url(submission: Submission) -> str:
    return f"{settings.PORTAL_URL}/portal/submissions/{submission.pk}/"


def _day_of(every: str, on: datetime.date) -> datetime.date:
    """The day itself, or the Monday of its week."""
    return on if every == How.DAILY else on - datetime.timedelta(days=on.weekday())
