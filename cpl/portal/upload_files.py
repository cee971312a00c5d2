"""What can be taken away of an upload: the report with its bad cells marked, and the rows that are left."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cpl import uploads
from cpl.models import Upload
from cpl.portal import own
from cpl.portal.upload_report import report_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_safe
def report(request: HttpRequest, number: int) -> HttpResponse:
    """Every row as it was handed in, the bad cells coloured and commented, and all problems in a list."""
    shown = own.upload(request, number)
    return _download(report_of(shown, timezone.now()), XLSX, f"{shown.reference} problems.xlsx")


@login_required
@require_safe
def remaining(request: HttpRequest, number: int) -> HttpResponse:
    """The rows that have not been taken, to be put right elsewhere and handed in again."""
    shown: Upload = own.upload(request, number)
    return _download(
        uploads.left_behind_csv(shown), "text/csv; charset=utf-8", f"{shown.reference} remaining.csv"
    )


def _download(content: bytes, media: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=media)
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
