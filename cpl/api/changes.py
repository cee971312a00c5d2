"""What happened to the register since a record of its journal, as far as the latest release goes."""

import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from cpl.api.asked import Asked
from cpl.api.words import PREVAIL, Prevail
from cpl.published import published
from ledger.models import Record

router = Router(tags=["Changes"])
MOST, USUAL = 1000, 500
# No database knows a larger number.
LARGEST = 2**63 - 1


class RecordOut(Schema):
    """One act (`entry.admitted`, `entry.removed`, `certificate.covers`, `edition.designated`) and of what."""

    serial: int
    at: datetime.datetime
    act: str
    subject: str = Field(examples=["entry 000679", "certificate CPA 1433053936-2958", "edition 2"])


class ChangesOut(Schema):
    """`last` is the `since` of the next question; `more` tells whether to ask it at once."""

    release: str | None
    items: list[RecordOut]
    last: int
    more: bool
    prevail: Prevail = PREVAIL


class AskedChanges(Asked):
    since: Annotated[int, Field(ge=0, le=LARGEST, description="The last serial that you have.")] = 0
    limit: Annotated[int, Field(ge=1, le=MOST)] = USUAL


@router.get("", response=ChangesOut, summary="What happened since a record of the journal")
def changes(request: HttpRequest, asked: Query[AskedChanges]) -> dict[str, object]:
    """Records by rising serial, without gap; none until this register has published. Two queries."""
    release = published().release
    until = (release.serial or 0) if release else 0
    found = Record.objects.filter(serial__gt=asked.since, serial__lte=until).order_by("serial")
    rows = list(found.only("serial", "at", "act", "subject")[: asked.limit + 1])
    page = rows[: asked.limit]
    return {
        "release": release.number if release else None,
        "items": page,
        "last": page[-1].serial if page else asked.since,
        "more": len(rows) > len(page),
    }
