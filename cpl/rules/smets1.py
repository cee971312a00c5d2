"""SMETS1 Device Models: no certificates; the DCC says that a Supplier Party confirmed compliance."""

from collections.abc import Iterator

from cpl import fields as f
from cpl.formats.dates import written
from cpl.rules.case import Case
from cpl.rules.problem import Level
from cpl.rules.registry import EMPTY, Finding, rule

CERTIFICATE_FIELDS = (*f.CPA_FIELDS, *f.DLMS_FIELDS, *f.ZSE_FIELDS)
CONFIRMATION = (f.SUPPLIER, f.SUPPLIER_CONFIRMED_ON)


@rule("S-empty", Level.REFUSE, "form, rows 17 to 23 (column D); guidance 4.3", field=CERTIFICATE_FIELDS)
def empty(case: Case) -> Iterator[Finding]:
    """A SMETS1 Device Model has no certificates: {label} must be empty."""
    for field in CERTIFICATE_FIELDS:
        if case.is_smets1 and case.get(field):
            yield Finding(field, case.get(field), EMPTY)


@rule("S-dcc", Level.REFUSE, "guidance 4.4", field=f.TS_VERSION)
def dcc(case: Case) -> Iterator[Finding]:
    """Only the DCC may submit a SMETS1 Device Model, after a Supplier Party has confirmed its compliance. If
    this is none, choose the version that it is built to; else ask the DCC."""
    if case.is_smets1 and not case.by_dcc:
        yield Finding(f.TS_VERSION, case.get(f.TS_VERSION), "a submission by the DCC")


@rule("S-confirmed", Level.REFUSE, "guidance 4.4", field=CONFIRMATION)
def confirmed(case: Case) -> Iterator[Finding]:
    """{label} must be given for a SMETS1 Device Model."""
    # Nobody else has a field for it: that it is for the DCC to submit says all.
    for field in CONFIRMATION:
        if case.is_smets1 and case.by_dcc and not case.get(field):
            yield Finding(field, "", "a value")


@rule("S-supplier", Level.REFUSE, "guidance 4.4", field=f.SUPPLIER)
def supplier(case: Case) -> Iterator[Finding]:
    """{found} is not on record as a Supplier Party. Name the Party that confirmed compliance as the register
    has it."""
    named = case.get(f.SUPPLIER)
    if case.is_smets1 and named and named not in case.facts.suppliers:
        yield Finding(f.SUPPLIER, named, "the name of a Supplier Party")


@rule("S-confirmed-late", Level.REFUSE, "guidance 4.4", field=f.SUPPLIER_CONFIRMED_ON)
def confirmed_late(case: Case) -> Iterator[Finding]:
    """The Supplier cannot have confirmed compliance on {found}: that day is still to come. Give the
    day of its confirmation."""
    day = case.day(f.SUPPLIER_CONFIRMED_ON)
    if case.is_smets1 and day and day > case.on:
        yield Finding(f.SUPPLIER_CONFIRMED_ON, written(day), f"a day up to {written(case.on)}")


@rule("S-unwanted", Level.REFUSE, "guidance 4.4", field=CONFIRMATION)
def unwanted(case: Case) -> Iterator[Finding]:
    """{label} is asked for SMETS1 Device Models alone. Leave it empty."""
    for field in CONFIRMATION:
        if case.get(f.TS_VERSION) and not case.is_smets1 and case.get(field):
            yield Finding(field, case.get(field), EMPTY)
