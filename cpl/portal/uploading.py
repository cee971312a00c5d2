"""The official `CPL - New Entry` sheet becomes a draft."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cpl import workflow
from cpl.formats.entry_form import FormAnswers, read_entry_form
from cpl.formats.problems import UnreadableFile
from cpl.models import Submission
from cpl.portal import own, sheet_remarks
from cpl.portal.desk import chosen_party
from cpl.workflow import NotPossible

LIMIT = 10 * 1024 * 1024


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Asks for the sheet; a POST makes a draft of it and leads to the form with all that was found."""
    refused = ""
    if request.method == "POST":
        try:
            draft = _draft(request, request.FILES.get("sheet"))
        except (UnreadableFile, NotPossible) as error:
            refused = str(error)
        else:
            messages.success(
                request,
                f"{draft.source_name} was read into the draft {draft.reference}. The sheet has no field for "
                "what the last section asks, and certificates are attached here.",
            )
            return redirect("portal:edit", draft.pk)
    context = {"refused": refused, "parties": own.parties(request), "limit": LIMIT}
    return render(request, "portal/upload.html", context, status=400 if refused else 200)


def _draft(request: HttpRequest, file: UploadedFile | None) -> Submission:
    if file is None or not file.size:
        raise UnreadableFile("Choose the workbook with the filled-in sheet. An empty file cannot be read.")
    if file.size > LIMIT:
        raise UnreadableFile(
            f"The file has {file.size / 2**20:.0f} MB; at most {LIMIT // 2**20} MB are taken."
        )
    form = read_entry_form(file.read())
    draft = workflow.start(
        Submission.Kind.NEW_ENTRY,
        party=chosen_party(request),
        by=own.person(request),
        at=timezone.now(),
        answers=_answers(form),
        source_name=(file.name or "")[-255:],
    )
    sheet_remarks.keep(request, draft, form)
    return draft


def _answers(form: FormAnswers) -> dict[str, str]:
    return {name: text.replace("\x00", "") for name, text in form.answers.items() if text}
