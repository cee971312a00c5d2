"""Lists of the admin as spreadsheets: the rows as searched and filtered. Nothing comes in this way.

A long list is written by a job, a row at a time, so that neither the reader's browser nor the memory of a
process has to hold it; whoever asked fetches the file from the job's page within a week.
"""

import csv
import datetime
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from import_export import resources
from import_export.admin import ExportMixin
from import_export.fields import Field
from import_export.formats.base_formats import Format
from import_export.forms import ExportForm

from cpl import jobs, tasks
from cpl.admin.read_only import signed_in
from cpl.formats.formulas import harmless
from cpl.models import Candidate, Certificate, Entry, Job, Party
from cpl.workflow import NotPossible
from ledger.admin import NONSENSE

# So many rows, and the job says that it lives.
A_PART = 1000
# A sheet has no more rows (its header is one).
A_SHEET = 2**20 - 1
Row = Sequence[Any]


class TableToTake(ExportMixin):
    """A list with *Export* above it, for whoever may view it (settings: IMPORT_EXPORT_...)."""

    export_form_class = ExportForm
    to_encoding = "utf-8"

    def export_action(self, request: HttpRequest) -> HttpResponse:
        """Where the list would refuse its address, so does this: on to the whole list."""
        try:
            return super().export_action(request)
        except (IncorrectLookupParameters, *NONSENSE):
            if not request.GET:
                raise
            opts = self.model._meta
            place = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
            return HttpResponseRedirect(f"{place}?{ERROR_FLAG}=1")

    def _do_file_export(
        self, file_format: Format, request: HttpRequest, queryset: QuerySet[Any], export_form: Any = None
    ) -> HttpResponse:
        most = settings.EXPORT_AT_ONCE
        if queryset[: most + 1].count() <= most:
            return super()._do_file_export(file_format, request, queryset, export_form)
        job = begin(self.model._meta.label_lower, file_format.get_extension(), request)
        return HttpResponseRedirect(reverse("admin:cpl_job_change", args=[job.pk]))


def begin(label: str, ending: str, request: HttpRequest) -> Job:
    """A job that writes the list as it was asked for; asked for twice at once, it is one job."""
    asked = {"model": label, "ending": ending, "query": request.GET.urlencode()}
    by = signed_in(request)
    words = hashlib.sha256(f"{by.pk} {sorted(asked.items())}".encode()).hexdigest()[:16]
    return jobs.start(Job.What.EXPORT, f"{label} {words}", by=by, party=None, at=timezone.now(), asked=asked)


def do_export(job: Job, clock: Callable[[], datetime.datetime]) -> None:
    """Writes the file as its reader would have been given it: what they may see now, and no more."""
    taking, request = _asked(job)
    if not (job.started_by.is_active and taking.has_export_permission(request)):
        raise NotPossible("Whoever asked for this may no longer see these rows.")
    rows = taking.get_export_queryset(request)
    total = rows.count()
    if job.asked["ending"] == "xlsx" and total > A_SHEET:
        raise NotPossible(f"A workbook holds {A_SHEET:,} rows, and these are {total:,}. Export CSV.")
    jobs.heard(job, clock(), done=0, total=total)
    path = jobs.RESULTS.beside()
    try:
        done = 0
        table = taking.get_export_resource_classes(request)[0]()
        with WRITERS[job.asked["ending"]](path) as write:
            write(table.get_export_headers())
            for row in table.iter_queryset(rows):
                write(table.export_resource(row, force_native_type=True))
                done += 1
                if done % A_PART == 0:
                    jobs.heard(job, clock(), done=done)
        size = path.stat().st_size
        digest = jobs.RESULTS.keep_file(path)
    finally:
        path.unlink(missing_ok=True)
    jobs.heard(job, clock(), done=done)
    name = f"{job.asked['model'].split('.')[-1]}-{clock():%Y-%m-%d}.{job.asked['ending']}"
    jobs.finish(job, clock(), f"{done:,} rows.", {"sha256": digest, "name": name, "size": size})


tasks.WORK[Job.What.EXPORT] = do_export


def may_fetch(job: Job, request: HttpRequest) -> bool:
    """Only who asked, and only as long as they may see such rows."""
    if job.what != Job.What.EXPORT or job.started_by_id != request.user.pk:
        return False
    return bool(_asked(job)[0].has_export_permission(request))


def _asked(job: Job) -> tuple[Any, HttpRequest]:
    """The list that the job is about, and the request that asked for it, as made again by its worker."""
    found = [
        one for model, one in admin.site._registry.items() if model._meta.label_lower == job.asked["model"]
    ]
    if not found or not isinstance(found[0], TableToTake):
        raise NotPossible("This list can no longer be exported.")
    request = RequestFactory().get(f"/?{job.asked['query']}")
    request.user = job.started_by
    return found[0], request


Write = Callable[[Row], None]


@contextmanager
def _csv(path: Path) -> Iterator[Write]:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        yield lambda row: writer.writerow(["" if cell is None else cell for cell in row])


@contextmanager
def _xlsx(path: Path) -> Iterator[Write]:
    """A row is on the disk before the next is made; a date is a date, and text stays text."""
    options = {"constant_memory": True, "in_memory": False, "default_date_format": "yyyy-mm-dd",
               "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
               "remove_timezone": True, "tmpdir": str(path.parent)}  # fmt: skip
    book = xlsxwriter.Workbook(str(path), options)
    sheet = book.add_worksheet()
    place = iter(range(A_SHEET + 1))
    try:
        yield lambda row: _write_row(sheet, next(place), row)
    finally:
        book.close()


def _write_row(sheet: Any, place: int, row: Iterable[Any]) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            sheet.write_string(place, column, cell)
        elif cell is not None:
            sheet.write(place, column, cell)


WRITERS: dict[str, Callable[[Path], Any]] = {"csv": _csv, "xlsx": _xlsx}


class Table(resources.ModelResource):
    """Rows as plain cells; none of them does anything in a spreadsheet."""

    def export_field(self, field: Field, instance: Any, **kwargs: Any) -> Any:
        cell = super().export_field(field, instance, **kwargs)
        return harmless(cell) if isinstance(cell, str) else cell


class EntryTable(Table):
    number = Field(column_name="number")
    status = Field("status_on_day", "status")

    class Meta:
        model = Entry
        fields = (
            "number", "status", *Entry.DEVICE_MODEL, "technical_specification", "gbcs_version",
            "image_creator", "image_hash", "image_descriptor", "product_name", "admitted_on",
        )  # fmt: skip

    def dehydrate_number(self, entry: Entry) -> str:
        return str(entry)


class CertificateTable(Table):
    entries = Field("entries", "entries")

    class Meta:
        model = Certificate
        fields = ("scheme", "identifier", "date_kind", "date", "version", "entries")


class CandidateTable(Table):
    """Whose certificate ended, why, since when, and what was done about it."""

    entry = Field(column_name="entry")
    device_type = Field("entry__device_type", "device_type")
    manufacturer = Field("entry__manufacturer", "manufacturer")
    holder = Field("holder", "holder")
    product_name = Field("entry__product_name", "product_name")
    cause = Field("cause", "cause")
    since = Field("since", "since")
    state = Field("state", "state")
    kept_until = Field("kept_until", "kept_until")

    class Meta:
        model = Candidate
        fields = (
            "entry", "device_type", "manufacturer", "holder", "product_name", "scheme", "identifier_shown",
            "cause", "since", "covers_from", "state", "kept_until",
        )  # fmt: skip

    def dehydrate_entry(self, row: Candidate) -> str:
        return str(row.entry)


class PartyTable(Table):
    """Organisations alone: people and addresses stay where they can be erased."""

    identifiers = Field(column_name="manufacturer_identifiers")

    class Meta:
        model = Party
        fields = ("name", "category", "verified", "active", "identifiers")

    def dehydrate_identifiers(self, party: Party) -> str:
        return ", ".join(row.code for row in party.manufacturer_identifiers.all())
