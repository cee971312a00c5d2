"""What files said is taken away when nobody needs it any longer: they name people.

An upload that was discarded or could not be read loses its rows and files 90 days after it was last touched.
One that was taken loses them too, since its submissions hold the answers: what stays is which row of which
file, by its SHA-256, became which submission. One that nobody came back to for a year is discarded.
"""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from cpl.models import Upload
from cpl.uploads.limits import OPEN, SHELF, Status, open_job, save

KEPT = datetime.timedelta(days=90)
ABANDONED = datetime.timedelta(days=365)
# The bytes of a file that came in within the last day may be those of an upload that is being made.
SETTLED = datetime.timedelta(days=1)
SAID: dict[str, Any] = {"cells": {}, "corrected": {}, "answers": {}, "problems": [], "remarks": []}


def forget(at: datetime.datetime) -> int:
    """Forgets what is due; gives the number of uploads. What was forgotten once is not looked at again."""
    due = [
        *_untouched(at - KEPT).exclude(status__in=OPEN),
        *_untouched(at - ABANDONED).filter(status__in=OPEN),
    ]
    count = sum(_forget(upload, at) for upload in due)
    _clear_the_shelf(at)
    return count


def _untouched(since: datetime.datetime) -> QuerySet[Upload]:
    steps = Upload.history.filter(id=OuterRef("pk")).order_by("-history_date")
    touched = Subquery(steps.values("history_date")[:1])
    return Upload.objects.filter(forgotten_at__isnull=True).alias(touched=touched).filter(touched__lt=since)


@transaction.atomic
def _forget(upload: Upload, at: datetime.datetime) -> bool:
    """Not while a job is at it: that is for another day."""
    if open_job(upload):
        return False
    if upload.status in OPEN:
        upload.status = Status.DISCARDED
    upload.rows.filter(submission__isnull=True).delete()
    upload.rows.update(**SAID)
    upload.further, upload.problems, upload.forgotten_at = {}, [], at
    save(upload, None, "forget", "status", "further", "problems", "forgotten_at")
    return True


def _clear_the_shelf(at: datetime.datetime) -> None:
    """Takes away the bytes that no upload names that is still remembered."""
    old = set(SHELF.untouched_since(at - SETTLED))
    for files in Upload.objects.filter(forgotten_at__isnull=True).values_list("files", flat=True).iterator():
        old -= {one["sha256"] for one in files}
    for digest in old:
        SHELF.clear(digest, before=at - SETTLED)
