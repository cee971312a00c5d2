"""Timelines of the tables in force: a page with picture and table each, and the picture alone."""

import base64
import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from applicability import pictures, timelines
from applicability.models.specifications import Series, SpecificationVersion
from applicability.timelines import Chart
from cpl.public.tables import Read, find, read
from cpl.public.tables import specification as named_specification
from cpl.published import published
from cpl.standing import basis

Document = SpecificationVersion.Document
# The guidance's figures, by their address: the document whose versions they show, and the figure's title.
FIGURES = {
    "new-principal-version": (Document.SMETS, "Figure 1: Impact of IVP and MVP for new principal versions"),
    "sub-versions": (Document.CHTS, "Figure 2: Impact of sub-version updates"),
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every timeline there is, and the guidance's two figures."""
    example = read(Series.EXAMPLE)
    figures = [(address, _figure(example, address)) for address in FIGURES]
    context = {
        "read": read(),
        "figures": [
            (address, chart, _both(chart, address)) for address, chart in figures if chart and chart.lanes
        ],
    }
    return render(request, "public/timelines.html", context)


@require_safe
def device_type(request: HttpRequest, written: str, *, alone: bool = False) -> HttpResponseBase:
    """One device type: its TS versions with their GBCS versions."""
    tables = read()
    name = find(written, tables.device_types)
    chart = timelines.of_device_type(
        tables.tables,
        name,
        today=timezone.localdate(),
        versions=tables.versions,
        marks=tables.marks,
    )
    return _answer(request, chart, alone, reverse("public:device_type_calendar", args=[written]))


@require_safe
def specification(request: HttpRequest, written: str, *, alone: bool = False) -> HttpResponseBase:
    """One document with all its versions, or one version with all its device types."""
    tables = read()
    name, labels = named_specification(tables, written)
    today = timezone.localdate()
    chart = (
        timelines.of_document(tables.tables, name, labels, today=today, marks=tables.marks)
        if name in tables.documents
        else timelines.of_version(
            tables.tables,
            name,
            today=today,
            versions=tables.versions,
            marks=tables.marks,
        )
    )
    return _answer(request, chart, alone, reverse("public:specification_calendar", args=[written]))


@require_safe
def example(request: HttpRequest, written: str, *, alone: bool = False) -> HttpResponseBase:
    """One of the guidance's figures, drawn from its invented edition."""
    chart = _figure(read(Series.EXAMPLE), written)
    if chart is None:
        raise Http404(f"The guidance has no figure {written}.")
    return _answer(request, chart, alone, invented=True)


@require_safe
def entry(request: HttpRequest, written: str, *, alone: bool = False) -> HttpResponseBase:
    """One entry on the list, under the tables in force."""
    if not (written.isascii() and written.isdigit() and len(written) <= 6):
        raise Http404(f"{written} is not an entry number: it has six digits.")
    if len(written) < 6:
        name = "public:entry_picture" if alone else "public:entry_timeline"
        return redirect(name, f"{int(written):06d}", permanent=True)
    known = published()
    row = get_object_or_404(known.entries().select_related("removal"), number=int(written))
    today = timezone.localdate()
    rests_on = basis(known=today, serial=known.serial)
    chart = timelines.of_entry(rests_on.schedule, rests_on.facts(row), f"Entry {row}", today=today)
    return _answer(request, chart, alone, entry=row)


def _figure(example: Read, written: str) -> Chart | None:
    """None for a figure that there is not, or where the example edition is not loaded."""
    document, title = FIGURES.get(written, ("", ""))
    labels = example.documents.get(document, ())
    kinds = [row.device_type for row in example.tables.validities.values() if row.ts in labels]
    if not kinds:
        return None
    return timelines.of_device_type(
        example.tables,
        kinds[0],
        today=timezone.localdate(),
        versions=example.versions,
        title=title,
        with_gbcs=False,
    )


def _answer(
    request: HttpRequest, chart: Chart, alone: bool, calendar: str = "", **context: object
) -> HttpResponseBase:
    if alone:
        return _picture(request, chart)
    context |= {
        "chart": chart,
        "pictures": _both(chart, "timeline"),
        "calendar": calendar,
        "alone": f"{request.path.rstrip('/')}.svg",
    }
    return render(request, "public/timeline.html", context)


def _both(chart: Chart, name: str) -> dict[str, SafeString]:
    """The picture for a desk and for a phone. What came from the tables was escaped when it was drawn."""
    return {
        "wide": mark_safe(pictures.draw(chart, name=name)),  # noqa: S308
        "narrow": mark_safe(pictures.draw(chart, name=f"{name}-narrow", width=pictures.NARROW)),  # noqa: S308
    }


def _picture(request: HttpRequest, chart: Chart) -> HttpResponseBase:
    """The picture as a file, with its colours in it: the policy allows that stylesheet and nothing else."""
    content = pictures.draw(chart, style=_stylesheet()).encode()
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    answer = get_conditional_response(request, etag=etag) or HttpResponse(
        content, content_type="image/svg+xml"
    )
    answer["ETag"] = etag
    answer["Cache-Control"] = "public, no-cache"
    digest = base64.b64encode(hashlib.sha256(_stylesheet().encode()).digest()).decode()
    answer["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"
    )
    return answer


@lru_cache(maxsize=1)
def _stylesheet() -> str:
    found = [finders.find(name) for name in ("tokens.css", "timelines.css")]
    return "".join(Path(path).read_text() for path in found if isinstance(path, str))
