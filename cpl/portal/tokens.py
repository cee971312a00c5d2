"""Tokens with which an organisation's programs use the API: made, listed and revoked by its people."""

import datetime

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cpl import access
from cpl.models import ApiToken
from cpl.models.access import ApiTokenQuerySet
from cpl.portal import own
from cpl.portal.desk import chosen_party
from cpl.workflow import NotPossible

LASTS = {
    "30": "30 days",
    "90": "90 days",
    "182": "half a year",
    "365": "a year",
}
# Past that, somebody forgets to revoke.
MOST_LISTED = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """Lists the tokens of one's organisations; a POST makes one and shows its secret, this once."""
    return _make(request) if request.method == "POST" else _page(request)


@login_required
@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """Ends a token at once, whoever of the organisation made it."""
    token = get_object_or_404(_own(request), pk=number)
    try:
        access.revoke(token.pk, by=own.person(request), at=timezone.now())
    except NotPossible as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{token.name} was revoked: its program is let in no more.")
    return redirect("portal:tokens")


# Whoever finds a browser signed in shall not take a year's access with them.
@reauthentication_required
def _make(request: HttpRequest) -> HttpResponse:
    lasts = request.POST.get("lasts", "")
    try:
        if lasts not in LASTS:
            raise NotPossible("Choose how long the token shall last.")
        token, secret = access.make_token(
            chosen_party(request),
            request.POST.get("name", ""),
            datetime.timedelta(days=int(lasts)),
            by=own.person(request),
            at=timezone.now(),
        )
    except NotPossible as refused:
        return _page(request, refused=str(refused), status=400)
    return _page(request, made=token, secret=secret)


def _page(request: HttpRequest, *, status: int = 200, **shown: object) -> HttpResponse:
    found = _own(request).select_related("party", "made_by")[:MOST_LISTED]
    now = timezone.now()
    context = {
        "rows": [(token, _state(token, now)) for token in found],
        "parties": own.parties(request),
        "lasts": LASTS.items(),
        "asked": {"name": request.POST.get("name", "")[:100], "lasts": request.POST.get("lasts", "182")},
        **shown,
    }
    return render(request, "portal/tokens.html", context, status=status)


def _state(token: ApiToken, now: datetime.datetime) -> str:
    if token.revoked_at:
        return "Revoked"
    return "Expired" if token.expires_at <= now else "Active"


def _own(request: HttpRequest) -> ApiTokenQuerySet:
    return ApiToken.objects.for_user(own.person(request))
