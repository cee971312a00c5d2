"""The first page: the list, searched, filtered, sorted, and written as CSV."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpl.models import CURRENT, REMOVED, ManufacturerIdentifier
from cpl.models.entries import EntryQuerySet
from cpl.public.export import rows_of
from cpl.published import Published, published
from cpl.search import Search

A_PAGE = 50
COLUMNS = {
    "number": "Number",
    "status": "Status",
    "type": "Device type",
    "manufacturer": "Manufacturer",
    "model": "Model, hardware",
    "firmware": "Firmware",
    "ts": "TS version",
    "gbcs": "GBCS version",
    "product": "Product name",
}


@dataclass(frozen=True)
class Column:
    """A heading: the address that sorts by it, and how the list is sorted by it now."""

    label: str
    address: str
    sorted: str


@dataclass(frozen=True)
class Filter:
    """A select list: its parameter, what may be chosen, what is chosen."""

    name: str
    label: str
    anything: str
    options: list[tuple[str, str]]
    chosen: str


@require_safe
def the_list(request: HttpRequest) -> HttpResponse:
    """Searches the list. Six queries, whatever the length of the list."""
    known, search = published(), Search.read(request.GET)
    everything = known.entries().with_status(timezone.localdate(), serial=known.serial)
    page = Paginator(search.among(everything), A_PAGE).get_page(request.GET.get("page"))
    holders = dict(ManufacturerIdentifier.objects.values_list("code", "holder"))
    context = {
        "known": known,
        "search": search,
        "page": page,
        "pages": _pages(page, search),
        "columns": [_column(search, name, label) for name, label in COLUMNS.items()],
        "filters": _filters(known.entries(), search, holders),
        "rows": [(entry, holders.get(entry.manufacturer, "")) for entry in page],
        "address": urlencode(search.parameters),
    }
    return render(request, "public/list.html", context)


@require_safe
def as_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same search as CSV, every entry found."""
    known, search, on = published(), Search.read(request.GET), timezone.localdate()
    found = search.among(known.entries().with_status(on, serial=known.serial))
    answer = StreamingHttpResponse(
        rows_of(found, on=on, serial=known.serial), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{_file_name(known, search)}"'
    return answer


def _file_name(known: Published, search: Search) -> str:
    issue = known.release or known.brought_from
    return f"central-products-list{f'-{issue}' if issue else ''}{'-part' if search.narrows else ''}.csv"


def _column(search: Search, name: str, label: str) -> Column:
    now = search.sort or "number"
    direction = {name: "ascending", f"-{name}": "descending"}.get(now, "")
    wanted = replace(search, sort=f"-{name}" if direction == "ascending" else name)
    return Column(label, urlencode(wanted.parameters), direction)


def _pages(page: Page, search: Search) -> list[tuple[str, str]]:
    """Page numbers around the present one, each with its address; no address where there is a gap."""
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return [
        (str(number), urlencode({**search.parameters, "page": number}) if isinstance(number, int) else "")
        for number in shown
    ]


def _filters(entries: EntryQuerySet, search: Search, holders: dict[str, str]) -> list[Filter]:
    """What can be chosen is what stands in the list: one query for the four of them."""
    columns = ("device_type", "technical_specification", "gbcs_version", "manufacturer")
    found = set(entries.order_by().values_list(*columns).distinct())
    types, specifications, gbcs, codes = (
        sorted({row[place] for row in found}) for place in range(len(columns))
    )
    return [
        Filter("type", "Device type", "Any type", _same(types), search.type),
        Filter("manufacturer", "Manufacturer", "Any", _held(codes, holders), search.manufacturer.upper()),
        Filter("ts", "TS version", "Any", _same(specifications), search.ts),
        Filter("gbcs", "GBCS version", "Any", _same(gbcs), search.gbcs),
        Filter("status", "Status", "Any", _same([CURRENT, REMOVED]), search.status),
    ]


def _same(values: list[str]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


def _held(codes: list[str], holders: dict[str, str]) -> list[tuple[str, str]]:
    options = [(code, f"{code[:2]}:{code[2:]} {holders.get(code, '')}".strip()) for code in codes]
    return sorted(options, key=lambda option: (holders.get(option[0], "~").lower(), option[0]))
