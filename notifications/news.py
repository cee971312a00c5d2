"""Tells of what happened in the register: steps of submissions, and releases. Found again from their rows."""

import datetime
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from cpl import offers, publishing
from cpl.changes import Changes
from cpl.models import Contact, Release, Step, Submission
from cpl.workflow import MOVES
from notifications import audiences, letters, outbox, subscriptions
from notifications.audiences import Directory
from notifications.due import To
from notifications.models import Audience, Message, Recipient, ReleaseNotice, StepNotice
from notifications.sending import clock, deliver_all
from notifications.subscriptions import How, Kind, Selection, Wishes
from notifications.wording import words_of

# What officers do with a submission, and the evidence that comes with an offer which they approve.
OFFICERS_VERBS = {verb for (_, verb), move in MOVES.items() if move.role == "officer" and move.is_told}
OFFICERS_VERBS |= {offers.VERB}
OWN_VERBS = {verb for (_, verb), move in MOVES.items() if move.role == "submitter"}
# Older news is no news: a Party that joins is not told of every release there ever was.
NEWS_FOR = datetime.timedelta(days=30)


def tell_of_steps(at: datetime.datetime, submission_id: int | None = None) -> list[Message]:
    """E-mails the submitters about steps that they were not told of yet: an officer's, and their own.

    Of their own steps they hear while these are news, and of each submission by itself: who hands in a file
    with thousands of devices has the page of the upload. `submission_id` narrows it to one submission.
    """
    now = clock(at)
    own = Q(verb__in=OWN_VERBS, at__gte=at - NEWS_FOR, submission__party__isnull=False)
    own &= ~Q(verb="submit", submission__upload_row__isnull=False)
    untold = Step.objects.filter(Q(verb__in=OFFICERS_VERBS) | own, notices__isnull=True)
    if submission_id is not None:
        untold = untold.filter(submission=submission_id)
    messages = [
        message
        for step in untold.order_by("pk").values_list("pk", flat=True)
        for message in _tell_of_step(step, at)
    ]
    deliver_all(messages, now)
    return messages


def tell_of_releases(on: datetime.date, at: datetime.datetime, number: str | None = None) -> list[Message]:
    """Tells the audience of releases about each of ours, once. `number` narrows it to one."""
    now = clock(at)
    untold = Release.objects.filter(serial__isnull=False, notices__isnull=True)
    if number is not None:
        untold = untold.filter(number=number)
    messages = [message for release in untold.order_by("position") for message in _tell_of(release, on, at)]
    deliver_all(messages, now)
    return messages


@transaction.atomic
def _tell_of_step(step_id: int, at: datetime.datetime) -> list[Message]:
    step = Step.objects.select_related("submission__entry").get(pk=step_id)
    # Two who look at the same step do so one after the other.
    Submission.objects.select_for_update().get(pk=step.submission_id)
    if StepNotice.objects.filter(step=step).exists():
        return []
    wishes, wording = Wishes(), words_of(Message.Kind.STEP)
    known = list(outbox.recipients(_submitters(step.submission)).values())
    told = [row for row in known if wishes.of(row, Kind.STEP).how == How.AT_ONCE]
    mails = [
        outbox.Mail(
            row,
            letters.of_step(
                step,
                addressee=row.addressed,
                leave=subscriptions.leave(row, Kind.STEP),
                wording=wording,
            ),
        )
        for row in told
    ]
    messages = outbox.queue(Message.Kind.STEP, mails, at=at)
    by_recipient = {message.recipient_id: message for message in messages}
    # Who wants no e-mail each time gets a row all the same: it has been dealt with.
    StepNotice.objects.bulk_create(
        StepNotice(step=step, recipient=row, message=by_recipient.get(row.pk)) for row in known
    )
    return messages


@transaction.atomic
def _tell_of(release: Release, on: datetime.date, at: datetime.datetime) -> list[Message]:
    directory = Directory(audiences.rows(Audience.Kind.RELEASE, lock=True), on)
    if ReleaseNotice.objects.filter(release=release).exists():
        return []
    wishes, wording = Wishes(), words_of(Message.Kind.RELEASE)
    known = list(outbox.recipients(directory.everybody()).values())
    asked = Recipient.objects.filter(pk__in=wishes.asked(Kind.RELEASE, [How.AT_ONCE]), party__active=True)
    known += [row for row in asked.select_related("party", "user") if row not in known]
    # That it was told nobody is written down all the same.
    too_old = bool(release.issued_at and release.issued_at < at - NEWS_FOR)
    told = [row for row in known if not too_old and wishes.of(row, Kind.RELEASE).how == How.AT_ONCE]
    changes = (
        publishing.changes_of(release)
        if any(wishes.of(row, Kind.RELEASE).selection for row in told)
        else None
    )
    mails = []
    for row in told:
        only = part_of(changes, wishes.of(row, Kind.RELEASE).selection)
        if only == "":
            continue
        leave = subscriptions.leave(row, Kind.RELEASE)
        words = letters.of_release(release, addressee=row.addressed, leave=leave, only=only, wording=wording)
        mails.append(outbox.Mail(row, words))
    messages = outbox.queue(Message.Kind.RELEASE, mails, at=at)
    by_recipient = {message.recipient_id: message for message in messages}
    ReleaseNotice.objects.bulk_create(
        ReleaseNotice(release=release, recipient=row, message=by_recipient.get(row.pk), too_old=too_old)
        for row in known
    )
    return messages


def part_of(changes: Changes | None, selection: Selection) -> str | None:
    """What of a release somebody asked for, in words; empty where it has nothing of it, None: all of it."""
    if changes is None or not selection:
        return None
    part = Changes(
        tuple(entry for entry in changes.added if selection.wants(entry)),
        tuple(row for row in changes.removed if selection.wants(row.entry)),
        tuple(row for row in changes.covered if selection.wants(row.entry)),
    )
    return part.as_text() if part else ""


def _submitters(submission: Submission) -> Iterable[To]:
    """The person who submitted, and the contacts for submissions that the organisation has named."""
    contacts = Contact.objects.filter(party=submission.party_id, purpose=Contact.Purpose.SUBMISSIONS)
    addresses = {contact.email.lower() for contact in contacts}
    person = User.objects.get(pk=submission.submitted_by_id or submission.created_by_id)
    party = submission.party_id
    # Whoever has left an organisation learns no more of its affairs: it is told itself, wherever it reads.
    belongs = party is None or person.memberships.filter(party=party).exists()
    if addresses or not belongs:
        yield To(Recipient.Kind.PARTY, str(party))
    # Whoever reads the organisation's post is not told twice.
    if belongs and person.email.lower() not in addresses:
        yield To(Recipient.Kind.USER, str(person.pk))
