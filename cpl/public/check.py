"""Check my file: every problem of a file of new entries, for anybody, nothing kept."""

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe
from ninja.throttling import SimpleRateThrottle

from cpl import fields as f
from cpl.file_checks import FileReport, TooManyRows, check_file
from cpl.formats.bulk_template import write_template
from cpl.formats.guard import Limits
from cpl.formats.problem_report import ReportedProblem, write_file_report
from cpl.formats.problems import UnreadableFile
from cpl.forms import choices_for_files
from cpl.rules.sorts import sorts_of

log = logging.getLogger(__name__)
# The published workbook has 18,000 cells; the longest file that is taken here, some 100,000.
MOST_LINES, MOST_CELLS = 10_000, 200_000
# Problems on the page; the report as XLSX has all of them.
SHOWN = 200
# Files that are checked for strangers at one time: what is left of the processors belongs to everybody else.
AT_ONCE = 2
# Seconds after which a check is taken for lost.
PATIENCE = 120
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class NotNow(Exception):
    """Too much is asked at the moment; the text says when to come again."""


class FilesAnHour(SimpleRateThrottle):
    """`CHECKS_AN_HOUR` files within any hour from one address, counted in the shared cache."""

    scope = "check"

    def __init__(self) -> None:
        super().__init__(f"{settings.CHECKS_AN_HOUR}/h")

    def get_cache_key(self, request: HttpRequest) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Asks for a file; a POST answers with all that is found in it, as a page or XLSX. Nothing is stored."""
    if request.method != "POST":
        return _page(request)
    try:
        return _answered(request)
    except UnreadableFile as refused:
        return _page(request, status=400, refused=refused.message)
    except TooManyRows as refused:
        return _page(request, status=400, refused=f"{refused} Or sign in: the portal takes longer files.")
    except NotNow as refused:
        answer = _page(request, status=429, refused=str(refused))
        answer["Retry-After"] = "60"
        return answer


@require_safe
def template(request: HttpRequest, fmt: Literal["xlsx", "csv"]) -> HttpResponse:
    """The file to fill in, one device a row, with today's choices."""
    if fmt not in MEDIA:
        raise Http404(f"There is no template as {fmt}.")
    today = timezone.localdate()
    content = write_template(choices_for_files(today), fmt, on=today)
    return _download(content, fmt, f"new entries.{fmt}")


def _answered(request: HttpRequest) -> HttpResponse:
    name, data = _content(request.FILES.get("file"))
    if not FilesAnHour().allow_request(request):
        raise NotNow(
            f"From your address {settings.CHECKS_AN_HOUR} files were checked within the hour. Wait a while, "
            "or sign in: there is no such limit in the portal."
        )
    with _a_place():
        report = check_file(
            data,
            name,
            party=None,
            by_panel=False,
            on=timezone.localdate(),
            most_rows=settings.CHECK_ROWS,
            limits=_limits(),
        )
        if request.POST.get("as") == "xlsx":
            return _download(_as_xlsx(data, name, report), "xlsx", f"problems in {name[:80]}.xlsx")
    return _page(request, report=report, name=name)


def _limits() -> Limits:
    """What a few kilobytes may unpack to here: far less than for somebody who is known."""
    return Limits(
        packed=settings.CHECK_LIMIT, inflated=settings.CHECK_UNPACKED, rows=MOST_LINES, cells=MOST_CELLS
    )


def _as_xlsx(data: bytes, name: str, report: FileReport) -> bytes:
    return write_file_report(
        data,
        name,
        [ReportedProblem(name, one.row, one.cell, **one.problem.as_json()) for one in report.problems],
        created=timezone.now(),
        choices=choices_for_files(timezone.localdate()),
    )


def _content(file: UploadedFile | None) -> tuple[str, bytes]:
    if file is None or not file.size:
        raise UnreadableFile("Choose the file to check. An empty file cannot be read.")
    if file.size > settings.CHECK_LIMIT:
        raise UnreadableFile(
            f"The file has {file.size / 2**20:.1f} MB. Here {settings.CHECK_LIMIT / 2**20:.0f} MB are read "
            "at most; sign in to the portal to check a larger one."
        )
    return file.name or "file", file.read()


@contextmanager
def _a_place() -> Iterator[None]:
    """One of a few places. Whoever finds none is asked to come again: no processor is kept from others."""
    token = uuid.uuid4().hex
    mine = next((key for key in _PLACES if cache.add(key, token, PATIENCE)), None)
    if mine is None:
        raise NotNow("Other files are being checked at this moment. Try again in a minute.")
    try:
        yield
    finally:
        # After `PATIENCE` it is somebody else's.
        if cache.get(mine) == token:
            cache.delete(mine)


_PLACES = [f"check-place-{number}" for number in range(AT_ONCE)]


def _page(
    request: HttpRequest,
    *,
    status: int = 200,
    refused: str = "",
    report: FileReport | None = None,
    name: str = "",
) -> HttpResponse:
    context = {
        "refused": refused,
        "limit": settings.CHECK_LIMIT,
        "most_rows": settings.CHECK_ROWS,
        "an_hour": settings.CHECKS_AN_HOUR,
        **(_found(report, name) if report else {}),
    }
    return render(request, "public/check.html", context, status=status)


def _found(report: FileReport, name: str) -> dict[str, object]:
    told = [one.as_json() for one in report.problems]
    # The one device of an entry form has a row for each of its cells.
    device = (lambda one: 0) if report.shape == "entry_form" else (lambda one: one["row"])
    return {
        "report": report,
        "name": name,
        "sorts": sorts_of((device(one), one) for one in told),
        "told": [(one, f.BY_NAME.get(str(one["field"]))) for one in told[:SHOWN]],
        "count": len(told),
        "good_rows": report.good_rows,
        "asked_later": [f.BY_NAME[field].label for field in report.asked_later],
    }


def _download(content: bytes, fmt: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=MEDIA[fmt])
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
