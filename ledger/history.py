"""History of rows that may change: what simple-history keeps of them is append-only."""

from typing import Any

from django.db.models import Model
from simple_history.models import HistoricalRecords

from ledger.constraints import AppendOnly


class AppendOnlyHistory(HistoricalRecords):
    """`history = AppendOnlyHistory()` in a mutable model.

    A user who appears in it cannot be deleted, only deactivated: forgetting the user would change a row.
    """

    def get_meta_options(self, model: type[Model]) -> dict[str, Any]:
        options = super().get_meta_options(model)
        return {**options, "constraints": [AppendOnly(name="%(app_label)s_%(class)s_append_only")]}
