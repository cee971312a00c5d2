"""Releases: their numbers, changes and files, served as they were stored."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from cpl import publishing, signing
from cpl.models import Release, ReleaseFile

A_PAGE = 50
LATEST = "latest"
DAYS_A_YEAR = 365


@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    """Every issue of the list, ours and those before; `?q=` searches number and change text."""
    asked = request.GET.get("q", "").replace("\x00", "")[:200].strip()
    found = Release.objects.all()
    for word in asked.split()[:10]:
        found = found.filter(Q(number=word) | Q(changes__icontains=word))
    context = {
        "q": asked,
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "latest": publishing.latest(),
    }
    return render(request, "public/releases.html", context)


@require_safe
def release(request: HttpRequest, number: str) -> HttpResponse:
    """One issue with its changes, its files and how to verify them."""
    row = _issue(number)
    context = {
        "release": row,
        "files": row.files.defer("content"),
        "before": Release.objects.filter(position__lt=row.position).first(),
        "after": Release.objects.filter(position__gt=row.position).last(),
    }
    return render(request, "public/release.html", context)


@require_safe
def file(request: HttpRequest, number: str, name: str) -> HttpResponseBase:
    """The bytes of a published file. Its digest is its ETag; under a number it never changes."""
    known = _issue(number)
    row = get_object_or_404(known.files.defer("content"), name=name)
    etag = f'"{row.sha256}"'
    answer = get_conditional_response(request, etag=etag) or _bytes(row)
    answer["ETag"] = etag
    answer["Cache-Control"] = (
        "public, no-cache" if number == LATEST else f"public, max-age={DAYS_A_YEAR * 86400}, immutable"
    )
    return answer


@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The public key that every release is verified with."""
    if publishing.latest() is None:
        raise Http404("Nothing has been signed yet.")
    return HttpResponse(signing.public_key(), content_type="application/x-pem-file")


def _issue(number: str) -> Release:
    """A release by its number, or the latest of ours."""
    if number != LATEST:
        return get_object_or_404(Release, number=number)
    if latest := publishing.latest():
        return latest
    raise Http404("This register has not published a release yet.")


def _bytes(row: ReleaseFile) -> HttpResponse:
    answer = HttpResponse(bytes(row.content), content_type=row.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{row.name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
