"""A part of the list as CSV, in the published sheet's own order and words."""

import csv
import datetime
from collections.abc import Iterable, Iterator

from cpl import fields as f
from cpl.formats.dates import written
from cpl.formats.formulas import harmless
from cpl.formats.workbook import shown_in_main
from cpl.models import Entry, ManufacturerIdentifier, Shown, shown
from cpl.models.entries import EntryQuerySet
from cpl.publishing import listed

HEADERS = [*(field.label for field in f.LISTED), f.PRODUCT_NAME.label, "Manufacturer"]
AT_ONCE = 2000


class Line:
    """What a csv writer writes to when its line is wanted back."""

    def write(self, text: str) -> str:
        return text


def rows_of(entries: EntryQuerySet, *, on: datetime.date, serial: int) -> Iterator[str]:
    """Lines of CSV: headers, then a line an entry with its `status_on_day`; never all in memory."""
    writer = csv.writer(Line())
    holders = dict(ManufacturerIdentifier.objects.values_list("code", "holder"))
    yield writer.writerow(HEADERS)
    for batch in _batches(entries):
        certificates = shown([entry.number for entry in batch], on=on, serial=serial)
        for entry in batch:
            cells = _cells(entry, certificates.get(entry.number, {}))
            yield writer.writerow([harmless(cell) for cell in (*cells, holders.get(entry.manufacturer, ""))])


def _batches(entries: EntryQuerySet) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    for entry in entries.iterator(chunk_size=AT_ONCE):
        batch.append(entry)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _cells(entry: Entry, certificates: dict[str, Shown]) -> Iterable[str]:
    shown_cells = (value for _, value in shown_in_main(listed(entry, certificates)))
    written_cells = (written(one) if isinstance(one, datetime.date) else one or "" for one in shown_cells)
    return (*written_cells, entry.product_name)
