"""Private files that came with submissions: looked into when they are attached, kept by their content."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from cpl.formats import pdf, pictures
from cpl.models import Evidence, FileReading, Submission
from cpl.private_files import Shelf
from cpl.rules.case import DocumentFacts
from cpl.rules.documents import normalised

SHELF = Shelf("evidence")
LIMIT = 20 * 1024 * 1024
KINDS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
PDF = "application/pdf"
LOST = "The file is not on the disk."
# By the clock on the wall; the program that reads a PDF limits its processor time and memory itself.
PATIENCE = 30
# A hundred PDFs at once shall not ask for a hundred gigabytes.
_AT_ONCE = threading.BoundedSemaphore(2)


class NotAccepted(ValueError):
    """A file that is not kept; its text says why."""


def media_type(content: bytes) -> str:
    """The type that the bytes themselves show, whatever the name says.

    Raises:
        NotAccepted: for anything but PDF, PNG and JPEG.
    """
    for magic, kind in KINDS.items():
        if content.startswith(magic):
            return kind
    raise NotAccepted("This is not a PDF, PNG or JPEG file. Save the certificate as PDF and attach that.")


def keep(content: bytes) -> str:
    """Stores the bytes once and gives their SHA-256 in hex. `take_in` looks into them first.

    Raises:
        NotAccepted: for an empty or too large file, or one of another type.
    """
    _demand_kind_and_size(content)
    return SHELF.keep(content)


def take_in(content: bytes) -> str:
    """Looks into a file, keeps it with what its text says, and gives its SHA-256 in hex.

    A PDF is read in a process of its own, which may take seconds: not to be called with a row locked, unless
    the same content was taken in before.

    Raises:
        NotAccepted: also for what is no whole picture, or a PDF that holds what evidence may not.
    """
    _demand_kind_and_size(content)
    digest = hashlib.sha256(content).hexdigest()
    # What was once kept unread, or not found, is looked into like any other.
    if not FileReading.objects.filter(sha256=digest).exclude(state=FileReading.State.NOT_READ).exists():
        reading = {"words": "", **_reading_of(content)}
        FileReading.objects.update_or_create(sha256=digest, defaults=reading)
    return SHELF.keep(content)


def look_into(digest: str) -> FileReading:
    """What a kept file says; read now, if that was never done, or the file was not there then."""
    found = FileReading.objects.filter(sha256=digest).first()
    if found and found.words != LOST:
        return found
    try:
        reading = {"words": "", **_reading_of(read(digest))}
    except NotAccepted as refused:
        reading = {"state": FileReading.State.NOT_READ, "words": str(refused)}
    except OSError:
        # Whoever opens it is told so, too.
        reading = {"state": FileReading.State.NOT_READ, "words": LOST}
    except ValueError:
        reading = {"state": FileReading.State.NOT_READ, "words": "The file on the disk is not as it came."}
    return FileReading.objects.update_or_create(sha256=digest, defaults=reading)[0]


def look_into_the_rest(most: int) -> int:
    """Reads files that were attached before files were looked into, so many at most; gives their number.

    One that is not on the disk is noted as such, and read once it is back: a disk may be away for a minute.
    """
    known = FileReading.objects.values("sha256")
    unread = Evidence.objects.exclude(sha256__in=known).order_by("sha256")
    digests = list(unread.values_list("sha256", flat=True).distinct()[:most])
    lost = FileReading.objects.filter(words=LOST).values_list("sha256", flat=True)
    digests += [digest for digest in lost if path_of(digest).exists()][: most - len(digests)]
    for digest in digests:
        look_into(digest)
    return len(digests)


def documents_of(submission: Submission) -> dict[str, tuple[DocumentFacts, ...]]:
    """What a submission's files say, by what they are. Two queries, however many files."""
    return documents_of_all([submission]).get(submission.pk, {}) if submission.pk else {}


def documents_of_all(submissions: Iterable[Submission]) -> dict[int, dict[str, tuple[DocumentFacts, ...]]]:
    """By number what the files of each say. Two queries, however many there are."""
    rows = list(Evidence.objects.filter(submission__in=[row.pk for row in submissions]).order_by("pk"))
    readings = FileReading.objects.filter(sha256__in={row.sha256 for row in rows})
    texts = {sha256: normalised(text) for sha256, text in readings.values_list("sha256", "text")}
    found: dict[int, dict[str, tuple[DocumentFacts, ...]]] = {}
    for row in rows:
        of_one = found.setdefault(row.submission_id, {})
        document = DocumentFacts(row.file_name, texts.get(row.sha256, ""))
        of_one[row.what] = (*of_one.get(row.what, ()), document)
    return found


def read(digest: str) -> bytes:
    """The bytes again, after making sure that they are still those of the digest."""
    return SHELF.read(digest)


def path_of(digest: str) -> Path:
    return SHELF.path_of(digest)


def inspected_apart(content: bytes) -> pdf.Inspection:
    """A PDF looked into by a process of its own: whatever it does there, it does not do it here.

    That process has neither our settings nor our secrets in its environment, no more memory, time and output
    than `cpl.formats.pdf` allows itself, and is ended after `PATIENCE` seconds.
    """
    passed_on = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    with _AT_ONCE, tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as told:
        given.write(content)
        given.seek(0)
        try:
            subprocess.run(
                [sys.executable, "-m", "cpl.formats.pdf"],
                stdin=given,
                stdout=told,
                stderr=subprocess.DEVNULL,
                cwd=settings.BASE_DIR,
                env=passed_on,
                timeout=PATIENCE,
                check=True,
            )
            told.seek(0)
            return pdf.Inspection(**json.load(told))
        except (subprocess.SubprocessError, ValueError, TypeError):
            return pdf.Inspection(refused=pdf.UNSAFE)


def _demand_kind_and_size(content: bytes) -> None:
    if not content:
        raise NotAccepted("This file is empty. Choose the certificate again.")
    if len(content) > LIMIT:
        raise NotAccepted(f"This file has {len(content) / 2**20:.0f} MB; at most 20 MB are taken.")
    media_type(content)


def _reading_of(content: bytes) -> dict[str, object]:
    """The columns of a `FileReading`."""
    if media_type(content) != PDF:
        try:
            pictures.demand_whole(content)
        except pictures.Broken as broken:
            raise NotAccepted(str(broken)) from broken
        return {"state": FileReading.State.NO_TEXT}
    found = inspected_apart(content)
    if found.refused:
        raise NotAccepted(found.refused)
    state = FileReading.State.TEXT if found.text.strip() else FileReading.State.NO_TEXT
    return {"state": state, "pages": found.pages, "text": found.text.strip()}
