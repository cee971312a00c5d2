"""What is checked: the list of rules, printed from the rules themselves."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cpl.fields import BY_KIND
from cpl.models import Submission
from cpl.rules import Rule, all_rules
from cpl.rules.problem import Level

LEVELS = {
    Level.REFUSE: "must be put right",
    Level.WARN: "read by the officer",
    Level.REPAIR: "read so, and shown",
    Level.NOTE: "told, nothing to do",
}


@dataclass(frozen=True)
class Line:
    """A rule in words. `kinds` is empty for one that every kind of submission is asked."""

    rule: Rule
    level: str
    fields: list[str]
    kinds: list[str]


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule, by its id. No query."""
    return render(request, "public/rules.html", {"lines": [_line(rule) for rule in all_rules()]})


def _line(rule: Rule) -> Line:
    kinds = [str(Submission.Kind(kind).label) for kind in rule.kinds]
    fields = list(dict.fromkeys(field.label for field in rule.fields))
    return Line(rule, LEVELS[rule.level], fields, [] if len(kinds) == len(BY_KIND) else kinds)
