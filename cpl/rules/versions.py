"""Which TS and GBCS versions a new entry may name: as the TS Applicability Tables hold them."""

from collections.abc import Iterator

from applicability.answers import combination_problem
from cpl import fields as f
from cpl.fields import SMETS1_TS
from cpl.formats.dates import written
from cpl.rules.case import Case
from cpl.rules.problem import Level
from cpl.rules.registry import Finding, rule


@rule("V-document", Level.REFUSE, "form, row 15 (column D)", field=f.TS_VERSION)
def document(case: Case) -> Iterator[Finding]:
    """A {type} names {expected}; {found} is neither. Choose one of those."""
    device_type = case.device_type()
    if device_type and not _names_its_document(case):
        yield Finding(
            f.TS_VERSION,
            case.get(f.TS_VERSION),
            f"a {device_type.document} version, or {SMETS1_TS} as SMETS1",
            {"type": device_type.name},
        )


@rule("V-tables", Level.REFUSE, "guidance 3", field=f.TS_VERSION)
def tables(case: Case) -> Iterator[Finding]:
    """No edition of the TS Applicability Tables is in force on {day}, so that the versions cannot be judged.
    The Panel's staff have to load and designate one."""
    if case.facts.tables is None:
        words = {"day": written(case.on)}
        yield Finding(f.TS_VERSION, case.get(f.TS_VERSION), "an edition in force", words)


@rule("V-combination", Level.REFUSE, "guidance 3.3; SEC Schedule 11", field=f.VERSION_FIELDS)
def combination(case: Case) -> Iterator[Finding]:
    """These versions cannot be named together. {why} A new entry of this type may name: {expected}."""
    device_type, ts, gbcs = _versions(case)
    if case.facts.tables is None or case.device_type() is None or not (ts and gbcs):
        return
    problem = combination_problem(case.facts.tables, device_type, ts, gbcs, case.on)
    if problem and _names_its_document(case):
        found = f"{device_type} with {ts} and {gbcs}"
        words = {"why": problem.words}
        yield Finding(f.GBCS_VERSION, found, "; ".join(_possible(case)) or "nothing on this day", words)


def _names_its_document(case: Case) -> bool:
    device_type, ts = case.device_type(), case.get(f.TS_VERSION)
    return device_type is None or not ts or case.is_smets1 or ts.startswith(f"{device_type.document} ")


def _versions(case: Case) -> tuple[str, str, str]:
    return case.get(f.DEVICE_TYPE), case.get(f.TS_VERSION), case.get(f.GBCS_VERSION)


def _possible(case: Case) -> Iterator[str]:
    if case.facts.tables:
        for device_type, ts, gbcs in sorted(case.facts.tables.combinations):
            fits = device_type == case.get(f.DEVICE_TYPE)
            if fits and not combination_problem(case.facts.tables, device_type, ts, gbcs, case.on):
                yield f"{ts} with {gbcs}"
