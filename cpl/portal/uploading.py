"""Files come in: one official sheet becomes a draft; several, or a device a row, an upload with a page."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cpl import uploads
from cpl.models import Upload
from cpl.portal import own
from cpl.portal.desk import chosen_party
from cpl.uploads import MOST_FILES, AlreadyOpen
from cpl.workflow import NotPossible


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Asks for files; a POST takes them in and leads to what came of them."""
    refused = ""
    if request.method == "POST":
        try:
            received = _received(request)
            if received.status != Upload.Status.UNREADABLE:
                return _led_on(request, received)
            refused = received.words
        except AlreadyOpen as known:
            messages.info(request, str(known))
            return redirect("portal:the_upload", known.upload.pk)
        except NotPossible as error:
            refused = str(error)
    context = {
        "refused": refused,
        "parties": own.parties(request),
        "limit": settings.UPLOAD_LIMIT,
        "most": MOST_FILES,
    }
    return render(request, "portal/upload.html", context, status=400 if refused else 200)


def _received(request: HttpRequest) -> Upload:
    files = request.FILES.getlist("sheet")
    if not files or not any(file.size for file in files):
        raise NotPossible(
            "Choose the filled-in sheet, or a file with one device a row. An empty file cannot be read."
        )
    return uploads.receive(
        [(file.name or "", file.read()) for file in files],
        party=chosen_party(request),
        by=own.person(request),
        at=timezone.now(),
    )


def _led_on(request: HttpRequest, received: Upload) -> HttpResponse:
    if not uploads.is_one_form(received):
        messages.success(request, f"{received.source_name} was received as {received.reference}.")
        return redirect("portal:the_upload", received.pk)
    draft = uploads.draft_of(received.pk, by=own.person(request), at=timezone.now())
    messages.success(
        request,
        f"{draft.source_name} was read into the draft {draft.reference}. The sheet has no field for "
        "what the last section asks, and certificates are attached here.",
    )
    return redirect("portal:edit", draft.pk)
