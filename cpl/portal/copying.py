"""A new draft from what is there: an entry of the list, or an earlier submission."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from cpl import copying
from cpl.models import Entry, Party, Submission
from cpl.portal import own
from cpl.portal.desk import chosen_party
from cpl.published import published
from cpl.workflow import NotPossible

# What may be begun from an entry.
AIMS = ("new", "replace", "state")


@login_required
@require_POST
def copy_entry(request: HttpRequest, entry: int) -> HttpResponse:
    """Begins a draft from an entry: the same device anew (`aim=new`), a correction of the entry (`replace`),
    or a statement of its upgrade paths and firmware information (`state`)."""
    aim = request.POST.get("aim", "new")
    if aim not in AIMS:
        raise Http404(f"There is no {aim[:20]} of an entry here.")
    row, serial = _readable(request, entry)
    try:
        draft = _begun(aim, row, serial, chosen_party(request), request)
    except NotPossible as refused:
        messages.error(request, str(refused))
        return redirect("portal:desk")
    messages.success(request, f"{draft.reference} was begun with what the list says of entry {row}.")
    return redirect("portal:edit", draft.pk)


def _begun(aim: str, row: Entry, serial: int | None, party: Party, request: HttpRequest) -> Submission:
    by, at = own.person(request), timezone.now()
    if aim == "state":
        return copying.state_of_entry(row, party=party, by=by, at=at, serial=serial)
    return copying.copy_entry(
        row,
        party=party,
        by=by,
        at=at,
        on=timezone.localdate(at),
        serial=serial,
        replaces=aim == "replace",
    )


@login_required
@require_POST
def copy_submission(request: HttpRequest, number: int) -> HttpResponse:
    """Begins a draft with the answers and files of an earlier submission of one's own."""
    earlier = own.submission(request, number)
    if earlier.party is None:
        raise Http404("This submission is of no organisation.")
    try:
        draft = copying.copy_submission(
            earlier.pk, party=earlier.party, by=own.person(request), at=timezone.now()
        )
    except NotPossible as refused:
        messages.error(request, str(refused))
        return redirect("portal:submission", number)
    messages.success(
        request, f"{draft.reference} was begun with the answers and files of {earlier.reference}."
    )
    return redirect("portal:edit", draft.pk)


def _readable(request: HttpRequest, number: int) -> tuple[Entry, int | None]:
    """An entry that the person may read, and how far: one of their own as it stands, others as published."""
    if row := own.entries(request).select_related("submission").filter(pk=number).first():
        return row, None
    known = published()
    row = known.entries().select_related("submission").filter(pk=number).first()
    if row is None:
        raise Http404("There is no such entry on the list.")
    return row, known.serial
