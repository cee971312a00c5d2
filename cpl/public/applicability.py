"""The TS Applicability Tables: an edition a page, laid out as people know them; what changed between two."""

import datetime
from collections.abc import Sequence
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applicability.differences import differences
from applicability.editions import tables_of
from applicability.layout import laid_out
from applicability.models import Edition
from applicability.models.specifications import Series
from cpl.keys import key_of

Editions = Sequence[Edition]


@require_safe
def in_force(request: HttpRequest) -> HttpResponse:
    """The edition in force today."""
    editions = _designated()[Series.STATUTORY]
    return _page(request, _in_force(editions), editions)


@require_safe
def edition(request: HttpRequest, series: str, number: int) -> HttpResponse:
    """A designated edition, past, present or still to come; drafts are nobody's but the Panel's."""
    editions = _of(series)
    return _page(request, _numbered(editions, number), editions)


@require_safe
def changes(request: HttpRequest, series: str, number: int) -> HttpResponse:
    """What an edition says otherwise than another (`?since=1`), if not asked the one before it."""
    editions = _of(series)
    shown = _numbered(editions, number)
    before = _since(request.GET.get("since", ""), shown, editions)
    found = differences(*tables_of([before, shown]))
    context = {
        "edition": shown,
        "before": before,
        "editions": [row for row in editions if row != shown],
        "parts": [(kind, list(rows)) for kind, rows in groupby(found, key=lambda one: one.kind)],
        "count": len(found),
    }
    return render(request, "public/changes_of_tables.html", context)


def _page(request: HttpRequest, shown: Edition | None, editions: Editions) -> HttpResponse:
    """Seven queries, whatever the length of the tables and the number of editions."""
    now = _in_force(editions)
    day = _day(shown, editions) if shown else timezone.localdate()
    earlier = _before(shown, editions) if shown else []
    tables = tables_of([shown, *earlier]) if shown else []
    context = {
        "edition": shown,
        "named": str(shown),
        "in_force": now,
        "day": day,
        "to_come": bool(shown and shown.effective_from > timezone.localdate()),
        "blocks": laid_out(tables[0], tables[1:], day) if tables else (),
        "ties": any(one.security_ties for one in tables),
        "companions": any(one.companions for one in tables),
        "before": earlier[0] if earlier else None,
        "editions": _designated(),
    }
    return render(request, "public/applicability.html", context)


def _designated() -> dict[str, list[Edition]]:
    """What is public of each series, the latest first. One query."""
    found: dict[str, list[Edition]] = {series: [] for series in Series.values}
    for row in Edition.objects.filter(status=Edition.Status.DESIGNATED).order_by(
        "-effective_from", "-number"
    ):
        found[row.series].append(row)
    return found


def _of(series: str) -> list[Edition]:
    if series not in Series.values:
        raise Http404(f"There is no series {series}.")
    return _designated()[series]


def _numbered(editions: Editions, number: int) -> Edition:
    for row in editions:
        if row.number == number:
            return row
    raise Http404(f"There is no designated edition {number}.")


def _in_force(editions: Editions) -> Edition | None:
    today = timezone.localdate()
    return next((row for row in editions if row.effective_from <= today), None)


def _before(shown: Edition, editions: Editions) -> list[Edition]:
    return list(editions[editions.index(shown) + 1 :])


def _since(asked: str, shown: Edition, editions: Editions) -> Edition:
    """The edition asked for, else the one before; the first of all has none before it."""
    if asked:
        return _numbered(editions, key_of(asked) or 0)
    if earlier := _before(shown, editions):
        return earlier[0]
    raise Http404(f"There is no edition before {shown}.")


def _day(shown: Edition, editions: Editions) -> datetime.date:
    """As of when an edition is shown: today while in force, else its last day, or its first if to come."""
    today = timezone.localdate()
    if shown.effective_from > today:
        return shown.effective_from
    later = [row.effective_from for row in editions[: editions.index(shown)] if row.effective_from <= today]
    if not later:
        return today
    return max(min(later) - datetime.timedelta(days=1), shown.effective_from)
