"""Where a submission stands in the queue that an officer works through, and what comes before and after."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest, QueryDict

from cpl.models import Submission

# The name under which Django's own lists hand on how they were narrowed.
FILTERS = "_changelist_filters"
QUEUE = f"status__exact={Submission.Status.SUBMITTED}"
# In a longer queue only what comes next is told: nobody reads «7,812 of 10,000».
MOST = 1000
GO_ON = "next_after_decision"


@dataclass(frozen=True)
class Place:
    """The place from 1, of how many (`more`: and further ones), the neighbours. `filters`: which queue."""

    filters: str
    number: int | None = None
    total: int = 0
    more: bool = False
    before: int | None = None
    after: int | None = None


def place_of(model_admin: admin.ModelAdmin, request: HttpRequest, pk: int) -> Place:
    """By the list as it was narrowed, ordered and searched when the submission was opened from it."""
    filters = filters_of(request.POST if request.method == "POST" else request.GET)
    asked = copy.copy(request)
    narrowed = QueryDict(filters, mutable=True)
    narrowed.pop("p", None)
    asked.method, asked.GET = "GET", narrowed  # type: ignore[assignment]
    try:
        rows = model_admin.get_changelist_instance(asked).queryset
    except (IncorrectLookupParameters, DisallowedModelAdminLookup):
        return Place(QUEUE)
    keys = list(rows.values_list("pk", flat=True)[: MOST + 1])
    more, keys = len(keys) > MOST, keys[:MOST]
    if pk not in keys:
        return Place(filters, None, len(keys), more, None, keys[0] if keys else None)
    at = keys.index(pk)
    return Place(
        filters,
        at + 1,
        len(keys),
        more,
        keys[at - 1] if at else None,
        keys[at + 1] if at + 1 < len(keys) else None,
    )


def filters_of(given: Mapping[str, str]) -> str:
    """The queue that the page was opened from: what waits, if it was opened from nowhere."""
    return QueryDict(given.get(FILTERS, "")[:1000]).urlencode() or QUEUE
