"""Which version follows which, and the windows in which devices of the one before must be updated."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applicability.editions import schedule_as_known
from applicability.models.specifications import Series
from applicability.windows import chains, windows_known
from cpl.deadlines import inside, versions
from cpl.published import published


@require_safe
def statutory(request: HttpRequest) -> HttpResponse:
    """Of the tables in force and of those known to follow."""
    return _page(request, Series.STATUTORY)


@require_safe
def example(request: HttpRequest) -> HttpResponse:
    """Of the guidance's worked example."""
    return _page(request, Series.EXAMPLE)


def _page(request: HttpRequest, series: Series) -> HttpResponse:
    today, known = timezone.localdate(), published()
    schedule, of_ts = schedule_as_known(series, today), versions(series)
    windows = windows_known(schedule, of_ts)
    context = {
        "example": series == Series.EXAMPLE,
        "today": today,
        "schedule": schedule,
        "chains": chains(of_ts),
        "windows": inside(windows, known.entries().with_status(today, serial=known.serial)),
    }
    return render(request, "public/windows.html", context)
