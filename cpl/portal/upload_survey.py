"""What there is to say of an upload as a whole: its numbers, its problems by sort, the rows asked for.

Everything is found in a number of queries that does not depend on how many rows there are.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest

from cpl.file_checks import is_told
from cpl.models import Upload, UploadRow
from cpl.rules.sorts import Sort, sorts_of

LONGEST = 100
# Sorts on the page; nobody reads more, and the rows have them all.
MOST_SORTS = 40
SHOWS = {
    "": ("Rows", Q()),
    "refused": ("Refused", Q(refused=True)),
    "good": ("Good", Q(refused=False)),
    "warned": ("With warnings", Q(warned=True)),
    "repaired": ("Read differently", Q(repaired=True)),
    "taken": ("Taken", Q(submission__isnull=False)),
}
Rows = QuerySet[UploadRow]


@dataclass(frozen=True)
class Asked:
    """Which rows the reader wants to see."""

    show: str = ""
    rule: str = ""
    field: str = ""
    q: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        given = {
            name: request.GET.get(name, "").replace("\x00", "")[:LONGEST].strip()
            for name in ("show", "rule", "field", "q")
        }
        return cls(**{**given, "show": given["show"] if given["show"] in SHOWS else ""})

    @property
    def narrows(self) -> bool:
        return any(asdict(self).values())

    @property
    def address(self) -> str:
        """The query of an address that asks for the same."""
        return urlencode({name: value for name, value in asdict(self).items() if value})


@dataclass(frozen=True)
class Figure:
    """One number of the summary, which is a filter too."""

    show: str
    label: str
    count: int


def figures(upload: Upload) -> list[Figure]:
    """How many rows there are of each sort. One query."""
    counted = upload.rows.aggregate(
        **{f"of_{show}": Count("pk", filter=condition) for show, (_, condition) in SHOWS.items()}
    )
    return [
        Figure(show, label, counted[f"of_{show}"])
        for show, (label, _) in SHOWS.items()
        if show != "taken" or counted["of_taken"]
    ]


def sorts(upload: Upload) -> list[Sort]:
    """The problems of all rows by sort, and what is wrong with the file as such. One query."""
    return sorts_of(_told(upload))


def places(upload: Upload, asked: Asked) -> list[int]:
    """The places of the rows that were asked for, those to be put right first. One query."""
    rows = _found(upload, asked).order_by("-refused", "place")
    if not (asked.rule or asked.field):
        return list(rows.values_list("place", flat=True))
    return [
        place
        for place, problems in rows.filter(_told_of()).values_list("place", "problems").iterator(2000)
        if any(_fits(one, asked) for one in problems)
    ]


def fits(problem: dict[str, Any], asked: Asked) -> bool:
    """Whether a problem is of the sort that was asked for."""
    return _fits(problem, asked)


def _fits(problem: dict[str, Any], asked: Asked) -> bool:
    return (not asked.rule or problem["rule"] == asked.rule) and (
        not asked.field or problem["field"] == asked.field
    )


def _told(upload: Upload) -> Iterator[tuple[int, dict[str, Any]]]:
    for problem in upload.problems:
        yield -1, problem
    rows = upload.rows.filter(_told_of()).values_list("place", "problems")
    for place, problems in rows.order_by().iterator(2000):
        for problem in problems:
            if is_told(problem):
                yield place, problem


def _told_of() -> Q:
    """Rows of which anything is said."""
    return Q(refused=True) | Q(repaired=True) | Q(warned=True) | ~Q(problems=[])


def _found(upload: Upload, asked: Asked) -> Rows:
    rows: Rows = upload.rows.filter(SHOWS[asked.show][1])
    if not asked.q:
        return rows
    rows = rows.annotate(said=Cast("cells", TextField()), typed=Cast("corrected", TextField()))
    for word in asked.q.split():
        rows = rows.filter(_holds(word))
    return rows


def _holds(word: str) -> Q:
    """A row's number, a device, or a part of what stands in a cell; hexadecimal with or without colons."""
    if word.isascii() and word.isdigit() and len(word) < 9:
        # As a part of anything, a number would be in every row.
        whole = json.dumps(word)
        return Q(row=int(word)) | Q(said__contains=whole) | Q(typed__contains=whole)
    found = Q(device_key__icontains=word.replace(":", ""))
    # Databases keep letters outside English in one of two ways.
    for text in {word, json.dumps(word)[1:-1]}:
        found |= Q(said__icontains=text) | Q(typed__icontains=text)
    return found
