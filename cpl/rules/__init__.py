"""What a submission must satisfy: one small function a rule, pure, registered where it is written.

`check` runs them all on a case; `reading` puts answers in canonical form before that.
"""

from cpl.rules import (
    certificates,
    certificates_on_record,
    documents,
    entries,
    firmware,
    form,
    offers,
    people,
    reading,
    removals,
    renewals,
    smets1,
    statements,
    twice,
    versions,
    withdrawals,
)
from cpl.rules.registry import Rule, all_rules, check, in_order

__all__ = [
    "Rule",
    "all_rules",
    "certificates",
    "certificates_on_record",
    "check",
    "documents",
    "entries",
    "firmware",
    "form",
    "in_order",
    "offers",
    "people",
    "reading",
    "removals",
    "renewals",
    "smets1",
    "statements",
    "twice",
    "versions",
    "withdrawals",
]
