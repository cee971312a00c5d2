"""Bringing lists forward into a register that knows its device types."""

import datetime
import json
from typing import Any

import pytest

from cpl import bringing
from cpl.bringing import NotBrought
from cpl.models import ListImport
from ledger import journal

AT = datetime.datetime(2026, 11, 20, 9, 30, tzinfo=datetime.UTC)


def bring(data: bytes, file_name: str = "list.xlsx") -> ListImport:
    return bringing.bring_forward(data, file_name=file_name, by=None, at=AT)


def report(brought: ListImport) -> dict[str, Any]:
    return json.loads(brought.report)


def refused(data: bytes) -> str:
    """The reasons why it is not brought forward; the journal stands where it stood."""
    before = journal.head()
    with pytest.raises(NotBrought) as refusal:
        bring(data)
    assert journal.head() == before
    return str(refusal.value)
