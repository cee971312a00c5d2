"""Further editions of the tables: copied from the last, changed, and designated by a second person."""

import datetime

from django.contrib.auth.models import User

from applicability.designating import designate
from applicability.drafting import copy_edition
from applicability.models import Edition
from tests.public.making import AT


def make_edition(
    effective_from: datetime.date, *, at: datetime.datetime = AT, ts: str = "SMETS V4.2", **changes: str
) -> Edition:
    """The next statutory edition; `changes` are dates of one TS version's rows (`mvp_to="2027-06-30"`)."""
    preparer, _ = User.objects.get_or_create(username="preparer@panel.example")
    designator, _ = User.objects.get_or_create(username="designator@panel.example")
    last = Edition.objects.filter(series="statutory").latest("number")
    draft = copy_edition(
        last,
        title=f"Edition after {last.number}",
        effective_from=effective_from,
        source_kind="direction",
        source_reference="An invented direction",
        by=preparer.pk,
    )
    if changes:
        draft.validities.filter(ts__label=ts).update(**changes)
    designate(draft, by=designator.pk, at=at)
    return draft
