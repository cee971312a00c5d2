"""What is done with an upload: cells put right, repairs confirmed, rows taken and submitted."""

import re
from collections.abc import Callable
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cpl import uploads
from cpl.evidence import NotAccepted
from cpl.models import Upload, UploadRow
from cpl.portal import own
from cpl.portal.upload_further import answered
from cpl.portal.upload_rows import LONGEST, Offered, name_of, row_shown, text_of
from cpl.portal.upload_survey import Asked, figures
from cpl.rules.problem import Level
from cpl.workflow import NotPossible

CELLS = uploads.CELLS


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def row(request: HttpRequest, number: int, place: int) -> HttpResponse:
    """One row with all of its cells; a POST puts cells right and checks it again."""
    shown = own.upload(request, number)
    found = get_object_or_404(shown.rows.select_related("submission"), place=place)
    if request.method != "POST":
        return _row_page(request, shown, found)
    try:
        if name := request.POST.get("everywhere"):
            return _everywhere(request, shown, found, name)
        return _put_right(request, shown, found)
    except NotPossible as refused:
        return _back_to_row(request, shown, found, str(refused), messages.ERROR)


@login_required
@require_POST
def step(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    """Does one of the steps of an upload, and leads back to its page."""
    shown = own.upload(request, number)
    if verb not in STEPS:
        raise Http404(f"There is no step {verb} here.")
    try:
        said = STEPS[verb](request, shown)
    except (NotPossible, NotAccepted) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    where = {"attach": "#certificates", "submit": "#submissions"}.get(verb, "#next")
    return redirect(reverse("portal:the_upload", args=[number]) + where)


def _put_right(request: HttpRequest, shown: Upload, found: UploadRow) -> HttpResponse:
    changes = {
        name: text[:LONGEST]
        for name, text in request.POST.items()
        if name in CELLS and isinstance(text, str) and text.strip() != text_of(found, name).strip()
    }
    if not changes:
        said = f"{name_of(found)}: nothing was changed."
        return _back_to_row(request, shown, found, said, messages.INFO)
    refused = shown.rows.filter(refused=True).exclude(pk=found.pk)
    before = refused.count()
    found = uploads.put_right(shown.pk, found.place, changes, by=own.person(request), on=timezone.localdate())
    left = sum(one["level"] == Level.REFUSE for one in found.problems)
    if request.htmx and refused.count() != before:  # type: ignore[attr-defined]
        return _whole_page(request, f"{name_of(found)} was checked again, and others that are like it.")
    if not left:
        return _back_to_row(request, shown, found, f"{name_of(found)} is good now.", messages.SUCCESS)
    said = f"{name_of(found)} was checked again: {left} left to put right."
    return _back_to_row(request, shown, found, said, messages.WARNING)


def _whole_page(request: HttpRequest, said: str) -> HttpResponse:
    """More than the one row has changed: htmx loads the page that it is on anew."""
    messages.success(request, said)
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


def _everywhere(request: HttpRequest, shown: Upload, found: UploadRow, name: str) -> HttpResponse:
    text = request.POST.get(name, "").replace("\x00", "")[:LONGEST]
    if name in CELLS and text.strip() == text_of(found, name).strip():
        said = "Type first what the value should be, then choose to put it into every row that has it."
        return _back_to_row(request, shown, found, said, messages.INFO)
    count = uploads.put_right_everywhere(
        shown.pk, found.place, name, text, by=own.person(request), at=timezone.now()
    )
    said = f"Put right in {count} row{'' if count == 1 else 's'}."
    if uploads.open_job(shown):
        said += " All rows are being checked again."
    messages.success(request, said)
    target = _page_of(request, shown, found)
    if request.htmx:  # type: ignore[attr-defined]
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = target
        # The same page with another fragment would not be loaded anew.
        answer["HX-Refresh"] = "true"
        return answer
    return redirect(target)


def _back_to_row(
    request: HttpRequest, shown: Upload, found: UploadRow, said: str, level: int
) -> HttpResponse:
    """The row as it is now, in its place on the page; without htmx the page at that place."""
    if not request.htmx:  # type: ignore[attr-defined]
        messages.add_message(request, level, said)
        return redirect(_page_of(request, shown, found))
    shown.refresh_from_db()
    context = {
        "upload": shown,
        "asked": Asked.of(request),
        "shown": row_shown(found, Offered(timezone.localdate())),
        "answered": True,
        "several": len(shown.files) > 1,
        "editable": True,
        "said": said,
        "said_level": messages.DEFAULT_TAGS[level],
        "figures": figures(shown),
        "swap": True,
    }
    return render(request, "portal/_row_answered.html", context)


def _page_of(request: HttpRequest, shown: Upload, found: UploadRow) -> str:
    """Where the person was: the row's own page, or the list as it was narrowed."""
    if request.POST.get("back") == "row":
        return reverse("portal:upload_row", args=[shown.pk, found.place])
    asked = Asked.of(request).address
    number = request.GET.get("page", "")
    if re.fullmatch("[0-9]{1,6}", number):
        asked = f"{asked}&page={number}" if asked else f"page={number}"
    address = reverse("portal:the_upload", args=[shown.pk])
    return f"{address}{'?' + asked if asked else ''}#row-{quote(str(found.place))}"


def _row_page(request: HttpRequest, shown: Upload, found: UploadRow) -> HttpResponse:
    context = {
        "upload": shown,
        "asked": Asked(),
        "shown": row_shown(found, Offered(timezone.localdate()), whole=True),
        "several": len(shown.files) > 1,
        "editable": shown.status in uploads.WORKABLE and not uploads.open_job(shown),
        "alone": True,
        "before": shown.rows.filter(place__lt=found.place)
        .order_by("-place")
        .values_list("place", flat=True)
        .first(),
        "after": shown.rows.filter(place__gt=found.place)
        .order_by("place")
        .values_list("place", flat=True)
        .first(),
    }
    return render(request, "portal/upload_row.html", context)


def _confirm(request: HttpRequest, shown: Upload) -> str:
    if request.POST.get("confirmed") != "yes":
        raise NotPossible("Tick that you have looked at what was read differently, then confirm.")
    uploads.confirm_repairs(shown.pk, by=own.person(request), at=timezone.now())
    return "Confirmed: what was read differently is what you mean."


def _further(request: HttpRequest, shown: Upload) -> str:
    uploads.set_further(shown.pk, answered(shown, request.POST), by=own.person(request), at=timezone.now())
    return "Kept for every row that says nothing itself. The rows are checked again with it."


def _take(request: HttpRequest, shown: Upload) -> str:
    which = request.POST.get("which", "")
    if which not in ("all", "good"):
        raise NotPossible("Choose whether to take all rows or the good ones.")
    job = uploads.take(shown.pk, which, by=own.person(request), at=timezone.now())  # type: ignore[arg-type]
    return (
        "The rows are becoming submissions." if job else "The rows have become submissions, drafts for now."
    )


def _attach(request: HttpRequest, shown: Upload) -> str:
    file = request.FILES.get("file")
    if file is None or not file.size:
        raise NotPossible("Choose the certificate's file: a PDF, PNG or JPEG.")
    count = uploads.attach(
        shown.pk,
        request.POST.get("scheme", ""),
        request.POST.get("identifier", ""),
        file.name or "certificate",
        file.read(),
        by=own.person(request),
        at=timezone.now(),
    )
    return f"{file.name} is attached to {count} submission{'' if count == 1 else 's'}."


def _submit(request: HttpRequest, shown: Upload) -> str:
    uploads.submit_all(shown.pk, by=own.person(request), at=timezone.now())
    return "The drafts are being submitted to the Panel, one after the other."


def _again(request: HttpRequest, shown: Upload) -> str:
    uploads.check_again(shown.pk, by=own.person(request), at=timezone.now())
    return "Checked against the list as it is today."


def _discard(request: HttpRequest, shown: Upload) -> str:
    uploads.discard(shown.pk, by=own.person(request), at=timezone.now())
    return f"{shown.reference} was discarded."


STEPS: dict[str, Callable[[HttpRequest, Upload], str]] = {
    "confirm": _confirm,
    "further": _further,
    "take": _take,
    "attach": _attach,
    "submit": _submit,
    "check": _again,
    "discard": _discard,
}
