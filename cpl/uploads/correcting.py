"""What a person changes after the check: cells, answers for all rows, the confirmation of repairs."""

import datetime
from collections.abc import Iterable, Mapping

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cpl import fields as f
from cpl import jobs
from cpl.checking import device_key, image_of
from cpl.formats.cells import cell_from_json
from cpl.models import Job, Upload, UploadRow
from cpl.rules.reading import read_answers
from cpl.uploads.limits import (
    AT_ONCE,
    FURTHER,
    demand_workable,
    locked,
    row_to_change,
    save,
)
from cpl.uploads.reading import JUDGED, judge, recount, repairs, rewrite, taken, unconfirm
from cpl.workflow import NotPossible

CELLS = frozenset(field.name for field in f.NEW_ENTRY)
# Longer than any field may be: the rules tell the person so.
LONGEST = 10_000
# So many rows at most are judged with one that was put right, while its person waits.
MOST_LIKES = 200


@transaction.atomic
def put_right(
    upload_id: int, place: int, changes: Mapping[str, str | None], *, by: User, on: datetime.date
) -> UploadRow:
    """Puts answers in the place of cells of a row (None: the cell counts again) and judges it anew.

    Rows that were the same device, or become so, are judged with it.
    """
    upload = locked(upload_id, by)
    demand_workable(upload)
    row = row_to_change(upload, place)
    demand_known(changes, CELLS)
    for name, text in changes.items():
        row.corrected.pop(name, None)
        if text is not None:
            row.corrected[name] = plain_text(text)
    _judge_with_its_likes(upload, row, on)
    return row


@transaction.atomic
def set_further(upload_id: int, answers: Mapping[str, str], *, by: User, at: datetime.datetime) -> Upload:
    """Answers that hold for every row that gives none itself; all rows are then judged again."""
    upload = locked(upload_id, by)
    demand_workable(upload)
    upload.further = demand_further(answers)
    save(upload, by, "further", "further")
    judge_all(upload, by, at)
    return upload


@transaction.atomic
def check_again(upload_id: int, *, by: User, at: datetime.datetime) -> Upload:
    """Judges all rows as of today: entries, certificates and tables may have changed. Reads on what was not
    read to its end."""
    upload = locked(upload_id, by)
    if upload.status == Upload.Status.RECEIVED:
        jobs.start(Job.What.CHECK_UPLOAD, upload.pk, by=by, party=upload.party, at=at)
        return upload
    demand_workable(upload)
    judge_all(upload, by, at)
    return upload


@transaction.atomic
def confirm_repairs(upload_id: int, *, by: User, at: datetime.datetime) -> Upload:
    """The person has seen what was taken otherwise than it stood, and means it."""
    upload = locked(upload_id, by)
    demand_workable(upload)
    upload.repairs_confirmed_by, upload.repairs_confirmed_at = by, at
    save(upload, by, "confirm repairs", "repairs_confirmed_by", "repairs_confirmed_at")
    return upload


def demand_further(answers: Mapping[str, str]) -> dict[str, str]:
    """Those that were given, if each is one that can hold for all rows."""
    demand_known(answers, {field.name for field in FURTHER})
    plain = {name: plain_text(text) for name, text in answers.items()}
    return {name: text for name, text in plain.items() if text}


def judge_all(upload: Upload, by: User, at: datetime.datetime) -> None:
    if upload.rows.count() > AT_ONCE:
        jobs.start(Job.What.CHECK_UPLOAD, upload.pk, by=by, party=upload.party, at=at)
        return
    rows = list(upload.rows.filter(submission__isnull=True).order_by("place"))
    _judge_these(upload, rows, timezone.localdate(at))


def _judge_with_its_likes(upload: Upload, row: UploadRow, on: datetime.date) -> None:
    """`row` itself carries what was changed; its likes are read from the database."""
    answers = _answers_of(upload, row)
    names = {row.device_key, device_key(answers)}, {image_of(row.answers)[0], image_of(answers)[0]}
    likes = _likes(upload, row, *names)
    _judge_these(upload, sorted([row, *likes], key=lambda one: one.place), on)


def _likes(upload: Upload, row: UploadRow, devices: set[str], images: set[str]) -> list[UploadRow]:
    """The rows with one of these devices or hashes, and those that are like these in turn.

    Where hundreds share a hash, only those of the same device: the others are told at the next check.
    """
    others = upload.rows.exclude(pk=row.pk)
    same = others.filter(device_key__in=devices - {""})
    found: list[UploadRow] = []
    while len(found) < MOST_LIKES:
        image = Q(**{f"answers__{f.IMAGE_HASH.name}__in": sorted(images - {""})})
        now = list(others.filter(Q(device_key__in=devices - {""}) | image)[:MOST_LIKES])
        if len(now) == len(found):
            return now
        found = now
        devices = devices | {one.device_key for one in now}
        images = images | {image_of(one.answers)[0] for one in now}
    return list(same)


def _judge_these(upload: Upload, rows: list[UploadRow], on: datetime.date) -> None:
    before = [repairs(row) for row in rows]
    free = [row for row in rows if row.submission_id is None]
    judge(upload, free, taken(upload), on)
    if [repairs(row) for row in rows] != before:
        unconfirm(upload)
    rewrite(free, *JUDGED, "corrected")
    recount(upload)


def _answers_of(upload: Upload, row: UploadRow) -> dict[str, str]:
    """What the row says with what was typed."""
    cells = {name: cell_from_json(cell) for name, cell in row.cells.items()}
    said = {name: cell for name, cell in cells.items() if not cell.is_blank}
    return read_answers("new_entry", {**upload.further, **said, **row.corrected}).answers


def demand_known(answers: Iterable[str], known: Iterable[str]) -> None:
    for name in answers:
        if name not in known:
            label = f.BY_NAME[name].label if name in f.BY_NAME else name
            raise NotPossible(f"“{label}” cannot be answered here. Reload the page.")


def plain_text(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode().strip()[:LONGEST]
