"""One filled-in form becomes a draft, whatever is wrong with it: its person goes on in the web form."""

import datetime

from django.contrib.auth.models import User
from django.db import transaction

from cpl.models import Submission, Upload
from cpl.uploads.limits import demand_workable, locked
from cpl.uploads.taking import complete, make
from cpl.workflow import NotPossible, demand_room_for_drafts


def is_one_form(upload: Upload) -> bool:
    """Whether it is one official sheet that was read."""
    return (
        upload.shape == Upload.Shape.ENTRY_FORM
        and upload.status in (Upload.Status.CHECKED, Upload.Status.TAKEN)
        and len(upload.files) == 1
    )


@transaction.atomic
def draft_of(upload_id: int, *, by: User, at: datetime.datetime) -> Submission:
    """The draft of an upload of one form, made if there is none yet. What the sheet said stays."""
    upload = locked(upload_id, by)
    demand_workable(upload)
    if not is_one_form(upload):
        raise NotPossible(f"{upload} holds more than one form. Take its rows instead.")
    row = upload.rows.get()
    if row.submission is None:
        demand_room_for_drafts(upload.party, 1)
        make(upload, [row], by, at)
        complete(upload, by)
        row.refresh_from_db()
    assert row.submission is not None  # noqa: S101
    return row.submission
