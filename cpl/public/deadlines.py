"""What must be updated or replaced by when: a page for the DCC, one for Suppliers, each as CSV too."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Self
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applicability.schedule import EARLIEST, LATEST
from applicability.windows import Window, windows_known
from cpl.deadlines import Deadline, State, counts, deadlines, inside, types_of_the_dcc, versions
from cpl.models import CURRENT, REMOVED, Entry, ManufacturerIdentifier, UpgradePath
from cpl.models.entries import EntryQuerySet
from cpl.public.days import Days, read_days
from cpl.public.deadlines_csv import rows_of
from cpl.published import Published, published
from cpl.standing import Basis, basis
from cpl.targets import Targets, targets

A_PAGE = 50
DCC, SUPPLIERS = "dcc", "suppliers"
WORDS = {
    State.DUE: "Already due",
    State.AHEAD: "Due later",
    State.UNKNOWN: "Not dated",
    State.NO_ROW: "No row",
    State.NEVER: "No end",
}
UNHELD, UNDATED = "unheld", "undated"
RESTS = {UNHELD: "A combination without a row", UNDATED: "An unknown date"}


@dataclass(frozen=True)
class Filters:
    """What was chosen, as text out of the address; empty chooses everything."""

    type: str = ""
    manufacturer: str = ""
    ts: str = ""
    state: str = ""
    rests: str = ""
    status: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        return cls(**{name: query.get(name, "")[:100] for name in cls.__dataclass_fields__})

    @property
    def parameters(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}

    def take(self, one: Deadline, days: Days) -> bool:
        chosen = (
            (self.type, one.entry.device_type),
            (self.manufacturer, one.entry.manufacturer),
            (self.ts, one.entry.technical_specification),
            (self.state, one.state),
            (self.status, one.status),
        )
        rests = {UNHELD: not one.held, UNDATED: one.undated}.get(self.rests, True)
        return rests and all(wanted in ("", has) for wanted, has in chosen) and _due(one, days)


def _due(one: Deadline, days: Days) -> bool:
    """Within the period asked for; what has no day is in none but the whole."""
    if (days.first, days.last) == (EARLIEST, LATEST):
        return True
    return one.by is not None and days.first <= one.by <= days.last


@dataclass(frozen=True)
class Asked:
    """One request, read: everything that the page and the CSV have in common."""

    who: str
    known: Published
    days: Days
    filters: Filters
    basis: Basis
    hubs: set[str]
    everything: list[Deadline]

    @property
    def found(self) -> list[Deadline]:
        return [one for one in self.everything if self.filters.take(one, self.days)]

    @property
    def parameters(self) -> dict[str, str]:
        return {**self.days.parameters, **self.filters.parameters}

    @property
    def entries(self) -> EntryQuerySet:
        """Every entry, with its status, of those whose deadlines these are."""
        theirs = _theirs(self.known.entries(), self.who, self.hubs)
        return theirs.with_status(self.days.on, serial=self.known.serial)

    def targets(self, entries: Collection[Entry]) -> dict[int, Targets]:
        paths = self.known.rows(UpgradePath.objects.in_force(self.known.serial))
        among = self.known.entries()
        return targets(entries, among=among, paths=paths, basis=self.basis, on=self.days.on)

    def is_theirs(self, window: Window) -> bool:
        return (window.device_type in self.hubs) == (self.who == DCC)


def _read(request: HttpRequest, who: str) -> Asked:
    if who not in (DCC, SUPPLIERS):
        raise Http404(f"There are deadlines for {DCC} and for {SUPPLIERS}, not for {who}.")
    known, days = published(), read_days(request.GET, timezone.localdate())
    rests_on, hubs = basis(known=days.known, serial=known.serial), types_of_the_dcc()
    found = deadlines(_theirs(known.entries(), who, hubs), basis=rests_on, on=days.on)
    return Asked(who, known, days, Filters.read(request.GET), rests_on, hubs, found)


def _theirs(entries: EntryQuerySet, who: str, hubs: set[str]) -> EntryQuerySet:
    return entries.filter(device_type__in=hubs) if who == DCC else entries.exclude(device_type__in=hubs)


@require_safe
def for_whom(request: HttpRequest, who: str) -> HttpResponse:
    """The page of the DCC or of Suppliers (`who`), filtered; at most 35 queries, whatever is on the list."""
    asked = _read(request, who)
    page: Page[Deadline] = Paginator(asked.found, A_PAGE).get_page(request.GET.get("page"))
    holders = dict(ManufacturerIdentifier.objects.values_list("code", "holder"))
    reach = asked.targets([one.entry for one in page])
    windows = [one for one in windows_known(asked.basis.schedule, versions()) if asked.is_theirs(one)]
    context = {
        "asked": asked,
        "days": asked.days,
        "known": asked.known,
        "schedule": asked.basis.schedule,
        "page": page,
        "pages": _pages(page, asked),
        "rows": [(one, holders.get(one.entry.manufacturer, ""), reach[one.entry.number]) for one in page],
        "counts": [
            (count, WORDS[count.state], _with(asked, state=count.state)) for count in counts(asked.everything)
        ],
        "rests": _rests(asked),
        "selects": _selects(asked, holders),
        "windows": inside(windows, asked.entries),
        "address": urlencode(asked.parameters),
    }
    return render(request, "public/deadlines.html", context)


@require_safe
def as_csv(request: HttpRequest, who: str) -> StreamingHttpResponse:
    """The same as CSV, every line found, with the entries to update to."""
    asked = _read(request, who)
    holders = dict(ManufacturerIdentifier.objects.values_list("code", "holder"))
    lines = rows_of(asked.found, holders=holders, reach=asked.targets, days=asked.days)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="deadlines-{who}-{asked.days.on}.csv"'
    return answer


def _with(asked: Asked, **changes: str) -> str:
    """The address of the page with other filters, the days as they are."""
    return urlencode({**asked.days.parameters, **changes})


def _rests(asked: Asked) -> list[tuple[str, int, str]]:
    """How many Current entries rest on what the edition does not say, with the address that lists them."""
    current = [one for one in asked.everything if one.status == CURRENT]
    number = {UNHELD: sum(not one.held for one in current), UNDATED: sum(one.undated for one in current)}
    return [(words, number[name], _with(asked, rests=name, status=CURRENT)) for name, words in RESTS.items()]


def _pages(page: Page[Deadline], asked: Asked) -> list[tuple[str, str]]:
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return [
        (str(number), urlencode({**asked.parameters, "page": number}) if isinstance(number, int) else "")
        for number in shown
    ]


def _selects(asked: Asked, holders: Mapping[str, str]) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    """Name, label, choices and what is chosen, for each select list."""
    entries = [one.entry for one in asked.everything]
    codes = sorted({entry.manufacturer for entry in entries}, key=lambda code: holders.get(code, "~").lower())
    held = [(code, f"{code[:2]}:{code[2:]} {holders.get(code, '')}".strip()) for code in codes]
    types = sorted({entry.device_type for entry in entries})
    specifications = sorted({entry.technical_specification for entry in entries})
    chosen = asked.filters
    return [
        ("state", "Deadline", [(str(state), words) for state, words in WORDS.items()], chosen.state),
        ("rests", "Rests on", list(RESTS.items()), chosen.rests),
        ("status", "Status", [(CURRENT, CURRENT), (REMOVED, REMOVED)], chosen.status),
        ("type", "Device type", [(name, name) for name in types], chosen.type),
        ("manufacturer", "Manufacturer", held, chosen.manufacturer),
        ("ts", "TS version", [(name, name) for name in specifications], chosen.ts),
    ]
