"""From the bytes of files to rows with answers and problems; and the same rows once more."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby, islice
from typing import Any, cast

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.fields.json import KT
from django.utils import timezone

from cpl import jobs
from cpl.checking import Earlier, image_of
from cpl.fields import FIRMWARE, IMAGE_HASH
from cpl.file_checks import CheckedRow, check_rows, file_problem, is_told
from cpl.formats.cells import cell_as_json, cell_from_json
from cpl.formats.device_files import DeviceRow, read_device_file
from cpl.formats.problems import CellProblem, UnreadableFile
from cpl.models import Job, Upload, UploadRow
from cpl.rules.problem import Level
from cpl.uploads.limits import MOST_ROWS, PART, SHELF, Status, demand_party, named, save
from cpl.uploads.storing import keep_rows

Clock = Callable[[], datetime.datetime]
# What a check writes into a row.
JUDGED = ("answers", "problems", "refused", "repaired", "warned", "device_key")
COUNTS = ("rows_read", "rows_refused")


class Reader:
    """The files of an upload, opened one after the other; what they say of themselves is gathered."""

    def __init__(self, upload: Upload) -> None:
        self._upload = upload
        self.shape = ""
        self.columns: list[str] = []
        self.problems: list[dict[str, object]] = []

    def rows(self) -> Iterator[UploadRow]:
        """The rows with their cells, not yet judged. Raises UnreadableFile, also in the midst of it."""
        upload, place = self._upload, 0
        for one in upload.files:
            try:
                file = read_device_file(SHELF.read(one["sha256"]), one["name"])
                self._demand_alone(file.shape)
                self._note(file.shape, file.columns, file.problems, one["name"])
                for row in file.rows:
                    if place == MOST_ROWS:
                        raise UnreadableFile(
                            f"This is more than {MOST_ROWS:,} rows. Divide the file, and hand in the parts."
                        )
                    yield _unjudged(upload, place, one["name"], row)
                    place += 1
            except UnreadableFile as error:
                if len(upload.files) == 1:
                    raise
                raise UnreadableFile(f"{one['name']}: {error}") from error

    def _demand_alone(self, shape: str) -> None:
        if len(self._upload.files) > 1 and shape == Upload.Shape.BULK:
            raise UnreadableFile("A file with one device a row is handed in by itself. Choose it alone.")

    def _note(self, shape: str, columns: Sequence[str], problems: Iterable[CellProblem], name: str) -> None:
        self.shape = shape
        self.columns += [column for column in columns if column not in self.columns]
        self.problems += [{**file_problem(one, None, name).as_json(), "file": name} for one in problems]


def do_check(job: Job, clock: Clock) -> None:
    """Checks the rows of an upload: reads on where the last worker stopped, or judges all of them again."""
    upload = Upload.objects.select_related("party", "created_by").get(pk=int(job.subject))
    demand_party(upload.party, job.started_by)
    on = timezone.localdate(job.created_at)
    if upload.status == Status.RECEIVED:
        _read_on(upload, job, on, clock)
    else:
        _judge_again(upload, job, on, clock)


def read_at_once(upload: Upload, rows: Sequence[UploadRow], reader: Reader, on: datetime.date) -> None:
    """The same for the few rows of a file that somebody waits for."""
    judge(upload, rows, Earlier(), on)
    keep_rows(rows)
    _complete(upload, reader)


def judge(upload: Upload, rows: Sequence[UploadRow], earlier: Earlier, on: datetime.date) -> int:
    """Writes into the rows what is to be said of them; gives the number of problems.

    `earlier` tells of the rows before these; these are added.
    """
    count = 0
    for name, group in groupby(rows, key=lambda row: row.file_name):
        these = list(group)
        checked = check_rows(
            [device_row(row) for row in these],
            party=upload.party,
            on=on,
            further=upload.further,
            earlier=earlier,
            corrected=[row.corrected for row in these],
            file=name,
        )
        for row, one in zip(these, checked, strict=True):
            count += _take_over(row, one)
            earlier.note(row.device_key, *image_of(row.answers), named(row))
    return count


def recount(upload: Upload) -> None:
    """Brings the numbers up to date; they change too often to stand in the history."""
    upload.rows_read = upload.rows.count()
    upload.rows_refused = upload.rows.filter(refused=True).count()
    Upload.objects.filter(pk=upload.pk).update(rows_read=upload.rows_read, rows_refused=upload.rows_refused)


def repairs(row: UploadRow) -> list[Any]:
    """What was taken otherwise than it stood, and has to be confirmed."""
    made = [one for one in row.problems if one["level"] == Level.REPAIR]
    return [(one["field"], one["found"], one["expected"]) for one in made]


def rewrite(rows: Sequence[UploadRow], *columns: str) -> None:
    """Writes columns of many rows: one CASE a column over all rows, as `bulk_update` has it, is slow."""
    UploadRow.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=columns)


def _read_on(upload: Upload, job: Job, on: datetime.date, clock: Clock) -> None:
    reader = Reader(upload)
    # The rows themselves say how far the last worker came.
    done = upload.rows.count()
    earlier = _earlier(upload.rows.all())
    problems = sum(map(_count, upload.rows.values_list("problems", flat=True).iterator()))
    try:
        for part in _parts(_skipped(reader.rows(), done, job, clock)):
            problems += judge(upload, part, earlier, on)
            done += len(part)
            with transaction.atomic():
                jobs.heard(job, clock(), done=done, problems=problems)
                keep_rows(part)
    except UnreadableFile as error:
        with transaction.atomic():
            jobs.finish(job, clock(), str(error))
            unreadable(upload, str(error))
        return
    with transaction.atomic():
        jobs.heard(job, clock(), total=done)
        _complete(upload, reader)
        jobs.finish(job, clock())


def unreadable(upload: Upload, words: str) -> None:
    upload.rows.all().delete()
    upload.status, upload.words = Status.UNREADABLE, words
    upload.rows_read = upload.rows_refused = 0
    save(upload, upload.created_by, "unreadable", "status", "words", *COUNTS)


def _judge_again(upload: Upload, job: Job, on: datetime.date, clock: Clock) -> None:
    """Rows that became submissions stay as they are, and come before all others."""
    done, problems = job.done, job.problems
    total = upload.rows.count()
    earlier = _earlier(upload.rows.filter(place__lt=done), taken(upload))
    while part := list(upload.rows.filter(place__gte=done).order_by("place")[:PART]):
        free = [row for row in part if row.submission_id is None]
        before = [repairs(row) for row in free]
        problems += judge(upload, free, earlier, on)
        done = part[-1].place + 1
        with transaction.atomic():
            jobs.heard(job, clock(), done=done, problems=problems, total=total)
            if [repairs(row) for row in free] != before:
                unconfirm(upload)
            rewrite(free, *JUDGED)
    with transaction.atomic():
        jobs.heard(job, clock())
        recount(upload)
        jobs.finish(job, clock())


def unconfirm(upload: Upload) -> None:
    """What was confirmed is not what stands there now."""
    upload.repairs_confirmed_by = upload.repairs_confirmed_at = None
    Upload.objects.filter(pk=upload.pk).update(repairs_confirmed_by=None, repairs_confirmed_at=None)


def _complete(upload: Upload, reader: Reader) -> None:
    upload.shape, upload.columns, upload.problems = reader.shape, reader.columns, reader.problems
    upload.status = Status.CHECKED
    recount(upload)
    save(upload, upload.created_by, "checked", "shape", "columns", "problems", "status", *COUNTS)


def taken(upload: Upload) -> Earlier:
    """The rows that became submissions: no other row may name their devices, wherever it stands."""
    return _earlier(upload.rows.filter(submission__isnull=False))


def _earlier(rows: QuerySet[UploadRow], first: Earlier | None = None) -> Earlier:
    """These rows by what may not stand twice, after those of `first`."""
    found = first or Earlier()
    told = rows.annotate(image=KT(f"answers__{IMAGE_HASH.name}"), firmware=KT(f"answers__{FIRMWARE.name}"))
    for row in told.only("device_key", "row", "file_name").order_by("place").iterator():
        found.note(row.device_key, row.image or "", row.firmware or "", named(row))
    return found


def _skipped(rows: Iterator[UploadRow], count: int, job: Job, clock: Clock) -> Iterator[UploadRow]:
    """The rows after the first `count`; passing these over takes time too."""
    for _ in _parts(islice(rows, count)):
        jobs.heard(job, clock())
    return rows


def _parts(rows: Iterable[UploadRow]) -> Iterator[list[UploadRow]]:
    left = iter(rows)
    while part := list(islice(left, PART)):
        yield part


def _unjudged(upload: Upload, place: int, name: str, row: DeviceRow) -> UploadRow:
    unjudged = UploadRow(
        upload_id=upload.pk,
        place=place,
        file_name=name,
        sheet=row.sheet[:100],
        row=row.row,
        cells={field: cell_as_json(cell) for field, cell in row.cells.items()},
        remarks=[asdict(one) for one in row.problems],
    )
    unjudged.just_read = row  # type: ignore[attr-defined]
    return unjudged


def device_row(row: UploadRow) -> DeviceRow:
    """The row as the file's reader gave it: kept beside a row that was just read, else made again."""
    if just_read := getattr(row, "just_read", None):
        return cast(DeviceRow, just_read)
    return DeviceRow(
        row.row,
        {field: cell_from_json(cell) for field, cell in row.cells.items()},
        tuple(CellProblem(**one) for one in row.remarks),
        row.sheet,
    )


def _take_over(row: UploadRow, one: CheckedRow) -> int:
    levels = {found.problem.level for found in one.problems}
    row.answers = one.checked.answers
    row.problems = [found.as_json() for found in one.problems]
    row.refused = Level.REFUSE in levels
    row.repaired = Level.REPAIR in levels
    row.warned = Level.WARN in levels
    row.device_key = one.checked.device_key
    return _count(row.problems)


def _count(problems: Sequence[dict[str, Any]]) -> int:
    """A note says only that something could not be compared."""
    return sum(one["level"] != Level.NOTE and is_told(one) for one in problems)
