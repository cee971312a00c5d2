"""Evidence, for the organisation that gave it and for the officers who decide on it."""

import logging

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cpl import evidence
from cpl.models import Evidence, Submission
from cpl.portal import own

log = logging.getLogger(__name__)


@login_required
@never_cache
@require_safe
def file(request: HttpRequest, number: int) -> HttpResponse:
    """The bytes, always as an attachment: whoever wrote the file, it runs nothing in the portal's name."""
    user = own.person(request)
    kept = Evidence.objects.all()
    # Who is no longer staff gives no second factor either, whatever groups they were left in.
    if not (user.is_staff and user.has_perm("cpl.decide_submission")):
        kept = kept.filter(submission__in=Submission.objects.for_user(user))
    row = get_object_or_404(kept, pk=number)
    try:
        content = evidence.read(row.sha256)
    except (OSError, ValueError) as error:
        log.error("Evidence %s cannot be read: %s", row.pk, error)
        raise Http404("This file cannot be read. Tell the Panel's staff.") from error
    answer = HttpResponse(content, content_type=evidence.media_type(content))
    answer["Content-Disposition"] = content_disposition_header(True, row.file_name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
