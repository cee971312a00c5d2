"""The same value put right in every row where it stands: one mistake is mended once."""

import datetime

from django.contrib.auth.models import User
from django.db import transaction

from cpl.models import UploadRow
from cpl.uploads.correcting import CELLS, LONGEST, demand_known, judge_all, plain_text
from cpl.uploads.limits import demand_workable, locked, row_to_change

__all__ = ["LONGEST", "put_right_everywhere"]


@transaction.atomic
def put_right_everywhere(
    upload_id: int, place: int, name: str, text: str, *, by: User, at: datetime.datetime
) -> int:
    """Puts `text` in the place of what the field `name` has in a row, there and in all rows with the same.

    All rows are then judged again. Gives how many rows were changed.
    """
    upload = locked(upload_id, by)
    demand_workable(upload)
    demand_known([name], CELLS)
    row = row_to_change(upload, place)
    rows = upload.rows.filter(submission__isnull=True, **_stands(row, name))
    if name not in row.corrected:
        rows = rows.exclude(corrected__has_key=name)
    changed = list(rows.only("pk", "corrected"))
    for one in changed:
        one.corrected[name] = plain_text(text)
    UploadRow.objects.bulk_update(changed, ["corrected"], batch_size=100)
    judge_all(upload, by, at)
    return len(changed)


def _stands(row: UploadRow, name: str) -> dict[str, object]:
    """What a row has to be asked for, to have in a field what this row has."""
    if name in row.corrected:
        return {f"corrected__{name}": row.corrected[name]}
    if name not in row.cells:
        return {"pk": row.pk}
    _, kind, value = row.cells[name]
    if value is None:
        return {f"cells__{name}__1": kind}
    return {f"cells__{name}__1": kind, f"cells__{name}__2": value}
