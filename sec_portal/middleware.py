"""What every request passes: its size and address, who has to give a second factor, and some headers."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from sec_portal import second_factor

Answer = Callable[[HttpRequest], HttpResponse]
# What a page can be asked with; the API says of each address itself which methods it takes.
METHODS = ("GET", "HEAD", "OPTIONS", "POST")
# What no page of ours uses, a page into which something was smuggled shall not use either.
PERMISSIONS = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"


def permissions_policy(get_response: Answer) -> Answer:
    """Tells the browser that no page needs the camera, the place or the like."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response

    return middleware


def refuse_other_methods(get_response: Answer) -> Answer:
    """Answers 405 to PUT, DELETE and the like: no page has a use for them; Django's take them for GET."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS and not request.path.startswith("/api/"):
            return HttpResponseNotAllowed(METHODS)
        return get_response(request)

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


def refuse_nul(get_response: Answer) -> Answer:
    """Answers 400 to an address with a NUL in it: no link has one, and PostgreSQL takes none in a text.

    Our own pages leave it out of what they are asked for; Django's admin passes it on.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = request.META.get("QUERY_STRING", "") if request.path.startswith("/admin/") else ""
        if "\0" in request.path or "%00" in asked:
            raise BadRequest("The address holds a NUL.")
        return get_response(request)

    return middleware


def keep_private(get_response: Answer) -> Answer:
    """Lets nobody but the reader keep a page that was made for somebody who is signed in, or to sign in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        made_for_somebody = request.user.is_authenticated or request.path.startswith("/account/")
        if made_for_somebody and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return middleware


def staff_need_mfa(get_response: Answer) -> Answer:
    """Sends staff who did not give a second factor in this session to where they do, whatever they asked for.

    allauth asks for it at sign-in, but only once an account has one: a session that began before is not
    asked again, whoever holds it. Off with STAFF_MFA=0.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not settings.STAFF_MFA or not _is_staff(request) or _leads(request.path, "healthz"):
            return get_response(request)
        if not is_mfa_enabled(request.user):
            return _set_up(request, get_response)
        if second_factor.given(request) or _leads(request.path, "account_logout", "mfa_reauthenticate"):
            return get_response(request)
        return HttpResponseRedirect(reverse("mfa_reauthenticate"))

    return middleware


def _is_staff(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.is_staff


def _set_up(request: HttpRequest, get_response: Answer) -> HttpResponse:
    if _leads(request.path, "mfa_index", "account_logout", "account_reauthenticate"):
        return get_response(request)
    messages.warning(request, "Staff sign in with a second factor. Set it up here first.")
    return HttpResponseRedirect(reverse("mfa_activate_totp"))


def _leads(path: str, *names: str) -> bool:
    return path.startswith((*map(reverse, names), f"/{settings.STATIC_URL.lstrip('/')}"))
