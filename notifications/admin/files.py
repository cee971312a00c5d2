"""Tables that officers take along, written line by line: however many there are, none is held."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

from cpl.formats.formulas import harmless


class _Passed:
    """What a writer of CSV writes to: hands each line on."""

    def write(self, line: str) -> str:
        return line


def as_csv(name: str, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A file of that name. What a spreadsheet would run stands as text."""
    response = StreamingHttpResponse(_lines(headers, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _lines(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer: Any = csv.writer(_Passed())
    yield writer.writerow(headers)
    for row in rows:
        yield writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
