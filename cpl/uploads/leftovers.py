"""The rows that are no submission yet, as a file to put right and hand in again."""

import csv
import re
from io import StringIO

from django.db.models import QuerySet

from cpl.formats.formulas import harmless
from cpl.models import Upload, UploadRow

TELEPHONE = re.compile(r"\+[\d ()-]+")


def left_behind(upload: Upload) -> QuerySet[UploadRow]:
    return upload.rows.filter(submission__isnull=True).order_by("place")


def left_behind_csv(upload: Upload) -> bytes:
    """One device a row: what was typed in place of a cell, else the cell. It can be handed in as it is.

    What was answered for all rows is left out: it is answered again for the new file.
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    columns = _columns(upload)
    writer.writerow(columns)
    for row in left_behind(upload).iterator(chunk_size=500):
        writer.writerow([_written(row, name) for name in columns])
    # A spreadsheet takes it for UTF-8 only with this mark.
    return text.getvalue().encode("utf-8-sig")


def _columns(upload: Upload) -> list[str]:
    """The file's own, and those that somebody typed something for."""
    rows = left_behind(upload).exclude(corrected={}).values_list("corrected", flat=True)
    typed = dict.fromkeys(name for corrected in rows for name in corrected)
    return [*upload.columns, *(name for name in typed if name not in upload.columns)]


def _written(row: UploadRow, name: str) -> str:
    if name in row.corrected:
        return _safe(row.corrected[name])
    _, kind, value = row.cells.get(name, ("", "empty", ""))
    # What is no text is given as it was read: a number would lose its zeros once more.
    return _safe(str(value or "") if kind == "text" else row.answers.get(name, ""))


def _safe(text: str) -> str:
    return text if TELEPHONE.fullmatch(text) else harmless(text)
