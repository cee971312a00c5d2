"""Calendars of the tables' dates, to subscribe to: by device type, by specification, by choice."""

import datetime
import hashlib
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from applicability.calendars import EVERYTHING, Revision, Wanted, moments
from applicability.calendars import render as as_calendar
from applicability.models import Edition
from applicability.models.specifications import Series
from cpl.public.tables import Read, find, read
from cpl.public.tables import specification as named_specification

NAME = "TS Applicability Tables"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every calendar, a form for one's own selection, and the dates of the selection."""
    tables = read()
    wanted, name = _selection(request, tables)
    chosen = urlencode(
        [(key, value) for key in ("device", "specification") for value in request.GET.getlist(key)]
    )
    path = reverse("public:selected_calendar") + (f"?{chosen}" if chosen else "")
    address = request.build_absolute_uri(path)
    context = {
        "read": tables,
        "name": name,
        "chosen": {key: request.GET.getlist(key) for key in ("device", "specification")},
        "address": address,
        "subscription": f"webcal{address[address.index(':') :]}",
        "moments": moments(tables.schedule, wanted),
        "today": timezone.localdate(),
    }
    return render(request, "public/calendars.html", context)


@require_safe
def device_type(request: HttpRequest, written: str) -> HttpResponseBase:
    tables = read()
    name = find(written, tables.device_types)
    page = reverse("public:device_type_timeline", args=[written])
    return _calendar(request, tables, Wanted(device_types={name}), name, page)


@require_safe
def specification(request: HttpRequest, written: str) -> HttpResponseBase:
    tables = read()
    name, labels = named_specification(tables, written)
    page = reverse("public:specification_timeline", args=[written])
    return _calendar(request, tables, Wanted(versions=set(labels)), name, page)


@require_safe
def selected(request: HttpRequest) -> HttpResponseBase:
    """What its address names (`?device=gas-smart-meter&specification=gbcs`); without, every date."""
    tables = read()
    wanted, name = _selection(request, tables)
    return _calendar(request, tables, wanted, name, reverse("public:calendars"))


def _selection(request: HttpRequest, tables: Read) -> tuple[Wanted, str]:
    """Raises Http404 for what the tables do not name."""
    devices = [find(written, tables.device_types) for written in request.GET.getlist("device")]
    specifications = [
        named_specification(tables, written) for written in request.GET.getlist("specification")
    ]
    if not devices and not specifications:
        return EVERYTHING, "every date"
    labels = {label for _, labels in specifications for label in labels}
    names = [*devices, *(name for name, _ in specifications)]
    return Wanted(set(devices), labels), "; ".join(dict.fromkeys(names))


def _calendar(request: HttpRequest, tables: Read, wanted: Wanted, name: str, page: str) -> HttpResponseBase:
    content = as_calendar(
        f"{NAME}: {name}",
        moments(tables.schedule, wanted),
        _revision(timezone.now()),
        address=settings.PORTAL_URL + page,
    )
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    answer = get_conditional_response(request, etag=etag) or HttpResponse(
        content, content_type="text/calendar; charset=utf-8"
    )
    answer["ETag"] = etag
    answer["Cache-Control"] = "public, no-cache"
    return answer


def _revision(at: datetime.datetime) -> Revision:
    """Rises when an edition is designated and when one takes effect. One query."""
    editions = Edition.objects.filter(
        series=Series.STATUTORY, designated_at__isnull=False, designated_at__lte=at
    )
    times: list[datetime.datetime] = []
    for effective, designated in editions.values_list("effective_from", "designated_at"):
        midnight = timezone.make_aware(datetime.datetime.combine(effective, datetime.time()))
        times += [time for time in (midnight, designated) if time and time <= at]
    latest = max(times, default=datetime.datetime(2012, 1, 1, tzinfo=datetime.UTC))
    return Revision(Series.STATUTORY, len(times), latest.astimezone(datetime.UTC).replace(microsecond=0))
