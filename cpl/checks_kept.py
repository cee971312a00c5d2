"""Keeps what the rules said at a step: auditors read it in five years, when the rules say something else."""

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache

from cpl import fields as f
from cpl.models import Step, StepChecks, Submission
from cpl.rules import all_rules
from cpl.rules.problem import Level, Problem

# What people write of themselves there stands in no row that cannot be erased.
PRIVATE = frozenset(
    field.name
    for field in (
        *f.CONTACT_FIELDS, f.SECURITY_STATEMENT, f.FIR_HOUSE, f.FIR_STREET, f.FIR_CITY, f.FIR_POST_CODE,
        f.FIR_COUNTRY, f.FIR_TELEPHONE, f.FIR_EMAIL,
    )
)  # fmt: skip
LONGEST = 300


def keep_checks(
    submission: Submission,
    found: Iterable[Problem],
    *,
    on: datetime.date,
    acknowledged: Mapping[str, str] | None = None,
) -> StepChecks:
    """With the submission's last step: every problem found, and by rule why a warning was no obstacle."""
    checks = _checks(submission.steps.latest("pk"), found, on, acknowledged or {})
    checks.save()
    return checks


def keep_all_checks(found: Iterable[tuple[Step, Iterable[Problem]]], *, on: datetime.date) -> None:
    """The same for many steps at which nobody had a warning to acknowledge."""
    StepChecks.objects.bulk_create(_checks(step, problems, on, {}) for step, problems in found)


def _checks(
    step: Step, found: Iterable[Problem], on: datetime.date, acknowledged: Mapping[str, str]
) -> StepChecks:
    problems = [as_kept(problem) for problem in found]
    warned = {problem["rule"] for problem in problems if problem["level"] == Level.WARN}
    return StepChecks(
        step=step,
        on=on,
        rules=rules_digest(),
        problems=problems,
        acknowledged={rule: why for rule, why in acknowledged.items() if rule in warned},
    )


def as_kept(problem: Problem) -> dict[str, str]:
    """A problem without what people wrote of themselves."""
    kept = {name: text[:LONGEST] for name, text in problem.as_json().items()}
    if problem.field in PRIVATE:
        kept |= {"found": "", "message": _in_general().get(problem.rule, "")}
    return kept


@cache
def rules_digest() -> str:
    """SHA-256 of every rule as it reads now: two steps with the same digest were judged by the same words."""
    rules = [
        [rule.id, str(rule.level), rule.source, list(rule.kinds), [field.name for field in rule.fields],
         rule.message]
        for rule in all_rules()
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()


@cache
def _in_general() -> dict[str, str]:
    return {rule.id: rule.in_general for rule in all_rules()}
