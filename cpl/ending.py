"""Which certificates end when, of those that carry Current entries: counted by month for a picture."""

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Count, DateField, Exists, F, OuterRef, Q, QuerySet
from django.db.models import Subquery as Sub
from django.db.models.functions import Coalesce, TruncMonth

from cpl.candidates import carrying
from cpl.models import Candidate, CertificateEvent

MONTHS = 18
What = CertificateEvent.What


@dataclass(frozen=True)
class Month:
    """A month, by its first day: the certificates whose date falls into it, and the entries they carry."""

    first: datetime.date
    certificates: int
    entries: int


def ending(
    on: datetime.date, until: datetime.date, *, since: datetime.date | None = None, leaving: bool = False
) -> QuerySet[Candidate]:
    """What carries Current SMETS2+ entries on a day, where the certificate's date is still ahead and falls
    between `since` and `until`, both included. Each has `ends_on`, and `redated`: the key of the event that
    gave the date, if one did.

    Certificates that were withdrawn or cancelled will not expire any more. `leaving` is as in `carrying`.
    """
    window = (max(on, since or on), until)
    dated = CertificateEvent.objects.filter(what=What.DATED, on__lte=on)
    its = dated.filter(certificate=OuterRef("certificate"), pk__gt=OuterRef("pk")).order_by("-pk")
    last_date = Sub(its.values("date")[:1], output_field=DateField())
    # Cheap questions first, so that few rows are asked for their last date.
    as_shown = Q(date_shown__range=window) & ~Exists(its)
    put_right = Q(certificate__in=dated.filter(date__range=window).values("certificate"))
    ended = CertificateEvent.objects.filter(what__in=(What.WITHDRAWN, What.CANCELLED), on__lte=on)
    rows = carrying(on, leaving=leaving).exclude(certificate__in=ended.values("certificate"))
    rows = rows.annotate(redated=Sub(its.values("pk")[:1]), ends_on=Coalesce(last_date, F("date_shown")))
    return rows.filter(as_shown | put_right & Q(ends_on__range=window))


def certificates(on: datetime.date, since: datetime.date, until: datetime.date) -> QuerySet[Any, Any]:
    """The certificates whose date falls between these days: scheme, identifier, date and how many Current
    entries each carries, the earliest first."""
    rows: QuerySet[Any, Any] = ending(on, until, since=since)
    return (
        rows.order_by("ends_on", "scheme", "identifier_shown")
        .values("scheme", "identifier_shown", "ends_on", "certificate")
        .annotate(entries=Count("entry", distinct=True))
    )


def by_month(on: datetime.date, months: int = MONTHS) -> list[Month]:
    """The month of `on` and those after it. One query."""
    first = on.replace(day=1)
    every = [first + relativedelta(months=one) for one in range(months)]
    last = first + relativedelta(months=months) - datetime.timedelta(days=1)
    rows = (
        ending(on, last)
        .order_by()
        .annotate(month=TruncMonth("ends_on"))
        .values("month")
        .annotate(certificates=Count("certificate", distinct=True), entries=Count("entry", distinct=True))
    )
    certificates: Counter[datetime.date] = Counter()
    entries: Counter[datetime.date] = Counter()
    for row in rows:
        certificates[row["month"]] += row["certificates"]
        entries[row["month"]] += row["entries"]
    return [Month(one, certificates[one], entries[one]) for one in every]
