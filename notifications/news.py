"""Tells of what happened in the register: steps of submissions, and releases. Found again from their rows."""

import datetime
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from cpl.models import Contact, Release, Step, Submission
from cpl.workflow import MOVES
from notifications import audiences, letters, outbox
from notifications.audiences import Directory
from notifications.due import To
from notifications.models import Audience, Message, Recipient, ReleaseNotice, StepNotice
from notifications.sending import deliver_all

OFFICERS_VERBS = {verb for (_, verb), move in MOVES.items() if move.role == "officer" and move.is_told}
OWN_VERBS = {verb for (_, verb), move in MOVES.items() if move.role == "submitter"}
# Older news is no news: a Party that joins is not told of every release there ever was.
NEWS_FOR = datetime.timedelta(days=30)


def tell_of_steps(at: datetime.datetime, submission_id: int | None = None) -> list[Message]:
    """E-mails the submitters about steps that they were not told of yet: an officer's, and their own.

    Of their own steps they hear while these are news, and of each submission by itself: who hands in a file
    with thousands of devices has the page of the upload. `submission_id` narrows it to one submission.
    """
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
    deliver_all(messages, at)
    return messages


def tell_of_releases(on: datetime.date, at: datetime.datetime, number: str | None = None) -> list[Message]:
    """Tells the audience of releases about each of ours, once. `number` narrows it to one."""
    untold = Release.objects.filter(serial__isnull=False, issued_at__gte=at - NEWS_FOR, notices__isnull=True)
    if number is not None:
        untold = untold.filter(number=number)
    messages = [message for release in untold.order_by("position") for message in _tell_of(release, on, at)]
    deliver_all(messages, at)
    return messages


@transaction.atomic
def _tell_of_step(step_id: int, at: datetime.datetime) -> list[Message]:
    step = Step.objects.select_related("submission__entry").get(pk=step_id)
    # Two who look at the same step do so one after the other.
    Submission.objects.select_for_update().get(pk=step.submission_id)
    if StepNotice.objects.filter(step=step).exists():
        return []
    known = outbox.recipients(_submitters(step.submission))
    mails = [outbox.Mail(row, letters.of_step(step, addressee=row.addressed)) for row in known.values()]
    messages = outbox.queue(Message.Kind.STEP, mails, at=at)
    StepNotice.objects.bulk_create(
        StepNotice(step=step, recipient=message.recipient, message=message) for message in messages
    )
    return messages


@transaction.atomic
def _tell_of(release: Release, on: datetime.date, at: datetime.datetime) -> list[Message]:
    directory = Directory(audiences.rows(Audience.Kind.RELEASE, lock=True), on)
    if ReleaseNotice.objects.filter(release=release).exists():
        return []
    known = outbox.recipients(directory.everybody())
    mails = [outbox.Mail(row, letters.of_release(release, addressee=row.addressed)) for row in known.values()]
    messages = outbox.queue(Message.Kind.RELEASE, mails, at=at)
    ReleaseNotice.objects.bulk_create(
        ReleaseNotice(release=release, recipient=message.recipient, message=message) for message in messages
    )
    return messages


def _submitters(submission: Submission) -> Iterable[To]:
    """The person who submitted, and the contacts for submissions that their organisation has named."""
    contacts = Contact.objects.filter(party=submission.party_id, purpose=Contact.Purpose.SUBMISSIONS)
    addresses = {contact.email.lower() for contact in contacts}
    person = User.objects.get(pk=submission.submitted_by_id or submission.created_by_id)
    if addresses:
        yield To(Recipient.Kind.PARTY, str(submission.party_id))
    # Whoever reads the organisation's post is not told twice.
    if person.email.lower() not in addresses:
        yield To(Recipient.Kind.USER, str(person.pk))
