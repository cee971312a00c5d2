"""Two colleagues wrote one draft: both values of each field that differs, and the choice between them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cpl import workflow
from cpl.models import Submission
from cpl.portal.boxes import anchor
from cpl.rules.problem import Problem


@dataclass(frozen=True)
class Difference:
    """A field of which two values are at hand: the one that is stored, and the one that was typed."""

    name: str
    label: str
    stored: str
    typed: str
    is_hex: bool

    @property
    def id(self) -> str:
        return anchor(self.name)


def differences(draft: Submission, typed: Mapping[str, str]) -> list[Difference]:
    """The fields in which what was typed is not what is stored."""
    return [
        Difference(
            asked.name,
            asked.label,
            draft.answers.get(asked.name, ""),
            typed.get(asked.name, ""),
            asked.kind == "hex",
        )
        for asked in draft.fields
        if draft.answers.get(asked.name, "") != typed.get(asked.name, "")
    ]


def settled(request: HttpRequest, draft: Submission, typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed, with the stored value where that one was chosen."""
    stored = {
        one.name: one.stored
        for one in differences(draft, typed)
        if request.POST.get(f"keep:{one.name}") == "stored"
    }
    return {**typed, **stored}


def is_open(request: HttpRequest, draft: Submission, typed: Mapping[str, str]) -> bool:
    """Whether a choice is missing: nothing is chosen for anybody."""
    return any(f"keep:{one.name}" not in request.POST for one in differences(draft, typed))


def ask(
    request: HttpRequest, draft: Submission, typed: Mapping[str, str], told: list[Problem]
) -> HttpResponse:
    """The page with both values. What was typed goes with it, so that nothing is lost."""
    for problem in told:
        messages.error(request, problem.message)
    context = {
        "submission": draft,
        "differences": differences(draft, typed),
        "typed": [(asked.name, typed.get(asked.name, "")) for asked in draft.fields],
        "seen": workflow.digest_of_answers(draft.answers),
        "chosen": {name for name in request.POST if name.startswith("keep:")},
        "is_incomplete": request.POST.get("do") == "merge",
    }
    return render(request, "portal/merge.html", context, status=409)
