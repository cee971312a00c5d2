"""A manufacturer's own entries, and how long their certificates last."""

import datetime
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpl import publishing
from cpl.models import Shown, shown
from cpl.portal import own

A_PAGE = 50
# The Panel tells the parties twelve and then six months before (guidance 4.3).
SOON = 12


@dataclass(frozen=True)
class Lasting:
    """A certificate that carries an entry today, and the whole months to its date."""

    certificate: Shown
    months: int | None

    @property
    def words(self) -> str:
        if self.months is None:
            return "no date"
        if self.months < 0:
            return "past"
        if self.months == 0:
            return "less than a month"
        return f"{self.months} month{'' if self.months == 1 else 's'}"

    @property
    def is_soon(self) -> bool:
        return self.months is not None and self.months < SOON


@login_required
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """The entries under the identifiers that one's organisations hold. A bounded number of queries."""
    today = timezone.localdate()
    found = own.entries(request).with_status(today).select_related("record").order_by("number")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    carried = shown([entry.number for entry in page], on=today)
    release = publishing.latest()
    context = {
        "page": page,
        "published": (release and release.serial) or 0,
        "rows": [(entry, _lasting(carried.get(entry.number, {}), today)) for entry in page],
        "identifiers": own.identifiers(request),
    }
    return render(request, "portal/entries.html", context)


def _lasting(carried: dict[str, Shown], today: datetime.date) -> list[Lasting]:
    return [Lasting(one, months_left(one.date, today)) for _, one in sorted(carried.items())]


def months_left(date: datetime.date | None, today: datetime.date) -> int | None:
    """Whole calendar months from today to a date; negative once it is past."""
    if date is None:
        return None
    if date < today:
        return -1
    left = relativedelta(date, today)
    return left.years * 12 + left.months
