"""Certificates that anybody may offer for somebody else's submission, and how they come to be its evidence.

Whoever offers names submissions by their references and never learns whether there are such, or whose they
are: no rule asks, and an officer decides alike. See docs/decisions.
"""

import datetime
from collections.abc import Sequence
from functools import partial

from django.contrib.auth.models import User
from django.db import transaction

from cpl import fields as f
from cpl import signals
from cpl.models import Evidence, Step, Submission
from cpl.rules.values import read_references
from cpl.workflow import digest_of

# Drafts are their owners' alone; what was decided needs no more evidence.
OPEN = (Submission.Status.SUBMITTED, Submission.Status.RETURNED)
VERB = "evidence"


def named_in(offer: Submission) -> Sequence[int]:
    """The numbers of the submissions that an offer is for."""
    if offer.kind != Submission.Kind.OFFER:
        return ()
    return read_references(offer.answers.get(f.SUBMISSIONS.name, "")) or ()


def waiting_for(submission: Submission) -> list[Submission]:
    """The offers for a submission that an officer has still to decide. For officers alone."""
    asked = {f"answers__{f.SUBMISSIONS.name}__icontains": str(submission.pk)}
    rows = Submission.objects.filter(
        kind=Submission.Kind.OFFER, status=Submission.Status.SUBMITTED, **asked
    ).select_related("party")
    return [row for row in rows.order_by("pk") if submission.pk in named_in(row)]


def open_ones(offer: Submission) -> list[Submission]:
    """Those that an offer names and that take evidence. For officers alone."""
    rows = Submission.objects.filter(pk__in=named_in(offer), status__in=OPEN).select_related("party")
    return list(rows.order_by("pk"))


def lock(submission_id: int) -> None:
    """Locks an offer and the submissions that it names, by rising key as every lock of several."""
    offer = Submission.objects.get(pk=submission_id)
    if named := named_in(offer):
        list(Submission.objects.select_for_update().filter(pk__in=[offer.pk, *named]).order_by("pk"))


def hand_over(offer: Submission, *, by: User, at: datetime.datetime) -> None:
    """The files of an approved offer become evidence of the submissions that it names; each gets a step that
    says so, with its new digest, for its owner and its officer to see. Inside the approval's transaction."""
    files = list(offer.evidence.order_by("pk"))
    for submission in open_ones(offer):
        added = [row for row in files if _add(row, submission)]
        if added:
            names = ", ".join(row.file_name for row in added)
            Step.objects.create(
                submission=submission,
                verb=VERB,
                from_status=submission.status,
                to_status=submission.status,
                actor=by,
                at=at,
                words=f"Added from an offer that the Panel accepted ({offer.reference}): {names}",
                digest=digest_of(submission),
            )
            transaction.on_commit(
                partial(signals.moved.send_robust, sender=Submission, submission_id=submission.pk)
            )


def _add(row: Evidence, submission: Submission) -> bool:
    """Whether it was new to the submission. It stays the offerer's: they had a hand in it."""
    return submission.evidence.get_or_create(
        what=row.what,
        sha256=row.sha256,
        defaults={
            "file_name": row.file_name,
            "size": row.size,
            "uploaded_by": row.uploaded_by,
            "uploaded_at": row.uploaded_at,
        },
    )[1]
