"""Files come in: kept, counted against what a Party may have, and checked at once if they are small."""

import datetime
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from cpl import jobs
from cpl.formats.guard import claimed_size
from cpl.formats.problems import UnreadableFile
from cpl.models import Job, Party, Upload, UploadRow
from cpl.uploads.correcting import demand_further
from cpl.uploads.limits import (
    MOST_FILES,
    SHELF,
    AlreadyOpen,
    demand_party,
    demand_room_for_an_upload,
    open_uploads,
    save,
)
from cpl.uploads.reading import Reader, read_at_once, unreadable
from cpl.workflow import NotPossible

# Opening more octets than this, unpacked, would keep the person, and a web process, waiting. The form comes
# in a workbook with the whole list, of two million.
QUICK = 3 * 2**20
File = tuple[str, bytes]


@transaction.atomic
def receive(
    files: Sequence[File],
    *,
    party: Party,
    by: User,
    at: datetime.datetime,
    further: Mapping[str, str] | None = None,
) -> Upload:
    """Keeps filled-in forms, or a file with one device a row; checks forms at once, the other by a job.

    A file that cannot be read leaves an upload that says so.

    Raises:
        AlreadyOpen: the very same content is in hand.
        NotPossible: too much, or not theirs.
    """
    # One after the other, so that two at once do not pass the same limit.
    Party.objects.select_for_update().get(pk=party.pk)
    demand_party(party, by)
    _demand_files(files)
    kept = [_kept(name, content) for name, content in files]
    _demand_new(kept, party)
    demand_room_for_an_upload(party)
    upload = Upload(
        party=party,
        created_by=by,
        created_at=at,
        shape=Upload.Shape.BULK,
        source_name=_source_name(files),
        files=kept,
        further=demand_further(further or {}),
    )
    save(upload, by, "receive")
    is_quick = sum(claimed_size(content) for _, content in files) <= QUICK
    if not (is_quick and _checked_at_once(upload, at)):
        jobs.start(Job.What.CHECK_UPLOAD, upload.pk, by=by, party=party, at=at)
    return upload


def _checked_at_once(upload: Upload, at: datetime.datetime) -> bool:
    """Whether it was done: files with one device a row are left to a job."""
    reader = Reader(upload)
    rows: list[UploadRow] = []
    try:
        for row in reader.rows():
            if reader.shape == Upload.Shape.BULK:
                return False
            rows.append(row)
    except UnreadableFile as error:
        unreadable(upload, str(error))
        return True
    upload.shape = Upload.Shape.ENTRY_FORM
    read_at_once(upload, rows, reader, timezone.localdate(at))
    return True


def _demand_files(files: Sequence[File]) -> None:
    if not files:
        raise NotPossible("Choose a file: the filled-in form, or one with one device a row.")
    if len(files) > MOST_FILES:
        raise NotPossible(
            f"These are {len(files)} files; at most {MOST_FILES} are taken at once. Choose fewer."
        )
    size, most = sum(len(content) for _, content in files), settings.UPLOAD_LIMIT
    if size > most:
        raise NotPossible(
            f"These files have {size / 2**20:.1f} MB together; at most {most / 2**20:.0f} MB go at once. "
            "Hand them in one after the other, or divide them."
        )


def _demand_new(kept: Sequence[Mapping[str, object]], party: Party) -> None:
    digests = sorted(str(one["sha256"]) for one in kept)
    for digest in digests:
        if digests.count(digest) > 1:
            names = ", ".join(str(one["name"]) for one in kept if one["sha256"] == digest)
            raise NotPossible(f"These files are the very same: {names}. Choose each once.")
    for other in open_uploads(party).select_related("created_by"):
        if sorted(one["sha256"] for one in other.files) == digests:
            raise AlreadyOpen(other)


def _kept(name: str, content: bytes) -> dict[str, object]:
    return {"name": _plain(name), "sha256": SHELF.keep(content), "size": len(content)}


def _source_name(files: Sequence[File]) -> str:
    first = _plain(files[0][0])
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    return first[-255 + len(more) :] + more


def _plain(name: str) -> str:
    """A file's name without its folders and without what no database stores."""
    last = name.replace("\\", "/").rpartition("/")[2].replace("\0", "")
    return last.encode("utf-8", "replace").decode()[-200:] or "a file without a name"
