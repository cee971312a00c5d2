"""Entries as the latest release knows them, under the names that the form gives their fields."""

import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import urlencode
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from cpl import fields as f
from cpl.api.asked import Asked
from cpl.api.words import PREVAIL, Number, Prevail, Words
from cpl.formats.listing_json import entry_as_json
from cpl.models import Entry, shown
from cpl.models.entries import EntryQuerySet
from cpl.published import Published, published
from cpl.publishing import listed
from cpl.search import Search

router = Router(tags=["Entries"])
NAMES = [*(field.name for field in f.LISTED), f.PRODUCT_NAME.name]
MOST, USUAL = 500, 100

ListedFields = Annotated[
    dict[str, str | None],
    Field(
        description="One entry as the release's cpl.json writes it, and its product name: hexadecimal in "
        "upper case without colons, dates as 2026-03-01, null where the list shows nothing.",
        json_schema_extra={"propertyNames": {"enum": NAMES}},
    ),
]


class Source(Schema):
    """What is answered from: the latest release, the journal's last record in it, the day of the status."""

    release: str | None = Field(description="Null until this register has published a release of its own.")
    serial: int
    on: datetime.date
    prevail: Prevail = PREVAIL


class EntryOut(Source):
    entry: ListedFields


class EntriesOut(Source):
    items: list[ListedFields]
    next: str | None = Field(description="Where the next entries are; null after the last.")


class AskedEntries(Asked):
    """`after` is the number of the last entry that you have; the rest narrows as the list's own page does."""

    after: Number = "0"
    limit: Annotated[int, Field(ge=1, le=MOST)] = USUAL
    q: Words = ""
    type: Words = ""
    manufacturer: Words = ""
    ts: Words = ""
    gbcs: Words = ""
    status: Literal["", "Current", "Removed"] = ""
    certified: Literal["", "1"] = ""


@router.get("", response=EntriesOut, summary="Entries by rising number")
def entries(request: HttpRequest, asked: Query[AskedEntries]) -> dict[str, object]:
    """A page of the list. Seven queries, whatever its length."""
    known, on = published(), timezone.localdate()
    found = _search(asked).among(known.entries().with_status(on, serial=known.serial))
    rows = list(found.filter(number__gt=int(asked.after))[: asked.limit + 1])
    page = rows[: asked.limit]
    following = _address(request, asked, page[-1]) if len(rows) > len(page) else None
    return {**_source(known, on), "items": _listed(page, known, on), "next": following}


@router.get("/{number}", response=EntryOut, summary="One entry")
def entry(request: HttpRequest, number: Number) -> dict[str, object]:
    known, on = published(), timezone.localdate()
    row = found_or_404(known.entries().with_status(on, serial=known.serial), number)
    return {**_source(known, on), "entry": _listed([row], known, on)[0]}


def found_or_404(entries: EntryQuerySet, number: str) -> Entry:
    """The entry of that number, if it is public."""
    row = entries.filter(number=int(number)).first()
    if row is None:
        raise HttpError(404, f"There is no entry {int(number):06d} in the list.")
    return row


def _source(known: Published, on: datetime.date) -> dict[str, object]:
    return {"release": known.release.number if known.release else None, "serial": known.serial, "on": on}


def _listed(rows: list[Entry], known: Published, on: datetime.date) -> list[dict[str, str | None]]:
    certificates = shown([row.number for row in rows], on=on, serial=known.serial)
    return [
        {
            **entry_as_json(listed(row, certificates.get(row.number, {}))),
            f.PRODUCT_NAME.name: row.product_name or None,
        }
        for row in rows
    ]


def _search(asked: AskedEntries) -> Search:
    return Search.read({name: str(value) for name, value in asked.model_dump().items()})


def _address(request: HttpRequest, asked: AskedEntries, last: Entry) -> str:
    parameters = {**asked.model_dump(exclude_defaults=True), "after": str(last)}
    return f"{request.path}?{urlencode(parameters)}"
