"""What the rules said of a case, in short."""

from cpl.rules import check
from cpl.rules.case import Case
from cpl.rules.problem import Problem


def ids(case: Case) -> set[str]:
    return {problem.rule for problem in check(case)}


def of(rule: str, case: Case) -> list[Problem]:
    return [problem for problem in check(case) if problem.rule == rule]
