"""Receipts: what was submitted, when, under which number and digest; to print, and to check by anybody.

The JSON is the very text that was digested: `sha256sum` of the file is the digest on the receipt.
"""

import hashlib
import logging

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cpl import workflow
from cpl.models import Evidence, Submission
from cpl.portal import own
from cpl.portal.answered import answered
from cpl.rounds import Round, rounds

log = logging.getLogger(__name__)


@login_required
@require_safe
def receipt(request: HttpRequest, number: int, round: int | None = None) -> HttpResponse:
    """The receipt of one round of a submission, of the latest where none is named."""
    shown = own.submission(request, number)
    made = _round(shown, round)
    submitted = made.submitted
    context = {
        "submission": shown,
        "round": made,
        "rounds": rounds(shown),
        "who": workflow.name_of(made.step.actor),
        "files": _files(shown, made),
        "sections": answered(shown.kind, submitted.answers) if submitted else [],
        "file_name": _file_name(shown, made),
    }
    return render(request, "portal/receipt.html", context)


@login_required
@require_safe
def as_json(request: HttpRequest, number: int, round: int) -> HttpResponse:
    """The bytes whose SHA-256 is the digest of the receipt."""
    shown = own.submission(request, number)
    made = _round(shown, round)
    if made.submitted is None:
        raise Http404("What was submitted then is no longer kept; its digest is on the receipt.")
    content = workflow.content_of(shown.kind, made.submitted.answers, made.submitted.files)
    if hashlib.sha256(content).hexdigest() != made.step.digest:
        log.error("What is kept of %s, round %s, is not what was submitted.", shown, round)
        raise Http404("What is kept differs from what was submitted. Tell the Panel's staff.")
    answer = HttpResponse(content, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{_file_name(shown, made)}"'
    return answer


def _round(shown: Submission, number: int | None) -> Round:
    made = rounds(shown)
    found = made[-1:] if number is None else [one for one in made if one.number == number]
    if not found:
        raise Http404(f"{shown.reference} has no such receipt: it was submitted {len(made)} times.")
    return found[0]


def _file_name(shown: Submission, made: Round) -> str:
    return f"{shown.reference}-{made.number}.json"


def _files(shown: Submission, made: Round) -> list[tuple[str, str, str]]:
    """Of each file that was handed in: what it is, its name where it is still there, its SHA-256."""
    names = dict(shown.evidence.values_list("sha256", "file_name"))
    handed_in = made.submitted.files if made.submitted else []
    return [(Evidence.What(what).label, names.get(digest, ""), digest) for what, digest in handed_in]
