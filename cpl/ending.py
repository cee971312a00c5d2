"""Which certificates end when, of those that carry Current entries: counted by month for a picture."""

import datetime
from collections import Counter
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta
from django.db.models import Count, DateField, F, OuterRef, QuerySet
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
    on: datetime.date, until: datetime.date, *, since: datetime.date | None = None
) -> QuerySet[Candidate]:
    """What carries Current SMETS2+ entries on a day, where the certificate's date is still ahead and falls
    between `since` and `until`, both included. Each has `ends_on`.

    Certificates that were withdrawn or cancelled will not expire any more.
    """
    dated = CertificateEvent.objects.filter(
        what=What.DATED, on__lte=on, certificate=OuterRef("certificate"), pk__gt=OuterRef("pk")
    ).order_by("-pk")
    ended = CertificateEvent.objects.filter(what__in=(What.WITHDRAWN, What.CANCELLED), on__lte=on)
    rows = carrying(on).exclude(certificate__in=ended.values("certificate"))
    last_date = Sub(dated.values("date")[:1], output_field=DateField())
    rows = rows.annotate(ends_on=Coalesce(last_date, F("date_shown")))
    return rows.filter(ends_on__gte=max(on, since or on), ends_on__lte=until)


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
