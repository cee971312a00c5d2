"""Certificates offered for entries or submissions of others. Nothing asks whether a submission exists."""

from collections.abc import Iterator

from cpl import fields as f
from cpl.rules.case import Case
from cpl.rules.problem import Level
from cpl.rules.registry import OFFERED, Finding, rule
from cpl.rules.values import read_references

MOST = 20
EXPECTED = f"at most {MOST} references, as S-000012; S-000013"


@rule("O-nothing", Level.REFUSE, "guidance 4.4", kinds=OFFERED, field=f.ENTRIES)
def names_nothing(case: Case) -> Iterator[Finding]:
    """Name what the certificate is offered for: entries of the list, or submissions by their references."""
    if not case.get(f.ENTRIES) and not case.get(f.SUBMISSIONS):
        yield Finding(f.ENTRIES, "", "entry numbers, or references of submissions")


@rule("O-reference", Level.REFUSE, "guidance 4.4", kinds=OFFERED, field=f.SUBMISSIONS)
def reference(case: Case) -> Iterator[Finding]:
    """{found} does not name submissions by their references. Write {expected}."""
    text = case.get(f.SUBMISSIONS)
    if text and read_references(text, MOST) is None:
        yield Finding(f.SUBMISSIONS, text, EXPECTED)
