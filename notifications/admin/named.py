"""Names for what notices know by key: recipients and certificates."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from cpl.models import Certificate, Party
from notifications.due import To
from notifications.models import Recipient

Row = TypeVar("Row")
BLOCK = 1000


class Recipients:
    """Parties by name, contacts by address. One query."""

    def __init__(self) -> None:
        self._parties = {str(pk): name for pk, name in Party.objects.values_list("pk", "name")}

    def name(self, to: To) -> str:
        if to.kind == Recipient.Kind.PARTY:
            return self._parties.get(to.key, "a Party that is gone")
        return to.key


def certificates(keys: Iterable[int]) -> dict[int, str]:
    """As the list writes them, after their scheme. One query."""
    return {
        row.pk: f"{row.scheme} {row.listed_identifier}"
        for row in Certificate.objects.filter(pk__in=set(keys))
    }


def in_blocks(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    """So that what is looked up for them takes one query a block."""
    rows = iter(rows)
    while block := list(islice(rows, BLOCK)):
        yield block
