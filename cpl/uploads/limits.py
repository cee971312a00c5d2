"""Who may do anything with an upload, how much of it there may be, and what is always asked first."""

import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cpl import fields as f
from cpl import jobs
from cpl.models import Job, Party, Upload, UploadRow
from cpl.private_files import Shelf
from cpl.workflow import NotPossible

SHELF = Shelf("uploads")
MOST_FILES = 20
MOST_ROWS = 20_000
# So many rows are one transaction, and so many or fewer are dealt with while the person waits.
PART = 500
AT_ONCE = 25
A_DAY = datetime.timedelta(days=1)
Status = Upload.Status
# Somebody still has to do something with it.
OPEN = (Status.RECEIVED, Status.CHECKED)
# Its rows can be put right and taken; those left behind by a first taking too.
WORKABLE = (Status.CHECKED, Status.TAKEN)
# What one answer can hold for all rows: not what tells one device from another.
FURTHER = tuple(
    field
    for field in f.NEW_ENTRY
    if field not in (*f.DEVICE_FIELDS, f.IMAGE_HASH, f.PRODUCT_NAME, f.REPLACES)
)


class AlreadyOpen(NotPossible):
    """The very same files are in hand already; `upload` is where."""

    def __init__(self, upload: Upload) -> None:
        day = timezone.localtime(upload.created_at).strftime("%-d %B %Y at %H:%M")
        name = upload.created_by.get_full_name() or upload.created_by.get_username()
        super().__init__(
            f"{upload.reference} holds the very same content: {name} handed it in on {day}. Go on there, or "
            "discard it first."
        )
        self.upload = upload


def demand_party(party: Party, by: User) -> None:
    """As for every submission: the person acts for the organisation, and the Panel knows who it is."""
    if not Party.objects.for_user(by).filter(pk=party.pk).exists():
        raise NotPossible(f"You do not act for {party}. Ask its people, or the Panel, to add you.")
    if not party.verified:
        raise NotPossible(f"{party} has not been verified yet. The Panel does so before a first submission.")


def open_uploads(party: Party) -> QuerySet[Upload]:
    return Upload.objects.filter(party=party, status__in=OPEN)


def demand_room_for_an_upload(party: Party) -> None:
    most = settings.OPEN_UPLOADS
    if open_uploads(party).count() >= most:
        raise NotPossible(
            f"{party} has {most} uploads open, which is the most. Take or discard one of them first."
        )


def locked(upload_id: int, by: User) -> Upload:
    """The upload, for a change by somebody who acts for its organisation while no job is at it."""
    upload = Upload.objects.select_for_update(of=("self",)).select_related("party").get(pk=upload_id)
    demand_party(upload.party, by)
    if job := open_job(upload):
        raise NotPossible(
            f"{upload} is being worked on ({job.get_what_display().lower()}). Wait until it is done."
        )
    _note_touched(upload, by)
    return upload


def _note_touched(upload: Upload, by: User) -> None:
    """A line in the history, at most one a day: by the last of them what nobody touches is forgotten.

    By the clock that stamps the history; what is refused after this takes its line along.
    """
    if not upload.history.filter(history_date__gt=timezone.now() - A_DAY).exists():
        Upload.history.bulk_history_create(
            [upload], update=True, default_user=by, default_change_reason="worked on"
        )


def demand_workable(upload: Upload) -> None:
    if upload.status not in WORKABLE:
        raise NotPossible(
            f"{upload} is {upload.get_status_display().lower()}: it has no rows to work on. Hand the file in "
            "again."
        )


def row_to_change(upload: Upload, place: int) -> UploadRow:
    row = upload.rows.filter(place=place).first()
    if row is None:
        raise NotPossible(f"{upload} has no such row. Reload the page.")
    if row.submission_id:
        raise NotPossible(f"{named(row).capitalize()} has become {row.submission}. Put it right there.")
    return row


def named(row: UploadRow) -> str:
    """How a row is named to its reader."""
    return f"row {row.row}" if row.row else f"the form in {row.file_name}"


def open_job(upload: Upload) -> Job | None:
    """The job that is at it, if one is."""
    whats = (Job.What.CHECK_UPLOAD, Job.What.TAKE_UPLOAD, Job.What.SUBMIT_UPLOAD)
    return Job.objects.filter(what__in=whats, subject=str(upload.pk), state__in=Job.OPEN).first()


def save(upload: Upload, by: User | None, why: str, *columns: str) -> None:
    """Writes the columns, and who did it and why into the history; the program itself is nobody."""
    upload._history_user = by  # type: ignore[attr-defined]
    upload._change_reason = why  # type: ignore[attr-defined]
    upload.save(update_fields=columns or None)


@transaction.atomic
def discard(upload_id: int, *, by: User, at: datetime.datetime) -> Upload:
    """Nobody will go on with it. A job that checks it is stopped."""
    # The job first, as its worker takes them; undone where it is refused below.
    jobs.stop(Job.What.CHECK_UPLOAD, upload_id, at, "Discarded.")
    upload = Upload.objects.select_for_update(of=("self",)).select_related("party").get(pk=upload_id)
    demand_party(upload.party, by)
    if upload.status == Status.DISCARDED:
        return upload
    if upload.status == Status.TAKEN or upload.rows.filter(submission__isnull=False).exists():
        raise NotPossible(f"{upload} has become submissions. Withdraw those that nobody wants.")
    if jobs.current(Job.What.TAKE_UPLOAD, upload.pk):
        raise NotPossible(f"{upload} is becoming submissions. Wait until that is done.")
    upload.status = Status.DISCARDED
    save(upload, by, "discard", "status")
    return upload
