"""The TS Applicability Tables, an edition a page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applicability.editions import edition_in_force
from applicability.models import Edition
from applicability.models.specifications import Series


@require_safe
def in_force(request: HttpRequest) -> HttpResponse:
    """The edition in force today."""
    return _page(request, edition_in_force(Series.STATUTORY, timezone.localdate()))


@require_safe
def edition(request: HttpRequest, series: str, number: int) -> HttpResponse:
    """A designated edition, past, present or still to come; drafts are nobody's but the Panel's."""
    if series not in Series.values:
        raise Http404(f"There is no series {series}.")
    designated = Edition.objects.filter(status=Edition.Status.DESIGNATED)
    return _page(request, get_object_or_404(designated, series=series, number=number))


def _page(request: HttpRequest, shown: Edition | None) -> HttpResponse:
    """Seven queries, whatever the length of the tables."""
    editions = Edition.objects.filter(status=Edition.Status.DESIGNATED).order_by("series", "-number")
    rows = {
        "validities": shown.validities.select_related("device_type", "ts"),
        "periods": shown.periods.select_related("ts", "gbcs"),
        "combinations": shown.combinations.select_related("device_type", "ts", "gbcs"),
        "ties": shown.security_ties.select_related("gbcs", "security_characteristics"),
    } if shown else {}  # fmt: skip
    context = {
        "edition": shown,
        "named": str(shown),
        "in_force": edition_in_force(Series.STATUTORY, timezone.localdate()),
        "statutory": [row for row in editions if row.series == Series.STATUTORY],
        "examples": [row for row in editions if row.series == Series.EXAMPLE],
        **rows,
    }
    return render(request, "public/applicability.html", context)
