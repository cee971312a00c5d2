"""The uploads of one's own organisations: the list of them, and the page of each, found again at any time."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpl import evidence
from cpl.models import Job, Upload
from cpl.models.uploads import UploadQuerySet
from cpl.portal import own
from cpl.portal.upload_further import asked_of, further_form
from cpl.portal.upload_rows import page_of_rows, rows_shown
from cpl.portal.upload_survey import MOST_SORTS, Asked, figures, sorts
from cpl.portal.upload_taken import Made, certificates, submissions
from cpl.rules.problem import Level
from cpl.uploads import WORKABLE, open_job, takeable

A_PAGE = 25
# Submissions that were not handed over are told one by one up to here; the drafts themselves are listed.
MOST_TOLD = 50
JOBS = (Job.What.CHECK_UPLOAD, Job.What.TAKE_UPLOAD, Job.What.SUBMIT_UPLOAD)


@login_required
@require_safe
def uploads(request: HttpRequest) -> HttpResponse:
    """Own uploads, newest first; filtered by `status` and `q`. Four queries."""
    asked = {name: request.GET.get(name, "")[:100].replace("\x00", "") for name in ("status", "q")}
    context = {
        "page": Paginator(_found(own.uploads(request), **asked), A_PAGE).get_page(request.GET.get("page")),
        "asked": asked,
        "narrows": any(asked.values()),
        "parties": own.parties(request),
        "statuses": Upload.Status.choices,
    }
    return render(request, "portal/uploads.html", context)


@login_required
@require_safe
def upload(request: HttpRequest, number: int) -> HttpResponse:
    """One upload: how far it is, what was found, what can be done. Its queries do not grow with its rows."""
    shown = own.upload(request, number)
    return render(request, "portal/the_upload.html", {**_at_work(shown), **_content(request, shown)})


@login_required
@require_safe
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """How far the work is, for a page that asks again and again; once done, that page is loaded anew."""
    shown = own.upload(request, number)
    work = _at_work(shown)
    answer = render(request, "portal/_progress.html", work)
    if work["job"] is None or not work["job"].is_open:
        answer["HX-Refresh"] = "true"
    return answer


def _at_work(shown: Upload) -> dict[str, Any]:
    """The job that is at it, or the last one, if that failed."""
    job = open_job(shown) or Job.objects.filter(what__in=JOBS, subject=str(shown.pk)).first()
    counted = "submissions" if job and job.what == Job.What.SUBMIT_UPLOAD else "devices"
    return {"upload": shown, "job": job, "tenth": _in_tenths(job), "counted": counted}


def _in_tenths(job: Job | None) -> str:
    if job is None or not job.total:
        return ""
    return f"{job.done * 10 // job.total * 10} percent done"


def _content(request: HttpRequest, shown: Upload) -> dict[str, Any]:
    if shown.status not in WORKABLE:
        return {}
    asked, on = Asked.of(request), timezone.localdate()
    found = sorts(shown)
    numbers = figures(shown)
    taken = next((one.count for one in numbers if one.show == "taken"), 0)
    made = submissions(shown, request.GET.get("s")) if taken else None
    page = page_of_rows(shown, asked, request.GET.get("page"))
    return {
        "asked": asked,
        "figures": numbers,
        "sorts": found[:MOST_SORTS],
        "more_sorts": max(0, len(found) - MOST_SORTS),
        "repairs": [one for one in found if one.level == Level.REPAIR],
        "rules": sorted({one.rule for one in found}),
        "fields": sorted({(one.field, one.label) for one in found if one.field}, key=lambda pair: pair[1]),
        "page": page,
        "rows": rows_shown(shown, asked, page, on),
        "several": len(shown.files) > 1,
        "taken": taken,
        "left": numbers[0].count - taken,
        "further": further_form(shown, on),
        "wants_further": {one.field for one in found} & {field.name for field in asked_of(shown)},
        "certificates": certificates(shown, request.GET.get("c")),
        "file_limit": evidence.LIMIT,
        **_next(shown, made),
    }


def _next(shown: Upload, made: Made | None) -> dict[str, Any]:
    """What can be done, and what of it comes next: a page has one primary action."""
    can = takeable(shown)
    step = "submit"
    if can.good:
        step = "confirm" if can.unconfirmed else "take"
    told = made.handed_over.result.get("refused", []) if made and made.handed_over else []
    return {
        "takeable": can,
        "submissions": made,
        "next": step,
        "refusals": told[:MOST_TOLD],
        "editable": open_job(shown) is None,
    }


def _found(rows: UploadQuerySet, status: str, q: str) -> UploadQuerySet:
    if status:
        rows = rows.filter(status=status)
    for word in q.split():
        named = Q(source_name__icontains=word)
        number = word.upper().removeprefix("U-")
        if number.isascii() and number.isdigit() and len(number) < 10:
            named |= Q(pk=int(number))
        rows = rows.filter(named)
    return rows
