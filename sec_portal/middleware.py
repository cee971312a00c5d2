"""What every request passes: its size, who may go on without a second factor, and two headers."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

Answer = Callable[[HttpRequest], HttpResponse]
# What no page of ours uses, a page into which something was smuggled shall not use either.
PERMISSIONS = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"


def permissions_policy(get_response: Answer) -> Answer:
    """Tells the browser that no page needs the camera, the place or the like."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response

    return middleware


def refuse_large_bodies(get_response: Answer) -> Answer:
    """Answers 413 to a body above UPLOAD_LIMIT bytes before a byte of it is kept.

    Django reads no more than Content-Length says, and nothing without it, so the header is enough.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.UPLOAD_LIMIT:
            return render(request, "413.html", {"limit": settings.UPLOAD_LIMIT}, status=413)
        return get_response(request)

    return middleware


def staff_need_mfa(get_response: Answer) -> Answer:
    """Sends staff who have no second factor to the page where they set one up, whatever they asked for.

    allauth asks for a second factor only once an account has one. Off with STAFF_MFA=0.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if _may_go_on(request):
            return get_response(request)
        messages.warning(request, "Staff sign in with a second factor. Set it up here first.")
        return HttpResponseRedirect(reverse("mfa_activate_totp"))

    return middleware


def _may_go_on(request: HttpRequest) -> bool:
    user = request.user
    if not (settings.STAFF_MFA and user.is_authenticated and user.is_staff):
        return True
    return _leads_to_mfa(request.path) or is_mfa_enabled(user)


def _leads_to_mfa(path: str) -> bool:
    ways = ("mfa_index", "account_logout", "account_reauthenticate", "healthz")
    return path.startswith((*map(reverse, ways), f"/{settings.STATIC_URL.lstrip('/')}"))
