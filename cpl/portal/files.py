"""Evidence, for the organisation that gave it and for the officers who decide on it."""

import logging

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cpl import evidence, showing
from cpl.models import Evidence, Submission
from cpl.portal import own

log = logging.getLogger(__name__)


@login_required
@require_safe
def file(request: HttpRequest, number: int) -> HttpResponse:
    """The bytes, always as an attachment: whoever wrote the file, it runs nothing in the portal's name."""
    row = _readable(request, number)
    return showing.as_attachment(_content(row), row.file_name)


@login_required
@require_safe
def shown(request: HttpRequest, number: int) -> HttpResponse:
    """The file as a frame of our own pages shows it."""
    row = _readable(request, number)
    return showing.in_place(_content(row), row.file_name)


def _readable(request: HttpRequest, number: int) -> Evidence:
    """For anybody else it does not exist."""
    user = own.person(request)
    kept = Evidence.objects.all()
    # Who is no longer staff gives no second factor either, whatever groups they were left in.
    if not (user.is_staff and user.has_perm("cpl.decide_submission")):
        kept = kept.filter(submission__in=Submission.objects.for_user(user))
    return get_object_or_404(kept, pk=number)


def _content(row: Evidence) -> bytes:
    try:
        return evidence.read(row.sha256)
    except (OSError, ValueError) as error:
        log.error("Evidence %s cannot be read: %s", row.pk, error)
        raise Http404("This file cannot be read. Tell the Panel's staff.") from error
